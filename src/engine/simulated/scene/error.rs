//! What is wrong with a scene, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::engine::BoxError;

/// What is wrong with a scene. Prints as `file:line:column: what`, as far as these are known.
#[derive(Debug)]
pub struct SceneError {
    file: Option<PathBuf>,
    /// Line and column, counted from one.
    place: Option<(usize, usize)>,
    what: String,
    source: Option<BoxError>,
}

impl SceneError {
    pub(super) fn saying(what: impl Into<String>) -> Self {
        Self { file: None, place: None, what: what.into(), source: None }
    }

    pub(super) fn from_yaml(error: serde_yaml::Error) -> Self {
        let place = error.location().map(|at| (at.line(), at.column()));
        let text = error.to_string();
        // The place stands in front of the line; the library repeats it at the end.
        let what = match (&place, text.rfind(" at line ")) {
            (Some(_), Some(at)) => text.get(..at).unwrap_or(&text).to_owned(),
            _ => text,
        };
        Self { file: None, place, what, source: Some(error.into()) }
    }

    pub(super) fn unreadable(path: &Path, cause: std::io::Error) -> Self {
        Self { source: Some(cause.into()), ..Self::saying("it cannot be read").of_file(path) }
    }

    pub(super) fn recording(name: &str, cause: impl Into<BoxError>) -> Self {
        Self { source: Some(cause.into()), ..Self::saying(format!("the recording {name} cannot be used")) }
    }

    pub(super) fn of_file(mut self, path: &Path) -> Self {
        self.file = Some(path.to_path_buf());
        self
    }

    /// The line and the column, counted from one, where the text itself is wrong.
    #[must_use]
    pub fn place(&self) -> Option<(usize, usize)> {
        self.place
    }
}

impl fmt::Display for SceneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}:", file.display())?,
            None => f.write_str("scene:")?,
        }
        if let Some((line, column)) = self.place {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.what)
    }
}

impl std::error::Error for SceneError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}
