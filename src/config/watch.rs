//! From where on something about a build is worth a worry.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Serialize;

use super::node::Node;
use super::notify::names;
use super::reader::Reader;
use super::settings::{as_duration, as_size};

/// What can be looked for.
pub(super) const WORRIES: &[&str] = &["out-of-memory", "disk", "inodes", "memory", "stall", "slow-task"];

const SHORT: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(7 * 86_400);
const LONG: RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(7 * 86_400);
const PERCENT: RangeInclusive<u8> = 0..=100;
const TIMES: RangeInclusive<u8> = 1..=100;
const SPACE: RangeInclusive<u64> = 0..=1 << 50;
const INODES: RangeInclusive<u64> = 0..=1 << 40;

/// From where on something about a build is worth a worry. `assets/settings.yaml` says of each what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Watch {
    /// What is looked for: `out-of-memory`, `disk`, `inodes`, `memory`, `stall`, `slow-task`; none twice.
    pub worries: Vec<String>,
    /// How long a build may print nothing and end no task, from a minute to 7 days.
    #[serde(serialize_with = "as_duration")]
    pub stall: Duration,
    /// The same while recipes are parsed and tasks run that are silent for long in many builds.
    #[serde(serialize_with = "as_duration")]
    pub stall_of_long: Duration,
    /// How many times its usual time a task may take, from 1 to 100.
    pub slow_times: u8,
    /// And how much longer than that time at least, up to 7 days.
    #[serde(serialize_with = "as_duration")]
    pub slow_beyond: Duration,
    /// How much of its memory a container may use, in percent.
    pub memory_percent: u8,
    /// For how long it may use more, up to 7 days.
    #[serde(serialize_with = "as_duration")]
    pub memory_for: Duration,
    /// How much of a disk must be free, in percent.
    pub free_percent: u8,
    /// How many bytes of a disk must be free, up to 1 PiB.
    #[serde(serialize_with = "as_size")]
    pub free_space: u64,
    /// How many more files there must be room for, up to 2^40.
    pub free_inodes: u64,
    /// How long a disk that fills up must last, from a minute to 7 days.
    #[serde(serialize_with = "as_duration")]
    pub full_within: Duration,
}

impl Default for Watch {
    fn default() -> Self {
        let minutes = |count: u64| Duration::from_secs(count * 60);
        Self {
            worries: WORRIES.iter().map(ToString::to_string).collect(),
            stall: minutes(30),
            stall_of_long: minutes(60),
            slow_times: 3,
            slow_beyond: minutes(10),
            memory_percent: 95,
            memory_for: minutes(1),
            free_percent: 5,
            free_space: 5 << 30,
            free_inodes: 50_000,
            full_within: minutes(60),
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Watch> {
    const KNOWN: &[&str] = &[
        "worries",
        "stall",
        "stall_of_long",
        "slow_times",
        "slow_beyond",
        "memory_percent",
        "memory_for",
        "free_percent",
        "free_space",
        "free_inodes",
        "full_within",
    ];
    let mut watch = Watch::default();
    let all = reader.group(node, "watch", KNOWN)?;
    reader.set(&all, "worries", &mut watch.worries, |reader, node| names(reader, node, WORRIES));
    for (name, into, bounds) in [
        ("stall", &mut watch.stall, LONG),
        ("stall_of_long", &mut watch.stall_of_long, LONG),
        ("slow_beyond", &mut watch.slow_beyond, SHORT),
        ("memory_for", &mut watch.memory_for, SHORT),
        ("full_within", &mut watch.full_within, LONG),
    ] {
        reader.set(&all, name, into, |reader, node| reader.duration(node, bounds));
    }
    for (name, into, bounds) in [
        ("slow_times", &mut watch.slow_times, TIMES),
        ("memory_percent", &mut watch.memory_percent, PERCENT),
        ("free_percent", &mut watch.free_percent, PERCENT),
    ] {
        reader.set(&all, name, into, |reader, node| reader.number(node, bounds));
    }
    reader.set(&all, "free_space", &mut watch.free_space, |reader, node| reader.size(node, SPACE));
    reader.set(&all, "free_inodes", &mut watch.free_inodes, |reader, node| reader.number(node, INODES));
    Some(watch)
}
