//! What is known of a build that is being watched.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use crate::bitbake::{Build, Remaining, RunningTask};

use super::{BuildId, Sighting};

/// What is known of a build that is being watched.
#[derive(Debug, Clone)]
pub struct WatchedBuild {
    /// Its processes, as they were seen last.
    pub seen: Sighting,
    /// What it has told, by its console log and, where it has one, its event log. Line numbers are those of the
    /// console log.
    pub build: Build,
    /// How long it will take yet; `None` while that would be a guess.
    pub remaining: Option<Remaining>,
    /// What each of the running tasks took in earlier builds, in their order; `None`, as beyond the end, where nobody
    /// knows.
    pub usual: Vec<Option<Duration>>,
    /// How many tasks ended in each of the last minutes, the newest last; at most 120.
    pub per_minute: Vec<u32>,
    /// When it last printed anything, or a task ended.
    pub last_sign: Timestamp,
    /// When it was found to be over; how it ended says [`Build::outcome`].
    pub ended: Option<Timestamp>,
}

impl WatchedBuild {
    /// Which it is.
    #[must_use]
    pub fn id(&self) -> &BuildId {
        &self.seen.id
    }

    /// What one of its running tasks took in earlier builds; `None` where nobody knows.
    #[must_use]
    pub fn usual(&self, task: &RunningTask) -> Option<Duration> {
        let is_it = |other: &RunningTask| {
            (&other.pf, &other.task, &other.multiconfig) == (&task.pf, &task.task, &task.multiconfig)
        };
        let at = self.build.running().iter().position(is_it)?;
        self.usual.get(at).copied().flatten()
    }

    /// For how long it has been going, or went.
    #[must_use]
    pub fn elapsed(&self, now: Timestamp) -> Duration {
        let until = self.ended.unwrap_or(now);
        Duration::try_from(until.duration_since(self.seen.id.began)).unwrap_or_default()
    }
}

/// What is new of the builds of a container.
#[derive(Debug, Clone)]
pub enum BuildNews {
    /// Its console log goes on with these bytes, which came at this time. What was there when it was found comes first,
    /// without a time.
    Printed(BuildId, Option<Timestamp>, Bytes),
    /// What is known of it now; at most twice a second for each build, and once when it is over.
    Read(Arc<WatchedBuild>),
    /// It could not be read, for this reason; it is tried again.
    Trouble(BuildId, String),
}
