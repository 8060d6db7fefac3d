//! The room as a whole: text in, settings or mistakes out.

mod broken;
mod precedence;
mod whole;

use std::path::Path;

use super::{ConfigError, Environment, Loaded, Mistake, Overrides, Vocabulary, resolve};

const VOCABULARY: Vocabulary<'static> = Vocabulary {
    actions: &["stop", "kill", "next-match", "quit"],
    columns: &["name", "doing", "eta", "failures", "cpu", "memory", "age", "image", "engine", "id"],
    verbs: &["start", "stop", "pull"],
};

/// The settings of this text alone.
fn read(text: &str) -> Result<Loaded, ConfigError> {
    let file = Some((Path::new("/etc/smidr/settings.yaml"), text.as_bytes()));
    resolve(file, &Environment::default(), &Overrides::default(), &VOCABULARY)
}

#[track_caller]
fn mistakes(text: &str) -> Vec<Mistake> {
    match read(text) {
        Err(ConfigError::Mistakes { mistakes, .. }) => mistakes,
        other => panic!("{text}: {other:?}"),
    }
}
