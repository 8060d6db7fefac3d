//! From a build file's bytes, or its path, to what it says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::error::Found;
use super::super::node::{Broken, Node};
use super::super::text::{contents, decoded, mistakes, name_of, told};
use super::super::{ConfigError, Entry, Mistake, Origin, Place};
use super::entries::named;
use super::merge::merged;
use super::read::read;
use super::values::Values;
use super::{BuildFile, Variables};

/// Replaces the entrypoint for one run: its words with commas between them, as for every container that is made.
const ENTRYPOINT: &str = "SMIDR_TEST_ENTRYPOINT";

/// A build file, where each value came from, and what is worth a word about it.
#[derive(Debug, Clone)]
pub struct LoadedBuildFile {
    /// What it says.
    pub build_file: BuildFile,
    /// The file.
    pub file: PathBuf,
    /// What is not wrong and probably not meant, in the order of the file: the first twenty.
    pub warnings: Vec<Mistake>,
    /// How many warnings there are beside these.
    pub more_warnings: usize,
    /// Of each value that is not by default, by the name under which it was noted.
    origins: BTreeMap<String, Origin>,
}

impl LoadedBuildFile {
    /// All that is in force, in the order of the names: groups, then layers by their names, then keys that are not
    /// known.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let origin = |noted: &str| self.origins.get(noted).cloned().unwrap_or(Origin::Default);
        let entries = named(&self.build_file).into_iter();
        entries
            .map(|named| Entry { origin: origin(&named.noted), name: named.name, value: named.value })
            .collect()
    }
}

/// Reads a build file.
///
/// # Errors
/// When the file is not there or cannot be read, and as [`read_build_file`].
pub fn load_build_file(file: &Path, variables: &Variables) -> Result<LoadedBuildFile, ConfigError> {
    match contents(file)? {
        Some(bytes) => read_build_file(file, &bytes, variables),
        None => Err(ConfigError::NoBuildFile { file: file.to_owned() }),
    }
}

/// What a build file of these bytes says in this environment. Reads and asks nothing.
///
/// # Errors
/// All that is wrong in the file.
pub fn read_build_file(
    file: &Path,
    bytes: &[u8],
    variables: &Variables,
) -> Result<LoadedBuildFile, ConfigError> {
    let text = decoded(file, bytes)?;
    let broken = |Broken { at, what }| mistakes(file, text, vec![Found { at, what, expected: None }]);
    let Some(root) = Node::parse_with_aliases(text).map_err(broken)? else {
        let found = Found {
            at: (Place { line: 1, column: 1 }, 1),
            what: "the file is empty".into(),
            expected: Some("expected a build file, which begins with `name: my-image`".into()),
        };
        return Err(mistakes(file, text, vec![found]));
    };
    let root = merged(root).map_err(broken)?;
    let mut values = Values::new(variables);
    let mut build_file = read(&mut values, &root);
    if !values.reader.mistakes.is_empty() {
        return Err(mistakes(file, text, values.reader.mistakes));
    }
    let mut origins = origins(&name_of(file), values.reader.lines, &values.used);
    if let Some(entrypoint) = entrypoint(variables) {
        build_file.container.entrypoint = entrypoint;
        origins.insert("container.entrypoint".into(), Origin::Variable(ENTRYPOINT));
    }
    let (warnings, more_warnings) = told(file, text, values.warnings);
    Ok(LoadedBuildFile { build_file, file: file.to_owned(), warnings, more_warnings, origins })
}

fn origins(
    name: &str,
    lines: BTreeMap<String, usize>,
    used: &BTreeMap<String, Vec<String>>,
) -> BTreeMap<String, Origin> {
    let origin = |key: &str, line| match used.get(key) {
        Some(variables) if !variables.is_empty() => {
            Origin::Expanded { name: name.to_owned(), line, variables: variables.clone() }
        }
        _ => Origin::File { name: name.to_owned(), line },
    };
    lines.into_iter().map(|(key, line)| (key.clone(), origin(&key, line))).collect()
}

/// The words that replace the entrypoint for this run, where there are any; what is empty between commas is no word.
fn entrypoint(variables: &Variables) -> Option<Vec<String>> {
    let words = variables.get(ENTRYPOINT)?.split(',').map(str::trim).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(ToOwned::to_owned).collect();
    (!words.is_empty()).then_some(words)
}
