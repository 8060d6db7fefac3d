//! Files in containers, looked at from outside.

use jiff::Timestamp;
use serde::Serialize;

/// What is at a path in a container. Links are not followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PathStat {
    /// What kind of thing.
    pub kind: PathKind,
    /// Bytes, of a file.
    pub size: u64,
    /// Permission bits, as chmod(1) takes them.
    pub mode: u32,
    /// When it was last written, where the engine says.
    pub modified: Option<Timestamp>,
}

/// The kinds of thing at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PathKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, and where it leads as the engine resolves it.
    Link(String),
    /// A device, a socket, a pipe.
    Other,
}
