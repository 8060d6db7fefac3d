//! Looking through a whole log for lines, from where the user is outwards.

use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;
use roaring::RoaringTreemap;

use super::carry::Carry;
use super::drawn::drawn_into;
use super::entry::{Entry, Place};
use super::fact::Fact;
use super::segment::{Odd, Segment};
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
        let wanted = lines.start.since(entry.first)..lines.end.since(entry.first);
        let found = self.look(&entry).into_iter().filter(|index| wanted.contains(index));
        let found = found.map(|index| entry.first.plus(index).get()).collect();
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

    /// The lines of a segment that are looked for, by their places, in order.
    fn look(&mut self, entry: &Entry) -> Vec<u64> {
        match self.query.clone() {
            Query::Level(level) => {
                let is_none = match level {
                    Level::Error => entry.tally.errors == 0,
                    Level::Warning => entry.tally.errors + entry.tally.warnings == 0,
                    Level::Note | Level::Debug => false,
                };
                if is_none {
                    return Vec::new();
                }
                let facts = entry.facts();
                let facts = (0..).zip(&facts);
                facts.filter(|(_, fact)| fact.level() >= Some(level)).map(|(index, _)| index).collect()
            }
            Query::Matching(pattern) => self.matching(entry, &pattern),
            Query::Lacking(pattern) => {
                let mut matching = self.matching(entry, &pattern).into_iter().peekable();
                let all = 0..u64::from(entry.lines);
                all.filter(|index| matching.next_if_eq(index).is_none()).collect()
            }
        }
    }

    /// Those with this in them. Facts are read only where something is found.
    fn matching(&mut self, entry: &Entry, pattern: &Pattern) -> Vec<u64> {
        let loaded: Arc<Segment>;
        let mut from = 0;
        let (bytes, facts): (&[u8], &[Fact]) = match &entry.place {
            Place::Disk(spot) => {
                let read = spot.files.read_lines(spot.lines_at, entry.bytes as usize, &mut self.bytes);
                if read.is_ok() {
                    let Some(first) = first_match(&self.bytes, &entry.odd, pattern) else {
                        return Vec::new();
                    };
                    from = first;
                }
                let lines = entry.lines as usize;
                let read = read.and_then(|()| spot.files.read_facts(spot.facts_at, lines, &mut self.facts));
                if read.is_err() {
                    return Vec::new(); // Each line of it says so where it is looked at.
                }
                (&self.bytes, &self.facts)
            }
            Place::Memory(segment) => {
                loaded = Arc::clone(segment);
                (loaded.bytes(), loaded.facts())
            }
            Place::Lost(_) => return Vec::new(),
        };
        let mut found = in_plain(bytes, facts, from, pattern);
        let odd = in_odd(bytes, facts, &entry.odd, pattern);
        if !odd.is_empty() {
            found.extend(odd);
            found.sort_unstable();
        }
        found
    }
}

/// Where to begin to look at the lines as they came; `None` where the facts are not worth being looked at.
fn first_match(bytes: &[u8], odd: &Odd, pattern: &Pattern) -> Option<usize> {
    if let Some(found) = pattern.first(bytes, 0) {
        return Some(found.start);
    }
    let is_odd = match odd {
        Odd::Many => true,
        Odd::At(odd) => {
            let mut text = String::new();
            odd.iter().any(|begin| {
                drawn_into(line_at(bytes, *begin as usize), Carry::default(), &mut text);
                pattern.is_in(&text)
            })
        }
    };
    is_odd.then_some(bytes.len())
}

/// Looks through all lines at once, as they came, from a place on before which there is nothing.
fn in_plain(bytes: &[u8], facts: &[Fact], from: usize, pattern: &Pattern) -> Vec<u64> {
    let mut lines = Vec::new();
    let (mut at, mut index) = (from, 0);
    while at < bytes.len()
        && let Some(found) = pattern.first(bytes, at)
    {
        // Most often it is in the next line.
        if facts.get(index).is_some_and(|fact| fact.end as usize <= found.start) {
            index = facts.partition_point(|fact| fact.end as usize <= found.start);
        }
        let Some(fact) = facts.get(index) else { break };
        let begin = index.checked_sub(1).and_then(|before| facts.get(before)).map_or(0, |fact| fact.end);
        at = fact.end as usize;
        if fact.is_plain() {
            let line = bytes.get(begin as usize..at - 1).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // One over several lines, or one of nothing, may hide one in the line.
            let is_in = !found.is_empty() && found.end <= begin as usize + line.len();
            if is_in || pattern.is_in_bytes(line) {
                lines.push(index as u64);
            }
        }
        index += 1;
    }
    lines
}

/// Looks at those lines whose bytes are not what is drawn, each as it is drawn.
fn in_odd(bytes: &[u8], facts: &[Fact], odd: &Odd, pattern: &Pattern) -> Vec<u64> {
    let mut text = String::new();
    let mut is_found = |index: usize, begin: u32| {
        let fact = facts.get(index)?;
        drawn_into(line_at(bytes, begin as usize), fact.carry(), &mut text);
        pattern.is_in(&text).then_some(index as u64)
    };
    match odd {
        Odd::At(odd) => {
            let indices = odd.iter().map(|begin| (facts.partition_point(|fact| fact.end <= *begin), *begin));
            indices.filter_map(|(index, begin)| is_found(index, begin)).collect()
        }
        Odd::Many => {
            let begins = std::iter::once(0).chain(facts.iter().map(|fact| fact.end));
            let odd = facts.iter().enumerate().zip(begins).filter(|((_, fact), _)| !fact.is_plain());
            odd.filter_map(|((index, _), begin)| is_found(index, begin)).collect()
        }
    }
}

/// The line that begins there.
fn line_at(bytes: &[u8], begin: usize) -> &[u8] {
    let rest = bytes.get(begin..).unwrap_or_default();
    rest.get(..memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests;
