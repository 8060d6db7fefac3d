//! Making a container.

use crate::engine::{ContainerSpec, CpuCount, Feature};
use crate::ui::{EngineId, Model, Request};
use crate::values;

use super::names::wrong_container_name;
use super::parts::{Entry, Errors, Filled, Form, OpenEngines, filled};
use super::pull::wrong_image;
use super::{Answer, Dialog, Wish};

const NAME: &str = "Name";
const IMAGE: &str = "Image";
const COMMAND: &str = "Command";
const MOUNTS: &str = "Mounts";
const MEMORY: &str = "Memory";
const CPUS: &str = "Processors";
const ENV: &str = "Environment";
const INIT: &str = "Init";
const START: &str = "Start";

#[derive(Debug)]
struct CreateContainer {
    engines: OpenEngines,
}

/// Asks what container is to be made. The image is that of the selected one at first.
pub fn create_container(model: &Model) -> Option<Box<dyn Dialog>> {
    let engines = OpenEngines::of(model)?;
    let image = model.containers.selected().map_or("", |row| row.container.image.as_str());
    let mut entries = vec![
        Entry::line(NAME, "", ""),
        Entry::line(IMAGE, image, "registry/name:tag"),
        Entry::line(COMMAND, "", "the image's own"),
        Entry::lines(MOUNTS, "SOURCE:TARGET[:ro], one a line; a path, or a volume's name"),
        Entry::line(MEMORY, "", "no limit; such as 4g"),
        Entry::line(CPUS, "", "no limit; such as 1.5"),
        Entry::lines(ENV, "NAME=VALUE, one a line; NAME alone takes its value here"),
        Entry::switch(INIT, "an init process reaps what the command leaves behind", false),
        Entry::switch(START, "start it, too", true),
    ];
    entries.extend(engines.entry(model));
    Some(filled(CreateContainer { engines }, Form::new(entries, "Create")))
}

/// A value that may be left out.
fn optional<T>(text: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if text.trim().is_empty() { Ok(None) } else { read(text.trim()).map(Some) }
}

/// Every line read, or what is wrong with the first that is wrong.
fn each<T>(lines: &[String], read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    lines.iter().map(|line| read(line)).collect()
}

/// The specification as far as it is right, and what is wrong, by field.
fn spec(form: &Form) -> (ContainerSpec, Errors) {
    let mut errors = Errors::new();
    let mut spec = ContainerSpec::new(form.text(NAME).trim(), form.text(IMAGE).trim());
    match shlex::split(&form.text(COMMAND)) {
        Some(words) => spec.command = words,
        None => errors.push((COMMAND, "a quote is open, or a backslash is the last character".into())),
    }
    let mut keep = |label, wrong| errors.push((label, wrong));
    match each(&form.lines(MOUNTS), values::mount) {
        Ok(mounts) => spec.mounts = mounts,
        Err(wrong) => keep(MOUNTS, wrong),
    }
    match each(&form.lines(ENV), values::env_entry) {
        Ok(env) => spec.env = env,
        Err(wrong) => keep(ENV, wrong),
    }
    match optional(&form.text(MEMORY), values::size) {
        Ok(memory) => spec.memory = memory,
        Err(wrong) => keep(MEMORY, wrong),
    }
    match optional(&form.text(CPUS), CpuCount::parse) {
        Ok(cpus) => spec.cpus = cpus,
        Err(wrong) => keep(CPUS, wrong),
    }
    spec.init = form.is_on(INIT);
    (spec, errors)
}

/// What the engine cannot do of it.
fn not_there(model: &Model, engine: EngineId, spec: &ContainerSpec) -> Errors {
    let asks = [
        (spec.memory.is_some(), Feature::MemoryLimit, MEMORY),
        (spec.cpus.is_some(), Feature::CpuLimit, CPUS),
        (spec.init, Feature::Init, INIT),
    ];
    let missing = asks.into_iter().filter(|(is_asked, ..)| *is_asked);
    missing.filter_map(|(_, feature, label)| Some((label, model.engines.why_not(engine, feature)?))).collect()
}

