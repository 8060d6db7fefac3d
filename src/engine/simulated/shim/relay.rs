//! The running shim's ear for its client.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::frames::{Decoder, Frame};
use crate::engine::Signal;
use crate::engine::simulated::state::Shared;

/// How much is read at once.
const PIECE: usize = 16 * 1024;

/// Takes frames from the client for as long as the exec runs: data goes to the command, the end of the client ends it.
pub(in crate::engine::simulated) async fn relay(
    shared: Arc<Shared>,
    exec: String,
    mut client: DuplexStream,
    mut command: Option<DuplexStream>,
    grace: Duration,
) {
    let heard = async {
        let mut decoder = Decoder::default();
        let mut buffer = vec![0; PIECE];
        loop {
            let count = client.read(&mut buffer).await.unwrap_or(0);
            decoder.push(buffer.get(..count).unwrap_or_default());
            // The client is gone, or says what no client says.
            let mut is_gone = count == 0;
            loop {
                match decoder.next() {
                    Ok(Some(Frame::Data(data))) => {
                        // A command that reads no more has no need of it.
                        if let Some(pipe) = &mut command
                            && pipe.write_all(&data).await.is_err()
                        {
                            command = None;
                        }
                    }
                    Ok(Some(Frame::EndOfInput)) => command = None,
                    Ok(Some(Frame::Signal(number))) => drop(shared.signal_exec(&exec, &numbered(number))),
                    Ok(Some(Frame::Cancel(number, grace))) => {
                        shared.end_exec(&exec, &numbered(number), grace).await;
                    }
                    Ok(None) => break,
                    Err(()) => {
                        is_gone = true;
                        break;
                    }
                }
            }
            if is_gone {
                shared.end_exec(&exec, &Signal::term(), grace).await;
                return;
            }
        }
    };
    tokio::select! {
        biased;
        () = shared.exec_over(&exec) => {}
        () = heard => {}
    }
}

fn numbered(number: u8) -> Signal {
    number.to_string().parse().unwrap_or_else(|_| Signal::term())
}
