//! What bollard, the HTTP client and the engine's own answers mean in the words of the port.
//!
//! Classified by cause before status code: engines and their relatives answer 500 for many conflicts.

use std::error::Error as StdError;
use std::io;

use crate::engine::{BoxError, EngineError, ErrorKind, ObjectKind};

/// Anything that can come back instead of an answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// The engine answered with a status that says no.
    Answer { status: u16, message: String },
    /// No connection, or none that lasted until the answer began.
    Transport { while_connecting: bool, cause: BoxError },
    /// The answer broke off.
    Body(BoxError),
    /// The answer makes no sense.
    Unreadable(BoxError),
    /// The request could not even be built.
    Request(BoxError),
}

impl Fault {
    /// A failed answer from its body: Docker's `{"message": …}`, or the bare text.
    pub(super) fn answer(status: u16, body: &[u8]) -> Self {
        #[derive(serde::Deserialize)]
        struct Message {
            message: String,
        }
        let message = match serde_json::from_slice::<Message>(body) {
            Ok(parsed) => parsed.message,
            Err(_) => String::from_utf8_lossy(body).trim().to_owned(),
        };
        Self::Answer { status, message }
    }

    /// As the port's error.
    pub(super) fn during(
        self,
        operation: &'static str,
        kind: ObjectKind,
        name: impl std::fmt::Display,
    ) -> EngineError {
        match self {
            Self::Answer { status, message } => {
                let found = from_answer(status, &message, kind);
                EngineError::new(operation, found).on(kind, name).saying(message)
            }
            Self::Transport { while_connecting, cause } => {
                let found = from_transport(while_connecting, &*cause);
                EngineError::new(operation, found).on(kind, name).because(cause)
            }
            Self::Body(cause) => {
                EngineError::new(operation, ErrorKind::BrokenStream).on(kind, name).because(cause)
            }
            Self::Unreadable(cause) => {
                EngineError::new(operation, ErrorKind::BadAnswer).on(kind, name).because(cause)
            }
            Self::Request(cause) => {
                EngineError::new(operation, ErrorKind::Invalid).on(kind, name).because(cause)
            }
        }
    }
}

impl From<bollard::errors::Error> for Fault {
    fn from(error: bollard::errors::Error) -> Self {
        use bollard::errors::Error;
        match error {
            Error::DockerResponseServerError { status_code, message } => {
                Self::Answer { status: status_code, message }
            }
            // Failures inside a stream that began well have no status; their words decide.
            Error::DockerStreamError { error } => Self::Answer { status: 500, message: error },
            Error::HyperLegacyError { err } => err.into(),
            Error::HyperResponseError { err } => err.into(),
            Error::IOError { err } => Self::Body(err.into()),
            // Switched off in `client.rs`; should it ever come, nothing is known about the outcome.
            error @ Error::RequestTimeoutError => {
                Self::Transport { while_connecting: false, cause: error.into() }
            }
            error @ (Error::JsonDataError { .. }
            | Error::JsonSerdeError { .. }
            | Error::StrParseError { .. }) => Self::Unreadable(error.into()),
            error => Self::Request(error.into()),
        }
    }
}

impl From<hyper_util::client::legacy::Error> for Fault {
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        Self::Transport { while_connecting: error.is_connect(), cause: error.into() }
    }
}

impl From<hyper::Error> for Fault {
    fn from(error: hyper::Error) -> Self {
        if error.is_parse() { Self::Unreadable(error.into()) } else { Self::Body(error.into()) }
    }
}

