//! What a command prints, passed on to the keeper's own standard output.
//!
//! It is read back from the file it is kept in: so whoever reads the other end, a container's engine, may be as slow as it
//! likes, or not be there for a while, and the command is not held back and nothing is left out.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::sys;

/// So much is passed on at once.
const CHUNK: usize = 64 * 1024;
/// How long nobody may take anything before it is given up: an engine is started again within that.
const PATIENCE: Duration = Duration::from_secs(30);

/// The way from the file to standard output.
pub struct Pass {
    from: File,
    to: File,
    passed: u64,
    chunk: Box<[u8]>,
    /// When something was taken last.
    taken: Instant,
    is_closed: bool,
}

impl Pass {
    /// From this file, all of it.
    pub fn of(file: &Path) -> io::Result<Self> {
        let to = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        sys::set_nonblocking(to.as_fd())?;
        let chunk = vec![0; CHUNK].into_boxed_slice();
        let from = File::open(file)?;
        Ok(Self { from, to, passed: 0, chunk, taken: Instant::now(), is_closed: false })
    }

    /// Whether something of so many bytes in the file is still to be passed on.
    pub fn is_behind(&self, kept: u64) -> bool {
        !self.is_closed && self.passed < kept
    }

    /// What to wait for while it is behind.
    pub fn wanted(&self) -> (BorrowedFd<'_>, i16) {
        (self.to.as_fd(), sys::POLLOUT)
    }

    /// How long it may still be waited for.
    fn patience(&self) -> Duration {
        PATIENCE.saturating_sub(self.taken.elapsed())
    }

    /// It begins to be waited for.
    fn begin_to_wait(&mut self) {
        self.taken = Instant::now();
    }

    /// Passes on what is taken just now, at most a chunk.
    pub fn step(&mut self) {
        match self.from.read_at(&mut self.chunk, self.passed) {
            Ok(0) => {}
            Ok(count) => {
                let count = write_some(&mut self.to, self.chunk.get(..count).unwrap_or_default());
                match count {
                    Ok(count) => {
                        self.passed += count as u64;
                        self.taken = Instant::now();
                    }
                    Err(source) if source.kind() == ErrorKind::WouldBlock => {}
                    Err(_) => self.is_closed = true, // nobody will ever read it; the file has it all
                }
            }
            Err(source) if source.kind() == ErrorKind::Interrupted => {}
            Err(_) => self.is_closed = true, // the disk does not give it back
        }
    }

    /// Passes on bytes that are not in the file, after all that is: this holds the command back, since there is nowhere
    /// to put them. What nobody takes for too long is dropped.
    pub fn directly(&mut self, kept: u64, mut bytes: &[u8]) {
        self.begin_to_wait();
        while !self.is_closed && !self.patience().is_zero() && (self.is_behind(kept) || !bytes.is_empty()) {
            let wait = i32::try_from(self.patience().as_millis()).unwrap_or(i32::MAX).saturating_add(1);
            let [ready] = sys::wait_ready([Some(self.wanted())], wait);
            if ready == 0 {
                continue;
            }
            if self.is_behind(kept) {
                self.step();
                continue;
            }
            match write_some(&mut self.to, bytes) {
                Ok(count) => {
                    bytes = bytes.get(count..).unwrap_or_default();
                    self.taken = Instant::now();
                }
                Err(source) if source.kind() == ErrorKind::WouldBlock => {}
                Err(_) => self.is_closed = true,
            }
        }
    }
}

fn write_some(to: &mut File, bytes: &[u8]) -> io::Result<usize> {
    loop {
        match to.write(bytes) {
            Err(source) if source.kind() == ErrorKind::Interrupted => {}
            written => return written,
        }
    }
}
