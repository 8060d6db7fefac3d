//! The lines that are held, and the lock around them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::segment::{Fact, Segment};
use super::tail::{Tail, TailLine};
use super::{Extent, LineNumber};

/// A segment is full from so many bytes on, facts included.
const SEGMENT_BYTES: usize = 256 * 1024;

/// Sealed segments, the one that is filled, and the tail behind it.
#[derive(Debug)]
pub(super) struct Held {
    sealed: VecDeque<Arc<Segment>>,
    filling: Arc<Segment>,
    tail: Tail,
    /// Bytes and size of the sealed ones.
    sealed_bytes: usize,
    sealed_size: usize,
    limit: usize,
    segment_bytes: usize,
    dropped_bytes: u64,
}

impl Held {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            sealed: VecDeque::new(),
            filling: Arc::new(Segment::new(LineNumber::FIRST)),
            tail: Tail::default(),
            sealed_bytes: 0,
            sealed_size: 0,
            limit,
            // A small log is dropped in small pieces.
            segment_bytes: (limit / 8).min(SEGMENT_BYTES),
            dropped_bytes: 0,
        }
    }

    pub(super) fn extent(&self) -> Extent {
        let first = self.sealed.front().unwrap_or(&self.filling).first();
        Extent {
            first,
            end: self.next(),
            dropped_bytes: self.dropped_bytes,
            bytes: (self.sealed_bytes + self.filling.bytes() + self.tail.bytes()) as u64,
        }
    }

    /// The number of the next line that begins.
    fn next(&self) -> LineNumber {
        self.filling.end().plus(self.tail.len() as u64)
    }

    pub(super) const fn tail(&self) -> &Tail {
        &self.tail
    }

    /// A line that is whole from the beginning, or a remark.
    pub(super) fn push(&mut self, fact: Fact, bytes: &[u8]) {
        if self.tail.len() == 0 {
            self.store(fact, bytes);
        } else {
            self.tail.push(TailLine { fact, bytes: bytes.to_vec(), is_open: false });
        }
    }

    /// Begins a line that stays open.
    pub(super) fn begin(&mut self, fact: Fact, bytes: &[u8]) -> LineNumber {
        let number = self.next();
        self.tail.push(TailLine { fact, bytes: bytes.to_vec(), is_open: true });
        number
    }

    /// An open line.
    pub(super) fn open(&self, number: LineNumber) -> Option<&TailLine> {
        self.tail.get(self.place(number)?)
    }

    /// Adds to an open line.
    pub(super) fn extend(&mut self, number: LineNumber, bytes: &[u8]) {
        if let Some(place) = self.place(number) {
            self.tail.change(place, |line| line.bytes.extend_from_slice(bytes));
        }
    }

    /// Ends an open line after its first `length` bytes. The other bytes of it are given back.
    pub(super) fn finish(&mut self, number: LineNumber, length: usize) -> Vec<u8> {
        let mut rest = Vec::new();
        if let Some(place) = self.place(number) {
            self.tail.change(place, |line| {
                rest = line.bytes.split_off(length.min(line.bytes.len()));
                line.is_open = false;
            });
        }
        while let Some(line) = self.tail.pop_finished() {
            self.store(line.fact, &line.bytes);
        }
        rest
    }

    fn place(&self, number: LineNumber) -> Option<usize> {
        usize::try_from(number.get().checked_sub(self.filling.end().get())?).ok()
    }

    fn store(&mut self, fact: Fact, bytes: &[u8]) {
        // Copies the segment where a reader has it just now.
        let filling = Arc::make_mut(&mut self.filling);
        filling.push(fact, bytes);
        if filling.size() >= self.segment_bytes {
            filling.seal();
            self.sealed_bytes += filling.bytes();
            self.sealed_size += filling.size();
            let next = Arc::new(Segment::new(filling.end()));
            self.sealed.push_back(std::mem::replace(&mut self.filling, next));
        }
        self.drop_oldest();
    }

    /// Over the limit the oldest segments go, but never the newest lines.
    fn drop_oldest(&mut self) {
        while self.sealed_size + self.filling.size() > self.limit
            && (self.sealed.len() > 1 || self.filling.bytes() > 0)
            && let Some(oldest) = self.sealed.pop_front()
        {
            self.sealed_bytes -= oldest.bytes();
            self.sealed_size -= oldest.size();
            self.dropped_bytes += oldest.bytes() as u64;
        }
    }

    /// What holds the lines asked for, and the first of them; lines that were dropped count as the first held.
    pub(super) fn part(&self, from: LineNumber, count: usize) -> Part {
        let from = from.max(self.extent().first);
        let end = from.plus(count as u64);
        let begin = self.sealed.partition_point(|segment| segment.end() <= from);
        let sealed = self.sealed.iter().skip(begin);
        let segments = sealed.chain([&self.filling]).take_while(|segment| segment.first() < end);
        let behind = self.filling.end();
        let skipped = usize::try_from(from.since(behind)).unwrap_or(usize::MAX);
        let wanted = usize::try_from(end.since(behind)).unwrap_or(usize::MAX).saturating_sub(skipped);
        Part {
            from,
            end,
            segments: segments.cloned().collect(),
            tail_from: behind.plus(skipped as u64),
            tail: self.tail.part(skipped, wanted),
        }
    }
}

/// Part of a log, as it was when it was asked for.
pub(super) struct Part {
    from: LineNumber,
    end: LineNumber,
    segments: Vec<Arc<Segment>>,
    tail_from: LineNumber,
    tail: Vec<Arc<TailLine>>,
}

/// A line where it lies.
pub(super) struct Placed<'a> {
    pub(super) number: LineNumber,
    pub(super) fact: &'a Fact,
    pub(super) bytes: &'a [u8],
    pub(super) is_open: bool,
}

impl Part {
    pub(super) fn lines(&self) -> impl Iterator<Item = Placed<'_>> {
        let stored = self.segments.iter().flat_map(|segment| {
            let numbers = segment.first().max(self.from).get()..segment.end().min(self.end).get();
            numbers.filter_map(|number| {
                let number = LineNumber::new(number);
                let (fact, bytes) = segment.line(number)?;
                Some(Placed { number, fact, bytes, is_open: false })
            })
        });
        let tail = (0..).zip(&self.tail).map(|(place, line)| Placed {
            number: self.tail_from.plus(place),
            fact: &line.fact,
            bytes: &line.bytes,
            is_open: line.is_open,
        });
        stored.chain(tail)
    }
}

/// What the writer and the readers of a log share. Readers hold the lock only to take what holds their lines; the
/// writer for a bounded piece of what it was given.
#[derive(Debug)]
pub(super) struct Shared(Mutex<Held>);

impl Shared {
    pub(super) const fn new(held: Held) -> Self {
        Self(Mutex::new(held))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
