//! What a search has found so far, to go from one line to the next: a bit or so a line.

use std::ops::Range;

use roaring::RoaringTreemap;

use super::{Extent, Found, LineNumber};

/// The lines that were found, and how far it was looked.
#[derive(Debug, Clone)]
pub struct Findings {
    found: RoaringTreemap,
    /// The same with so many lines around each.
    shown: Option<RoaringTreemap>,
    context: u64,
    covered: Range<LineNumber>,
    shifted: u64,
}

impl Findings {
    /// None yet, of a search that begins at a line.
    #[must_use]
    pub fn beginning_at(line: LineNumber, extent: &Extent) -> Self {
        Self {
            found: RoaringTreemap::new(),
            shown: None,
            context: 0,
            covered: line..line,
            shifted: extent.shifted,
        }
    }

    /// What has been looked through.
    #[must_use]
    pub fn covered(&self) -> Range<LineNumber> {
        self.covered.clone()
    }

    /// Everything there is has been looked through; unfinished lines aside.
    #[must_use]
    pub fn is_complete(&self, extent: &Extent) -> bool {
        self.covered.start <= extent.first && self.covered.end.plus(1) >= extent.end
    }

    /// Takes what was found more. Where the numbers have changed since, what was found before goes.
    pub fn add(&mut self, more: &Found) {
        if more.shifted != self.shifted {
            self.found.clear();
            self.shifted = more.shifted;
            self.shown = self.shown.take().map(|_| RoaringTreemap::new());
        }
        if let Some(shown) = &mut self.shown {
            surround(shown, more.lines.iter(), self.context);
        }
        self.found |= &more.lines;
        self.covered = more.covered.clone();
    }

    /// How many lines around each count as found, too.
    pub fn set_context(&mut self, lines: u64) {
        self.context = lines;
        self.shown = (lines > 0).then(|| {
            let mut shown = RoaringTreemap::new();
            surround(&mut shown, self.found.iter(), lines);
            shown
        });
    }

    /// How many lines around each count as found, too.
    #[must_use]
    pub fn context(&self) -> u64 {
        self.context
    }

    fn shown(&self) -> &RoaringTreemap {
        self.shown.as_ref().unwrap_or(&self.found)
    }

    /// [`Extent::shifted`] when it was looked: the numbers count from there.
    #[must_use]
    pub fn shifted(&self) -> u64 {
        self.shifted
    }

    /// Those of what was found that another search shows, too, those around one of its own included; as far as both have
    /// looked.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        let start = self.covered.start.max(other.covered.start);
        let end = self.covered.end.min(other.covered.end).max(start);
        let found =
            if self.shifted == other.shifted { &self.found & other.shown() } else { RoaringTreemap::new() };
        Self { found, shown: None, context: 0, covered: start..end, shifted: self.shifted }
    }

    /// Whether the line was found, or is around one.
    #[must_use]
    pub fn shows(&self, line: LineNumber) -> bool {
        self.shown().contains(line.get())
    }

    /// How many of these lines were found, those around one included.
    #[must_use]
    pub fn count_shown(&self, lines: &Range<LineNumber>) -> u64 {
        let rank = |line: LineNumber| self.shown().rank(line.get().saturating_sub(1));
        rank(lines.end).saturating_sub(rank(lines.start))
    }

    /// Whether the line was found, those around one aside.
    #[must_use]
    pub fn has(&self, line: LineNumber) -> bool {
        self.found.contains(line.get())
    }

    /// How many were found among the lines that are held, those around aside.
    #[must_use]
    pub fn count(&self, extent: &Extent) -> u64 {
        self.found.len() - self.found.rank(extent.first.get().saturating_sub(1))
    }

    /// How many of these are at or before a line.
    #[must_use]
    pub fn rank(&self, line: LineNumber, extent: &Extent) -> u64 {
        let dropped = self.found.rank(extent.first.get().saturating_sub(1));
        self.found.rank(line.get()).saturating_sub(dropped)
    }

    /// The first found behind a line, within what is held; those around one included.
    #[must_use]
    pub fn next(&self, line: LineNumber, extent: &Extent) -> Option<LineNumber> {
        next(self.shown(), line, extent)
    }

    /// The last found before a line, within what is held; those around one included.
    #[must_use]
    pub fn previous(&self, line: LineNumber, extent: &Extent) -> Option<LineNumber> {
        previous(self.shown(), line, extent)
    }

    /// The first behind a line that was found itself.
    #[must_use]
    pub fn next_found(&self, line: LineNumber, extent: &Extent) -> Option<LineNumber> {
        next(&self.found, line, extent)
    }

    /// The last before a line that was found itself.
    #[must_use]
    pub fn previous_found(&self, line: LineNumber, extent: &Extent) -> Option<LineNumber> {
        previous(&self.found, line, extent)
    }
}

fn next(lines: &RoaringTreemap, line: LineNumber, extent: &Extent) -> Option<LineNumber> {
    let from = line.plus(1).max(extent.first).get();
    let next = LineNumber::new(lines.select(lines.rank(from.saturating_sub(1)))?);
    (next < extent.end).then_some(next)
}

fn previous(lines: &RoaringTreemap, line: LineNumber, extent: &Extent) -> Option<LineNumber> {
    let before = line.min(extent.end).get().checked_sub(1)?;
    let previous = LineNumber::new(lines.select(lines.rank(before).checked_sub(1)?)?);
    (previous >= extent.first).then_some(previous)
}

fn surround(shown: &mut RoaringTreemap, lines: impl Iterator<Item = u64>, context: u64) {
    for line in lines {
        shown.insert_range(line.saturating_sub(context).max(1)..=line.saturating_add(context));
    }
}