/// Walks down to the I/O error or TLS error at the bottom of a failed connection.
fn from_transport(while_connecting: bool, cause: &(dyn StdError + 'static)) -> ErrorKind {
    let mut next = Some(cause);
    while let Some(error) = next {
        if error.downcast_ref::<rustls::Error>().is_some() {
            return ErrorKind::Misconfigured;
        }
        if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
            return ErrorKind::BadAnswer;
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            // Its own source is that of what it wraps, so what it wraps is looked at here.
            match error.get_ref() {
                Some(inner) if inner.is::<rustls::Error>() => return ErrorKind::Misconfigured,
                // From opening the tunnel below the connection: it has found out already.
                Some(inner) => {
                    if let Some(known) = inner.downcast_ref::<EngineError>() {
                        return known.kind().clone();
                    }
                }
                None => {}
            }
            if while_connecting && error.kind() == io::ErrorKind::PermissionDenied {
                return ErrorKind::PermissionDenied;
            }
        }
        next = error.source();
    }
    if while_connecting { ErrorKind::Unreachable } else { ErrorKind::Interrupted }
}

/// What an engine's refusal means. The texts are those of moby 20.10 to 28, and of registries behind it.
fn from_answer(status: u16, message: &str, object: ObjectKind) -> ErrorKind {
    let text = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["no space left on device", "disk quota exceeded"]) {
        return ErrorKind::NoSpace;
    }
    if says(&["client sent an http request to an https server", "client version", "is too new", "is too old"])
        && status == 400
    {
        return ErrorKind::Misconfigured;
    }
    if says(&["bind source path does not exist"]) {
        let path = message.rsplit_once(": ").map_or(message, |(_, path)| path);
        return ErrorKind::MissingMountSource { paths: vec![path.to_owned()] };
    }
    if says(&[
        "executable file not found",
        "no such file or directory: unknown",
        "stat ",
        "command not found",
    ]) && says(&["exec", "oci runtime"])
    {
        return ErrorKind::CommandNotFound;
    }
    if says(&["permission denied: unknown", "exec format error"]) && says(&["exec"]) {
        return ErrorKind::CommandNotExecutable;
    }
    if says(&["removal of container", "is already in progress", "already in progress"])
        && says(&["in progress"])
    {
        return ErrorKind::Busy;
    }
    if says(&["volume is in use", "is being used by", "is using its referenced image", "image is being used"])
    {
        return ErrorKind::InUse { by: users_in(message) };
    }
    if says(&[
        "is not running",
        "cannot resize a stopped container",
        "container state improper",
        "can only create exec sessions on running",
    ]) {
        return ErrorKind::NotRunning;
    }
    if says(&["is already in use by", "name is already in use", "already exists"]) {
        return ErrorKind::NameTaken { by: users_in(message).into_iter().next().map(Into::into) };
    }
    if object == ObjectKind::Image {
        if says(&[
            "unauthorized",
            "authentication required",
            "no basic auth credentials",
            "pull access denied",
            "requested access to the resource is denied",
            "denied:",
        ]) {
            return ErrorKind::Unauthorized;
        }
        if says(&["manifest unknown", "not found", "no such image", "does not exist"]) {
            return ErrorKind::NotFound;
        }
        if says(&[
            "connection refused",
            "unavailable",
            "i/o timeout",
            "tls handshake timeout",
            "timeout exceeded",
            "connection reset",
            "eof",
            "toomanyrequests",
            "too many requests",
            "bad gateway",
            "gateway timeout",
            "no route to host",
            "temporary failure in name resolution",
            "server misbehaving",
            "received unexpected http status: 5",
        ]) {
            return ErrorKind::Unavailable;
        }
    }
    match status {
        400 | 422 => ErrorKind::Invalid,
        401 | 403 => ErrorKind::Unauthorized,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        501 => ErrorKind::Unsupported,
        502..=504 => ErrorKind::Unavailable,
        500.. => ErrorKind::EngineFault,
        _ => ErrorKind::Refused,
    }
}

/// The full ids an engine names as users: `volume is in use - [ID, ID]`, `already in use by container "ID"`.
fn users_in(message: &str) -> Vec<String> {
    let is_id =
        |word: &&str| matches!(word.len(), 12 | 64) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    message.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_id).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
