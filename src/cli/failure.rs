//! What went wrong, for people and for machines.

use std::fmt::{self, Write};
use std::io;
use std::time::Duration;

use serde::Serialize;

use crate::actions::{Outcome, Report};
use crate::config::{ConfigError, Mistake};
use crate::engine::{EngineError, ErrorKind, ObjectKind, chain};
use crate::workspace::{ArtifactProblem, DirectoryProblem};

use super::exit::Exit;
use super::output::{Tone, clean, elapsed};

/// Why a verb, or one object of it, did not end well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An action ended otherwise than done.
    Action(Box<Report<()>>),
    /// An engine refused, outside any action.
    Engine(EngineError),
    /// The command line asks for something that makes no sense.
    Usage(String),
    /// No engine answered at any endpoint; each with the reason.
    NoEngine(Vec<(String, EngineError)>),
    /// Several engines have something of this name.
    Ambiguous {
        /// What was named.
        reference: String,
        /// The engines' endpoints.
        engines: Vec<String>,
    },
    /// No build runs in a container.
    NoBuild {
        /// Its name.
        container: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The settings or the build file make no sense, or cannot be read.
    Settings(ConfigError),
    /// A directory that a build needs cannot be used.
    Directory(DirectoryProblem),
    /// What was built is not to be found.
    Artifacts(ArtifactProblem),
    /// A file or stream of ours failed.
    Here {
        /// What could not be done, completing "cannot ...".
        doing: String,
        /// Why.
        source: io::Error,
    },
    /// Whoever read our standard output has gone.
    OutputClosed,
    /// A signal ended it, and there is nothing to say about what is left.
    Cancelled,
}

/// What every verb returns: how to end, or why it did not come so far.
pub(crate) type Ended<T = Exit> = Result<T, Failure>;

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<Box<Report<()>>> for Failure {
    fn from(report: Box<Report<()>>) -> Self {
        Self::Action(report)
    }
}

impl From<ArtifactProblem> for Failure {
    fn from(problem: ArtifactProblem) -> Self {
        Self::Artifacts(problem)
    }
}

impl From<DirectoryProblem> for Failure {
    fn from(problem: DirectoryProblem) -> Self {
        Self::Directory(problem)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Settings(error)
    }
}

