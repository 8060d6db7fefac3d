//! What ssh said, as an error people can act on.

use super::last_words;
use crate::engine::{EngineError, ErrorKind, ObjectKind};

/// What ssh says when the host does not let us in.
const NOT_LET_IN: &[&str] = &["Permission denied", "Too many authentication failures", "no mutual signature"];
/// What ssh says when the host is not known, or another one than before.
const HOST_KEY: &[&str] =
    &["Host key verification failed", "IDENTIFICATION HAS CHANGED", "host key is known for"];
/// What ssh says of its own settings and of its end of the forward.
const SETTINGS: &[&str] = &[
    "Bad configuration option",
    "Bad owner or permissions",
    "terminating, ",
    "unix_listener",
    "Could not request local forwarding",
    "Bad local forwarding specification",
    "command-line: line",
];
/// What a shell answers for a program that is not there, or cannot be run.
const NO_PROGRAM: &[i32] = &[126, 127];

pub(super) fn misconfigured(destination: &str) -> EngineError {
    failed(destination, ErrorKind::Misconfigured)
}

fn failed(destination: &str, kind: ErrorKind) -> EngineError {
    EngineError::new("reach", kind)
        .on(ObjectKind::Engine, format!("over ssh to {}", destination.escape_debug()))
}

/// Why there is no tunnel: from ssh's exit code, where it has ended, and its words.
pub(super) fn explain(destination: &str, code: Option<i32>, said: &str) -> EngineError {
    let says = |any: &[&str]| any.iter().any(|text| said.contains(text));
    let (kind, advice) = if code.is_some_and(|code| NO_PROGRAM.contains(&code)) {
        (ErrorKind::Misconfigured, "install the ssh client (package openssh-client)".to_owned())
    } else if says(HOST_KEY) {
        let advice = format!("run `ssh {destination}` once by hand and compare the host's fingerprint");
        (ErrorKind::Misconfigured, advice)
    } else if says(NOT_LET_IN) {
        let advice = format!(
            "nobody is asked for a password here: `ssh -o BatchMode=yes {destination} true` must succeed"
        );
        (ErrorKind::PermissionDenied, advice)
    } else if says(SETTINGS) {
        (ErrorKind::Misconfigured, "look at the settings in ~/.ssh/config".to_owned())
    } else {
        (ErrorKind::Unreachable, format!("does `ssh {destination} true` work?"))
    };
    let words = last_words(said).unwrap_or_else(|| "ssh ended without a word".to_owned());
    failed(destination, kind).saying(words).advising(advice)
}
