//! Looking through a whole log for lines, from where the user is outwards.

use std::ops::Range;
use std::sync::Arc;

use roaring::RoaringTreemap;

use super::carry::Carry;
use super::clean::clean_from;
use super::entry::{Entry, Place};
use super::fact::Fact;
use super::{Extent, Level, LineNumber, LogReader, Pattern};

/// Which lines are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Those with this in what is drawn of them.
    Matching(Pattern),
    /// Those without.
    Lacking(Pattern),
    /// Those of this level or a more serious one.
    Level(Level),
}

/// What was found so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The numbers of the lines found since the last time.
    pub lines: RoaringTreemap,
    /// What has been looked through in all: everything from the first of these lines to before the second.
    pub covered: Range<LineNumber>,
    /// [`Extent::shifted`] when it was: the numbers count from there.
    pub shifted: u64,
}

/// A search that is under way. Works on the thread that steps it, a segment a step, and holds one segment in memory.
#[derive(Debug)]
pub struct Search {
    reader: LogReader,
    query: Query,
    covered: Range<LineNumber>,
    shifted: u64,
    /// The step before looked at lines further down.
    went_down: bool,
    bytes: Vec<u8>,
    facts: Vec<Fact>,
}

impl Search {
    /// From a place outwards, or, where some has been looked through before, from there on. Unfinished lines are looked
    /// at once they are finished.
    #[must_use]
    pub fn new(reader: LogReader, query: Query, covered: Range<LineNumber>) -> Self {
        let Extent { first, end, shifted, .. } = reader.extent();
        let clamp = |line: LineNumber| line.clamp(first, end);
        let covered = clamp(covered.start)..clamp(covered.end);
        Self { reader, query, covered, shifted, went_down: false, bytes: Vec::new(), facts: Vec::new() }
    }

    /// Looks through one more segment. `None` once all is looked through that is there; later there may be more at the
    /// end. Where lines were put before the first, it begins anew.
    pub fn step(&mut self) -> Option<Found> {
        let Extent { first, shifted, .. } = self.reader.extent();
        if shifted != self.shifted {
            let by = shifted - self.shifted;
            let (start, end) = (self.covered.start.plus(by), self.covered.end.plus(by));
            // What was found before is known by other numbers to whoever heard of it.
            self.covered = if self.went_down { end..end } else { start..start };
            self.shifted = shifted;
        }
        self.covered.start = self.covered.start.max(first);
        self.covered.end = self.covered.end.max(self.covered.start);
        let is_above = self.covered.start > first;
        let below = if self.went_down && is_above { None } else { self.segment_below() };
        let (entry, lines) = match below {
            Some(entry) => {
                let lines = self.covered.end..entry.end();
                (entry, lines)
            }
            None if is_above => {
                let entry = self.reader.shared().lock().segment_at(self.covered.start.minus(1))?;
                let lines = entry.first..self.covered.start.min(entry.end());
                (entry, lines)
            }
            None => return None,
        };
        let mut found = RoaringTreemap::new();
        self.look(&entry, &lines, &mut found);
        if lines.start >= self.covered.end {
            self.covered.end = lines.end;
            self.went_down = true;
        } else {
            self.covered.start = lines.start;
            self.went_down = false;
        }
        Some(Found { lines: found, covered: self.covered.clone(), shifted })
    }

    fn segment_below(&self) -> Option<Entry> {
        self.reader.shared().lock().segment_at(self.covered.end)
    }

    /// Looks through these lines of a segment.
    fn look(&mut self, entry: &Entry, lines: &Range<LineNumber>, found: &mut RoaringTreemap) {
        let wanted = lines.start.since(entry.first)..lines.end.since(entry.first);
        let mut take = |index: usize| {
            if wanted.contains(&(index as u64)) {
                found.insert(entry.first.plus(index as u64).get());
            }
        };
        match &self.query {
            Query::Level(level) => {
                let is_none = match level {
                    Level::Error => entry.tally.errors == 0,
                    Level::Warning => entry.tally.errors + entry.tally.warnings == 0,
                    Level::Note | Level::Debug => false,
                };
                if !is_none {
                    let segment = self.reader.shared().load(entry);
                    let facts = segment.facts().iter().enumerate();
                    facts.filter(|(_, fact)| fact.level() >= Some(*level)).for_each(|(index, _)| take(index));
                }
            }
            Query::Matching(pattern) => {
                let pattern = pattern.clone();
                self.matching(entry, &pattern, take);
            }
            Query::Lacking(pattern) => {
                let pattern = pattern.clone();
                let mut has = vec![false; entry.lines as usize];
                self.matching(entry, &pattern, |index| {
                    if let Some(has) = has.get_mut(index) {
                        *has = true;
                    }
                });
                has.iter().enumerate().filter(|(_, has)| !**has).for_each(|(index, _)| take(index));
            }
        }
    }

    /// The lines of a segment with this in them, in no order. Facts are read only where something is found.
    fn matching(&mut self, entry: &Entry, pattern: &Pattern, mut take: impl FnMut(usize)) {
        let loaded;
        let (bytes, facts): (&[u8], &[Fact]) = match &entry.place {
            Place::Disk(spot) => {
                let read = spot.files.read_lines(spot.lines_at, entry.bytes as usize, &mut self.bytes);
                if read.is_ok() && entry.tally.odd == 0 && pattern.first(&self.bytes, 0).is_none() {
                    return;
                }
                let lines = entry.lines as usize;
                let read = read.and_then(|()| spot.files.read_facts(spot.facts_at, lines, &mut self.facts));
                if read.is_err() {
                    return; // Each line of it says so where it is looked at.
                }
                (&self.bytes, &self.facts)
            }
            Place::Memory(segment) => {
                loaded = Arc::clone(segment);
                (loaded.bytes(), loaded.facts())
            }
            Place::Lost(_) => return,
        };
        in_plain(bytes, facts, pattern, &mut take);
        if entry.tally.odd > 0 {
            in_odd(bytes, facts, pattern, &mut take);
        }
    }
}

/// Looks through all lines at once, as they came.
fn in_plain(bytes: &[u8], facts: &[Fact], pattern: &Pattern, take: &mut impl FnMut(usize)) {
    let mut at = 0;
    while at < bytes.len()
        && let Some(found) = pattern.first(bytes, at)
    {
        let index = facts.partition_point(|fact| fact.end as usize <= found.start);
        let Some(fact) = facts.get(index) else { return };
        at = fact.end as usize;
        if fact.is_plain() {
            let begin = index.checked_sub(1).and_then(|before| facts.get(before)).map_or(0, |fact| fact.end);
            let line = bytes.get(begin as usize..at - 1).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // One over several lines, or one of nothing, may hide one in the line.
            let is_in = !found.is_empty() && found.end <= begin as usize + line.len();
            if is_in || pattern.is_in_bytes(line) {
                take(index);
            }
        }
    }
}

/// Looks at those lines whose bytes are not what is drawn, each as it is drawn.
fn in_odd(bytes: &[u8], facts: &[Fact], pattern: &Pattern, take: &mut impl FnMut(usize)) {
    let mut begin = 0;
    for (index, fact) in facts.iter().enumerate() {
        let line = begin..fact.end as usize - 1;
        begin = fact.end as usize;
        if fact.is_plain() {
            continue;
        }
        let Some(line) = bytes.get(line) else { return };
        // What is in no byte of it as it came may still be in what is drawn, but colours do not matter then.
        let drawn = clean_from(line, Carry { style: super::Style::PLAIN, ..fact.carry() });
        if pattern.is_in(&drawn.plain()) {
            take(index);
        }
    }
}

#[cfg(test)]
mod tests;
