//! Why a task failed, from its own log.

mod reader;
mod sayings;
#[cfg(test)]
mod tests;

pub use reader::CauseReader;

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CauseKind {
    /// A compiler refused a file.
    Compiler,
    /// The linker refused to link.
    Linker,
    /// A patch does not apply.
    Patch,
    /// A source could not be fetched, or is not what it should be.
    Fetch,
    /// Python raised.
    Python,
    /// `configure`, `CMake` or Meson did not find what it needs.
    Configure,
    /// A check of the package's quality (QA) fails.
    Quality,
    /// The disk is full.
    DiskFull,
    /// It was killed, for want of memory most likely.
    Killed,
    /// A shell command failed.
    Shell,
    /// The task says so itself, in words of its own.
    Told,
}

impl CauseKind {
    /// What went wrong, in words: `compiler error`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Compiler => "compiler error",
            Self::Linker => "linker error",
            Self::Patch => "patch does not apply",
            Self::Fetch => "fetch failed",
            Self::Python => "Python error",
            Self::Configure => "configure error",
            Self::Quality => "QA error",
            Self::DiskFull => "disk full",
            Self::Killed => "killed",
            Self::Shell => "command failed",
            Self::Told => "error",
        }
    }
}

/// A place in a task's log that says why it failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What kind of thing went wrong.
    pub kind: CauseKind,
    /// The line, counted from 1.
    pub line: u64,
    /// What it says, at most 500 bytes.
    pub text: String,
}
