//! What is to worry about with a build, judged from what is known of it. No clock and no waiting: whoever looks says
//! what time it is.

mod falling;
mod limits;
#[cfg(test)]
mod tests;
mod told;
mod worry;

use std::time::Duration;

use jiff::Timestamp;

use crate::bitbake::{Phase, RunningTask};
use crate::text::{bytes, elapsed};

use super::{Disk, WatchedBuild};
use falling::Falling;
pub use limits::Limits;
use told::Told;
pub use worry::{Worry, WorryKind};

/// The most tasks that are said to be slow at once.
const MOST_SLOW: usize = 4;
/// Tasks that are silent for long in many builds.
const LONG: &[&str] = &["do_compile", "do_fetch", "do_rootfs", "do_image", "do_populate_sdk", "do_package"];

/// How long a task usually takes; `None` where nobody knows.
pub type Usual<'a> = &'a dyn Fn(&RunningTask) -> Option<Duration>;

/// What the engine says of the container a build runs in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// The bytes in use, and the limit; `None` where they are not known.
    pub used_of: Option<(u64, u64)>,
    /// Whether the kernel killed something in it for want of memory.
    pub oom_killed: bool,
}

/// Watches over one build.
#[derive(Debug, Clone, Default)]
pub struct Watchdog {
    limits: Limits,
    /// What the running tasks said of their own progress, and since when.
    progress: Vec<(Option<u8>, Option<String>)>,
    progressed: Option<Timestamp>,
    /// Since when memory is near its limit, and whether it ever was.
    tight: Option<Timestamp>,
    was_tight: bool,
    space: Falling,
    inodes: Falling,
    told: Told,
}

impl Watchdog {
    /// With these limits; has seen nothing yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Looks at the build as it is now, the gravest first. To be called every few seconds; the times must not go back.
    pub fn look(
        &mut self,
        build: &WatchedBuild,
        memory: Memory,
        usual: Usual<'_>,
        now: Timestamp,
    ) -> Vec<Worry> {
        let mut worries = Vec::new();
        worries.extend(self.out_of_memory(build, memory));
        if build.ended.is_none() {
            worries.extend(self.disk(build, now));
            worries.extend(self.memory(memory, now));
            worries.extend(self.stalled(build, usual, now));
            worries.extend(self.slow(build, usual, now));
        }
        worries.retain(|worry| self.limits.of.contains(&worry.kind));
        self.told.mark(&mut worries, &self.limits, now);
        worries
    }

    fn out_of_memory(&self, build: &WatchedBuild, memory: Memory) -> Option<Worry> {
        let is_killed = |code: Option<i64>| matches!(code, Some(-9 | 137));
        let killed = build.build.failures().iter().rev().find(|failure| is_killed(failure.exit_code));
        // The engine tells only of what it has noticed; a task that is killed when memory is short is no chance.
        let is_likely = self.was_tight && killed.is_some();
        if !memory.oom_killed && !is_likely {
            return None;
        }
        let limit = memory.used_of.map(|(_, limit)| format!(" (limit {})", bytes(limit))).unwrap_or_default();
        let what = killed.map_or_else(
            || "a process of the container".to_owned(),
            |failure| match failure.recipe() {
                Some(recipe) => format!("{recipe} {}", failure.task),
                None => failure.task.clone(),
            },
        );
        let sure = if memory.oom_killed { "" } else { "most likely " };
        Some(Worry::new(
            WorryKind::OutOfMemory,
            "",
            "out of memory".to_owned(),
            format!(
                "The kernel {sure}killed {what} for want of memory{limit}. Give the container more, or run less at \
                 once: BB_NUMBER_THREADS, PARALLEL_MAKE."
            ),
        ))
    }

    fn memory(&mut self, memory: Memory, now: Timestamp) -> Option<Worry> {
        let percent = memory.used_of.and_then(|(used, limit)| percent_of(used, limit))?;
        if percent < self.limits.memory_percent {
            self.tight = None;
            return None;
        }
        self.was_tight = true;
        let since = *self.tight.get_or_insert(now);
        let lasted = between(since, now);
        let (used, limit) = memory.used_of?;
        (lasted >= self.limits.memory_for).then(|| {
            Worry::new(
                WorryKind::Memory,
                "",
                format!("memory {percent} %"),
                format!(
                    "The container has used {} of {} of memory for {}: soon a task may be killed. Give it more, or \
                     run less at once: BB_NUMBER_THREADS, PARALLEL_MAKE.",
                    bytes(used),
                    bytes(limit),
                    elapsed(lasted)
                ),
            )
        })
    }

