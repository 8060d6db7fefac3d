//! A container's log as the engine keeps it.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use super::clock::Moment;
use crate::engine::StdStream;

/// What is kept of one container's log, in bytes, 64 for each entry counted in. The oldest entries go first, as in
/// a log that is rotated.
pub const LOG_LIMIT: usize = 32 << 20;
/// What an entry costs besides its bytes.
const ENTRY_COST: usize = 64;
/// The longest piece of a line (Docker's `Copier`, 16 KiB).
const PIECE: usize = 16 * 1024;

/// One line, or a piece of a long one.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) time: Moment,
    pub(super) stream: StdStream,
    pub(super) bytes: Bytes,
}

/// What has come of a line.
#[derive(Debug, Default)]
struct Open {
    bytes: BytesMut,
    /// The time of the line's first piece, which all its pieces carry.
    since: Option<Moment>,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    entries: VecDeque<Entry>,
    /// The number of the first entry kept.
    first: u64,
    kept: usize,
    open: [Open; 2],
    last: Option<Moment>,
}

impl Log {
    /// Takes what was printed. It is an entry once its line has ended.
    pub(super) fn append(&mut self, time: Moment, stream: StdStream, bytes: &[u8]) {
        // Times never go back, although two processes may be a little out of step.
        let time = self.last.map_or(time, |last| last.max(time));
        self.last = Some(time);
        self.with_open(stream, |log, open| {
            open.bytes.extend_from_slice(bytes);
            loop {
                let window = open.bytes.get(..PIECE).unwrap_or(&open.bytes);
                if let Some(end) = window.iter().position(|byte| *byte == b'\n') {
                    let line = open.bytes.split_to(end + 1).freeze();
                    let time = open.since.take().unwrap_or(time);
                    log.push(Entry { time, stream, bytes: line });
                } else if open.bytes.len() >= PIECE {
                    let piece = open.bytes.split_to(PIECE).freeze();
                    let time = *open.since.get_or_insert(time);
                    log.push(Entry { time, stream, bytes: piece });
                } else {
                    return;
                }
            }
        });
    }

    /// The process has ended: lines without an end are entries now.
    pub(super) fn flush(&mut self, time: Moment, tty: bool) {
        let out = if tty { StdStream::Tty } else { StdStream::Stdout };
        for stream in [out, StdStream::Stderr] {
            self.with_open(stream, |log, open| {
                let since = open.since.take();
                if !open.bytes.is_empty() {
                    let bytes = open.bytes.split().freeze();
                    log.push(Entry { time: since.unwrap_or(time), stream, bytes });
                }
            });
        }
    }

    fn with_open(&mut self, stream: StdStream, work: impl FnOnce(&mut Self, &mut Open)) {
        let [mut out, mut err] = std::mem::take(&mut self.open);
        work(self, if stream == StdStream::Stderr { &mut err } else { &mut out });
        self.open = [out, err];
    }

    fn push(&mut self, entry: Entry) {
        self.kept += entry.bytes.len() + ENTRY_COST;
        self.entries.push_back(entry);
        while self.kept > LOG_LIMIT
            && let Some(oldest) = self.entries.pop_front()
        {
            self.kept -= oldest.bytes.len() + ENTRY_COST;
            self.first += 1;
        }
    }

    /// The first entry at or after this number, with its own number.
    pub(super) fn at(&self, number: u64) -> Option<(u64, &Entry)> {
        let number = number.max(self.first);
        let index = usize::try_from(number - self.first).ok()?;
        self.entries.get(index).map(|entry| (number, entry))
    }

    /// The number from which on there are only `tail` entries.
    pub(super) fn tail(&self, tail: Option<u64>) -> u64 {
        let end = self.first + self.entries.len() as u64;
        tail.map_or(self.first, |tail| end.saturating_sub(tail).max(self.first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(log: &Log) -> Vec<(i64, usize)> {
        (0..).map_while(|number| log.at(number)).map(|(_, entry)| (entry.time, entry.bytes.len())).collect()
    }

    #[test]
    fn a_line_is_an_entry_when_it_ends_or_the_process_does() {
        let mut log = Log::default();
        log.append(1, StdStream::Stdout, b"ha");
        assert_eq!(pieces(&log), []);
        log.append(2, StdStream::Stderr, b"err\n");
        log.append(3, StdStream::Stdout, b"lf\nprompt> ");
        assert_eq!(pieces(&log), [(2, 4), (3, 5)]);
        log.flush(9, false);
        assert_eq!(pieces(&log), [(2, 4), (3, 5), (9, 8)]);
    }

    #[test]
    fn pieces_of_a_line_carry_one_time() {
        let mut log = Log::default();
        log.append(1, StdStream::Stdout, &b"x".repeat(20_000));
        log.append(5, StdStream::Stdout, b"end\nnext\n");
        assert_eq!(pieces(&log), [(1, PIECE), (1, 20_000 - PIECE + 4), (5, 5)]);
    }

    #[test]
    fn the_oldest_entries_go_when_it_is_too_much() {
        let mut log = Log::default();
        let line = [b"x".repeat(999), b"\n".to_vec()].concat();
        for time in 0..40_000 {
            log.append(time, StdStream::Stdout, &line);
        }
        let (first, entry) = log.at(0).unwrap();
        assert!(first > 0 && entry.time == i64::try_from(first).unwrap());
        assert!(log.kept <= LOG_LIMIT && log.kept > LOG_LIMIT - 2000);
        assert_eq!(log.tail(Some(3)), 39_997);
    }
}
