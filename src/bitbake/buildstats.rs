//! What BitBake's `buildstats` tell of earlier builds: `buildstats/YYYYMMDDHHMMSS/PF/do_x`.

use std::time::Duration;

use jiff::Timestamp;

use super::ended::{EndedTask, TaskKind};
use super::task_history::TaskHistory;

/// How many tasks of a build are read.
const MOST: usize = 65_536;

/// One file of them: what a task took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TaskStats {
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What it took, in its own words or by its beginning and end.
    pub elapsed: Duration,
    /// Whether it did all it had to do.
    pub passed: bool,
}

impl TaskStats {
    /// Reads the text of one file. `None` while the task runs, and of any text that tells no duration.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (mut started, mut ended, mut elapsed, mut passed) = (None, None, None, None);
        for line in text.lines() {
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match key.trim() {
                "Started" => started = instant(value),
                "Ended" => ended = instant(value),
                "Elapsed time" => elapsed = duration(value.trim_end_matches("seconds").trim_end()),
                "Status" => passed = Some(value == "PASSED"),
                _ => {}
            }
        }
        let between = || {
            let (started, ended) = started.zip(ended)?;
            Duration::try_from(Timestamp::duration_since(ended, started)).ok()
        };
        Some(Self { started, ended, elapsed: elapsed.or_else(between)?, passed: passed? })
    }
}

/// Seconds since 1970, with or without a fraction.
fn instant(text: &str) -> Option<Timestamp> {
    let since = jiff::SignedDuration::try_from(duration(text)?).ok()?;
    Timestamp::UNIX_EPOCH.checked_add(since).ok()
}

fn duration(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

/// The files of one earlier build, taken together.
#[derive(Debug, Clone, Default)]
pub struct BuildStats {
    tasks: Vec<EndedTask>,
    failed: bool,
}

impl BuildStats {
    /// Takes the text of a file, which stands in a directory named for the recipe and is named for the task; whether
    /// it tells anything. At most 65536 are taken.
    pub fn take(&mut self, pf: &str, task: &str, text: &str) -> bool {
        let Some(stats) = TaskStats::read(text).filter(|_| self.tasks.len() < MOST) else { return false };
        self.failed |= !stats.passed;
        let Some(ended) = stats
            .ended
            .or_else(|| stats.started?.checked_add(jiff::SignedDuration::try_from(stats.elapsed).ok()?).ok())
        else {
            return false;
        };
        let kind = TaskKind::new(pf, task);
        self.tasks.push(EndedTask {
            kind,
            took: Some(stats.elapsed),
            ended: Some(ended),
            well: stats.passed,
        });
        true
    }

    /// What they tell; `None` where they tell nothing. `is_complete` is whether the build ran to its end, as far as
    /// is known; where a task failed, that is not believed.
    #[must_use]
    pub fn history(&self, is_complete: bool) -> Option<TaskHistory> {
        TaskHistory::learn(&self.tasks, is_complete && !self.failed, |_| false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDED: &str = "\
Event: TaskStarted 
Started: 1785000001.25
busybox-1.36.1-r0: do_compile
Elapsed time: 41.75 seconds
utime: 4
stime: 2
cutime: 3310
cstime: 604
IO rchar: 96812344
IO read_bytes: 4096
IO cancelled_write_bytes: 0
rusage ru_utime: 0.049
rusage ru_maxrss: 39680
Child rusage ru_maxrss: 120000
Status: PASSED 
Ended: 1785000043 
";

    #[test]
    fn a_file_tells_what_the_task_took() {
        let stats = TaskStats::read(ENDED).unwrap();
        assert_eq!(stats.elapsed, Duration::from_millis(41_750));
        assert!(stats.passed);
        assert_eq!(stats.started.unwrap().as_millisecond(), 1_785_000_001_250);
        assert_eq!(stats.ended.unwrap().as_millisecond(), 1_785_000_043_000);
        let without = ENDED.replace("Elapsed time", "Other");
        assert_eq!(TaskStats::read(&without).unwrap().elapsed.as_millis(), 41_750);
        assert!(!TaskStats::read(&ENDED.replace("PASSED", "FAILED")).unwrap().passed);
    }

    #[test]
    fn what_is_no_such_file_tells_nothing() {
        let begun = "Event: TaskStarted \nStarted: 1785000001.25\n";
        for text in
            ["", begun, "Elapsed time: much\nStatus: PASSED", "\0:\u{fffd}:", "Elapsed time: -4 seconds"]
        {
            assert_eq!(TaskStats::read(text), None, "{text:?}");
        }
        let wild = "Started: 1e300\nEnded: -7\nElapsed time: 1e19 seconds\nStatus: PASSED\n";
        assert!(!BuildStats::default().take("a-1-r0", "do_x", wild));
        for end in 0..ENDED.len() {
            let _ = TaskStats::read(&ENDED[..end]);
        }
    }

    #[test]
    fn the_files_of_a_build_are_a_history() {
        let mut stats = BuildStats::default();
        assert!(stats.take("busybox-1.36.1-r0", "do_compile", ENDED));
        assert!(stats.take("zlib-1.3-r0", "do_compile", &ENDED.replace("41.75", "10")));
        assert!(!stats.take("x-1-r0", "do_compile", "Started: 5\n"));
        let history = stats.history(true).unwrap();
        assert_eq!(history.seconds("busybox-1.37.0-r1", "do_compile"), Some(41.75));
        assert_eq!(history.seconds("other-1-r0", "do_compile"), Some(25.875));
        assert_eq!(history.seconds("other-1-r0", "do_fetch"), None);
        assert!(history.wall().for_work(40.0).is_some_and(|wall| (19.0..42.0).contains(&wall)));
        assert!(BuildStats::default().history(true).is_none());
    }
}
