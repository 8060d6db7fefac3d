//! The exit codes, all of them, and where they are told.

use std::fmt::Write;
use std::process::ExitCode;

use crate::app::EndSignal;
use crate::engine::ErrorKind;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// All was done.
    Done,
    /// The engine said no, or the action failed.
    Failed,
    /// The command line or the settings are wrong, or what they ask for makes no sense.
    Usage,
    /// No engine can be reached or used.
    Unreachable,
    /// Something that was named is not there.
    NotFound,
    /// The present state does not allow it.
    Conflict,
    /// `watch`: there is no build to watch.
    NoBuild,
    /// `watch`: somebody stopped a build.
    BuildInterrupted,
    /// `watch`: a build was halted, its disk being full.
    BuildHalted,
    /// `watch`: a build broke off, or nobody knows how it ended.
    BuildBrokeOff,
    /// The deadline came first.
    TimedOut,
    /// `exec`: the command could not be begun, or was lost.
    ExecFailed,
    /// `exec`: the command is there and cannot be run.
    NotExecutable,
    /// `exec`: there is no such command.
    CommandNotFound,
    /// SIGHUP came.
    HungUp,
    /// SIGINT came.
    Interrupted,
    /// Whoever read our output has gone.
    OutputClosed,
    /// SIGTERM came.
    Terminated,
    /// `exec`: what the command itself ended with.
    OfCommand(u8),
}

impl Exit {
    /// Every code that is ours, with its meaning, as the help and the manual page tell it.
    pub const ALL: [(Self, &'static str); 18] = [
        (Self::Done, "all was done"),
        (Self::Failed, "the engine said no, or the action failed; watch: a build failed or told errors"),
        (Self::Usage, "the command line or the settings are wrong, or ask for something that makes no sense"),
        (Self::Unreachable, "no engine can be reached, or we may not use it"),
        (Self::NotFound, "a container, image, volume or path that was named is not there"),
        (Self::Conflict, "its present state does not allow it: in use, not running, the name taken, …"),
        (Self::NoBuild, "watch: no build runs in a container, and none began in time"),
        (Self::BuildInterrupted, "watch: somebody stopped a build"),
        (Self::BuildHalted, "watch: a build was halted, as its disk was full"),
        (Self::BuildBrokeOff, "watch: a build broke off (BitBake died), or nobody knows how it ended"),
        (Self::TimedOut, "the deadline came first; the message says what is left"),
        (Self::ExecFailed, "exec: the command could not be begun, or the connection to it was lost"),
        (Self::NotExecutable, "exec: the command is there and cannot be run"),
        (Self::CommandNotFound, "exec: there is no such command"),
        (Self::HungUp, "cancelled by SIGHUP"),
        (Self::Interrupted, "cancelled by SIGINT (^C)"),
        (Self::OutputClosed, "whoever read the output has gone"),
        (Self::Terminated, "cancelled by SIGTERM"),
    ];

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::NotFound => 4,
            Self::Conflict => 5,
            Self::NoBuild => 6,
            Self::BuildInterrupted => 7,
            Self::BuildHalted => 8,
            Self::BuildBrokeOff => 9,
            Self::TimedOut => 124,
            Self::ExecFailed => 125,
            Self::NotExecutable => 126,
            Self::CommandNotFound => 127,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::OutputClosed => 141,
            Self::Terminated => 143,
            Self::OfCommand(code) => code,
        }
    }

    /// Of an engine's error.
    #[must_use]
    pub fn of(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::Unreachable | ErrorKind::PermissionDenied | ErrorKind::Misconfigured => {
                Self::Unreachable
            }
            ErrorKind::NotFound | ErrorKind::MissingMountSource { .. } => Self::NotFound,
            ErrorKind::SpecMismatch { .. }
            | ErrorKind::NameTaken { .. }
            | ErrorKind::InUse { .. }
            | ErrorKind::NotRunning
            | ErrorKind::Busy
            | ErrorKind::Conflict => Self::Conflict,
            ErrorKind::Invalid => Self::Usage,
            _ => Self::Failed,
        }
    }

    /// The one to end with where several objects were acted on: the one that most needs somebody's attention.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        if other.weight() > self.weight() { other } else { self }
    }

    fn weight(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::NotFound | Self::NoBuild => 1,
            Self::Conflict => 2,
            Self::OfCommand(_) | Self::NotExecutable | Self::CommandNotFound => 3,
            Self::Usage | Self::BuildInterrupted => 4,
            Self::Failed | Self::ExecFailed => 5,
            Self::BuildBrokeOff => 6,
            Self::BuildHalted => 7,
            Self::Unreachable => 8,
            Self::TimedOut => 9,
            Self::OutputClosed => 10,
            Self::HungUp | Self::Interrupted | Self::Terminated => 11,
        }
    }

    /// The table of exit codes as text.
    #[must_use]
    pub fn table() -> String {
        let mut table = String::from("Exit codes:\n");
        for (exit, meaning) in Self::ALL {
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{:>5}  {meaning}", exit.code());
        }
        table.push_str(Self::OVERLAP);
        table
    }

    /// What there is to know about the codes of `exec`.
    pub const OVERLAP: &'static str = "\nexec and sessions follow end with the command's own exit code, which may be any of these \
        numbers too; where it matters, `exec --json` says which of the two it was.";
}

