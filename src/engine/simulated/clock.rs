//! The engine's clock: tokio's, so that paused time is the engine's time too.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Nanoseconds since the engine began; below zero for what a scene says was before.
pub(super) type Moment = i64;

/// A length of time in nanoseconds.
pub(super) fn nanos(length: Duration) -> i64 {
    i64::try_from(length.as_nanos()).unwrap_or(i64::MAX)
}

#[derive(Debug)]
pub(super) struct Clock {
    epoch: Instant,
    wall: Timestamp,
}

impl Clock {
    /// Begins now, which is `wall` by the engine's time of day.
    pub(super) fn beginning(wall: Timestamp) -> Self {
        Self { epoch: Instant::now(), wall }
    }

    pub(super) fn now(&self) -> Moment {
        nanos(self.epoch.elapsed())
    }

    /// The instant of a moment; of one before the beginning, the beginning.
    pub(super) fn instant(&self, moment: Moment) -> Instant {
        self.epoch + Duration::from_nanos(u64::try_from(moment).unwrap_or(0))
    }

    /// The time of day of a moment.
    pub(super) fn stamp(&self, moment: Moment) -> Timestamp {
        self.wall.saturating_add(SignedDuration::from_nanos(moment)).unwrap_or(self.wall)
    }

    pub(super) fn ago(&self, length: Duration) -> Moment {
        self.now().saturating_sub(nanos(length))
    }
}
