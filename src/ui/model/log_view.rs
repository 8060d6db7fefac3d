//! A place in a log: what is shown of it, and how that moves. Follow is a place, not a flag.

use crate::logs::{LineNumber, LogReader};
use crate::ui::LogState;

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
    /// How many hundredths are read of what was printed before its lines, while that is being read.
    pub history: Option<u8>,
    /// Where it is looked at.
    pub place: Place,
    /// The first column shown, where lines are cut.
    pub column: usize,
}

impl Default for LogView {
    fn default() -> Self {
        Self { reader: None, state: LogState::Open, history: None, place: Place::End, column: 0 }
    }
}
