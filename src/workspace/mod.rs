//! A build file, on an engine: the containers that are made from it, by names that any console finds again, and what is
//! mounted in them.

mod artifacts;
mod build;
mod container;
mod directories;
mod limits;
mod name;
mod work;

pub use artifacts::{Artifact, ArtifactProblem, WantedArtifacts};
pub use build::{BuildRequest, GRACE};
pub use container::{BUILDER, BUILDER_ID, HOME};
pub use directories::{DirectoryProblem, Prepared};

use std::path::{Path, PathBuf};

use crate::config::BuildFile;

/// A build file and where it is: what belongs to it on an engine is found by both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// What the file says.
    pub build_file: BuildFile,
    /// The file: an absolute path.
    pub file: PathBuf,
}

impl Workspace {
    /// Of this file, by its absolute path.
    #[must_use]
    pub fn new(build_file: BuildFile, file: PathBuf) -> Self {
        Self { build_file, file }
    }

    /// The directory the file is in, from which its relative paths begin.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("/"))
    }
}
