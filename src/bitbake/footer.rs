//! What is drawn in place in a terminal: bars, and the footer under the messages.

use memchr::memchr;

use super::names::Subject;
use super::scan::{n_of_m, number};

/// One line of the footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Footer<'a> {
    /// `Setscene tasks: X of Y`
    Setscene {
        /// How many are done or begun.
        n: u64,
        /// All.
        m: u64,
    },
    /// `Currently N running tasks (n of m)` or `No currently running tasks (n of m)`
    Tasks {
        /// How many run.
        running: u64,
        /// The number of the last one started.
        n: u64,
        /// All.
        m: u64,
    },
    /// `Running tasks (X of Y, n of m)`: all there is with `-q`.
    Quiet {
        /// Setscene tasks done or begun, and all.
        setscene: (u64, u64),
        /// The number of the last task started, and all.
        tasks: (u64, u64),
    },
    /// `Waiting for N running task(s) to finish`: nothing new is started.
    Waiting {
        /// How many still run.
        running: u64,
    },
    /// `K: PF do_x - 1m2s (pid P)`, and its own progress where it tells it.
    Task {
        /// Recipe and task.
        subject: Subject<'a>,
        /// For how long it has run.
        seconds: u64,
        /// Its process, as numbered in the container.
        pid: u64,
        /// Its progress.
        percent: Option<u8>,
        /// How fast: `1.5M/s`.
        rate: Option<&'a str>,
    },
}

impl<'a> Footer<'a> {
    /// Reads a line that may begin a footer or go on with it.
    pub(super) fn read_main(line: &'a str) -> Option<Self> {
        if let Some(rest) = line.strip_prefix("Setscene tasks: ") {
            let (n, m, _) = n_of_m(rest)?;
            return Some(Self::Setscene { n, m });
        }
        if let Some(rest) = line.strip_prefix("No currently running tasks (") {
            let (n, m, _) = n_of_m(rest)?;
            return Some(Self::Tasks { running: 0, n, m });
        }
        if let Some(rest) = line.strip_prefix("Currently ") {
            let (running, rest) = number(rest.trim_start())?;
            let (n, m, _) = n_of_m(rest.strip_prefix(" running tasks (")?)?;
            return Some(Self::Tasks { running, n, m });
        }
        if let Some(rest) = line.strip_prefix("Running tasks (") {
            let (x, y, rest) = n_of_m(rest)?;
            let (n, m, _) = n_of_m(rest.strip_prefix(", ")?)?;
            return Some(Self::Quiet { setscene: (x, y), tasks: (n, m) });
        }
        let (running, rest) = number(line.strip_prefix("Waiting for ")?)?;
        let rest = rest.strip_prefix(" running task")?;
        rest.trim_start_matches("(s)")
            .trim_start_matches('s')
            .starts_with(" to finish")
            .then_some(Self::Waiting { running })
    }

    /// Reads the line of a running task; only within a footer, as other text may look like it.
    pub(super) fn read_task(line: &'a str) -> Option<Self> {
        let (_, rest) = number(line)?;
        let (title, rest) = rest.strip_prefix(": ")?.split_once(" (pid ")?;
        let (title, seconds) = match title.rsplit_once(" - ") {
            Some((title, elapsed)) => (title, seconds(elapsed)?),
            None => (title, 0),
        };
        let (pid, rest) = number(rest)?;
        let (percent, rate) = own_progress(rest.strip_prefix(')')?);
        Some(Self::Task { subject: Subject::whole(title)?, seconds, pid, percent, rate })
    }
}

