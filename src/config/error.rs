//! What is wrong with the settings, or with a build file.

use std::fmt::{self, Write};
use std::io;
use std::path::{Path, PathBuf};

use super::Place;
use super::snippet::Snippet;

/// Why there are no settings, or no build file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file was named and is not there.
    #[error("there is no settings file {}, named by {named_by}", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
        /// What named it: a flag or a variable.
        named_by: &'static str,
    },
    /// There is no build file of this name.
    #[error("there is no build file {}", file.display())]
    NoBuildFile {
        /// The file.
        file: PathBuf,
    },
    /// The file is there and cannot be read.
    #[error("cannot read the file {}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is longer than any such file is.
    #[error("the file {} is longer than {limit} bytes", file.display())]
    TooLong {
        /// The file.
        file: PathBuf,
        /// The most that is read.
        limit: u64,
    },
    /// The file says something that makes no sense; at least one mistake, in the order of the file.
    #[error("{}", told(mistakes, *more))]
    Mistakes {
        /// What is wrong with it, the first twenty.
        mistakes: Vec<Mistake>,
        /// How many mistakes there are beside these.
        more: usize,
    },
    /// An environment variable says something that makes no sense.
    #[error("{name}={value:?}: expected {expected}")]
    Variable {
        /// The variable.
        name: &'static str,
        /// What it says.
        value: String,
        /// What it may say.
        expected: &'static str,
    },
}

/// A mistake before the file is looked at again for its line.
#[derive(Debug)]
pub(super) struct Found {
    /// Where it is, and how many characters of the line it takes up.
    pub(super) at: (Place, usize),
    /// What is wrong, in one line.
    pub(super) what: String,
    /// What was expected, where there is something to say.
    pub(super) expected: Option<String>,
}

/// One thing that is wrong in the file. Prints as `file:line:column: what`, then the line with a caret and what was
/// expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    file: PathBuf,
    place: Place,
    what: String,
    expected: Option<String>,
    snippet: Option<Snippet>,
}

impl Mistake {
    /// Something wrong at this place of `text`, which takes up so many characters of its line.
    pub(super) fn new(file: &Path, text: &str, found: Found) -> Self {
        let Found { at: (place, length), what, expected } = found;
        Self { file: file.to_owned(), place, what, expected, snippet: Snippet::of(text, place, length) }
    }

    /// The file it is in.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// What is wrong, in one line.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What was expected, where there is something to say.
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }
}

impl Mistake {
    /// The same without the line of the file, for where there is only one line: the file's name, where, what, and what was
    /// expected.
    #[must_use]
    pub fn in_one_line(&self) -> String {
        let name = self.file.file_name().unwrap_or(self.file.as_os_str()).to_string_lossy();
        let expected = self.expected.as_ref().map(|expected| format!("; {expected}")).unwrap_or_default();
        format!("{name}:{}: {}{expected}", self.place, self.what)
    }
}

impl ConfigError {
    /// The first mistake [in one line](Mistake::in_one_line), and how many more there are. `None` of any other error: it
    /// is in one line already.
    #[must_use]
    pub fn first_mistake(&self) -> Option<String> {
        let Self::Mistakes { mistakes, more } = self else { return None };
        let others = mistakes.len().saturating_sub(1).saturating_add(*more);
        let others = if others > 0 { format!(" (and {others} more)") } else { String::new() };
        Some(mistakes.first()?.in_one_line() + &others)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.place, self.what)?;
        let Some(snippet) = &self.snippet else { return Ok(()) };
        snippet.write(f, self.place.line, self.expected.as_deref())
    }
}

fn told(mistakes: &[Mistake], more: usize) -> String {
    let mut text = String::new();
    for (at, mistake) in mistakes.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{mistake}", if at == 0 { "" } else { "\n" });
    }
    if more > 0 {
        let _ = write!(text, "\nand {more} more");
    }
    text
}
