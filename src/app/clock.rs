//! The one clock of the console.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::ui::Now;

/// When the console began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock(Instant);

impl Clock {
    /// It begins now.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// This instant, as messages carry it.
    pub(crate) fn now(self) -> Now {
        Now { since_start: self.since_start(), time: Timestamp::now() }
    }

    /// How long it has been.
    pub(crate) fn since_start(self) -> Duration {
        self.0.elapsed()
    }
}