impl Failure {
    /// Standard output could not be written.
    pub(crate) fn of_output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::OutputClosed
        } else {
            Self::Here { doing: "write to standard output".into(), source: error }
        }
    }

    /// The exit code; `signal` is what a cancelled one ends with.
    pub(crate) fn exit(&self, signal: Exit) -> Exit {
        match self {
            Self::Action(report) => match &report.outcome {
                Outcome::Done(()) => Exit::Done,
                Outcome::Failed(error) => Exit::of(error.kind()),
                Outcome::TimedOut => Exit::TimedOut,
                Outcome::Cancelled => signal,
            },
            Self::Engine(error) => Exit::of(error.kind()),
            Self::Settings(ConfigError::Missing { .. } | ConfigError::NoBuildFile { .. })
            | Self::Directory(DirectoryProblem::NoLayer { .. })
            | Self::Artifacts(ArtifactProblem::NothingBuilt { .. } | ArtifactProblem::InVolume { .. }) => {
                Exit::NotFound
            }
            Self::Artifacts(ArtifactProblem::BadGlob { .. }) => Exit::Usage,
            Self::Here { .. }
            | Self::Artifacts(_)
            | Self::Directory(_)
            | Self::Settings(ConfigError::Unreadable { .. }) => Exit::Failed,
            Self::Usage(_) | Self::Ambiguous { .. } | Self::Settings(_) => Exit::Usage,
            Self::NoEngine(_) => Exit::Unreachable,
            Self::NoBuild { .. } => Exit::NoBuild,
            Self::OutputClosed => Exit::OutputClosed,
            Self::Cancelled => signal,
        }
    }

    /// Whether it is said at all: nobody is told that they have gone, or that they pressed `^C`.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(self, Self::OutputClosed | Self::Cancelled)
    }

    /// The one engine error behind it, where there is one.
    pub(crate) fn engine_error(&self) -> Option<&EngineError> {
        match self {
            Self::Action(report) => match &report.outcome {
                Outcome::Failed(error) => Some(error),
                _ => None,
            },
            Self::Engine(error) => Some(error),
            Self::NoEngine(tried) => match tried.as_slice() {
                [(_, error)] => Some(error),
                _ => None,
            },
            _ => None,
        }
    }

    /// What to do about it, where there is something to say.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Ambiguous { .. } => Some("say which with --host".into()),
            Self::Settings(ConfigError::NoBuildFile { .. }) => Some("-f names one".into()),
            Self::Directory(problem) => problem.hint(),
            Self::Artifacts(ArtifactProblem::InVolume { .. }) => {
                Some("`smidr-console up` makes a container to read it through".into())
            }
            Self::NoBuild { .. } => Some("--wait 10m waits for one to begin".into()),
            Self::NoEngine(_) => Some("`smidr-console doctor` says for each endpoint what to do".into()),
            Self::Action(report) if matches!(report.outcome, Outcome::TimedOut) => {
                Some("--timeout gives it longer".into())
            }
            _ => self.engine_error().and_then(EngineError::hint),
        }
    }

    /// The stable name of its kind; those of engines' errors are [`kind_name`]'s.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Action(report) => match &report.outcome {
                Outcome::Done(()) => "done",
                Outcome::Failed(error) => kind_name(error.kind()),
                Outcome::TimedOut => "timed-out",
                Outcome::Cancelled => "cancelled",
            },
            Self::Engine(error) => kind_name(error.kind()),
            Self::Usage(_) => "usage",
            Self::NoEngine(_) => "no-engine",
            Self::NoBuild { .. } => "no-build",
            Self::Settings(_) => "settings",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Directory(_) => "directory",
            Self::Artifacts(_) => "artifacts",
            Self::Here { .. } => "local",
            Self::OutputClosed => "output-closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The lines for people, without anything that could act on a terminal.
    pub(crate) fn lines(&self, coloured: bool) -> String {
        // What was cancelled says so itself, and is no error.
        let is_cancelled =
            matches!(self, Self::Action(report) if matches!(report.outcome, Outcome::Cancelled));
        let head =
            if is_cancelled { String::new() } else { format!("{} ", Tone::Bad.paint("error:", coloured)) };
        let mut lines = match self {
            Self::Settings(error @ ConfigError::Mistakes { .. }) => {
                let whole = error.to_string();
                head + &whole.lines().map(clean).collect::<Vec<_>>().join("\n")
            }
            _ => format!("{head}{}", clean(&self.to_string())),
        };
        if let Self::NoEngine(tried) = self {
            for (endpoint, error) in tried {
                let _ = write!(lines, "\n  {}: {}", clean(endpoint), clean(&chain(error)));
            }
        }
        if let Some(hint) = self.hint() {
            let _ = write!(lines, "\n{} {}", Tone::Dim.paint("hint:", coloured), clean(&hint));
        }
        lines
    }

    /// The same for machines.
    pub(crate) fn to_json(&self) -> ErrorJson {
        let error = self.engine_error();
        let mut causes = Vec::new();
        let mut next = match self {
            Self::Directory(problem) => std::error::Error::source(problem),
            Self::Artifacts(problem) => std::error::Error::source(problem),
            Self::Here { source, .. } => Some(source as &(dyn std::error::Error + 'static)),
            Self::Settings(error) => std::error::Error::source(error),
            _ => error.and_then(std::error::Error::source),
        };
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        if let Self::NoEngine(tried) = self {
            causes.extend(tried.iter().map(|(endpoint, error)| format!("{endpoint}: {}", chain(error))));
        }
        let object = error.and_then(EngineError::object);
        ErrorJson {
            kind: self.kind(),
            message: self.to_string(),
            chain: causes,
            hint: self.hint(),
            retryable: error.is_some_and(EngineError::is_retryable)
                || matches!(self, Self::Action(report) if matches!(report.outcome, Outcome::TimedOut)),
            object_kind: match self {
                Self::NoBuild { .. } => Some(ObjectKind::Container.to_string()),
                _ => object.map(|(kind, _)| kind.to_string()),
            },
            object: match self {
                Self::Action(report) => Some(report.object.clone()),
                Self::NoBuild { container, .. } => Some(container.clone()),
                _ => object.map(|(_, name)| name.to_owned()),
            },
            mistakes: match self {
                Self::Settings(ConfigError::Mistakes { mistakes, .. }) => {
                    Some(mistakes.iter().map(MistakeJson::of).collect())
                }
                _ => None,
            },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action(report) => write!(f, "{report}"),
            Self::Engine(error) => f.write_str(&chain(error)),
            Self::Usage(words) => f.write_str(words),
            Self::NoEngine(_) => f.write_str("no engine answers"),
            Self::NoBuild { container, waited: Duration::ZERO } => write!(f, "no build runs in {container}"),
            Self::NoBuild { container, waited } => {
                write!(f, "no build has begun in {container} within {}", elapsed(*waited))
            }
            Self::Ambiguous { reference, engines } => {
                write!(f, "several engines have {reference}: {}", engines.join(", "))
            }
            // Its line of the file, and all other mistakes, are told by `lines` and in JSON.
            Self::Settings(ConfigError::Mistakes { mistakes, more }) => {
                if let Some(first) = mistakes.first() {
                    write!(f, "{}:{}: {}", first.file().display(), first.place(), first.what())?;
                }
                match mistakes.len().saturating_sub(1) + more {
                    0 => Ok(()),
                    others => write!(f, " (and {others} more)"),
                }
            }
            Self::Settings(error) => f.write_str(&chain(error)),
            Self::Directory(problem) => f.write_str(&chain(problem)),
            Self::Artifacts(problem) => f.write_str(&chain(problem)),
            Self::Here { doing, source } => write!(f, "cannot {doing}: {source}"),
            Self::OutputClosed => f.write_str("whoever read the output has gone"),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

/// An error on standard error under `--json`, as `{"error": …}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ErrorJson {
    kind: &'static str,
    message: String,
    chain: Vec<String>,
    hint: Option<String>,
    retryable: bool,
    object_kind: Option<String>,
    object: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mistakes: Option<Vec<MistakeJson>>,
}

/// Something that is wrong in the settings file or a build file, or worth a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct MistakeJson {
    file: String,
    line: usize,
    column: usize,
    message: String,
    expected: Option<String>,
}

impl MistakeJson {
    pub(crate) fn of(mistake: &Mistake) -> Self {
        Self {
            file: mistake.file().to_string_lossy().into_owned(),
            line: mistake.place().line,
            column: mistake.place().column,
            message: mistake.what().to_owned(),
            expected: mistake.expected().map(ToOwned::to_owned),
        }
    }
}

/// The stable name of an engine error's kind.
pub(crate) fn kind_name(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unreachable => "unreachable",
        ErrorKind::PermissionDenied => "permission-denied",
        ErrorKind::Misconfigured => "misconfigured",
        ErrorKind::Interrupted => "interrupted",
        ErrorKind::BrokenStream => "broken-stream",
        ErrorKind::BadAnswer => "bad-answer",
        ErrorKind::NotFound => "not-found",
        ErrorKind::SpecMismatch { .. } => "spec-mismatch",
        ErrorKind::NameTaken { .. } => "name-taken",
        ErrorKind::InUse { .. } => "in-use",
        ErrorKind::NotRunning => "not-running",
        ErrorKind::Busy => "busy",
        ErrorKind::Conflict => "conflict",
        ErrorKind::MissingMountSource { .. } => "missing-mount-source",
        ErrorKind::Invalid => "invalid",
        ErrorKind::CommandNotFound => "command-not-found",
        ErrorKind::CommandNotExecutable => "command-not-executable",
        ErrorKind::Unauthorized => "unauthorized",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::NoSpace => "no-space",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::TooLarge { .. } => "too-large",
        ErrorKind::EngineFault => "engine-fault",
        ErrorKind::Refused => "refused",
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::actions::{Aftermath, Verb};
    use crate::engine::ObjectKind;

    fn report(outcome: Outcome<()>) -> Failure {
        let aftermath = Aftermath::GoesOn("the engine goes on stopping it".into());
        let (elapsed, deadline) = (Duration::from_secs(30), Some(Duration::from_secs(30)));
        let object = "yocto-a".into();
        let report = Report { verb: Verb::Stop, object, outcome, aftermath, attempts: 1, elapsed, deadline };
        Failure::Action(Box::new(report))
    }

    fn not_found() -> EngineError {
        EngineError::new("stop", ErrorKind::NotFound).on(ObjectKind::Container, "yocto\u{1b}a")
    }

    #[test]
    fn each_end_has_its_code() {
        let exit = |failure: Failure| failure.exit(Exit::Terminated);
        assert_eq!(exit(report(Outcome::TimedOut)), Exit::TimedOut);
        assert_eq!(exit(report(Outcome::Cancelled)), Exit::Terminated);
        assert_eq!(exit(report(Outcome::Failed(not_found()))), Exit::NotFound);
        assert_eq!(exit(Failure::OutputClosed), Exit::OutputClosed);
        assert_eq!(exit(Failure::NoEngine(vec![])), Exit::Unreachable);
        assert_eq!(exit(Failure::of_output(io::ErrorKind::BrokenPipe.into())), Exit::OutputClosed);
        assert_eq!(exit(Failure::of_output(io::ErrorKind::StorageFull.into())), Exit::Failed);
    }

    #[test]
    fn people_are_told_what_happened_and_what_to_do() {
        assert_eq!(
            report(Outcome::TimedOut).lines(false),
            "error: could not stop yocto-a: no end within 30 s; the engine goes on stopping it\n\
             hint: --timeout gives it longer"
        );
        let lines = Failure::from(not_found()).lines(false);
        assert_eq!(lines, "error: cannot stop container yocto\u{fffd}a: there is no such container");
        let refused = EngineError::new("connect to", ErrorKind::Unreachable);
        let lines = Failure::NoEngine(vec![("unix:///run/a.sock".into(), refused)]).lines(false);
        assert!(lines.contains("\n  unix:///run/a.sock: cannot connect to"), "{lines}");
    }

    #[test]
    fn machines_get_the_kind_and_the_whole_chain() {
        let io = io::Error::other("reset by peer");
        let error =
            EngineError::new("stop", ErrorKind::Interrupted).on(ObjectKind::Container, "a").because(io);
        let json = serde_json::to_value(Failure::from(error).to_json()).unwrap();
        assert_eq!(json["kind"], "interrupted");
        assert_eq!(json["chain"], serde_json::json!(["reset by peer"]));
        assert_eq!(json["retryable"], true);
        assert_eq!(json["object_kind"], "container");
        assert_eq!(json["object"], "a");
    }
}
