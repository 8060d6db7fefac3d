//! One session, as it stands.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{Loss, SessionId};

/// A durable exec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// How it stands.
    pub state: SessionState,
    /// Why it is lost, where it is.
    pub loss: Option<Loss>,
    /// Program and arguments; empty where that is not known.
    pub command: Vec<String>,
    /// The names of what was in its environment, without the values.
    pub env: Vec<String>,
    /// The directory it began in.
    pub directory: Option<String>,
    /// Who started it, in a word of theirs.
    pub by: String,
    /// When it began, by the container's clock.
    pub started: Option<Timestamp>,
    /// How long ago that was, by the same clock; by ours where the container does not run.
    #[serde(serialize_with = "in_ms")]
    pub age: Option<Duration>,
    /// The command's process, as the container counts.
    pub pid: Option<u32>,
    /// How many bytes of standard output are kept, of standard error too where that is not kept apart.
    pub output: Option<u64>,
    /// How many bytes of standard error are kept, where it is kept apart.
    pub errors: Option<u64>,
    /// What it printed and is not kept.
    pub gaps: Vec<Gap>,
    /// Where its record is in the container.
    pub record: String,
}

impl Session {
    /// How it stands, in words.
    #[must_use]
    pub fn words(&self) -> String {
        self.loss.as_ref().map_or_else(|| self.state.words(), Loss::words)
    }
}

/// How a session stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum SessionState {
    /// Its keeper lives.
    Running,
    /// It ended, and how is known.
    Ended(SessionEnd),
    /// Nobody keeps it any more and its end was not written down: its container, machine or keeper was killed.
    Lost,
    /// Its record cannot be understood.
    Unreadable {
        /// Why.
        why: String,
    },
}

impl SessionState {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Running => "running".into(),
            Self::Ended(SessionEnd { deadline: true, .. }) => "ended at its deadline".into(),
            Self::Ended(SessionEnd { signal: Some(signal), .. }) => format!("ended by signal {signal}"),
            Self::Ended(SessionEnd { code, .. }) => match code {
                Some(code) => format!("ended with {code}"),
                None => "ended".into(),
            },
            Self::Lost => "lost".into(),
            Self::Unreadable { why } => format!("unreadable: {why}"),
        }
    }
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionEnd {
    /// When, by the container's clock.
    pub time: Option<Timestamp>,
    /// The command's exit code, where it ended by itself.
    pub code: Option<u8>,
    /// The signal that ended it, where one did.
    pub signal: Option<u8>,
    /// It was ended because its time was over.
    pub deadline: bool,
    /// What became of its output.
    pub output: Kept,
    /// What became of its standard error, where that was kept apart.
    pub errors: Option<Kept>,
}

impl SessionEnd {
    /// As a shell tells it: 128 + n for a death by signal n.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.code.or(self.signal.map(|signal| 128 | signal)).unwrap_or(u8::MAX)
    }
}

/// How many bytes of a stream are there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Kept {
    /// In the file.
    pub kept: u64,
    /// Not in the file: beyond the limit, or there was no room on the disk.
    pub dropped: u64,
}

/// Bytes that were printed and are not in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Gap {
    /// `output` or `errors`.
    pub file: String,
    /// So many bytes of the file are before it.
    pub at: u64,
    /// How many are missing.
    pub bytes: u64,
    /// Why.
    pub why: String,
}

#[expect(clippy::ref_option, reason = "so it is given by serde")]
fn in_ms<S: serde::Serializer>(age: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    age.map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX)).serialize(to)
}
