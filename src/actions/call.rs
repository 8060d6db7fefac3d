//! How one action is bounded and watched.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Limits, Verb};

/// What an action tells while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// It has passed its slow mark.
    Slow {
        /// So long already.
        elapsed: Duration,
        /// How long it may take in all.
        deadline: Option<Duration>,
    },
    /// An attempt failed and another will follow.
    Retrying {
        /// The attempt that failed, from 1.
        attempt: u32,
        /// How many there may be.
        attempts: u32,
        /// How long until the next.
        wait: Duration,
        /// Why it failed, the whole chain.
        why: String,
    },
    /// It is over for us; the engine is being looked at, and put right where needed.
    Settling {
        /// What is being done, in words.
        doing: String,
    },
    /// Something the engine said on the way.
    Note(String),
}

/// Told about progress. Called on the action's own task: it must return at once.
pub type ProgressSink = Arc<dyn Fn(Progress) + Send + Sync>;

/// How one action is bounded, cancelled and watched; made by [`Supervisor::call`](super::Supervisor::call).
#[derive(Clone)]
pub struct Call {
    /// Replaces the verb's own limits.
    pub limits: Option<Limits>,
    /// Ends the action; what it began is looked after, within [`Limits::settle`].
    pub cancel: CancellationToken,
    /// Ends that looking after, too: the second `^C`.
    pub abandon: CancellationToken,
    progress: Option<ProgressSink>,
}

impl Call {
    /// With the verb's own limits, cancelled by this token or one above it: the supervisor's root.
    pub(super) fn new(cancel: CancellationToken) -> Self {
        Self { limits: None, cancel, abandon: CancellationToken::new(), progress: None }
    }

    /// With these limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Abandoned by this token.
    #[must_use]
    pub fn abandoned_by(mut self, abandon: CancellationToken) -> Self {
        self.abandon = abandon;
        self
    }

    /// Telling its progress.
    #[must_use]
    pub fn telling(mut self, progress: ProgressSink) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Tells, where anybody listens.
    pub fn tell(&self, progress: Progress) {
        if let Some(sink) = &self.progress {
            sink(progress);
        }
    }

    /// The limits in force for this verb.
    #[must_use]
    pub fn limits_for(&self, verb: Verb) -> Limits {
        self.limits.unwrap_or_else(|| verb.limits())
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("limits", &self.limits)
            .field("cancel", &self.cancel)
            .finish_non_exhaustive()
    }
}
