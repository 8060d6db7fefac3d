//! What can go wrong when an engine is asked for something, told apart by what the caller can do about it.

use std::fmt;

use super::ContainerId;

/// Any cause, kept whole.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// What every method of the port returns.
pub type Result<T, E = EngineError> = std::result::Result<T, E>;

/// A request that an engine did not fulfil: what was asked, of what, why it failed, and every cause below.
///
/// It prints as one line, `cannot stop container yocto-a: the engine …`; [`chain`] adds the causes.
#[derive(Debug)]
pub struct EngineError(Box<Failure>);

/// Boxed, because every result of the port carries room for it.
#[derive(Debug)]
struct Failure {
    operation: &'static str,
    object: Option<(ObjectKind, String)>,
    kind: ErrorKind,
    said: Option<String>,
    advice: Option<String>,
    source: Option<BoxError>,
}

/// What kind of thing a request was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ObjectKind {
    /// The engine itself; the name is its endpoint.
    Engine,
    /// A container.
    Container,
    /// A command run in a container.
    Exec,
    /// An image.
    Image,
    /// A named volume.
    Volume,
    /// A path inside a container.
    Path,
    /// A network.
    Network,
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Engine => "engine",
            Self::Container => "container",
            Self::Exec => "exec",
            Self::Image => "image",
            Self::Volume => "volume",
            Self::Path => "path",
            Self::Network => "network",
        })
    }
}

/// Why a request failed, by what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nobody answers at the endpoint. Nothing was asked, so nothing happened.
    Unreachable,
    /// The endpoint is there and we may not use it.
    PermissionDenied,
    /// The endpoint's settings cannot work: an unreadable certificate, a URI nobody understands.
    Misconfigured,
    /// The connection broke after the request was sent: it may or may not have happened.
    Interrupted,
    /// A stream that had begun was cut.
    BrokenStream,
    /// The engine answered something we cannot read.
    BadAnswer,
    /// There is no such thing.
    NotFound,
    /// Something of that name exists and was made from another specification.
    SpecMismatch {
        /// What has the name: a container's full id, or the volume's name.
        existing: String,
        /// The fields that differ, by their names in the specification.
        fields: Vec<String>,
    },
    /// The name belongs to something that was not made by us.
    NameTaken {
        /// What has the name now, where the engine says.
        by: Option<ContainerId>,
    },
    /// Something uses it.
    InUse {
        /// Names or ids of the users, where the engine says.
        by: Vec<String>,
    },
    /// It would have to be running.
    NotRunning,
    /// Another request on the same object is under way.
    Busy,
    /// Some other conflict with its present state.
    Conflict,
    /// The specification asks for host directories that are not there. Nothing was created.
    MissingMountSource {
        /// The directories.
        paths: Vec<String>,
    },
    /// What was asked makes no sense to the engine, or to us before asking.
    Invalid,
    /// The command does not exist in the container.
    CommandNotFound,
    /// The command exists in the container and cannot be run.
    CommandNotExecutable,
    /// The registry wants other credentials, or has no such image for us.
    Unauthorized,
    /// The registry, or another server the engine depends on, does not answer just now.
    Unavailable,
    /// The engine's disk is full.
    NoSpace,
    /// This engine cannot do it at all.
    Unsupported,
    /// More came back than the caller was ready to keep.
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The engine failed inside: a 5xx without a reason we know.
    EngineFault,
    /// The engine said no, for a reason only its words tell.
    Refused,
}

/// Whether asking again can help, and what must be done before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same request will fail the same way.
    Never,
    /// It did not happen; it may work a little later.
    Backoff,
    /// It may have happened: look first.
    ReconcileFirst,
}

impl EngineError {
    /// An error of this kind in an operation, named by a verb that completes "cannot …".
    #[must_use]
    pub fn new(operation: &'static str, kind: ErrorKind) -> Self {
        Self(Box::new(Failure { operation, object: None, kind, said: None, advice: None, source: None }))
    }

    /// Names what the operation was about.
    #[must_use]
    pub fn on(mut self, kind: ObjectKind, name: impl fmt::Display) -> Self {
        self.0.object = Some((kind, name.to_string()));
        self
    }

    /// Adds the engine's own words, or ours where we refused before asking.
    #[must_use]
    pub fn saying(mut self, words: impl Into<String>) -> Self {
        let words = words.into();
        let words = words.trim();
        self.0.said = (!words.is_empty()).then(|| words.to_owned());
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn because(mut self, cause: impl Into<BoxError>) -> Self {
        self.0.source = Some(cause.into());
        self
    }

    /// Says what the user can do, where that is better known here than from the kind alone.
    #[must_use]
    pub fn advising(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    /// Why, by what can be done about it.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The operation, a verb.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// What it was about.
    #[must_use]
    pub fn object(&self) -> Option<(ObjectKind, &str)> {
        self.0.object.as_ref().map(|(kind, name)| (*kind, name.as_str()))
    }

    /// The engine's own words.
    #[must_use]
    pub fn said(&self) -> Option<&str> {
        self.0.said.as_deref()
    }

    /// Whether there is simply no such thing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// Whether asking again can help, and what must be done before.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match &self.0.kind {
            ErrorKind::Unreachable | ErrorKind::Unavailable | ErrorKind::Busy => Retry::Backoff,
            ErrorKind::Interrupted | ErrorKind::BrokenStream | ErrorKind::EngineFault => {
                Retry::ReconcileFirst
            }
            _ => Retry::Never,
        }
    }

