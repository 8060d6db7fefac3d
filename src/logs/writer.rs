//! Cutting what comes into lines.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use memchr::memchr;
use tokio::sync::watch;

use super::carry::{Carry, cut_point};
use super::fact::Fact;
use super::held::{Disk, Held};
use super::shared::Shared;
use super::spool::{Home, Spool};
use super::{Extent, LineKind, LineNumber, LogReader, RawLine, Stream};

/// The longest line: 64 KiB. More of it goes on in another line, a [continuation](super::LineKind::Continuation), so that drawing a
/// window takes a bounded time whatever is printed.
pub const LINE_BYTES: usize = 64 * 1024;

/// An unfinished line that holds up so much of other streams is closed where it is; more of it is a continuation.
const TAIL_BYTES: usize = 256 * 1024;

/// So much is taken at a time while readers wait.
const STEP_BYTES: usize = 16 * 1024;

/// The lines of one source (a container, an exec).
#[derive(Debug)]
pub struct Log;

impl Log {
    /// An empty log in memory that holds at most `limit_bytes`, of which every line takes 16 besides its text. Over it
    /// the oldest lines go, some (an eighth of the limit, at most 256 KiB) at once.
    ///
    /// Besides the limit there are the newest lines, whatever their size, and those from the oldest unfinished one on:
    /// never more than 1 MiB together.
    #[expect(clippy::new_ret_no_self, reason = "a log is its two ends")]
    #[must_use]
    pub fn new(limit_bytes: u64) -> (LogWriter, LogReader) {
        of(Held::new(limit_bytes, None), None, Bounds::USUAL)
    }

    /// The same on a disk: in files without a name in this directory, gone with the log or the program, however it ends.
    /// Over the limit an eighth of it goes at once.
    ///
    /// In memory are the newest lines, not yet in a file (256 KiB and what a disk is behind, at most 8 MiB: see
    /// [`LogWriter::ready`]), and about 150 bytes for each 256 KiB on the disk. A
    /// directory that takes nothing is a [trouble](LogReader::trouble), found when there is something to write.
    #[must_use]
    pub fn temporary(directory: &Path, limit_bytes: u64) -> (LogWriter, LogReader) {
        Self::bounded(Home::Temporary(directory.into()), limit_bytes, Bounds::USUAL)
    }

    pub(super) fn bounded(home: Home, limit: u64, bounds: Bounds) -> (LogWriter, LogReader) {
        let spool = Spool::new(home, limit / 8, None);
        of(Held::new(limit, Some(Disk::default())), Some(spool), bounds)
    }
}

pub(super) fn of(held: Held, spool: Option<Spool>, bounds: Bounds) -> (LogWriter, LogReader) {
    let (sender, receiver) = watch::channel(held.extent());
    let shared = Arc::new(Shared::new(held, spool));
    let reader = LogReader::new(shared.clone(), receiver);
    let streams = Streams { bounds, states: [State::default(); 3] };
    (LogWriter { shared, extent: sender, streams }, reader)
}

