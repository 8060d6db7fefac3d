//! Our own terminal as a command in a container gets it: raw, with its size and its keys.

use std::io;
use std::io::{PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::thread;

use bytes::Bytes;
use crossterm::terminal;
use futures_util::stream;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::io::StreamReader;

use crate::actions::exec::LocalInput;
use crate::engine::TermSize;

/// The size of a terminal where ours cannot be asked.
pub(crate) const USUAL: TermSize = TermSize { columns: 80, rows: 24 };

/// Its size; `None` where it has none.
pub(crate) fn size() -> Option<TermSize> {
    let (columns, rows) = terminal::size().ok()?;
    (columns > 0 && rows > 0).then_some(TermSize { columns, rows })
}

/// Every size it takes from now on.
///
/// # Errors
/// When its changes cannot be listened to.
pub(crate) fn sizes() -> io::Result<mpsc::Receiver<TermSize>> {
    let mut changed = signal(SignalKind::window_change())?;
    // One place is enough: a size that cannot be sent at once is replaced by a later one.
    let (sizes, resizes) = mpsc::channel(1);
    tokio::spawn(async move {
        while changed.recv().await.is_some() {
            let Some(size) = size() else { continue };
            if sizes.send(size).await.is_err() {
                break;
            }
        }
    });
    Ok(resizes)
}

/// A terminal in raw mode, put right again when this is dropped, in a panic too.
#[derive(Debug)]
pub(crate) struct Raw(());

impl Raw {
    /// Puts it into raw mode.
    ///
    /// # Errors
    /// Where there is none.
    pub(crate) fn on() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        Ok(Self(()))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // Nothing is left to be done about a terminal that has gone.
        let _ = terminal::disable_raw_mode();
    }
}

/// Standard input for as long as the guard lives. A reader that goes on for a moment longer would take a key that is
/// meant for us.
#[derive(Debug)]
pub(crate) struct Keys {
    /// Its other end wakes the reader when this is dropped.
    end: PipeWriter,
    reader: Option<thread::JoinHandle<()>>,
}

/// How many reads may wait to be sent.
const WAITING: usize = 16;

impl Keys {
    /// Reads from now on.
    ///
    /// # Errors
    /// When the reader cannot be started.
    pub(crate) fn read() -> io::Result<(Self, LocalInput)> {
        let (ended, end) = io::pipe()?;
        let (pieces, read) = mpsc::channel(WAITING);
        let reader = thread::Builder::new().name("keys".into()).spawn(move || pass(&ended, &pieces))?;
        let pieces = stream::unfold(read, |mut read| async move {
            let piece = read.recv().await?;
            Some((Ok::<Bytes, io::Error>(piece), read))
        });
        let input = Box::pin(StreamReader::new(Box::pin(pieces)));
        Ok((Self { end, reader: Some(reader) }, input))
    }

    /// Stops reading, and waits until nothing more is read.
    pub(crate) fn stop(self) {
        let Self { end, reader } = self;
        drop(end);
        if let Some(reader) = reader {
            let _ = reader.join();
        }
    }
}

fn pass(ended: &PipeReader, to: &mpsc::Sender<Bytes>) {
    let stdin = io::stdin();
    let mut buffer = [0; 4096];
    loop {
        let mut fds = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(ended, PollFlags::IN)];
        match poll(&mut fds, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return,
        }
        let [keys, end] = fds.map(|fd| fd.revents());
        if !end.is_empty() {
            return;
        }
        if keys.is_empty() {
            continue;
        }
        match rustix::io::read(stdin.as_fd(), &mut buffer) {
            Ok(0) => return,
            Ok(count) => {
                let piece = Bytes::copy_from_slice(buffer.get(..count).unwrap_or_default());
                // Keys that nobody takes for so long are lost, as on a terminal that hangs; waiting would hold up the end.
                let _ = to.try_send(piece);
            }
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return,
        }
    }
}
