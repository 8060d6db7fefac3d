//! A command in a container that does not outlive who wants it.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::actions::{Report, Supervised};
use crate::engine::{ContainerId, ExecRequest, Output, StdStream};

use super::{ExecEnd, ExecIo, ExecPlan};

/// How many pieces of output wait to be taken; more hold the command back.
const WAITING: usize = 16;
/// From TERM to KILL: these are small programs that end at once.
const GRACE: Duration = Duration::from_secs(2);
/// How much of what it complains of is kept, in bytes.
const MOST_COMPLAINTS: usize = 1000;

/// A command that runs. Dropping it ends the command in the container: a task of its own sees to that, which the
/// supervisor waits for when it is shut down.
#[derive(Debug)]
pub struct Command {
    output: mpsc::Receiver<Output>,
    running: JoinHandle<Report<ExecEnd>>,
    complaints: Vec<u8>,
    header: Header,
    _cancelled_on_drop: DropGuard,
}

/// What a command prints first, so that an engine's own words are told from it: Docker puts why a command cannot be
/// begun into the command's standard output.
#[derive(Debug, Default)]
struct Header {
    wanted: Vec<u8>,
    /// How much of it has come.
    seen: usize,
    /// Something else has come instead.
    is_broken: bool,
}

impl Header {
    /// What of these bytes comes after it. The other part is something else, where it is not as it should be.
    fn strip(&mut self, mut bytes: Bytes) -> (Bytes, Option<Bytes>) {
        if self.is_broken {
            return (Bytes::new(), Some(bytes));
        }
        let left = self.wanted.get(self.seen..).unwrap_or_default();
        let length = left.len().min(bytes.len());
        if left.get(..length) != bytes.get(..length) {
            self.is_broken = true;
            let begun = self.wanted.get(..self.seen).unwrap_or_default();
            return (Bytes::new(), Some([begun, &bytes].concat().into()));
        }
        self.seen += length;
        (bytes.split_off(length), None)
    }
}

impl Command {
    /// What it prints first, which is left out; without that nothing it prints is taken for its output.
    #[must_use]
    pub fn with_header(self, header: impl Into<Vec<u8>>) -> Self {
        Self { header: Header { wanted: header.into(), ..Header::default() }, ..self }
    }

    /// Starts it, as this user.
    #[must_use]
    pub fn start(
        on: &Supervised,
        container: &ContainerId,
        user: Option<String>,
        command: Vec<String>,
    ) -> Self {
        let (sender, output) = mpsc::channel(WAITING);
        let mut call = on.supervisor.call();
        let cancel: CancellationToken = call.cancel.child_token();
        call.cancel = cancel.clone();
        let mut plan = ExecPlan::new(ExecRequest { user, ..ExecRequest::new(command) });
        plan.grace = GRACE;
        let (on, container) = (on.clone(), container.clone());
        let running = tokio::spawn(async move {
            on.exec(&call, &container, &plan, ExecIo { output: sender, input: None, resizes: None }).await
        });
        let (complaints, header) = (Vec::new(), Header::default());
        Self { output, running, complaints, header, _cancelled_on_drop: cancel.drop_guard() }
    }

    /// The next bytes of its standard output; `None` at its end. May be dropped and asked again.
    pub async fn next(&mut self) -> Option<Bytes> {
        loop {
            let piece = self.output.recv().await?;
            let complaint = if piece.stream == StdStream::Stderr {
                Some(piece.bytes)
            } else {
                let (bytes, other) = self.header.strip(piece.bytes);
                if !bytes.is_empty() {
                    return Some(bytes);
                }
                other
            };
            let complaint = complaint.unwrap_or_default();
            let room = MOST_COMPLAINTS.saturating_sub(self.complaints.len());
            self.complaints.extend_from_slice(complaint.get(..room).unwrap_or(&complaint));
        }
    }

    /// How it ended, once [`next`](Self::next) has told its end; `None` where the task that saw to it died.
    /// May be dropped and asked again until it has answered.
    pub async fn end(&mut self) -> Option<Report<ExecEnd>> {
        (&mut self.running).await.ok()
    }

    /// What it printed to standard error, at most the first 1000 bytes.
    #[must_use]
    pub fn complaints(&self) -> &[u8] {
        &self.complaints
    }

    /// What it complained of, in one line.
    #[must_use]
    pub fn complaint(&self) -> String {
        let text = String::from_utf8_lossy(&self.complaints);
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of these pieces, and what is taken for a complaint.
    fn stripped(pieces: &[&'static str]) -> (String, String) {
        let mut header = Header { wanted: b"head\n".to_vec(), ..Header::default() };
        let (mut told, mut other) = (Vec::new(), Vec::new());
        for piece in pieces {
            let (bytes, complaint) = header.strip(Bytes::from_static(piece.as_bytes()));
            told.extend_from_slice(&bytes);
            other.extend_from_slice(&complaint.unwrap_or_default());
        }
        (String::from_utf8(told).unwrap(), String::from_utf8(other).unwrap())
    }

    #[test]
    fn only_what_comes_after_the_header_is_output() {
        let told = |pieces: &[&'static str]| stripped(pieces);
        assert_eq!(told(&["head\nab", "c"]), ("abc".into(), String::new()));
        assert_eq!(told(&["he", "ad", "\n", "a"]), ("a".into(), String::new()));
        assert_eq!(told(&["cannot exec in a stopped state\r\n"]).0, "");
        assert_eq!(told(&["hea", "t\n", "more"]), (String::new(), "heat\nmore".into()));
        assert_eq!(told(&["head\n", "head\n"]).0, "head\n");
    }
}
