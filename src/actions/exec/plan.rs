//! What a supervised exec is asked for, and what it gives back.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio::sync::mpsc;

use crate::engine::{ExecRequest, Output, TermSize};

use super::Runner;

/// A command to run, and how it is ended when it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecPlan {
    /// The command. Its `stdin` is decided by [`ExecIo::input`].
    pub request: ExecRequest,
    /// From TERM to KILL, when it is cancelled, times out, or its client is gone.
    pub grace: Duration,
    /// Whether the shim may be copied into the container.
    pub shim: ShimUse,
}

impl ExecPlan {
    /// The grace where none is chosen.
    pub const GRACE: Duration = Duration::from_secs(5);

    /// Under the shim, with five seconds of grace.
    #[must_use]
    pub fn new(request: ExecRequest) -> Self {
        Self { request, grace: Self::GRACE, shim: ShimUse::Carry }
    }
}

/// Whether execs run under the shim.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ShimUse {
    /// Yes; it is copied into the container where it is not there yet.
    #[default]
    Carry,
    /// No: nothing is copied into the container, and the shell wrapper does what it can.
    Off,
}

/// Where a command's input comes from.
pub type LocalInput = Pin<Box<dyn AsyncRead + Send>>;

/// The streams of a supervised exec.
pub struct ExecIo {
    /// Where everything it prints goes, also while it is being ended. Full, it holds the command back; closed, it
    /// ends the command.
    pub output: mpsc::Sender<Output>,
    /// What it reads; an end of file at once where `None`.
    pub input: Option<LocalInput>,
    /// New sizes of its terminal, where it has one.
    pub resizes: Option<mpsc::Receiver<TermSize>>,
}

impl fmt::Debug for ExecIo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecIo").field("has_input", &self.input.is_some()).finish_non_exhaustive()
    }
}

/// How a command ended by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecEnd {
    /// Its exit code; 128 + n for a death by signal n.
    pub exit_code: i64,
    /// What it ran under.
    pub runner: Runner,
}
