//! Running commands in containers.
//!
//! The streams are read here, not by bollard: 0.21.1 takes terminal output that begins with a byte from 0 to 2
//! for a frame header, loses it and stalls. Its reader can be used again when it is told whether there is a
//! terminal.

use std::collections::VecDeque;

use bollard::exec::CreateExecOptions;
use bollard::query_parameters::ResizeExecOptionsBuilder;
use bytes::BytesMut;
use futures_util::stream;
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::engine::{
    ContainerId, EngineError, ErrorKind, ExecId, ExecRequest, ExecSession, ExecState, ObjectKind, Output,
    Result, ResultStream, StdStream, TermSize,
};

use super::client::Ask;
use super::convert::container_path;
use super::errors::Fault;
use super::frames::Frames;
use super::manager::Docker;

/// How much is read from the connection at once. Engines send frames of up to 32 KiB.
const READ: usize = 128 * 1024;

/// Engines end an attached terminal's connection at a key sequence, `^P ^Q` by default, and hold back each
/// `^P` until the next key. This one nobody types.
const NO_DETACH_KEYS: &str = "ctrl-@,ctrl-^,ctrl-@,ctrl-_";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Start {
    detach: bool,
    tty: bool,
}

pub(super) async fn exec(docker: &Docker, id: &ContainerId, request: &ExecRequest) -> Result<ExecSession> {
    let failed = |fault: Fault| fault.during("run a command in", ObjectKind::Container, id);
    if request.command.is_empty() {
        return Err(EngineError::new("run a command in", ErrorKind::Invalid)
            .on(ObjectKind::Container, id)
            .saying("there is no command"));
    }
    let options = CreateExecOptions {
        attach_stdin: Some(request.stdin),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        tty: Some(request.tty.is_some()),
        detach_keys: request.tty.map(|_| NO_DETACH_KEYS.to_owned()),
        env: Some(request.env.clone()),
        cmd: Some(request.command.clone()),
        user: request.user.clone(),
        working_dir: request.working_dir.clone(),
        ..CreateExecOptions::default()
    };
    let path = container_path("run a command in", id)?;
    let created = docker.bollard.create_exec(path, options).await.map_err(|error| failed(error.into()))?;
    let exec = ExecId::new(created.id);
    let start = Start { detach: false, tty: request.tty.is_some() };
    let path = format!("/exec/{exec}/start");
    let streams = docker.http.ask_upgrade(Ask::post(&path).json(&start)).await.map_err(failed)?;
    let (read, write) = tokio::io::split(streams);
    if let Some(size) = request.tty {
        // Only works from here on. A command that has ended by now needs no size, and an engine that has gone away
        // is told by the stream.
        let _ = resize(docker, &exec, size).await;
    }
    let container = id.to_string();
    Ok(ExecSession {
        id: exec,
        output: if request.tty.is_some() { unframed(read, container) } else { framed(read, container) },
        input: request.stdin.then(|| Box::pin(write) as _),
    })
}

fn broken(container: &str, cause: impl Into<crate::engine::BoxError>) -> EngineError {
    EngineError::new("read the output of a command in", ErrorKind::BrokenStream)
        .on(ObjectKind::Container, container)
        .because(cause)
}

/// A terminal's output, as it comes.
fn unframed(read: impl AsyncRead + Send + Unpin + 'static, container: String) -> ResultStream<Output> {
    Box::pin(stream::try_unfold((read, BytesMut::new()), move |(mut read, mut buffer)| {
        let container = container.clone();
        async move {
            buffer.reserve(READ);
            let count = read.read_buf(&mut buffer).await.map_err(|error| broken(&container, error))?;
            if count == 0 {
                return Ok(None);
            }
            let output = Output { stream: StdStream::Tty, bytes: buffer.split().freeze() };
            Ok(Some((output, (read, buffer))))
        }
    }))
}

/// Two streams over one, taken apart.
fn framed(read: impl AsyncRead + Send + Unpin + 'static, container: String) -> ResultStream<Output> {
    let begin = (read, BytesMut::new(), Frames::default(), Buffers::default());
    Box::pin(stream::try_unfold(begin, move |(mut read, mut buffer, mut frames, mut buffers)| {
        let container = container.clone();
        async move {
            loop {
                if let Some(piece) = frames.next(&mut buffer).map_err(|error| broken(&container, error))? {
                    let output = Output { stream: piece.stream, bytes: piece.bytes };
                    return Ok(Some((output, (read, buffer, frames, buffers))));
                }
                buffer = buffers.turn(buffer);
                let count = read.read_buf(&mut buffer).await.map_err(|error| broken(&container, error))?;
                if count == 0 {
                    let was_cut = frames.is_open() || !buffer.is_empty();
                    let error = || broken(&container, "it ended in the middle of a frame");
                    return if was_cut { Err(error()) } else { Ok(None) };
                }
            }
        }
    }))
}

/// Memory to read into, used in turn: at full speed gigabytes go through, and having the system make new pages for
/// each piece takes longer than moving it.
#[derive(Debug, Default)]
struct Buffers {
    used: VecDeque<BytesMut>,
}

impl Buffers {
    /// As many as may be on their way at once; beyond that new memory is asked for.
    const KEPT: usize = 12;

    /// Room for one more read, behind what is left of the buffer read before: at most a part of a header.
    fn turn(&mut self, read: BytesMut) -> BytesMut {
        let rest: [u8; 8] = std::array::from_fn(|at| read.get(at).copied().unwrap_or_default());
        let left = read.len().min(rest.len());
        self.used.push_back(read);
        let oldest = if self.used.len() > Self::KEPT { self.used.pop_front() } else { None };
        let mut buffer = oldest.unwrap_or_default();
        buffer.clear();
        // Takes the same memory again, unless somebody still holds a part of it.
        buffer.reserve(READ);
        buffer.extend_from_slice(rest.get(..left).unwrap_or_default());
        buffer
    }
}

pub(super) async fn state(docker: &Docker, exec: &ExecId) -> Result<ExecState> {
    let state = docker
        .bollard
        .inspect_exec(exec.as_str())
        .await
        .map_err(|error| Fault::from(error).during("look at", ObjectKind::Exec, exec))?;
    let running = state.running.unwrap_or(false);
    Ok(ExecState {
        running,
        // Podman says 0 while it runs.
        exit_code: state.exit_code.filter(|_| !running),
        pid: state.pid.and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid > 0),
    })
}

pub(super) async fn resize(docker: &Docker, exec: &ExecId, size: TermSize) -> Result<()> {
    let options =
        ResizeExecOptionsBuilder::default().w(i32::from(size.columns)).h(i32::from(size.rows)).build();
    let answer = docker.bollard.resize_exec(exec.as_str(), options).await;
    answer.map_err(|error| Fault::from(error).during("resize the terminal of", ObjectKind::Exec, exec))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;

    #[tokio::test]
    async fn terminal_output_may_begin_with_any_byte() {
        let mut output = unframed(&b"\x01\x00\x02 prompt$ "[..], "a".into());
        assert_eq!(output.next().await.unwrap().unwrap().bytes, &b"\x01\x00\x02 prompt$ "[..]);
        assert!(output.next().await.is_none());
    }

    #[tokio::test]
    async fn output_that_ends_within_a_frame_is_an_error_after_what_came() {
        let mut output = framed(&b"\x01\0\0\0\0\0\0\x09half"[..], "a".into());
        assert_eq!(output.next().await.unwrap().unwrap().bytes, "half");
        let error = output.next().await.unwrap().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::BrokenStream);
        assert!(output.next().await.is_none());
    }
}