/// The field that a part of the specification is filled in with.
fn label_of(field: &str) -> &'static str {
    match field {
        "image" => IMAGE,
        "env" => ENV,
        "mounts" | "tmpfs" => MOUNTS,
        "memory" => MEMORY,
        _ => NAME,
    }
}

impl Filled for CreateContainer {
    fn title(&self, _model: &Model) -> String {
        "Make a container".into()
    }

    fn errors(&self, model: &Model, form: &Form) -> Errors {
        let engine = self.engines.chosen(form);
        let (spec, mut errors) = spec(form);
        let name = wrong_container_name(model, engine, &spec.name);
        errors.extend(name.or_else(|| OpenEngines::wrong(model, engine)).map(|wrong| (NAME, wrong)));
        errors.extend(wrong_image(&spec.image).map(|wrong| (IMAGE, wrong)));
        errors.extend(not_there(model, engine, &spec));
        if errors.is_empty()
            && let Err(wrong) = spec.check()
        {
            errors.push((label_of(wrong.field), wrong.problem));
        }
        errors
    }

    fn submit(&self, _model: &Model, form: &Form) -> Answer {
        let (spec, _) = spec(form);
        let engine = self.engines.chosen(form);
        Answer::wish(Wish::Act(Request::Create { engine, spec: Box::new(spec), start: form.is_on(START) }))
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::MountSource;
    use crate::ui::Request;
    use crate::ui::test_support::{DOCKER, PODMAN, Stage};

    #[test]
    fn every_field_reaches_the_specification() {
        let mut stage = Stage::new(80, 24);
        stage.keys("N").types("yocto-e").keys("tab ctrl-u").types("debian:12").keys("tab");
        stage.types("bitbake -k 'core image'").keys("tab").types("/srv/sstate:/sstate:ro\nbuild-e:/work");
        stage.keys("tab").types("4g").keys("tab").types("1.5").keys("tab").pastes("A=1\nB=2");
        stage.keys("tab space tab space");
        insta::assert_snapshot!("create_container_80x24", stage.draw());
        stage.keys("ctrl-s");
        let (_, Request::Create { engine, spec, start }) = stage.acts().remove(0) else { panic!() };
        assert_eq!((engine, start, stage.dialogs()), (DOCKER, false, 0));
        assert_eq!((spec.name.as_str(), spec.image.as_str()), ("yocto-e", "debian:12"));
        assert_eq!(spec.command, ["bitbake", "-k", "core image"]);
        assert_eq!(spec.mounts[0].source, MountSource::Bind("/srv/sstate".into()));
        assert!(spec.mounts[0].read_only);
        assert_eq!(spec.mounts[1].source, MountSource::Volume("build-e".into()));
        assert_eq!((spec.memory, spec.cpus.unwrap().millis()), (Some(4 << 30), 1500));
        assert_eq!(spec.env, ["A=1", "B=2"]);
        assert!(spec.init);
    }

    #[test]
    fn what_is_wrong_stands_beside_its_field_and_nothing_is_asked() {
        let mut stage = Stage::new(120, 40);
        stage.keys("N").types("yocto-a").keys("tab tab").types("echo 'open").keys("tab").types("/srv");
        stage.keys("tab").types("4x").keys("tab").types("0").keys("tab").types("=1").keys("ctrl-s");
        insta::assert_snapshot!("create_container_wrong_120x40", stage.draw());
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1));
        stage.draws_at_any_size();
    }

    #[test]
    fn a_limit_no_engine_takes_is_told_by_its_own_rule() {
        let mut stage = Stage::new(120, 40);
        stage.keys("N").types("yocto-e").keys("tab tab tab tab").types("1m").keys("enter");
        assert!(stage.draw().contains("engines take no less"), "{}", stage.draw());
    }

    #[test]
    fn the_engine_is_that_of_the_selected_one_or_another() {
        let mut stage = Stage::new(60, 15).with_podman();
        stage.keys("N").types("yocto-e").keys("shift-tab shift-tab space");
        insta::assert_snapshot!("create_container_60x15", stage.draw());
        stage.keys("enter");
        let (_, Request::Create { engine, start, .. }) = stage.acts().remove(0) else { panic!() };
        assert_eq!((engine, start), (PODMAN, true));
    }
}
