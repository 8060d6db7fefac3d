//! What the shim says of a session, in one line of JSON, and what that means.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Gap, Kept, Session, SessionEnd, SessionId, SessionState};

/// One line of the shim's list; the same is made of records that were copied out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Listed {
    pub(super) token: String,
    pub(super) state: String,
    pub(super) unreadable: Option<String>,
    pub(super) now_ms: Option<i64>,
    /// The kernel that runs now.
    pub(super) boot: Option<String>,
    pub(super) record: String,
    pub(super) output: Option<u64>,
    pub(super) errors: Option<u64>,
    pub(super) command: Option<About>,
    pub(super) process: Option<Processes>,
    pub(super) started: Option<Started>,
    pub(super) ended: Option<Ended>,
    pub(super) dropped: Option<Dropped>,
}

/// The file `command`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct About {
    argv: Vec<String>,
    env: Vec<String>,
    directory: Option<String>,
    by: String,
}

/// The file `process`.
#[derive(Debug, Deserialize)]
pub(super) struct Processes {
    command: Process,
}

#[derive(Debug, Deserialize)]
struct Process {
    pid: u32,
}

/// The file `started`.
#[derive(Debug, Deserialize)]
pub(super) struct Started {
    time_ms: i64,
    #[serde(default)]
    boot: String,
}

/// The file `ended`.
#[derive(Debug, Deserialize)]
pub(super) struct Ended {
    time_ms: i64,
    code: Option<u8>,
    signal: Option<u8>,
    #[serde(default)]
    deadline: bool,
    output: Kept,
    errors: Option<Kept>,
}

/// The file `dropped`.
#[derive(Debug, Deserialize)]
pub(super) struct Dropped {
    gaps: Vec<Gap>,
}

/// Reads one line. `None` for one that is of no session.
pub(super) fn read(line: &str) -> Option<Found> {
    let listed: Listed = serde_json::from_str(line).ok()?;
    session(listed)
}

/// A session, and what tells why it is lost.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) session: Session,
    /// The kernel it began under, and that of now, where both are known.
    pub(super) boot: Option<(String, String)>,
}

/// What is listed, as a session.
pub(super) fn session(listed: Listed) -> Option<Found> {
    let id = SessionId::parse(&listed.token)?;
    let time = |ms| Timestamp::from_millisecond(ms).ok();
    let then = listed.started.as_ref().map(|started| started.boot.clone()).filter(|boot| !boot.is_empty());
    let boot = then.zip(listed.boot.filter(|boot| !boot.is_empty()));
    let started_ms = listed.started.map(|started| started.time_ms);
    let age = listed.now_ms.zip(started_ms).and_then(|(now, then)| u64::try_from(now - then).ok());
    let unreadable = |why: &str| SessionState::Unreadable { why: why.to_owned() };
    let state = match (listed.unreadable, listed.state.as_str(), listed.ended) {
        (Some(why), ..) => SessionState::Unreadable { why },
        (None, "running", _) => SessionState::Running,
        (None, "lost", _) => SessionState::Lost,
        (None, "ended", Some(ended)) if ended.code.is_some() || ended.signal.is_some() => {
            SessionState::Ended(SessionEnd {
                time: time(ended.time_ms),
                code: ended.code,
                signal: ended.signal,
                deadline: ended.deadline,
                output: ended.output,
                errors: ended.errors,
            })
        }
        (None, "ended", _) => unreadable("its end is written down and cannot be understood"),
        _ => unreadable("its state is one that is not known here"),
    };
    let about = listed.command.unwrap_or_default();
    let session = Session {
        id,
        state,
        loss: None,
        command: about.argv,
        env: about.env,
        directory: about.directory,
        by: about.by,
        started: started_ms.and_then(time),
        age: age.map(Duration::from_millis),
        pid: listed.process.map(|process| process.command.pid),
        output: listed.output,
        errors: listed.errors,
        gaps: listed.dropped.map(|dropped| dropped.gaps).unwrap_or_default(),
        record: listed.record,
    };
    Some(Found { session, boot })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDED: &str = concat!(
        r#"{"token":"d-1","state":"ended","now_ms":5000,"record":"/r/d-1","output":10,"errors":null,"#,
        r#""command":{"argv":["sh","-c","x"],"env":["PATH"],"directory":"/","by":"ada@host","limit":10},"#,
        r#""process":{"command":{"pid":7,"started":1},"keeper":{"pid":6,"started":1}},"#,
        r#""started":{"time_ms":1000,"boot":"b"},"#,
        r#""ended":{"time_ms":2000,"signal":15,"output":{"kept":10,"dropped":2}},"#,
        r#""dropped":{"gaps":[{"file":"output","at":10,"bytes":2,"why":"the limit"}]}}"#
    );

    #[test]
    fn a_line_of_the_shim_is_a_session() {
        let session = read(ENDED).unwrap().session;
        let SessionState::Ended(end) = &session.state else { panic!("{session:?}") };
        assert_eq!((end.code, end.signal, end.exit_code()), (None, Some(15), 143));
        assert_eq!((session.pid, session.age), (Some(7), Some(Duration::from_secs(4))));
        assert_eq!((session.by.as_str(), session.gaps.len()), ("ada@host", 1));
    }

    #[test]
    fn no_state_is_guessed() {
        let is_unreadable =
            |line: &str| matches!(read(line).unwrap().session.state, SessionState::Unreadable { .. });
        assert!(is_unreadable(r#"{"token":"d-1"}"#));
        assert!(is_unreadable(r#"{"token":"d-1","state":"ended"}"#));
        assert!(is_unreadable(
            r#"{"token":"d-1","state":"ended","ended":{"time_ms":1,"output":{"kept":1,"dropped":0}}}"#
        ));
        assert!(is_unreadable(r#"{"token":"d-1","unreadable":"permission denied"}"#));
        assert_eq!(
            read(r#"{"token":"d-1","state":"running"}"#).unwrap().session.state,
            SessionState::Running
        );
        assert!(read("").is_none() && read("{}").is_none() && read(r#"{"token":"../x"}"#).is_none());
    }
}
