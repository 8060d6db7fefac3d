//! Lines of a log that are to be written somewhere.

use crate::logs::{Extent, LineNumber, LogReader};

use super::model::{LogView, Selection};

/// Lines of a log, by their numbers at one instant.
#[derive(Debug, Clone)]
pub struct LogLines {
    /// The log.
    pub reader: LogReader,
    /// The first.
    pub from: LineNumber,
    /// The one behind the last.
    pub end: LineNumber,
    /// How many lines had been put before the others then.
    pub shifted: u64,
    /// Whose they are, by their source from 1 on, where they are merged from several logs.
    pub names: Vec<String>,
}

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// As they are drawn, without colours.
    Text,
    /// The same, each with its time.
    Timed,
    /// As they came, byte for byte; what the console itself says in a log is left out.
    Raw,
}

impl LogLines {
    /// All that a log holds now; `None` where it is not read yet.
    #[must_use]
    pub fn all(view: &LogView) -> Option<Self> {
        let reader = view.reader.clone()?;
        let Extent { first, end, shifted, .. } = reader.extent();
        Some(Self { reader, from: first, end, shifted, names: view.names.clone() })
    }

    /// What is selected.
    #[must_use]
    pub fn selected(view: &LogView) -> Option<Self> {
        let all = Self::all(view)?;
        let extent = Extent { shifted: all.shifted, ..Extent::EMPTY };
        let selection: Selection = view.moves.selection?;
        let by = view.moves.behind(&extent);
        Some(Self {
            from: selection.first().plus(by),
            end: selection.last().plus(by).plus(1).min(all.end),
            ..all
        })
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.end.since(self.from)
    }
}
