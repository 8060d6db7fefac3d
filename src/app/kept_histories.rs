//! What earlier builds took, for those who watch builds: on disk, where that can be had.

use crate::bitbake::TaskHistory;
use crate::builds::Histories;

use super::build_history::{BuildHistories, Remembered};
use super::own_log::OwnLog;

/// Kept on disk. What goes wrong is said in the console's own log: a build that cannot be estimated is none that fails.
#[derive(Debug)]
pub(crate) struct KeptHistories {
    on_disk: BuildHistories,
    log: OwnLog,
}

impl KeptHistories {
    pub(crate) fn new(on_disk: BuildHistories, log: OwnLog) -> Self {
        Self { on_disk, log }
    }
}

impl Histories for KeptHistories {
    fn of(&self, machine: &str, target: &str) -> TaskHistory {
        self.on_disk.read(machine, target).unwrap_or_else(|error| {
            self.log.note(&format!("what builds of {target} for {machine} took cannot be read: {error}"));
            TaskHistory::default()
        })
    }

    fn take(&self, machine: &str, target: &str, newer: &TaskHistory) {
        let words = match self.on_disk.remember(machine, target, newer) {
            Ok(Remembered::Merged) => return,
            Ok(Remembered::Anew(why)) => format!("was put aside: {why}"),
            Err(error) => format!("cannot be kept: {error}"),
        };
        self.log.note(&format!("what builds of {target} for {machine} took {words}"));
    }
}
