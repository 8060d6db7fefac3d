//! Sessions for tests.

use crate::sessions::{Kept, Session, SessionEnd, SessionId, SessionState};

use super::test_support::hours_ago;

/// A session that runs a script since two hours.
pub(crate) fn session(id: &str, script: &str) -> Session {
    Session {
        id: SessionId::parse(id).unwrap(),
        state: SessionState::Running,
        loss: None,
        command: ["/bin/sh", "-c", script].map(str::to_owned).into(),
        env: Vec::new(),
        directory: None,
        by: "ada@build7".into(),
        started: Some(hours_ago(2)),
        age: None,
        pid: Some(12),
        output: Some(4096),
        errors: None,
        gaps: Vec::new(),
        record: format!("/var/tmp/smidr-sessions/records/{id}"),
    }
}

/// The same, ended an hour later with this code.
pub(crate) fn session_ended(id: &str, script: &str, code: u8) -> Session {
    let output = Kept { kept: 4096, dropped: 0 };
    let end = SessionEnd {
        time: Some(hours_ago(1)),
        code: Some(code),
        signal: None,
        deadline: false,
        output,
        errors: None,
    };
    Session { state: SessionState::Ended(end), ..session(id, script) }
}
