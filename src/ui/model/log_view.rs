//! A place in a log: what is shown of it, and how that moves. Follow is a place, not a flag.

use crate::logs::{LineNumber, LogReader};
use crate::ui::LogState;

/// Where a log is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At its end: new lines move it.
    End,
    /// With this line on top: new lines do not move it.
    Line(LineNumber),
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
}

impl Default for LogView {
    fn default() -> Self {
        Self { reader: None, state: LogState::Open, place: Place::End, column: 0 }
    }
}
