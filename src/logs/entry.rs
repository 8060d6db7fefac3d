//! What the index knows of a sealed segment, and where its lines are.

use std::sync::Arc;

use jiff::Timestamp;

use super::LineNumber;
use super::fact::Fact;
use super::part_files::PartFiles;
use super::segment::{Odd, Segment, Tally, latest, odd_lines};

/// A sealed segment.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its first line.
    pub(super) first: LineNumber,
    pub(super) lines: u32,
    /// Bytes of its lines, newlines included.
    pub(super) bytes: u32,
    pub(super) tally: Tally,
    pub(super) odd: Odd,
    /// The latest time of its lines.
    pub(super) latest: Option<Timestamp>,
    pub(super) place: Place,
}

/// Where the lines of a segment are.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In memory, for good or on the way to the disk.
    Memory(Arc<Segment>),
    /// In a file.
    Disk(Spot),
    /// Nowhere: the disk took no more, and there was no more room in memory. In these words.
    Lost(Arc<str>),
}

/// A place in a pair of files.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub(super) files: Arc<PartFiles>,
    /// Where the lines begin.
    pub(super) lines_at: u64,
    /// Where the facts begin.
    pub(super) facts_at: u64,
}

impl Entry {
    pub(super) fn of(first: LineNumber, segment: Arc<Segment>) -> Self {
        let facts = segment.facts();
        let (tally, odd, latest) = (Tally::of(facts), odd_lines(facts), latest(facts));
        Self { odd, latest, ..Self::new(first, segment, tally) }
    }

    /// Of one that is not sealed yet.
    pub(super) fn new(first: LineNumber, segment: Arc<Segment>, tally: Tally) -> Self {
        let lines = u32::try_from(segment.lines()).unwrap_or(u32::MAX);
        let bytes = u32::try_from(segment.bytes().len()).unwrap_or(u32::MAX);
        let place = Place::Memory(segment);
        Self { first, lines, bytes, tally, odd: Odd::Many, latest: None, place }
    }

    /// One past its last line.
    pub(super) const fn end(&self) -> LineNumber {
        self.first.plus(self.lines as u64)
    }

    /// What its lines take, wherever they are.
    pub(super) const fn size(&self) -> u64 {
        match self.place {
            Place::Lost(_) => 0,
            _ => self.bytes as u64 + self.lines as u64 * super::fact::FACT_BYTES as u64,
        }
    }

    /// What they take in memory.
    pub(super) fn in_memory(&self) -> usize {
        match &self.place {
            Place::Memory(segment) => segment.size(),
            _ => 0,
        }
    }

    /// Whether its lines are in the files of this id.
    pub(super) fn is_in(&self, files: u64) -> bool {
        matches!(&self.place, Place::Disk(spot) if spot.files.id() == files)
    }

    /// So many of its lines from one on (by its place), from wherever they are, and the place of the first of them in
    /// what is given back. Of a disk no more is read than that. Lines that cannot be had say so.
    pub(super) fn load(&self, from: usize, count: usize) -> (Arc<Segment>, usize) {
        match &self.place {
            Place::Memory(segment) => (segment.clone(), from),
            Place::Disk(spot) => {
                let count = count.min((self.lines as usize).saturating_sub(from));
                let segment = spot.files.read(spot, from, count).unwrap_or_else(|error| {
                    Segment::in_place_of(count, &format!("this line cannot be read: {error}"))
                });
                (Arc::new(segment), 0)
            }
            Place::Lost(words) => (Arc::new(Segment::in_place_of(count.min(self.lines as usize), words)), 0),
        }
    }

    /// Its facts alone; none where they cannot be had.
    pub(super) fn facts(&self) -> Vec<Fact> {
        match &self.place {
            Place::Memory(segment) => segment.facts().to_vec(),
            Place::Disk(spot) => {
                let mut facts = Vec::new();
                let read = spot.files.read_facts(spot.facts_at, self.lines as usize, &mut facts);
                read.map_or_else(|_| Vec::new(), |()| facts)
            }
            Place::Lost(_) => Vec::new(),
        }
    }
}
