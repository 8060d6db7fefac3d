//! A run of whole lines: their bytes, and the facts about each.

use std::sync::Arc;

use jiff::Timestamp;

use super::fact::{FACT_BYTES, Fact};
use super::{Level, LineKind};

/// Whole lines, one after the other, each with a newline behind it. Never changes once it is sealed. Which numbers its
/// lines have is known to who holds it.
#[derive(Debug, Clone, Default)]
pub(super) struct Segment {
    bytes: Vec<u8>,
    facts: Vec<Fact>,
}

impl Segment {
    /// From a disk. `None` where the facts do not fit the bytes.
    pub(super) fn from_parts(bytes: Vec<u8>, facts: Vec<Fact>) -> Option<Self> {
        let mut before = 0;
        for fact in &facts {
            if fact.end <= before {
                return None;
            }
            before = fact.end;
        }
        (before as usize == bytes.len()).then_some(Self { bytes, facts })
    }

    /// So many lines that all say the same: in place of lines that cannot be had.
    pub(super) fn in_place_of(lines: usize, words: &str) -> Self {
        let mut segment = Self::default();
        for _ in 0..lines {
            segment.push(Fact::remark(None), words.as_bytes());
        }
        segment
    }

    pub(super) const fn lines(&self) -> usize {
        self.facts.len()
    }

    /// Its lines, newlines included.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// What it takes, in memory as on disk.
    pub(super) const fn size(&self) -> usize {
        self.bytes.len() + self.facts.len() * FACT_BYTES
    }

    pub(super) fn push(&mut self, fact: Fact, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
        let end = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.facts.push(fact.of_whole(line).ending(end));
    }

    /// Gives back the room for more.
    pub(super) fn seal(&mut self) {
        self.bytes.shrink_to_fit();
        self.facts.shrink_to_fit();
    }

    /// A line by its place, from 0.
    pub(super) fn line(&self, index: usize) -> Option<(&Fact, &[u8])> {
        let fact = self.facts.get(index)?;
        let before = index.checked_sub(1).and_then(|before| self.facts.get(before));
        let from = before.map_or(0, |before| before.end as usize);
        Some((fact, self.bytes.get(from..(fact.end as usize).checked_sub(1)?)?))
    }
}

/// What is to be found in a run of lines, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) errors: u32,
    pub(super) warnings: u32,
    pub(super) remarks: u32,
}

impl Tally {
    pub(super) fn of(facts: &[Fact]) -> Self {
        let mut tally = Self::default();
        for fact in facts {
            tally.add(fact);
        }
        tally
    }

    pub(super) fn add(&mut self, fact: &Fact) {
        self.errors += u32::from(fact.level() == Some(Level::Error));
        self.warnings += u32::from(fact.level() == Some(Level::Warning));
        self.remarks += u32::from(fact.kind() == LineKind::Remark);
    }
}

/// Lines whose bytes are not what is drawn.
#[derive(Debug, Clone)]
pub(super) enum Odd {
    /// Where these begin, in the bytes of the segment.
    At(Arc<[u32]>),
    /// Too many to name: the facts say which.
    Many,
}

/// More than this many are many.
const ODD: usize = 32;

pub(super) fn odd_lines(facts: &[Fact]) -> Odd {
    let begins = std::iter::once(0).chain(facts.iter().map(|fact| fact.end));
    let odd = begins.zip(facts).filter(|(_, fact)| !fact.is_plain()).take(ODD + 1);
    let odd: Vec<(u32, &Fact)> = odd.collect();
    if odd.len() > ODD || odd.iter().any(|(_, fact)| !fact.carry().is_ground()) {
        Odd::Many
    } else {
        Odd::At(odd.into_iter().map(|(begin, _)| begin).collect())
    }
}

/// The latest time of these lines.
pub(super) fn latest(facts: &[Fact]) -> Option<Timestamp> {
    facts.iter().filter_map(Fact::time).max()
}
