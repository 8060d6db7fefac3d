//! The terminal's keys, read by the loop itself.
//!
//! Not crossterm's own stream: it reads on a thread of its own, which has to be given a processor before the loop is
//! woken in its turn, and on a machine whose processors are all taken each of these waits is felt. Its reader cannot be
//! called from the loop either, because it waits for the rest of a key that has begun.

use std::io::{self, Stdin};

use crossterm::event::Event;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use super::events::EventSource;
use super::key_sequences::{Behind, Sequences};
use super::running::until;

/// How many bytes are read at once. What a terminal holds is at most four times as much.
const READ: usize = 1024;
const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// The process's own terminal, which is its standard input. Nothing is read from it but by `next`.
#[derive(Debug)]
pub(crate) struct TerminalEvents {
    terminal: AsyncFd<Stdin>,
    resized: Signal,
    /// What was read and not looked at yet is `read[taken..]`.
    read: Vec<u8>,
    taken: usize,
    /// When it was read.
    at: Instant,
    sequences: Sequences,
}

impl TerminalEvents {
    /// Must be called within the runtime that is to wait for the keys.
    ///
    /// # Errors
    /// When standard input cannot be waited for, or the terminal's changes of size.
    #[expect(
        deprecated,
        reason = "what replaces it is unsafe; it is sound where the descriptor stays open, as here"
    )]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            terminal: AsyncFd::with_interest(io::stdin(), Interest::READABLE)?,
            resized: signal(SignalKind::window_change())?,
            read: Vec::with_capacity(READ),
            taken: 0,
            at: Instant::now(),
            sequences: Sequences::default(),
        })
    }

    /// The next event of what was read.
    fn of_read(&mut self) -> Option<Event> {
        while let Some(byte) = self.read.get(self.taken).copied() {
            self.taken += 1;
            let behind = match self.read.get(self.taken) {
                Some(next) => Behind::Byte(*next),
                None if self.read.len() < READ => Behind::Nothing,
                None => Behind::Unread,
            };
            let event = self.sequences.take(byte, behind);
            if event.is_some() {
                return event;
            }
        }
        None
    }
}

impl EventSource for TerminalEvents {
    async fn next(&mut self) -> Option<io::Result<Event>> {
        loop {
            if let Some(event) = self.of_read() {
                return Some(Ok(event));
            }
            let given_up = self.sequences.patience().map(|patience| self.at + patience);
            tokio::select! {
                biased;
                ready = self.terminal.readable() => {
                    let mut ready = match ready {
                        Ok(ready) => ready,
                        Err(error) => return Some(Err(error)),
                    };
                    match read(ready.get_inner(), &mut self.read) {
                        Ok(0) => return None,
                        Ok(_) => (self.taken, self.at) = (0, Instant::now()),
                        Err(Errno::AGAIN) => ready.clear_ready(),
                        Err(Errno::INTR) => {}
                        Err(error) => return Some(Err(error.into())),
                    }
                }
                Some(()) = self.resized.recv() => {
                    return Some(crossterm::terminal::size().map(|(columns, rows)| Event::Resize(columns, rows)));
                }
                () = until(given_up) => {
                    if let Some(event) = self.sequences.give_up() {
                        return Some(Ok(event));
                    }
                }
            }
        }
    }
}

/// Reads what is there, in place of what `into` holds; 0 bytes where the terminal is gone, [`Errno::AGAIN`] where it sent
/// nothing. That is asked first: reading must not wait, and a terminal that does not wait would not wait for the shell
/// either that lent it to us.
fn read(terminal: &Stdin, into: &mut Vec<u8>) -> Result<usize, Errno> {
    if poll(&mut [PollFd::new(terminal, PollFlags::IN)], Some(&AT_ONCE))? == 0 {
        return Err(Errno::AGAIN);
    }
    into.resize(READ, 0);
    let read = rustix::io::read(terminal, into.as_mut_slice());
    into.truncate(read.unwrap_or_default());
    read
}
