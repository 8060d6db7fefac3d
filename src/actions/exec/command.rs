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
    _cancelled_on_drop: DropGuard,
}

impl Command {
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
        Self { output, running, complaints: Vec::new(), _cancelled_on_drop: cancel.drop_guard() }
    }

    /// The next bytes of its standard output; `None` at its end. May be dropped and asked again.
    pub async fn next(&mut self) -> Option<Bytes> {
        loop {
            let piece = self.output.recv().await?;
            if piece.stream != StdStream::Stderr {
                return Some(piece.bytes);
            }
            let room = MOST_COMPLAINTS.saturating_sub(self.complaints.len());
            self.complaints.extend_from_slice(piece.bytes.get(..room).unwrap_or(&piece.bytes));
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