/// The seconds of `1h2m3s`.
fn seconds(elapsed: &str) -> Option<u64> {
    let (mut total, mut rest) = (0_u64, elapsed);
    while !rest.is_empty() {
        let (value, after) = number(rest)?;
        let (unit, after) = after.split_at_checked(1)?;
        let each = match unit {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        total = total.checked_add(value.checked_mul(each)?)?;
        rest = after;
    }
    Some(total)
}

/// ` PP% |###  |[ rate]`, or a slider `|  <=>  |[ rate]` without a number.
fn own_progress(rest: &str) -> (Option<u8>, Option<&str>) {
    let percent = number(rest.trim_start())
        .and_then(|(value, after)| after.starts_with('%').then_some(value))
        .and_then(|value| u8::try_from(value.min(100)).ok());
    let rate = rest.rsplit_once('|').map(|(_, rate)| rate.trim()).filter(|rate| !rate.is_empty());
    (percent, rate)
}

/// A bar drawn in place: `NAME:  PP% |###  | …`. Its name and percentage.
pub(super) fn bar(line: &str) -> Option<(&str, u8)> {
    let at = memchr(b'%', line.as_bytes())?;
    let (before, rest) = line.split_at_checked(at)?;
    if !rest.starts_with("% |") {
        return None;
    }
    let (name, percent) = before.rsplit_once(' ')?;
    let percent = percent.parse::<u8>().ok()?.min(100);
    let name = name.trim_end().strip_suffix(':')?;
    // A message that holds such a thing has more before it.
    (!name.is_empty() && name.len() <= 80 && !name.contains([':', '/', '|'])).then_some((name, percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recipe, task, seconds, process, percent, rate.
    type Task<'a> = (&'a str, &'a str, u64, u64, Option<u8>, Option<&'a str>);

    fn task(line: &str) -> Option<Task<'_>> {
        match Footer::read_task(line)? {
            Footer::Task { subject, seconds, pid, percent, rate } => {
                Some((subject.pf, subject.task, seconds, pid, percent, rate))
            }
            _ => None,
        }
    }

    #[test]
    fn a_running_task_is_read() {
        for (line, expected) in [
            (
                "0: zlib-1.3.1-r0 do_fetch - 0s (pid 19168)",
                ("zlib-1.3.1-r0", "do_fetch", 0, 19168, None, None),
            ),
            (
                "12: a-1-r0 do_fetch - 1h2m3s (pid 9)  50% |####   | 1.8M/s",
                ("a-1-r0", "do_fetch", 3723, 9, Some(50), Some("1.8M/s")),
            ),
            (
                "0: a-1-r0 do_image - 1s (pid 9) |  <=>  | 37 files",
                ("a-1-r0", "do_image", 1, 9, None, Some("37 files")),
            ),
            ("0: a-1-r0 do_image - 1s (pid 9) 100% ||", ("a-1-r0", "do_image", 1, 9, Some(100), None)),
            ("0: mc:b:a-1-r0 do_image (pid 9)", ("a-1-r0", "do_image", 0, 9, None, None)),
        ] {
            assert_eq!(task(line), Some(expected), "{line}");
        }
        for line in ["0: a", "x: a-1-r0 do_image - 1s (pid 9)", "0: a-1-r0 do_image - 1x (pid 9)", ""] {
            assert_eq!(task(line), None, "{line}");
        }
    }

    #[test]
    fn the_lines_above_are_read() {
        for (line, expected) in [
            ("Setscene tasks: 3 of 38", Footer::Setscene { n: 3, m: 38 }),
            (
                "Currently  4 running tasks (18 of 155)  10% |###  |",
                Footer::Tasks { running: 4, n: 18, m: 155 },
            ),
            ("Currently 12 running tasks (18 of 155)  10% ||", Footer::Tasks { running: 12, n: 18, m: 155 }),
            ("No currently running tasks (0 of 155)   0% |  |", Footer::Tasks { running: 0, n: 0, m: 155 }),
            (
                "Running tasks (10 of 10, 3 of 42)   4% |#  |",
                Footer::Quiet { setscene: (10, 10), tasks: (3, 42) },
            ),
            ("Waiting for 1 running task to finish:", Footer::Waiting { running: 1 }),
            ("Waiting for 2 running tasks to finish:", Footer::Waiting { running: 2 }),
            ("Waiting for 0 running task(s) to finish:", Footer::Waiting { running: 0 }),
        ] {
            assert_eq!(Footer::read_main(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_bar_is_read_at_any_width() {
        for (line, expected) in [
            ("Parsing recipes:   0% |   | ETA:  --:--:--", Some(("Parsing recipes", 0))),
            ("Initialising tasks: 100% |###| Time: 0:00:00", Some(("Initialising tasks", 100))),
            ("Loading cache:  42% || ETA:  0:00:02", Some(("Loading cache", 42))),
            ("Currently  4 running tasks (18 of 155)  10% |###  |", None),
            ("WARNING: at 10% | of it", None),
            ("Parsing recipes", None),
        ] {
            assert_eq!(bar(line), expected, "{line}");
        }
    }
}
