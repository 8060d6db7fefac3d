//! What earlier builds took, as somebody keeps it.

use std::fmt;
use std::sync::Arc;

use crate::bitbake::TaskHistory;

/// Where it is kept what the tasks of earlier builds took, by machine and target. Its methods may wait for a disk; they
/// are called from threads that may.
pub trait Histories: fmt::Debug + Send + Sync {
    /// What is known of a machine and a target; an empty history where nothing is, or it cannot be read.
    fn of(&self, machine: &str, target: &str) -> TaskHistory;

    /// A build of them has told this.
    fn take(&self, machine: &str, target: &str, newer: &TaskHistory);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHistories;

impl Histories for NoHistories {
    fn of(&self, _: &str, _: &str) -> TaskHistory {
        TaskHistory::default()
    }

    fn take(&self, _: &str, _: &str, _: &TaskHistory) {}
}

/// Reads on a thread that may wait.
pub(super) async fn read(histories: Arc<dyn Histories>, machine: String, target: String) -> TaskHistory {
    let reading = tokio::task::spawn_blocking(move || histories.of(&machine, &target));
    reading.await.unwrap_or_default()
}

/// Writes on a thread that may wait.
pub(super) async fn write(
    histories: Arc<dyn Histories>,
    machine: String,
    target: String,
    newer: TaskHistory,
) {
    // Where it panics, that has been told; there is nothing to be done about it here.
    let _ = tokio::task::spawn_blocking(move || histories.take(&machine, &target, &newer)).await;
}
