//! From where on something is worth a worry.

use std::collections::BTreeSet;
use std::time::Duration;

use super::WorryKind;

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// From where on something is worth a worry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// What is looked for at all.
    pub of: BTreeSet<WorryKind>,
    /// How long a build may print nothing and end no task.
    pub stall: Duration,
    /// The same while recipes are parsed, and while a task runs that is silent for long in many builds.
    pub stall_of_long: Duration,
    /// How many times its usual time a task may take.
    pub slow_times: u32,
    /// And how much longer than that time it may take at least.
    pub slow_beyond: Duration,
    /// How much of its memory a container may use, in percent.
    pub memory_percent: u8,
    /// For how long it may use more.
    pub memory_for: Duration,
    /// How much of a disk must be free, in percent.
    pub free_percent: u8,
    /// How many bytes must be free.
    pub free_bytes: u64,
    /// How many more files there must be room for.
    pub free_inodes: u64,
    /// Over what time it is looked whether a disk fills up.
    pub falling_over: Duration,
    /// How long it must last.
    pub falling_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            of: WorryKind::ALL.into(),
            stall: minutes(30),
            stall_of_long: minutes(60),
            slow_times: 3,
            slow_beyond: minutes(10),
            memory_percent: 95,
            memory_for: minutes(1),
            free_percent: 5,
            free_bytes: 5 << 30,
            free_inodes: 50_000,
            falling_over: minutes(10),
            falling_within: minutes(60),
        }
    }
}

impl Limits {
    /// How long nothing is said of a worry that was told and goes on.
    #[must_use]
    pub fn cool_down(&self, kind: WorryKind) -> Duration {
        match kind {
            WorryKind::OutOfMemory => minutes(24 * 60),
            WorryKind::Space | WorryKind::Inodes | WorryKind::Memory => minutes(15),
            WorryKind::Stalled => self.stall.max(minutes(15)),
            WorryKind::SlowTask => minutes(60),
        }
    }
}
