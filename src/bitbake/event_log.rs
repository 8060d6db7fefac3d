//! What BitBake writes into its event log: a line of JSON for each event, the event itself as a Python pickle in it.
//!
//! Most lines are of no use here, and one has more than a megabyte. What class an event is of stands first in its
//! line, so that of all others nothing is kept.

mod event;
mod pickle;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::{memchr, memmem};

pub use event::{Ending, EventLogEvent, QueueStats, TaskEvent};

/// How much of a line is looked at; an event that is longer is left out. Those that are read have some thousand bytes.
const LONGEST: usize = 256 << 10;
/// How far into a line the name of the class ends at the latest.
const HEAD: usize = 256;

/// Whom each event is told to.
pub type Heard<'a> = &'a mut dyn FnMut(&EventLogEvent);

/// Reads an event log.
///
/// The same bytes give the same events, however they are cut into pieces. What cannot be read is passed over, and the
/// next line is read.
#[derive(Debug, Default)]
pub struct EventLogReader {
    /// The beginning of the line under way, where a piece ended within it and it may be of use.
    open: Vec<u8>,
    /// Whether the line under way is known to be of no use.
    skips: bool,
    lines: u64,
    unread: u64,
    scratch: Scratch,
}

#[derive(Debug, Default)]
struct Scratch {
    text: Vec<u8>,
    pickle: Vec<u8>,
}

impl EventLogReader {
    /// Reads nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the log, and tells each event whose line is complete.
    pub fn feed(&mut self, bytes: &[u8], heard: Heard<'_>) {
        let mut rest = bytes;
        while let Some(at) = memchr(b'\n', rest) {
            let (before, after) = rest.split_at(at);
            rest = after.get(1..).unwrap_or_default();
            self.lines += 1;
            if std::mem::take(&mut self.skips) {
                self.open.clear();
            } else if self.open.is_empty() {
                self.unread += u64::from(!self.scratch.line(before, heard));
            } else {
                self.keep(before);
                if !std::mem::take(&mut self.skips) {
                    self.unread += u64::from(!self.scratch.line(&self.open, heard));
                }
                self.open.clear();
            }
        }
        self.keep(rest);
    }

    /// How many lines were complete.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// How many of them hold an event of a class that is read, but not as it should be.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.unread
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.skips || bytes.is_empty() {
            return;
        }
        if self.open.len() + bytes.len() > LONGEST {
            self.skips = true;
        } else {
            self.open.extend_from_slice(bytes);
            self.skips = match class_of(&self.open) {
                Some((class, _)) => !event::is_read(class),
                None => self.open.len() > HEAD,
            };
        }
        if self.skips {
            self.open = Vec::new();
        }
    }
}

impl Scratch {
    /// Whether there was nothing to read or it was read.
    fn line(&mut self, line: &[u8], heard: Heard<'_>) -> bool {
        let Some((class, rest)) = class_of(line) else { return true };
        if !event::is_read(class) || line.len() > LONGEST {
            return true;
        }
        let read = self
            .pickled(rest)
            .and_then(|pickle| pickle::read(pickle, |object| EventLogEvent::read(class, object)).flatten());
        let is_read = read.is_some();
        if let Some(event) = read {
            heard(&event);
        }
        is_read
    }

    /// The pickle that stands as `vars` in what follows the class.
    fn pickled(&mut self, rest: &[u8]) -> Option<&[u8]> {
        let at = memmem::find(rest, b"\"vars\"")?;
        let rest = rest.get(at + 6..)?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"")?;
        let mut rest = rest.get(..memchr(b'"', rest)?)?;
        // Python's base64 has a line end after 76 letters, which JSON writes as `\n`.
        self.text.clear();
        while let Some(at) = memchr(b'\\', rest) {
            self.text.extend_from_slice(rest.get(..at)?);
            rest = rest.get(at + 2..)?;
        }
        self.text.extend_from_slice(rest);
        self.pickle.clear();
        STANDARD.decode_vec(&self.text, &mut self.pickle).ok()?;
        Some(&self.pickle)
    }
}

/// The class of the event in a line, and what follows it.
fn class_of(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let head = line.get(..HEAD).unwrap_or(line);
    let rest = head.strip_prefix(b"{")?.trim_ascii_start().strip_prefix(b"\"class\"")?.trim_ascii_start();
    let rest = rest.strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    let class = rest.get(..memchr(b'"', rest)?)?;
    let begins = head.len() - rest.len();
    Some((class, line.get(begins + class.len() + 1..)?))
}
