//! Build files as a whole: text and environment in, a build file or mistakes out.

mod broken;
mod forms;
mod told;

use std::path::Path;

use super::{LoadedBuildFile, Variables, read_build_file};
use crate::config::{ConfigError, Mistake};

/// An environment with a home directory and these variables.
fn variables(set: &[(&str, &str)]) -> Variables {
    let values = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Variables { values, home: Some("/home/ada".into()) }
}

fn read_with(text: &str, set: &[(&str, &str)]) -> Result<LoadedBuildFile, ConfigError> {
    read_build_file(Path::new("/work/smidr.yaml"), text.as_bytes(), &variables(set))
}

fn read(text: &str) -> Result<LoadedBuildFile, ConfigError> {
    read_with(text, &[])
}

#[track_caller]
fn mistakes(text: &str) -> Vec<Mistake> {
    match read(text) {
        Err(ConfigError::Mistakes { mistakes, .. }) => mistakes,
        other => panic!("{text}: {other:?}"),
    }
}