/// Writes a log. Dropping it tells the readers that nothing more comes; open lines stay as they are.
#[derive(Debug)]
pub struct LogWriter {
    shared: Arc<Shared>,
    extent: watch::Sender<Extent>,
    streams: Streams,
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl LogWriter {
    /// Takes what a stream printed. However the bytes are cut into calls, the lines are the same. A line stands where
    /// its first byte came and has the time of it; what other streams print before its newline comes after it.
    ///
    /// Waits for the disk where it is more than 8 MiB behind: a task waits for [`ready`](Self::ready) before.
    pub fn append(&mut self, stream: Stream, time: Option<Timestamp>, bytes: &[u8]) {
        for step in bytes.chunks(STEP_BYTES) {
            self.write(|streams, held| streams.append(held, stream, time, step));
        }
    }

    /// The same for a handful, at the cost of one call: a few hundred pieces, of 64 KiB together or little more.
    pub fn append_all<'a>(
        &mut self,
        pieces: impl IntoIterator<Item = (Stream, Option<Timestamp>, &'a [u8])>,
    ) {
        self.write(|streams, held| {
            for (stream, time, bytes) in pieces {
                streams.append(held, stream, time, bytes);
            }
        });
    }

    /// A line of our own at this place: a restart, a gap, an exit code. Open lines stay open; where the stream is
    /// broken off, [`end`](Self::end) comes first. Of more than one line of text one is made; of more than
    /// [`LINE_BYTES`] the rest is left away.
    pub fn remark(&mut self, time: Option<Timestamp>, text: &str) {
        let end = (0..=text.len().min(LINE_BYTES)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let text = text.get(..end).unwrap_or_default().replace(['\n', '\r'], " ");
        self.write(|streams, held| {
            held.push(Fact::remark(time), text.as_bytes());
            streams.relieve(held);
        });
    }

    /// A line of another log as it is there, marked as coming from `source`.
    pub fn copy(&mut self, line: &RawLine, source: u8) {
        let is_continuation = line.kind == LineKind::Continuation;
        let fact = match line.stream {
            Some(stream) => Fact::printed(stream, line.time, line.carry, is_continuation),
            None => Fact::remark(line.time),
        };
        self.write(|streams, held| {
            held.push(fact.with_source(source), &line.bytes);
            streams.relieve(held);
        });
    }

    /// Nothing more comes of what was printed so far: open lines become whole ones, and what comes next begins anew, in
    /// plain colours.
    pub fn end(&mut self) {
        self.write(Streams::end);
    }

    /// Puts what another log holds before all of this one: what was printed before its first line, read later. The
    /// numbers of this one grow by as many lines, which [`Extent::shifted`] tells. Both are temporary, or in memory.
    /// The other's own readers see what it held, and no more.
    pub fn prepend(&mut self, mut earlier: Self) {
        earlier.end();
        let other = std::mem::replace(&mut *earlier.shared.lock(), Held::new(0, None));
        self.write(|streams, held| {
            let by = held.prepend(other);
            for state in &mut streams.states {
                state.open = state.open.map(|open| open.plus(by));
            }
        });
    }

    /// Waits until the disk is no more than 8 MiB behind. Nothing is changed when this is dropped.
    pub async fn ready(&self) {
        self.shared.until(Held::has_room).await;
    }

    /// Waits, on a thread of its own, until everything that was appended is in its file, unfinished lines aside.
    ///
    /// # Errors
    /// Why the disk does not take it.
    pub fn flush(&mut self) -> Result<(), Arc<str>> {
        self.shared.lock().want_flush();
        self.shared.wake_spool(self.shared.lock());
        let held = self.shared.wait_until(Held::is_settled);
        held.trouble().map_or(Ok(()), Err)
    }

    /// Ends it: nothing stays unfinished, everything is in its file, and a log that lasts can be opened again at once.
    /// Waits for the disk, on a thread of its own.
    ///
    /// # Errors
    /// Why the disk does not take it.
    pub fn close(mut self) -> Result<(), Arc<str>> {
        self.end();
        let flushed = self.flush();
        self.shared.close();
        drop(self.shared.wait_until(|held| !held.has_spool()));
        flushed
    }

    fn write(&mut self, work: impl FnOnce(&mut Streams, &mut Held)) {
        let mut held = self.shared.lock();
        if !held.has_room() {
            drop(held);
            held = self.shared.wait_until(Held::has_room);
        }
        work(&mut self.streams, &mut held);
        let extent = held.extent();
        // Before the lock is let go: who reads between two looks at the same extent reads by its numbers.
        self.extent.send_replace(extent);
        self.shared.wake_spool(held);
    }
}

/// How long lines, and how much behind an open one; small in tests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) line: usize,
    pub(super) tail: usize,
}

impl Bounds {
    pub(super) const USUAL: Self = Self { line: LINE_BYTES, tail: TAIL_BYTES };
}

/// Where each stream stands.
#[derive(Debug)]
struct Streams {
    bounds: Bounds,
    states: [State; 3],
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    open: Option<LineNumber>,
    /// The last line was cut: what comes, if not its newline, continues it.
    is_cut: bool,
    carry: Carry,
}

impl Streams {
    fn state(&mut self, stream: Stream) -> &mut State {
        let [stdout, stderr, terminal] = &mut self.states;
        match stream {
            Stream::Stdout => stdout,
            Stream::Stderr => stderr,
            Stream::Terminal => terminal,
        }
    }

