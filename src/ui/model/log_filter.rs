//! Which lines of a log are shown, where not all are.

use crate::logs::{Extent, Findings, Found, Level, LineNumber, LogReader, Pattern, Query};
use crate::ui::{LookId, Looking};

use super::Place;

/// The most lines shown around each.
const MOST_CONTEXT: u64 = 50;

/// What a filter goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterOf {
    /// What was typed: a pattern, or `!` and one that is not to be there.
    Typed(String),
    /// How serious a line is, at least.
    Level(Level),
}

/// A filter: only some lines of a log are shown.
#[derive(Debug)]
pub struct LogFilter {
    /// What is looked through for it; none until the model has settled.
    pub id: Option<LookId>,
    /// Where the log was looked at before.
    pub before: Place,
    of: FilterOf,
    query: Query,
    findings: Findings,
}

impl LogFilter {
    /// A filter whose lines are looked for from a line outwards; `None` where nothing was typed that can be.
    #[must_use]
    pub fn new(of: FilterOf, before: Place, from: LineNumber, extent: &Extent) -> Option<Self> {
        let query = match &of {
            FilterOf::Level(level) => Query::Level(*level),
            FilterOf::Typed(typed) => match typed.strip_prefix('!') {
                Some(lacked) => Query::Lacking(Pattern::new(lacked)?),
                None => Query::Matching(Pattern::new(typed)?),
            },
        };
        Some(Self { id: None, before, of, query, findings: Findings::beginning_at(from, extent) })
    }

    /// Begins anew, in another log.
    pub fn restart(&mut self, extent: &Extent) {
        let context = self.findings.context();
        self.findings = Findings::beginning_at(extent.end, extent);
        self.findings.set_context(context);
        self.id = None;
    }

    /// What it goes by.
    #[must_use]
    pub fn of(&self) -> &FilterOf {
        &self.of
    }

    /// The lines that it shows.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// How they are looked for.
    #[must_use]
    pub(super) fn looking(&self, reader: &LogReader) -> Option<Looking> {
        let (reader, query) = (reader.clone(), self.query.clone());
        Some(Looking { id: self.id?, reader, query, covered: self.findings.covered() })
    }

    /// Takes what was found more.
    pub fn add(&mut self, more: &Found) {
        self.findings.add(more);
    }

    /// Shows so many lines more around each, or fewer: from none to 50.
    pub fn add_context(&mut self, by: i64) {
        self.set_context(self.findings.context().saturating_add_signed(by));
    }

    /// Shows so many lines around each, at most 50.
    pub fn set_context(&mut self, lines: u64) {
        self.findings.set_context(lines.min(MOST_CONTEXT));
    }

    /// How much of a log has been looked through, in per cent.
    #[must_use]
    pub fn percent(&self, extent: &Extent) -> u64 {
        let covered = self.findings.covered();
        let done = covered.end.min(extent.end).since(covered.start.max(extent.first));
        done.saturating_mul(100).checked_div(extent.lines()).unwrap_or(100)
    }
}
