//! Where somebody has been in a log: marks, the way back, and the lines that are selected. All are lines of the log, and
//! stay with them when older lines are read later and put before.

use std::collections::BTreeMap;

use crate::logs::{Extent, LineNumber};

use super::{Place, Spot};

/// Lines that are selected, whole: from where it began to where it goes, whichever is further down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// Where it began.
    pub anchor: LineNumber,
    /// The end that moves.
    pub head: LineNumber,
}

impl Selection {
    /// The first line.
    #[must_use]
    pub fn first(&self) -> LineNumber {
        self.anchor.min(self.head)
    }

    /// The last.
    #[must_use]
    pub fn last(&self) -> LineNumber {
        self.anchor.max(self.head)
    }

    /// How many.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.last().since(self.first()).saturating_add(1)
    }

    /// Whether a line is among them.
    #[must_use]
    pub fn has(&self, line: LineNumber) -> bool {
        (self.first()..=self.last()).contains(&line)
    }
}

/// Where somebody has been in a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    /// Lines with a letter.
    pub marks: BTreeMap<char, LineNumber>,
    /// What is selected.
    pub selection: Option<Selection>,
    /// Where the last jump began.
    before: Option<Place>,
    /// The line the last jump went to, and the place it made: it counts for as long as that place is kept.
    landed: Option<(Place, LineNumber)>,
    /// How many lines had been put before the others when these numbers were right.
    shifted: u64,
}

impl Moves {
    /// In a log of this extent.
    pub(super) fn of(extent: &Extent) -> Self {
        Self { shifted: extent.shifted, ..Self::default() }
    }

    /// How many lines were put before since.
    #[must_use]
    pub fn behind(&self, extent: &Extent) -> u64 {
        extent.shifted.saturating_sub(self.shifted)
    }

    /// Makes all numbers those of this extent.
    pub(super) fn settle(&mut self, extent: &Extent) {
        let by = self.behind(extent);
        if by == 0 {
            return;
        }
        self.shifted = extent.shifted;
        for line in self.marks.values_mut() {
            *line = line.plus(by);
        }
        if let Some(Selection { anchor, head }) = &mut self.selection {
            (*anchor, *head) = (anchor.plus(by), head.plus(by));
        }
        self.before = self.before.map(|place| place.plus(by));
        self.landed = self.landed.map(|(place, line)| (place.plus(by), line.plus(by)));
    }

    /// A jump begins at this place.
    pub fn leave(&mut self, place: Place) {
        self.before = Some(place);
        self.landed = None;
    }

    /// A jump has gone to this line, and made this place.
    pub fn land(&mut self, place: Place, line: LineNumber) {
        self.landed = Some((place, line));
    }

    /// Where the last jump began.
    #[must_use]
    pub fn before(&self) -> Option<Place> {
        self.before
    }

    /// The line the last jump went to, where nothing has moved since.
    #[must_use]
    pub fn landed(&self, place: Place) -> Option<LineNumber> {
        self.landed.filter(|(at, _)| *at == place).map(|(_, line)| line)
    }
}

impl Place {
    /// The same after so many lines were put before.
    #[must_use]
    pub fn plus(self, lines: u64) -> Self {
        match self {
            Self::End => Self::End,
            Self::At(Spot { line, row }) => Self::At(Spot { line: line.plus(lines), row }),
        }
    }
}
