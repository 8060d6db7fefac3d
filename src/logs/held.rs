//! The lines that are held: an index of sealed segments, the one that is filled, and the tail behind it.

mod keeping;

use std::collections::VecDeque;
use std::sync::Arc;

use super::entry::{Entry, Place, Spot};
use super::fact::Fact;
use super::segment::{Segment, Tally};
use super::tail::{Tail, TailLine};
use super::{Extent, LineNumber};
pub(super) use keeping::{Disk, Next};

/// A segment is full from so many bytes on, facts included.
pub(super) const SEGMENT_BYTES: usize = 256 * 1024;
/// Sealed segments, the one that is filled, and the tail behind it.
#[derive(Debug)]
pub(super) struct Held {
    entries: VecDeque<Entry>,
    filling: Arc<Segment>,
    /// The first line of that one.
    filling_first: LineNumber,
    filling_tally: Tally,
    tail: Tail,
    /// Bytes, size and what there is to be found of the sealed ones.
    sealed_bytes: u64,
    sealed_size: u64,
    errors: u64,
    warnings: u64,
    limit: u64,
    segment_bytes: usize,
    dropped_bytes: u64,
    shifted: u64,
    /// What is kept on a disk; nothing where all stays in memory.
    disk: Option<Disk>,
}

impl Held {
    pub(super) fn new(limit: u64, disk: Option<Disk>) -> Self {
        Self {
            entries: VecDeque::new(),
            filling: Arc::new(Segment::default()),
            filling_first: LineNumber::FIRST,
            filling_tally: Tally::default(),
            tail: Tail::default(),
            sealed_bytes: 0,
            sealed_size: 0,
            errors: 0,
            warnings: 0,
            limit,
            // A small log is dropped in small pieces.
            segment_bytes: usize::try_from(limit / 8).unwrap_or(usize::MAX).min(SEGMENT_BYTES),
            dropped_bytes: 0,
            shifted: 0,
            disk,
        }
    }

    /// The same with segments from before, the first of them behind so many dropped bytes.
    pub(super) fn with_entries(mut self, entries: VecDeque<Entry>, dropped_bytes: u64) -> Self {
        self.dropped_bytes = dropped_bytes;
        self.filling_first = entries.back().map_or(LineNumber::FIRST, Entry::end);
        for entry in entries {
            self.add(entry);
        }
        self
    }

    pub(super) fn extent(&self) -> Extent {
        Extent {
            first: self.first(),
            end: self.next(),
            dropped_bytes: self.dropped_bytes,
            bytes: self.sealed_bytes + (self.filling.bytes().len() + self.tail.bytes()) as u64,
            errors: self.errors + u64::from(self.filling_tally.errors),
            warnings: self.warnings + u64::from(self.filling_tally.warnings),
            shifted: self.shifted,
        }
    }

    fn first(&self) -> LineNumber {
        self.entries.front().map_or(self.filling_first, |entry| entry.first)
    }

    /// One past the lines that are in segments: those behind are in the tail.
    pub(super) fn filled(&self) -> LineNumber {
        self.filling_first.plus(self.filling.lines() as u64)
    }

    /// The number of the next line that begins.
    fn next(&self) -> LineNumber {
        self.filled().plus(self.tail.len() as u64)
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
        usize::try_from(number.get().checked_sub(self.filled().get())?).ok()
    }

    fn store(&mut self, fact: Fact, bytes: &[u8]) {
        // Copies the segment where a reader has it just now.
        let filling = Arc::make_mut(&mut self.filling);
        filling.push(fact, bytes);
        if let Some(fact) = filling.facts().last() {
            self.filling_tally.add(fact);
        }
        if self.filling.size() >= self.segment_bytes {
            self.seal();
        }
        self.drop_oldest();
    }

    fn seal(&mut self) {
        if self.filling.lines() == 0 {
            return;
        }
        Arc::make_mut(&mut self.filling).seal();
        let entry = Entry::of(self.filling_first, std::mem::take(&mut self.filling));
        (self.filling_first, self.filling_tally) = (entry.end(), Tally::default());
        self.add(entry);
        if let Some(disk) = &mut self.disk {
            disk.is_stuck = false;
        }
    }

    fn add(&mut self, entry: Entry) {
        self.count(&entry);
        self.entries.push_back(entry);
        self.lose_what_is_stuck();
    }

    fn count(&mut self, entry: &Entry) {
        self.sealed_bytes += u64::from(entry.bytes);
        self.sealed_size += entry.size();
        self.errors += u64::from(entry.tally.errors);
        self.warnings += u64::from(entry.tally.warnings);
        if let Some(disk) = &mut self.disk {
            disk.waiting += entry.in_memory();
        }
    }