impl From<EndSignal> for Exit {
    fn from(signal: EndSignal) -> Self {
        match signal {
            EndSignal::Interrupt => Self::Interrupted,
            EndSignal::Terminate => Self::Terminated,
            EndSignal::HangUp => Self::HungUp,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_codes_are_the_documented_ones() {
        assert_eq!(
            Exit::ALL.map(|(exit, _)| exit.code()),
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 124, 125, 126, 127, 129, 130, 141, 143]
        );
        let distinct: BTreeSet<u8> = Exit::ALL.map(|(exit, _)| exit.code()).into();
        assert_eq!(distinct.len(), Exit::ALL.len());
        assert_eq!(Exit::OfCommand(42).code(), 42);
    }

    #[test]
    fn errors_end_by_what_can_be_done_about_them() {
        for (kind, exit) in [
            (ErrorKind::Unreachable, Exit::Unreachable),
            (ErrorKind::PermissionDenied, Exit::Unreachable),
            (ErrorKind::NotFound, Exit::NotFound),
            (ErrorKind::MissingMountSource { paths: vec![] }, Exit::NotFound),
            (ErrorKind::InUse { by: vec![] }, Exit::Conflict),
            (ErrorKind::NameTaken { by: None }, Exit::Conflict),
            (ErrorKind::SpecMismatch { existing: "a".into(), fields: vec![] }, Exit::Conflict),
            (ErrorKind::NotRunning, Exit::Conflict),
            (ErrorKind::Invalid, Exit::Usage),
            (ErrorKind::EngineFault, Exit::Failed),
            (ErrorKind::NoSpace, Exit::Failed),
        ] {
            assert_eq!(Exit::of(&kind), exit, "{kind:?}");
        }
    }

    #[test]
    fn of_several_the_worst_is_told() {
        assert_eq!(Exit::Done.worst(Exit::NotFound), Exit::NotFound);
        assert_eq!(Exit::Unreachable.worst(Exit::NotFound), Exit::Unreachable);
        assert_eq!(Exit::NotFound.worst(Exit::TimedOut), Exit::TimedOut);
        assert_eq!(Exit::Interrupted.worst(Exit::TimedOut), Exit::Interrupted);
        assert_eq!(Exit::NoBuild.worst(Exit::BuildInterrupted), Exit::BuildInterrupted);
        assert_eq!(Exit::BuildInterrupted.worst(Exit::Failed), Exit::Failed);
        assert_eq!(Exit::BuildHalted.worst(Exit::Failed), Exit::BuildHalted);
    }
}
