//! Running a command in a container: what is asked, and the streams that come back.

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use serde::Serialize;
use tokio::io::AsyncWrite;

use super::ResultStream;

/// A command to run in a running container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecRequest {
    /// Program and arguments, not read by any shell. Must not be empty.
    pub command: Vec<String>,
    /// `NAME=value`, added to the container's own environment.
    pub env: Vec<String>,
    /// `name`, `uid`, `name:group` or `uid:gid`; the container's own user where `None`.
    pub user: Option<String>,
    /// Working directory; the container's own where `None`.
    pub working_dir: Option<String>,
    /// Keep the command's standard input open and give it a writer. Without, it reads an end of file.
    pub stdin: bool,
    /// Give it a terminal of this size: one output stream, with control sequences.
    pub tty: Option<TermSize>,
}

impl ExecRequest {
    /// A command with everything else as the container has it.
    pub fn new<S: Into<String>>(command: impl IntoIterator<Item = S>) -> Self {
        Self { command: command.into_iter().map(Into::into).collect(), ..Self::default() }
    }
}

/// The size of a terminal in character cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TermSize {
    /// Width.
    pub columns: u16,
    /// Height.
    pub rows: u16,
}

/// An exec's id within its engine. It may be forgotten by the engine while its processes still run.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ExecId(String);

impl ExecId {
    /// Takes the engine's id as it is.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExecId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a piece of output came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StdStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// A terminal, where both are one.
    Tty,
}

/// A piece of output as it came, cut anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Which stream.
    pub stream: StdStream,
    /// The bytes.
    pub bytes: Bytes,
}

/// The command's standard input. Shutting it down gives the command an end of file where the engine can do
/// that for one half of the connection; dropping it does not end the command.
pub type ExecInput = Pin<Box<dyn AsyncWrite + Send>>;

/// A command that has been started, with its streams.
///
/// Read `output` to its end without pause: an unread stream blocks the command after about a megabyte
/// (less on some engines). The end of the stream is not the end of the process: ask
/// [`exec_state`](super::ContainerManager::exec_state). Dropping this closes the connection and leaves the
/// command running.
pub struct ExecSession {
    /// Its id.
    pub id: ExecId,
    /// What it prints, until both its streams are closed.
    pub output: ResultStream<Output>,
    /// Its standard input, where one was asked for.
    pub input: Option<ExecInput>,
}

impl fmt::Debug for ExecSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecSession")
            .field("id", &self.id)
            .field("has_input", &self.input.is_some())
            .finish_non_exhaustive()
    }
}

/// What an engine knows of an exec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ExecState {
    /// Whether its first process lives.
    pub running: bool,
    /// Its exit code, once that process has ended; never a number while it runs.
    pub exit_code: Option<i64>,
    /// That process on the engine's machine, where the engine says.
    pub pid: Option<u32>,
}

/// Everything a command printed, and how it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExecOutput {
    /// Standard output; all of it when a terminal was asked for.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// Exit code; 128 + n for a death by signal n.
    pub exit_code: i64,
}

impl ExecOutput {
    /// Standard output as text, what is no UTF-8 replaced.
    #[must_use]
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text, what is no UTF-8 replaced.
    #[must_use]
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}