    /// Over the limit the oldest segments go, but never the newest lines. On a disk an eighth of the limit goes at once,
    /// so that whole files go.
    fn drop_oldest(&mut self) {
        let has_room = |held: &Self, limit: u64| held.sealed_size + held.filling.size() as u64 <= limit;
        if has_room(self, self.limit) {
            return;
        }
        let until = if self.disk.is_some() { self.limit - self.limit / 8 } else { self.limit };
        while !has_room(self, until)
            && (self.entries.len() > 1 || self.filling.lines() > 0)
            && let Some(oldest) = self.entries.pop_front()
        {
            self.sealed_bytes -= u64::from(oldest.bytes);
            self.sealed_size -= oldest.size();
            self.errors -= u64::from(oldest.tally.errors);
            self.warnings -= u64::from(oldest.tally.warnings);
            if let Some(disk) = &mut self.disk {
                disk.waiting -= oldest.in_memory();
            }
            self.dropped_bytes += u64::from(oldest.bytes);
            if let Place::Disk(Spot { files, .. }) = &oldest.place
                && !self.entries.front().is_some_and(|next| next.is_in(files.id()))
            {
                files.drop_all();
            }
        }
    }

    /// What holds the lines asked for, and the first of them; lines that were dropped count as the first held.
    pub(super) fn part(&self, from: LineNumber, count: usize) -> Part {
        let from = from.max(self.first());
        let end = from.plus(count as u64);
        let begin = self.entries.partition_point(|entry| entry.end() <= from);
        let entries = self.entries.iter().skip(begin).take_while(|entry| entry.first < end);
        let behind = self.filled();
        let skipped = usize::try_from(from.since(behind)).unwrap_or(usize::MAX);
        let wanted = usize::try_from(end.since(behind)).unwrap_or(usize::MAX).saturating_sub(skipped);
        Part {
            from,
            end,
            entries: entries.cloned().collect(),
            filling: (end > self.filling_first && from < behind).then(|| self.filling()),
            tail_from: behind.plus(skipped as u64),
            tail: self.tail.part(skipped, wanted),
        }
    }

    /// The segment that is filled, as if it were sealed.
    fn filling(&self) -> Entry {
        Entry::new(self.filling_first, self.filling.clone(), self.filling_tally)
    }

    /// The segment in which a line is, or the nearest of those before or behind.
    pub(super) fn segment_at(&self, line: LineNumber) -> Option<Entry> {
        if line >= self.filling_first {
            return (line < self.filled()).then(|| self.filling());
        }
        self.entries.get(self.entries.partition_point(|entry| entry.end() <= line)).cloned()
    }

    /// The nearest segment that ends at or before a line and that is wanted.
    pub(super) fn segment_before(
        &self,
        line: LineNumber,
        is_wanted: impl Fn(&Tally) -> bool,
    ) -> Option<Entry> {
        let filling = (self.filled() <= line && self.filling.lines() > 0 && is_wanted(&self.filling_tally))
            .then(|| self.filling());
        filling.or_else(|| {
            let count = self.entries.partition_point(|entry| entry.end() <= line);
            self.entries.iter().take(count).rev().find(|entry| is_wanted(&entry.tally)).cloned()
        })
    }

    /// The nearest segment that begins at or behind a line and that is wanted.
    pub(super) fn segment_after(
        &self,
        line: LineNumber,
        is_wanted: impl Fn(&Tally) -> bool,
    ) -> Option<Entry> {
        let from = self.entries.partition_point(|entry| entry.first < line);
        let sealed = self.entries.iter().skip(from).find(|entry| is_wanted(&entry.tally)).cloned();
        let is_filling_wanted =
            self.filling_first >= line && self.filling.lines() > 0 && is_wanted(&self.filling_tally);
        sealed.or_else(|| is_filling_wanted.then(|| self.filling()))
    }

    /// The first segment with a line of this time or a later one.
    pub(super) fn segment_of_time(&self, time: jiff::Timestamp) -> Option<Entry> {
        let is_late = |entry: &Entry| entry.latest.is_some_and(|latest| latest >= time);
        let sealed = self.entries.iter().find(|entry| is_late(entry)).cloned();
        sealed.or_else(|| Some(Entry::of(self.filling_first, self.filling.clone())).filter(is_late))
    }

    /// Puts the lines of another log before all of this one, whose numbers grow by as many. Nothing of the other may be
    /// open. Where lines of this one were dropped already, those of the other are, too.
    pub(super) fn prepend(&mut self, mut other: Self) -> u64 {
        other.seal();
        let by = other.next().since(LineNumber::FIRST);
        self.shifted += by;
        self.filling_first = self.filling_first.plus(by);
        self.entries.iter_mut().for_each(|entry| entry.first = entry.first.plus(by));
        if self.dropped_bytes > 0 {
            self.dropped_bytes += other.dropped_bytes + other.sealed_bytes;
            return by;
        }
        self.dropped_bytes = other.dropped_bytes;
        other.entries.iter().for_each(|entry| self.count(entry));
        std::mem::swap(&mut self.entries, &mut other.entries);
        self.entries.append(&mut other.entries);
        self.lose_what_is_stuck();
        self.drop_oldest();
        by
    }
}

/// Some lines, and where they are.
pub(super) struct Part {
    pub(super) from: LineNumber,
    pub(super) end: LineNumber,
    pub(super) entries: Vec<Entry>,
    pub(super) filling: Option<Entry>,
    pub(super) tail_from: LineNumber,
    pub(super) tail: Vec<Arc<TailLine>>,
}
