//! A unix socket of another host, brought here by the user's own `ssh`.
//!
//! One ssh process carries every connection, with the keys, agent, jumps and host keys of the user's own configuration.
//! It asks nothing and prints nothing on our terminal; what it says is kept for the error.

mod failure;
mod ssh;

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::task::JoinHandle;

use crate::engine::{EngineError, ErrorKind, Result};

pub(super) use ssh::Ssh;

/// The longest path of a socket on Linux, in bytes (unix(7): 108 with the final zero).
const LONGEST_SOCKET_PATH: usize = 107;

/// As much of what ssh says last as is kept, in bytes.
const KEPT: usize = 4096;

/// As many lines of that as an error shows: the reason comes last, after a greeting.
const LINES_SHOWN: usize = 3;

/// As much as is read from ssh's standard output for the sign that it is ready, in bytes.
const READ_FOR_READY: u64 = 64 * 1024;

/// A running ssh that forwards a local socket.
///
/// Dropping it ends ssh and removes the socket, soon after; so does the death of this process, however it dies.
#[derive(Debug)]
pub(super) struct Tunnel {
    local_socket: PathBuf,
    /// Our end of the dead man's switch: ssh lives for as long as this is open. `None` once closed.
    switch: Option<ChildStdin>,
    ended: JoinHandle<io::Result<ExitStatus>>,
    said: Arc<Mutex<Tail>>,
    listening: JoinHandle<()>,
    /// After the switch, so that it is dropped later.
    _directory: TempDir,
}

impl Tunnel {
    /// Forwards a new local socket to `socket` on the far side, through the user's `ssh`.
    ///
    /// Done as soon as the local socket takes connections. Whether anything listens on the far side shows only at the
    /// first connection: [`Tunnel::said`] then has ssh's words. Knows no time; dropping this ends ssh.
    ///
    /// # Errors
    /// [`ErrorKind::Misconfigured`] for a destination or socket that ssh would misread, an unknown or changed host
    /// key, and where there is no ssh; [`ErrorKind::PermissionDenied`] where the host does not let us in;
    /// [`ErrorKind::Unreachable`] for the rest. Each with what ssh said.
    pub(super) async fn open(destination: &str, port: Option<u16>, socket: &Path) -> Result<Self> {
        Ssh::default().open(destination, port, socket).await
    }

    /// The socket on this side. Only this user may connect to it.
    pub(super) fn local_socket(&self) -> &Path {
        &self.local_socket
    }

    /// Whether ssh still runs.
    pub(super) fn is_alive(&self) -> bool {
        !self.ended.is_finished()
    }

    /// What ssh said last, on one line and harmless to a terminal; `None` where it said nothing.
    ///
    /// A host's greeting may be in it. Look at it where a connection through the tunnel failed.
    pub(super) fn said(&self) -> Option<String> {
        last_words(&self.heard())
    }

    fn heard(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said.0).into_owned()
    }

    /// Ends ssh and waits until it is gone and its socket with it. Dropping this ends it all the same.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the adapter drops its tunnels; tests wait for their end")
    )]
    pub(super) async fn close(mut self) {
        drop(self.switch.take());
        // How it ended does not matter to whoever wanted it to end.
        let _ = (&mut self.ended).await;
    }

    /// Waits until ssh forwards; otherwise says why it does not.
    async fn ready(mut self, destination: &str, stdout: ChildStdout) -> Result<Self> {
        if has_said_ready(stdout).await {
            // ssh goes on without a forward it could not set up (see the options), so look.
            return match tokio::fs::metadata(&self.local_socket).await {
                Ok(found) if found.file_type().is_socket() => Ok(self),
                _ => Err(failure::explain(destination, None, &self.heard())),
            };
        }
        drop(self.switch.take());
        let status = match (&mut self.ended).await {
            Ok(Ok(status)) => status.code(),
            _ => None,
        };
        // To the end of what it said.
        let _ = (&mut self.listening).await;
        Err(failure::explain(destination, status, &self.heard()))
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Reads until the sign that ssh forwards, or the end. A shell may print things of its own before.
async fn has_said_ready(stdout: ChildStdout) -> bool {
    let mut lines = BufReader::new(stdout.take(READ_FOR_READY)).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line.trim() == ssh::READY {
            return true;
        }
    }
    false
}

/// A new directory that only we may enter, and a socket's path in it.
fn private_directory() -> Result<(TempDir, PathBuf)> {
    let failed = || EngineError::new("make a directory for the ssh tunnel", ErrorKind::Misconfigured);
    let directory = tempfile::Builder::new()
        .prefix("smidr-console-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir()
        .map_err(|error| failed().because(error))?;
    let socket = directory.path().join("engine.sock");
    if socket.as_os_str().len() > LONGEST_SOCKET_PATH {
        let why = format!("{} is too long for a socket; set TMPDIR to a shorter one", socket.display());
        return Err(failed().saying(why));
    }
    if !ssh::can_forward(&socket) {
        return Err(
            failed().saying(format!("ssh would misread {}; set TMPDIR to a plainer one", socket.display()))
        );
    }
    Ok((directory, socket))
}

/// The last part of what a process says.
#[derive(Debug, Default)]
struct Tail(Vec<u8>);

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
        let surplus = self.0.len().saturating_sub(KEPT);
        self.0.drain(..surplus);
    }
}

/// The last lines of a text, as one line without control characters; `None` where there is nothing to read.
fn last_words(text: &str) -> Option<String> {
    let harmless =
        |line: &str| line.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned();
    let mut lines: Vec<_> = text.lines().map(harmless).filter(|line| !line.is_empty()).collect();
    let last = lines.split_off(lines.len().saturating_sub(LINES_SHOWN));
    (!last.is_empty()).then(|| last.join("; "))
}

/// Reads all that is said, so that nobody ever waits to say it, and keeps the end of it.
async fn listen(mut stderr: impl AsyncRead + Unpin, said: Arc<Mutex<Tail>>) {
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = stderr.read(&mut buffer).await {
        if let Some(bytes) = buffer.get(..count) {
            said.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
        }
    }
}

#[cfg(test)]
mod tests;
