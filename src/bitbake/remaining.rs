//! How long a build will take yet.

use std::time::Duration;

/// How long a build will take yet: a range, since nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    /// It hardly takes less.
    pub least: Duration,
    /// It most likely takes about this.
    pub likely: Duration,
    /// It hardly takes more.
    pub most: Duration,
}