    fn stalled(&mut self, build: &WatchedBuild, usual: Usual<'_>, now: Timestamp) -> Option<Worry> {
        let running = build.build.running();
        let progress = || running.iter().map(|task| (task.percent, task.rate.clone()));
        if !progress().eq(self.progress.iter().cloned()) {
            self.progress = progress().collect();
            self.progressed =
                self.progress.iter().any(|own| own.0.is_some() || own.1.is_some()).then_some(now);
        }
        let silent = between(self.progressed.map_or(build.last_sign, |at| at.max(build.last_sign)), now);
        let is_early = build.seen.is_parsing || build.build.phase() < Phase::Setscene;
        let is_long = |task: &RunningTask| LONG.iter().any(|long| task.task.starts_with(long));
        let patience = if is_early || running.iter().any(is_long) {
            self.limits.stall_of_long
        } else {
            self.limits.stall
        };
        // Within its usual time a task may be as silent as it was before.
        let is_usual = |task: &RunningTask| {
            usual(task).zip(ran_for(task, build, now)).is_some_and(|(usual, so_far)| so_far <= usual * 3 / 2)
        };
        if silent < patience || running.iter().any(is_usual) {
            return None;
        }
        let longest = running.iter().max_by_key(|task| ran_for(task, build, now));
        let what = match longest {
            Some(task) => format!("; {} {} has run longest", task.pf, task.task),
            None => String::new(),
        };
        Some(Worry::new(
            WorryKind::Stalled,
            "",
            format!("silent for {}", elapsed(silent)),
            format!(
                "Nothing has been printed and no task has ended for {}{what}. Look into its log, and stop the build \
                 where it hangs.",
                elapsed(silent)
            ),
        ))
    }

    fn slow(&self, build: &WatchedBuild, usual: Usual<'_>, now: Timestamp) -> Vec<Worry> {
        let mut slow: Vec<_> = build
            .build
            .running()
            .iter()
            .filter_map(|task| {
                let (usual, so_far) = usual(task).zip(ran_for(task, build, now))?;
                let is_slow = so_far > usual.saturating_mul(self.limits.slow_times)
                    && so_far > usual.saturating_add(self.limits.slow_beyond);
                is_slow.then_some((so_far, usual, task))
            })
            .collect();
        slow.sort_by_key(|(so_far, usual, _)| std::cmp::Reverse(so_far.saturating_sub(*usual)));
        slow.truncate(MOST_SLOW);
        slow.into_iter()
            .map(|(so_far, usual, task)| {
                let (so_far, usual, name) =
                    (elapsed(so_far), elapsed(usual), format!("{} {}", task.pf, task.task));
                Worry::new(
                    WorryKind::SlowTask,
                    &name,
                    format!("{name} slow"),
                    format!("{name} has run for {so_far}; it usually takes {usual}. Look into its log."),
                )
            })
            .collect()
    }

    fn disk(&mut self, build: &WatchedBuild, now: Timestamp) -> Vec<Worry> {
        let Some(disk) = build.seen.disk else { return Vec::new() };
        self.space.saw(now, disk.free, self.limits.falling_over);
        if let Some(inodes) = disk.free_inodes {
            self.inodes.saw(now, inodes, self.limits.falling_over);
        }
        // What lasts to the end of the build is enough.
        let within = build.remaining.map_or(self.limits.falling_within, |remaining| {
            self.limits.falling_within.min(remaining.most.saturating_mul(5) / 4)
        });
        [self.space(disk, within), self.inodes(disk, within)].into_iter().flatten().collect()
    }

    fn space(&self, disk: Disk, within: Duration) -> Option<Worry> {
        let left = self.space.left().filter(|left| *left < within);
        let is_low = disk.total > 0
            && (disk.free < self.limits.free_bytes
                || percent_of(disk.free, disk.total).is_some_and(|free| free < self.limits.free_percent));
        let free = bytes(disk.free);
        let (row, how) = match left {
            Some(left) => (
                format!("disk full in {}", elapsed(left)),
                format!("has {free} left and is full in about {} at this rate", elapsed(left)),
            ),
            None if is_low => (format!("{free} of disk left"), format!("has only {free} left")),
            None => return None,
        };
        Some(Worry::new(
            WorryKind::Space,
            "",
            row,
            format!("The disk of the build {how}. Free some space, or stop the build before it breaks off."),
        ))
    }

    fn inodes(&self, disk: Disk, within: Duration) -> Option<Worry> {
        let free = disk.free_inodes?;
        let left = self.inodes.left().filter(|left| *left < within);
        let (row, how) = match left {
            Some(left) => (
                format!("no more files in {}", elapsed(left)),
                format!(
                    "has room for {free} more files, and for none in about {} at this rate",
                    elapsed(left)
                ),
            ),
            None if free < self.limits.free_inodes => {
                (format!("{free} inodes left"), format!("has room for only {free} more files"))
            }
            None => return None,
        };
        Some(Worry::new(
            WorryKind::Inodes,
            "",
            row,
            format!(
                "The file system of the build {how} (inodes). Remove some, or stop the build before it breaks off."
            ),
        ))
    }
}

/// For how long a task has run.
fn ran_for(task: &RunningTask, build: &WatchedBuild, now: Timestamp) -> Option<Duration> {
    let process = || {
        let pid = task.pid?;
        build.seen.tasks.iter().find(|process| u64::from(process.process) == pid).map(|found| found.elapsed)
    };
    task.since.map(|since| between(since, now)).or(task.shown_elapsed).or_else(process)
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

fn percent_of(part: u64, whole: u64) -> Option<u8> {
    let percent = (u128::from(part) * 100).checked_div(u128::from(whole))?;
    Some(u8::try_from(percent.min(100)).unwrap_or(100))
}
