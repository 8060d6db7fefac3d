//! A place in a log: what is shown of it, and how that moves. Follow is a place, not a flag.

use crate::logs::{Extent, LineNumber, LogReader};
use crate::ui::LogState;

use super::Moves;

/// A row of a log: broken lines take several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The line.
    pub line: LineNumber,
    /// Which of its rows, from 0; always 0 where lines are cut, but for the first line under a note.
    pub row: usize,
}

/// Where a log is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At its end: new lines move it.
    End,
    /// With this row on top: new lines do not move it.
    At(Spot),
}

/// What is shown of a log.
#[derive(Debug)]
pub struct LogView {
    /// The log, once it is being read.
    pub reader: Option<LogReader>,
    /// How reading it stands.
    pub state: LogState,
    /// Where it is looked at.
    pub place: Place,
    /// The first column shown, where lines are cut.
    pub column: usize,
    /// Where somebody has been in it, and what is selected of it.
    pub moves: Box<Moves>,
}

impl Default for LogView {
    fn default() -> Self {
        Self { reader: None, state: LogState::Open, place: Place::End, column: 0, moves: Box::default() }
    }
}

impl LogView {
    /// Takes a log. What was marked and selected in another one is forgotten.
    pub fn set_reader(&mut self, reader: LogReader) {
        if !self.reader.as_ref().is_some_and(|before| before.is_same(&reader)) {
            *self.moves = Moves::of(&reader.extent());
        }
        self.reader = Some(reader);
    }

    /// Makes the numbers of lines those of this extent, the newest that was heard of: older lines may have been put
    /// before. Everything that sets a place by an extent calls this before.
    pub fn settle(&mut self, extent: &Extent) {
        self.place = self.place.plus(self.moves.behind(extent));
        self.moves.settle(extent);
    }

    /// Where it is looked at, by the numbers of this extent.
    #[must_use]
    pub fn place_in(&self, extent: &Extent) -> Place {
        self.place.plus(self.moves.behind(extent))
    }
}