    /// Whether the failure may pass: asking again, after a look where [`EngineError::retry`] says so, can help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.retry() != Retry::Never
    }

    /// What the user can do, where there is something to say that the error itself does not.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        if let Some(advice) = &self.0.advice {
            return Some(advice.clone());
        }
        let hint = match &self.0.kind {
            ErrorKind::Unreachable => {
                "is the engine running? `smidr-console doctor` tries every known endpoint"
            }
            ErrorKind::PermissionDenied => {
                "the socket's group may use it: add yourself to that group (usually `docker`) and log in again"
            }
            ErrorKind::SpecMismatch { .. } => "remove the container first, or choose another name",
            ErrorKind::NameTaken { .. } => "choose another name; this one is not ours to replace",
            ErrorKind::MissingMountSource { .. } => "create the directories, or correct the mounts",
            ErrorKind::CommandNotFound => {
                "is the command installed in the container's image, and in its PATH?"
            }
            ErrorKind::CommandNotExecutable => "check the file's mode and the image's architecture",
            ErrorKind::Unauthorized => "`docker login` writes the credentials this program reads",
            ErrorKind::NoSpace => "`smidr-console cleanup --dry-run` shows what could go",
            ErrorKind::NotRunning => "start it first",
            ErrorKind::InUse { .. } => "stop and remove its users first",
            ErrorKind::Interrupted => "it may have happened all the same: look before asking again",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Unreachable => "the engine does not answer",
            Self::PermissionDenied => "permission denied",
            Self::Misconfigured => "the endpoint's settings cannot work",
            Self::Interrupted => "the connection broke before the answer, so the outcome is unknown",
            Self::BrokenStream => "the stream was cut",
            Self::BadAnswer => "the engine's answer cannot be read",
            Self::NotFound => "no such thing",
            Self::SpecMismatch { existing, fields } => {
                return write!(
                    f,
                    "{} has this name and was made from another specification ({} differ{})",
                    ContainerId::from(existing.as_str()).short(),
                    fields.join(", "),
                    if fields.len() == 1 { "s" } else { "" }
                );
            }
            Self::NameTaken { by: Some(by) } => {
                return write!(f, "the name belongs to {}, which was not made by this program", by.short());
            }
            Self::NameTaken { by: None } => "the name is taken",
            Self::InUse { by } if by.is_empty() => "it is in use",
            Self::InUse { by } => return write!(f, "in use by {}", by.join(", ")),
            Self::NotRunning => "it is not running",
            Self::Busy => "another request on it is under way",
            Self::Conflict => "its present state does not allow it",
            Self::MissingMountSource { paths } => {
                return write!(f, "the host has no {} to mount", paths.join(", no "));
            }
            Self::Invalid => "the request is not valid",
            Self::CommandNotFound => "no such command in the container",
            Self::CommandNotExecutable => "the command cannot be run",
            Self::Unauthorized => "the registry refused the credentials, or the image is not there for them",
            Self::Unavailable => "a server the engine needs does not answer",
            Self::NoSpace => "no space left on the engine's disk",
            Self::Unsupported => "this engine cannot do it",
            Self::TooLarge { limit } => return write!(f, "more than the {limit} bytes allowed"),
            Self::EngineFault => "the engine failed inside",
            Self::Refused => "the engine refused",
        };
        f.write_str(text)
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}", self.0.operation)?;
        match &self.0.object {
            // "no such thing" reads better with the thing in it.
            Some((kind, name)) if self.0.kind == ErrorKind::NotFound => {
                write!(f, " {kind} {name}: there is no such {kind}")?;
            }
            Some((kind, name)) => write!(f, " {kind} {name}: {}", self.0.kind)?,
            None => write!(f, ": {}", self.0.kind)?,
        }
        match &self.0.said {
            Some(said) => write!(f, ": {said}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for EngineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}

/// An error and all its causes on one line, each cause once.
///
/// Libraries often repeat a cause inside their own text; what the line already says is not said again.
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !text.is_empty() && !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        next = cause.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_says_what_failed_on_what_and_why() {
        let error = EngineError::new("stop", ErrorKind::Refused)
            .on(ObjectKind::Container, "yocto-a")
            .saying("cannot kill: tried\n");
        assert_eq!(
            error.to_string(),
            "cannot stop container yocto-a: the engine refused: cannot kill: tried"
        );
        let missing = EngineError::new("inspect", ErrorKind::NotFound).on(ObjectKind::Volume, "sstate");
        assert_eq!(missing.to_string(), "cannot inspect volume sstate: there is no such volume");
        let mismatch = ErrorKind::SpecMismatch { existing: "abc".to_owned(), fields: vec!["image".into()] };
        assert!(mismatch.to_string().ends_with("(image differs)"), "{mismatch}");
    }

    #[test]
    fn the_chain_tells_each_cause_once() {
        let io =
            std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "connection refused (os error 111)");
        let error = EngineError::new("list containers", ErrorKind::Unreachable).because(io);
        assert_eq!(
            chain(&error),
            "cannot list containers: the engine does not answer: connection refused (os error 111)"
        );
    }

    #[test]
    fn advice_that_knows_the_case_goes_before_the_general_hint() {
        let error = EngineError::new("connect to", ErrorKind::PermissionDenied);
        assert!(error.hint().unwrap().contains("usually `docker`"));
        let hint = error.advising("join group podman").hint();
        assert_eq!(hint.as_deref(), Some("join group podman"));
    }

    #[test]
    fn what_may_have_happened_is_never_simply_repeated() {
        let retry = |kind| EngineError::new("create", kind).retry();
        assert_eq!(retry(ErrorKind::Unreachable), Retry::Backoff);
        assert_eq!(retry(ErrorKind::Interrupted), Retry::ReconcileFirst);
        assert_eq!(retry(ErrorKind::NotFound), Retry::Never);
        assert!(!EngineError::new("create", ErrorKind::Invalid).is_retryable());
    }
}