    fn append(&mut self, held: &mut Held, stream: Stream, time: Option<Timestamp>, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(newline) = memchr(b'\n', rest) {
            let (piece, more) = rest.split_at_checked(newline).unwrap_or((rest, b""));
            rest = more.get(1..).unwrap_or_default();
            let line = self.bounds.line;
            let state = self.state(stream);
            if state.open.is_none() && !state.is_cut && piece.len() <= line {
                held.push(Fact::printed(stream, time, state.carry, false), piece);
                state.carry = state.carry.after_line(piece);
            } else {
                self.print(held, stream, time, piece);
                self.newline(held, stream);
            }
            self.relieve(held);
        }
        self.print(held, stream, time, rest);
    }

    /// Text without a newline.
    fn print(&mut self, held: &mut Held, stream: Stream, time: Option<Timestamp>, text: &[u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            let line = self.bounds.line.max(1);
            let state = self.state(stream);
            let length = state.open.and_then(|open| held.open(open)).map_or(0, |open| open.bytes.len());
            if length >= line {
                self.cut(held, stream, time);
                self.relieve(held);
                continue;
            }
            let (piece, more) = rest.split_at_checked(line - length).unwrap_or((rest, b""));
            if let Some(open) = state.open {
                held.extend(open, piece);
            } else {
                let fact = Fact::printed(stream, time, state.carry, state.is_cut);
                state.open = Some(held.begin(fact, piece));
                state.is_cut = false;
            }
            rest = more;
        }
    }

    fn newline(&mut self, held: &mut Held, stream: Stream) {
        let state = self.state(stream);
        state.is_cut = false;
        if let Some((number, open)) = state.open.take().and_then(|open| Some((open, held.open(open)?))) {
            state.carry = open.fact.carry().after_line(&open.bytes);
            held.finish(number, usize::MAX);
        } else {
            // The newline of a line that was cut where it ended; the sequence it was in ends, too.
            state.carry = state.carry.after_line(b"");
        }
    }

    /// Closes an open line whose newline has not come.
    fn cut(&mut self, held: &mut Held, stream: Stream, time: Option<Timestamp>) {
        let state = self.state(stream);
        let Some((number, open)) = state.open.take().and_then(|open| Some((open, held.open(open)?))) else {
            return;
        };
        let point = cut_point(&open.bytes);
        state.carry = open.fact.carry().after_piece(open.bytes.get(..point).unwrap_or_default());
        let rest = held.finish(number, point);
        state.is_cut = rest.is_empty();
        if !rest.is_empty() {
            state.open = Some(held.begin(Fact::printed(stream, time, state.carry, true), &rest));
        }
    }

    /// Closes the oldest open line while too much waits for it.
    fn relieve(&mut self, held: &mut Held) {
        while held.tail().size() > self.bounds.tail
            && let Some(oldest) = held.tail().get(0)
            && let Some(stream) = oldest.fact.stream()
        {
            let time = oldest.fact.time();
            self.cut(held, stream, time);
        }
    }

    fn end(&mut self, held: &mut Held) {
        for state in &mut self.states {
            if let Some(open) = state.open {
                held.finish(open, usize::MAX);
            }
            *state = State::default();
        }
    }
}

#[cfg(test)]
mod tests;
