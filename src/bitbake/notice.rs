//! What warnings and errors mean.

use super::names::Subject;
use super::scan::quoted;

/// A warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice<'a> {
    /// Where the log of a failed setscene task is. Printed, but not counted by BitBake.
    SetsceneLog(&'a str),
    /// A setscene task has failed; the real task runs instead. Printed, but not counted by BitBake.
    SetsceneFailed {
        /// Its id.
        id: &'a str,
    },
    /// BitBake leaves because it was interrupted.
    ExitingOnInterrupt,
    /// Somebody ended the server.
    ServerTerminated,
    /// Somebody ended the worker.
    WorkerTerminated,
    /// Nothing provides what is asked for; in a build of everything that is only a warning.
    NoProvider(&'a str),
    /// Any other.
    Other {
        /// The task that warns.
        subject: Option<Subject<'a>>,
        /// What it says, on its first line.
        text: &'a str,
    },
}

impl<'a> Notice<'a> {
    /// Reads what follows `WARNING: `.
    pub(super) fn read(text: &'a str) -> Self {
        if let Some(log) = text.strip_prefix("Logfile for failed setscene task is ") {
            return Self::SetsceneLog(log.trim_end());
        }
        if let Some((id, _)) =
            text.strip_prefix("Setscene task (").and_then(|rest| rest.rsplit_once(") failed"))
        {
            return Self::SetsceneFailed { id };
        }
        if text.starts_with("Exiting due to interrupt") {
            return Self::ExitingOnInterrupt;
        }
        if text.starts_with("Cooker received SIGTERM") {
            return Self::ServerTerminated;
        }
        if text.starts_with("Worker received SIGTERM") {
            return Self::WorkerTerminated;
        }
        if let Some(item) = provided_by_nothing(text) {
            return Self::NoProvider(item);
        }
        let (subject, text) = Subject::of_message(text);
        Self::Other { subject, text }
    }
}

/// An error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble<'a> {
    /// Where the log of a failed task is. Printed, but not counted by BitBake.
    LogOfFailure(&'a str),
    /// A task has failed. Printed, but not counted by BitBake.
    TaskFailed {
        /// Its id.
        id: &'a str,
        /// How its process ended; negative: by that signal.
        exit_code: Option<i64>,
    },
    /// Nothing provides this.
    NoProvider(&'a str),
    /// A target cannot be built, as something it needs is not provided.
    NoBuildableProvider(&'a str),
    /// A recipe or configuration file cannot be parsed.
    Parse(&'a str),
    /// Parsing has ended because of errors.
    ParsingHalted,
    /// The configuration makes no sense to the checks of the distribution.
    Sanity(&'a str),
    /// The worker process has gone.
    WorkerGone(&'a str),
    /// The server has gone, or cannot be reached.
    ServerGone(&'a str),
    /// The disk is full: no new tasks.
    DiskStopsTasks,
    /// The disk is full: ended at once.
    DiskHalts,
    /// The server could not do what it was told; why.
    CommandFailed(&'a str),
    /// Any other.
    Other {
        /// The task that fails.
        subject: Option<Subject<'a>>,
        /// What it says, on its first line.
        text: &'a str,
    },
}

impl<'a> Trouble<'a> {
    /// Reads what follows `ERROR: `.
    pub(super) fn read(text: &'a str) -> Self {
        if let Some(log) = text.strip_prefix("Logfile of failure stored in: ") {
            return Self::LogOfFailure(log.trim_end());
        }
        if let Some(rest) = text.strip_prefix("Task (")
            && let Some((id, rest)) = rest.rsplit_once(") failed with exit code ")
        {
            return Self::TaskFailed { id, exit_code: quoted(rest).and_then(|(code, _)| code.parse().ok()) };
        }
        if let Some(item) = provided_by_nothing(text) {
            return Self::NoProvider(item);
        }
        if let Some(rest) = text.strip_prefix("Required build target ")
            && let Some((target, rest)) = quoted(rest)
            && rest.starts_with(" has no buildable providers")
        {
            return Self::NoBuildableProvider(target);
        }
        Self::of_the_build(text).unwrap_or_else(|| {
            let (subject, text) = Subject::of_message(text);
            Self::Other { subject, text }
        })
    }

    fn of_the_build(text: &'a str) -> Option<Self> {
        let starts = |beginnings: &[&str]| beginnings.iter().any(|beginning| text.starts_with(beginning));
        if starts(&["ParseError at ", "ExpansionError during parsing ", "Unable to parse "]) {
            return Some(Self::Parse(text));
        }
        if starts(&["Parsing halted due to errors"]) {
            return Some(Self::ParsingHalted);
        }
        if text.trim_start().starts_with("OE-core's config sanity checker") {
            return Some(Self::Sanity(text));
        }
        if starts(&["Worker process ("]) && text.contains("exited unexpectedly") {
            return Some(Self::WorkerGone(text));
        }
        if starts(&[
            "Executing event: ",
            "Unable to connect to bitbake server",
            "Unable to start bitbake server",
            "Timeout while waiting for a reply from the bitbake server",
        ]) {
            return Some(Self::ServerGone(text));
        }
        if text.contains("the disk space monitor action is \"") {
            let only_stops = text.starts_with("No new tasks");
            return Some(if only_stops { Self::DiskStopsTasks } else { Self::DiskHalts });
        }
        text.strip_prefix("Command execution failed: ").map(Self::CommandFailed)
    }
}

fn provided_by_nothing(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("Nothing PROVIDES ").or_else(|| text.strip_prefix("Nothing RPROVIDES "))?;
    quoted(rest).map(|(item, _)| item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart() {
        for (text, expected) in [
            ("Logfile of failure stored in: /t/log.do_x.1", Trouble::LogOfFailure("/t/log.do_x.1")),
            (
                "Task (mc:b:/a/b_1.bb:do_x) failed with exit code '-9'",
                Trouble::TaskFailed { id: "mc:b:/a/b_1.bb:do_x", exit_code: Some(-9) },
            ),
            ("Nothing PROVIDES 'tiny'. Close matches:", Trouble::NoProvider("tiny")),
            (
                "Nothing RPROVIDES 'a' (but /x.bb RDEPENDS on or otherwise requires it)",
                Trouble::NoProvider("a"),
            ),
            ("Required build target 'a' has no buildable providers.", Trouble::NoBuildableProvider("a")),
            ("Command execution failed: Forced shutdown", Trouble::CommandFailed("Forced shutdown")),
            (
                "No new tasks can be executed since the disk space monitor action is \"STOPTASKS\"!",
                Trouble::DiskStopsTasks,
            ),
            ("Immediately halt since the disk space monitor action is \"HALT\"!", Trouble::DiskHalts),
            ("Something else", Trouble::Other { subject: None, text: "Something else" }),
        ] {
            assert_eq!(Trouble::read(text), expected, "{text}");
        }
    }

    #[test]
    fn warnings_are_told_apart() {
        let id = "/a/b_1.bb:do_x_setscene";
        let failed =
            format!("Setscene task ({id}) failed with exit code '1' - real task will be run instead");
        assert_eq!(Notice::read(&failed), Notice::SetsceneFailed { id });
        let text = "zlib-1-r0 do_x: careful";
        let subject = Some(Subject { multiconfig: None, pf: "zlib-1-r0", task: "do_x" });
        assert_eq!(Notice::read(text), Notice::Other { subject, text: "careful" });
    }
}
