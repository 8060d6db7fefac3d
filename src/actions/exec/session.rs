//! Moving bytes between a running exec and whoever started it.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::engine::{
    ContainerManager, EngineError, ErrorKind, ExecId, ExecInput, ObjectKind, Output, Result, ResultStream,
    TermSize,
};

use super::Runner;
use super::plan::LocalInput;
use super::shim_protocol::{data, end_of_input};

/// How much is read from the local input at once.
const INPUT: usize = 32 * 1024;

/// Passes everything a command prints on. Ends when its streams do.
///
/// # Errors
/// [`ErrorKind::BrokenStream`] when they are cut, and when nobody takes the output any more.
pub(super) async fn pass_output(output: &mut ResultStream<Output>, to: &mpsc::Sender<Output>) -> Result<()> {
    while let Some(piece) = output.next().await {
        to.send(piece?).await.map_err(|_| {
            EngineError::new("pass on the output of the command", ErrorKind::BrokenStream)
                .saying("nobody reads it any more")
        })?;
    }
    Ok(())
}

/// How input travels to the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InputForm {
    /// As it is; its end closes our half of the connection.
    Plain,
    /// In the shim's frames. The connection stays open after the input's end: it is the dead man's switch.
    Framed,
}

impl InputForm {
    /// Only the shim knows frames, and on a terminal every byte is a key.
    pub(super) fn of(runner: &Runner, has_tty: bool) -> Self {
        match runner {
            Runner::Shim(_) if !has_tty => Self::Framed,
            Runner::Shim(_) | Runner::Wrapper(_) => Self::Plain,
        }
    }
}

/// Sends all there is to read, and its end; then stays, holding the connection open. Never returns.
///
/// A command that has closed its input or ended is no error here: its end tells.
pub(super) async fn pass_input(from: Option<&mut LocalInput>, to: Option<&mut ExecInput>, form: InputForm) {
    let (Some(from), Some(writer)) = (from, to) else { return std::future::pending().await };
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(INPUT);
        let piece = match from.read_buf(&mut buffer).await {
            // An input that cannot be read has no more to give.
            Ok(0) | Err(_) => break,
            Ok(_) => buffer.split().freeze(),
        };
        let sent: Bytes = if form == InputForm::Framed { data(&piece) } else { piece };
        let written = async {
            writer.write_all(&sent).await?;
            writer.flush().await
        };
        if written.await.is_err() {
            return std::future::pending().await;
        }
    }
    // Either fails only when the command is gone.
    let _ = match form {
        InputForm::Framed => {
            let ended = writer.write_all(&end_of_input()).await;
            if ended.is_ok() { writer.flush().await } else { ended }
        }
        InputForm::Plain => writer.shutdown().await,
    };
    std::future::pending::<()>().await;
}

/// Tells the command's terminal each new size. Never returns.
pub(super) async fn pass_sizes(
    engine: &dyn ContainerManager,
    resizes: Option<&mut mpsc::Receiver<TermSize>>,
    exec: &ExecId,
) {
    let Some(resizes) = resizes else { return std::future::pending().await };
    while let Some(size) = resizes.recv().await {
        // One that ends just now needs no size.
        let _ = engine.exec_resize(exec, size).await;
    }
    std::future::pending::<()>().await;
}

/// The exit code, once the command's output has ended. A command can close its output and go on, and an engine that is
/// killed ends every stream without an error: only its own word counts.
pub(super) async fn exit_code(engine: &dyn ContainerManager, exec: &ExecId) -> Result<i64> {
    let mut wait = FIRST_LOOK;
    loop {
        let state = engine.exec_state(exec).await?;
        match state.exit_code {
            Some(code) => return Ok(code),
            None if !state.running => {
                return Err(EngineError::new("learn the exit code of", ErrorKind::BadAnswer)
                    .on(ObjectKind::Exec, exec)
                    .saying("it does not run and has none"));
            }
            None => {
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_LOOK);
            }
        }
    }
}

/// How soon, and at most how seldom, the engine is asked for it.
const FIRST_LOOK: Duration = Duration::from_millis(5);
const LONGEST_LOOK: Duration = Duration::from_millis(500);
