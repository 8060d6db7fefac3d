//! Fetching an image.

use crate::ui::{Model, Request};

use super::parts::{ENGINE, Entry, Errors, Filled, Form, OpenEngines, filled};
use super::{Answer, Dialog, Wish};

const IMAGE: &str = "Image";

#[derive(Debug)]
struct Pull {
    engines: OpenEngines,
}

/// Asks which image is to be fetched, and where several engines answer by which.
pub fn pull(model: &Model) -> Option<Box<dyn Dialog>> {
    let engines = OpenEngines::of(model)?;
    let mut entries =
        vec![Entry::line(IMAGE, "", "registry/name:tag; the tag is latest where none is given")];
    entries.extend(engines.entry(model));
    Some(filled(Pull { engines }, Form::new(entries, "Fetch")))
}

/// What is wrong with an image reference, as far as can be told without asking anybody.
pub(super) fn wrong_image(reference: &str) -> Option<String> {
    if reference.is_empty() {
        return Some("an image is needed, such as debian:12".into());
    }
    reference.contains(char::is_whitespace).then(|| "an image reference has no blanks in it".into())
}

impl Filled for Pull {
    fn title(&self, _model: &Model) -> String {
        "Fetch an image".into()
    }

    fn errors(&self, model: &Model, form: &Form) -> Errors {
        let mut errors = Errors::new();
        errors.extend(wrong_image(form.text(IMAGE).trim()).map(|wrong| (IMAGE, wrong)));
        let at = if errors.is_empty() { IMAGE } else { ENGINE };
        errors.extend(OpenEngines::wrong(model, self.engines.chosen(form)).map(|wrong| (at, wrong)));
        errors
    }

    fn submit(&self, _model: &Model, form: &Form) -> Answer {
        let reference = form.text(IMAGE).trim().to_owned();
        Answer::wish(Wish::Act(Request::Pull(self.engines.chosen(form), reference)))
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::test_support::Stage;

    #[test]
    fn an_image_is_fetched_by_the_only_engine() {
        let mut stage = Stage::new(80, 24);
        stage.keys("P enter");
        assert!(stage.draw().contains("an image is needed"), "{}", stage.draw());
        stage.pastes("registry.example/yocto:kirkstone\nand more");
        insta::assert_snapshot!("pull_80x24", stage.draw());
        stage.keys("enter");
        assert_eq!(stage.requests(), [r#"Pull(EngineId(1), "registry.example/yocto:kirkstone")"#]);
    }

    #[test]
    fn where_there_are_several_the_engine_is_chosen() {
        let mut stage = Stage::new(120, 40).with_podman();
        stage.keys("P").types("debian:12").keys("tab space");
        insta::assert_snapshot!("pull_two_engines_120x40", stage.draw());
        stage.keys("enter");
        assert_eq!(stage.requests(), [r#"Pull(EngineId(2), "debian:12")"#]);
        stage.keys("P").types("a b").keys("enter");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1));
        stage.draws_at_any_size();
    }
}
