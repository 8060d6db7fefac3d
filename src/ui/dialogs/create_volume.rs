//! Making a volume.

use crate::engine::{VolumeSpec, labels};
use crate::ui::{Model, Request};
use crate::values;

use super::names::wrong_volume_name;
use super::parts::{Entry, Errors, Filled, Form, OpenEngines, filled};
use super::{Answer, Dialog, Wish};

const NAME: &str = "Name";
const DRIVER: &str = "Driver";
const OPTIONS: &str = "Options";
const LABELS: &str = "Labels";
const PROTECTED: &str = "Protected";

#[derive(Debug)]
struct CreateVolume {
    engines: OpenEngines,
}

/// Asks what volume is to be made.
pub fn create_volume(model: &Model) -> Option<Box<dyn Dialog>> {
    let engines = OpenEngines::of(model)?;
    let mut entries = vec![
        Entry::line(NAME, "", ""),
        Entry::line(DRIVER, "local", "local"),
        Entry::lines(OPTIONS, "NAME=VALUE of the driver, one a line"),
        Entry::lines(LABELS, "NAME=VALUE, one a line"),
        Entry::switch(PROTECTED, "never removed without its name being typed", false),
    ];
    entries.extend(engines.entry(model));
    Some(filled(CreateVolume { engines }, Form::new(entries, "Create")))
}

impl Filled for CreateVolume {
    fn title(&self, _model: &Model) -> String {
        "Make a volume".into()
    }

    fn errors(&self, model: &Model, form: &Form) -> Errors {
        let engine = self.engines.chosen(form);
        let mut errors = Errors::new();
        let name = wrong_volume_name(model, engine, form.text(NAME).trim());
        let name = name.or_else(|| OpenEngines::wrong(model, engine));
        errors.extend(name.map(|wrong| (NAME, wrong)));
        let driver = form.text(DRIVER);
        if driver.trim().contains(char::is_whitespace) {
            errors.push((DRIVER, "a driver's name has no blanks in it".into()));
        }
        for label in [OPTIONS, LABELS] {
            let wrong = form.lines(label).iter().find_map(|line| values::label(line).err());
            errors.extend(wrong.map(|wrong| (label, wrong)));
        }
        errors
    }

    fn submit(&self, _model: &Model, form: &Form) -> Answer {
        let pairs = |label| form.lines(label).iter().filter_map(|line| values::label(line).ok()).collect();
        let mut spec = VolumeSpec {
            options: pairs(OPTIONS),
            labels: pairs(LABELS),
            ..VolumeSpec::new(form.text(NAME).trim())
        };
        let driver = form.text(DRIVER);
        if !driver.trim().is_empty() {
            driver.trim().clone_into(&mut spec.driver);
        }
        if form.is_on(PROTECTED) {
            spec.labels.insert(labels::PROTECTED.into(), "true".into());
        }
        Answer::wish(Wish::Act(Request::CreateVolume(self.engines.chosen(form), spec)))
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::Request;
    use crate::ui::test_support::{DOCKER, Stage};

    #[test]
    fn a_volume_is_made_as_it_is_described() {
        let mut stage = Stage::new(80, 24);
        stage.on_volume("empty").keys("N").types("downloads-b").keys("tab tab tab");
        stage.types("team=bsp\nkeep").keys("tab space");
        insta::assert_snapshot!("create_volume_80x24", stage.draw());
        stage.keys("enter");
        let (_, Request::CreateVolume(engine, spec)) = stage.acts().remove(0) else { panic!() };
        assert_eq!((engine, spec.name.as_str(), spec.driver.as_str()), (DOCKER, "downloads-b", "local"));
        let labels: Vec<_> = spec.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(labels, ["io.smidr.protected=true", "keep=", "team=bsp"]);
    }

    #[test]
    fn what_is_wrong_stands_beside_its_field() {
        let mut stage = Stage::new(120, 40);
        stage.on_volume("empty").keys("N").types("build-b").keys("tab ctrl-u").types("my driver");
        stage.keys("tab tab").types("=x").keys("ctrl-s");
        insta::assert_snapshot!("create_volume_wrong_120x40", stage.draw());
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1));
        stage.draws_at_any_size();
    }
}
