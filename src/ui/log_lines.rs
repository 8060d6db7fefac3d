//! Lines of a log that are to be written somewhere.

use std::sync::Arc;

use crate::logs::{Extent, Findings, LineNumber, LogReader};

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
    /// Only those of them that a filter shows, where there is one.
    pub only: Option<Arc<Findings>>,
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
        Some(Self { reader, from: first, end, shifted, only: None, names: view.names.clone() })
    }

    /// All that a filter shows, as far as it has looked; `None` where there is none.
    #[must_use]
    pub fn shown(view: &LogView) -> Option<Self> {
        let all = Self::all(view)?;
        let findings = view.filter.as_ref()?.findings();
        // Numbers from before older lines were put before these are of no use.
        let is_of_now = findings.shifted() == all.shifted;
        is_of_now.then(|| Self { only: Some(Arc::new(findings.clone())), ..all })
    }

    /// What is selected, of what is shown.
    #[must_use]
    pub fn selected(view: &LogView) -> Option<Self> {
        let all = Self::shown(view).or_else(|| Self::all(view))?;
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
        match &self.only {
            Some(only) => only.count_shown(&(self.from..self.end)),
            None => self.end.since(self.from),
        }
    }

    /// Whether a line in their midst is one of them, by its number at that instant.
    #[must_use]
    pub fn has(&self, line: LineNumber) -> bool {
        self.only.as_ref().is_none_or(|only| only.shows(line))
    }
}
