//! Standard input as the shim reads it: frames for itself, data for the command.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::ChildStdin;

use crate::frames::{DATA_LIMIT, Decoder, Frame};
use crate::signals::Request;
use crate::sys::{self, POLLERR, POLLHUP, POLLIN, POLLOUT};

/// As much data as is kept for a command that does not read. While this much waits, the shim reads no further frame,
/// and a client that ended is noticed only by the closed pipe; `shim signal` works at any time.
const PENDING_LIMIT: usize = 1024 * 1024;

/// Both ends of the command's input.
pub struct Input {
    client: Option<File>,
    decoder: Decoder,
    command: Option<ChildStdin>,
    pending: VecDeque<u8>,
    is_ended: bool,
    chunk: Box<[u8]>,
}

impl Input {
    /// Nothing to read: the command has standard input itself.
    pub fn none() -> Self {
        Self {
            client: None,
            decoder: Decoder::default(),
            command: None,
            pending: VecDeque::new(),
            is_ended: false,
            chunk: Box::default(),
        }
    }

    /// Frames on standard input, data to `command` if it takes any.
    pub fn from_client(command: Option<ChildStdin>) -> io::Result<Self> {
        if let Some(pipe) = &command {
            sys::set_nonblocking(pipe.as_fd())?;
        }
        let client = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let chunk = vec![0; DATA_LIMIT].into_boxed_slice();
        Ok(Self { client: Some(client), command, chunk, ..Self::none() })
    }

    /// What to wait for at the client's end. Asking for nothing still tells of a closed pipe.
    pub fn wanted_of_client(&self) -> Option<(BorrowedFd<'_>, i16)> {
        let client = self.client.as_ref()?;
        Some((client.as_fd(), if self.pending.len() < PENDING_LIMIT { POLLIN } else { 0 }))
    }

    /// What to wait for at the command's end. Asking for nothing still tells of a closed pipe.
    pub fn wanted_of_command(&self) -> Option<(BorrowedFd<'_>, i16)> {
        let command = self.command.as_ref()?;
        Some((command.as_fd(), if self.pending.is_empty() { 0 } else { POLLOUT }))
    }

    /// Reads what the client sent, once, and hands on what it asks for.
    pub fn read(&mut self, ready: i16, mut ask: impl FnMut(Request)) {
        let Some(client) = &mut self.client else { return };
        if ready == 0 {
            return;
        }
        let chunk = &mut *self.chunk;
        let count = if ready & POLLIN == 0 && ready & (POLLHUP | POLLERR) != 0 {
            Ok(0) // nothing to read, or no room for it, and nobody at the other end
        } else {
            client.read(chunk)
        };
        let read = match count {
            Err(source) if source.kind() == io::ErrorKind::Interrupted => return,
            Ok(count @ 1..) => chunk.get(..count),
            Ok(0) | Err(_) => None,
        };
        let (pending, is_ended, takes) = (&mut self.pending, &mut self.is_ended, self.command.is_some());
        let understood = read.is_some_and(|bytes| {
            self.decoder
                .push(bytes, |frame| match frame {
                    // Data for a command that takes none, or no more, is dropped, so that frames behind it are seen.
                    Frame::Data(data) if takes && !*is_ended => pending.extend(data),
                    Frame::Data(_) => {}
                    Frame::EndOfInput => *is_ended = true,
                    Frame::Signal(signal) => ask(Request::Forward(signal)),
                    Frame::Cancel { signal, grace_ms } => {
                        ask(Request::Cancel { signal, grace_ms: Some(grace_ms) });
                    }
                })
                .is_ok()
        });
        if !understood {
            self.client = None;
            ask(Request::ClientGone);
        }
        self.close_if_done();
    }

    /// Writes what waits for the command, as far as there is room.
    pub fn write(&mut self, ready: i16) {
        let Some(command) = &mut self.command else { return };
        let mut is_closed = ready & POLLERR != 0;
        while !is_closed && ready & POLLOUT != 0 && !self.pending.is_empty() {
            match command.write(self.pending.as_slices().0) {
                Ok(count) => drop(self.pending.drain(..count)),
                Err(source) if source.kind() == io::ErrorKind::WouldBlock => break,
                Err(source) if source.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => is_closed = true,
            }
        }
        if is_closed {
            self.command = None;
            self.pending = VecDeque::new();
        }
        self.close_if_done();
    }

    fn close_if_done(&mut self) {
        if self.is_ended && self.pending.is_empty() {
            self.command = None;
        }
    }
}
