//! A build as its processes show it.

use std::time::Duration;

use jiff::Timestamp;

use super::Disk;

/// Which build of a container: its directory, and when its client began. Another build in the same directory is
/// another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildId {
    /// The build directory in the container (`TOPDIR`).
    pub directory: String,
    /// When its client began or, where that is gone already, its server.
    pub began: Timestamp,
}

/// A build as its processes show it, at one moment. All process ids are the container's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Which.
    pub id: BuildId,
    /// As whom it runs: a user id. Who looks as somebody else may not be shown everything.
    pub user: String,
    /// The client, which prints; `None` where it is gone and the server goes on.
    pub client: Option<u32>,
    /// The server.
    pub server: Option<u32>,
    /// What was asked of BitBake: its words after the program, at most 64.
    pub words: Vec<String>,
    /// Whether recipes are being parsed.
    pub is_parsing: bool,
    /// Its console log, once there is one: the file itself, not the link to it.
    pub console_log: Option<String>,
    /// Its event log, where it writes one.
    pub event_log: Option<String>,
    /// The tasks that run, at most 1024.
    pub tasks: Vec<TaskProcess>,
    /// The room that is left where it writes.
    pub disk: Option<Disk>,
}

/// A running task as its process shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskProcess {
    /// Its process, the leader of a group of its own.
    pub process: u32,
    /// `PN:task`, cut off after 15 bytes.
    pub name: String,
    /// For how long it has run.
    pub elapsed: Duration,
    /// The log it writes (`…/temp/log.do_compile.1234`), where it is known.
    pub log: Option<String>,
}
