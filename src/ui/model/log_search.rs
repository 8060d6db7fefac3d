//! What is searched for in a log, and the line that is being looked at.

use crate::logs::{Extent, Findings, Found, LineNumber, Pattern, Query};
use crate::ui::{LookId, Looking};

use super::LogFilter;

/// A search in a log.
#[derive(Debug)]
pub struct LogSearch {
    /// What is looked through for it; none until the model has settled.
    pub id: Option<LookId>,
    /// It goes up: next is the match before.
    pub is_back: bool,
    pattern: Pattern,
    findings: Findings,
    /// Those that the filter shows, where there is one.
    shown: Option<Findings>,
    at: Option<LineNumber>,
    seek: Option<Seek>,
}

/// A match that is wanted and may not be known yet.
#[derive(Debug, Clone, Copy)]
struct Seek {
    /// Down: this line or the first behind it. Up: the last before it.
    from: LineNumber,
    is_up: bool,
    /// Where the log ended when it was wanted: what comes later is not waited for.
    end: LineNumber,
}

/// What came of looking for a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sought {
    /// None is wanted, or it is not known yet.
    Nothing,
    /// There is none.
    None,
    /// This line; to find it the search went over an end of the log.
    At(LineNumber, bool),
}

impl LogSearch {
    /// A search that looks from a line outwards, and wants the match next to it.
    #[must_use]
    pub fn new(pattern: Pattern, is_back: bool, from: LineNumber, extent: &Extent) -> Self {
        let findings = Findings::beginning_at(from, extent);
        let mut search = Self { id: None, is_back, pattern, findings, shown: None, at: None, seek: None };
        search.seek(from, is_back, extent);
        search
    }

    /// Begins anew, in another log.
    pub fn restart(&mut self, extent: &Extent) {
        self.findings = Findings::beginning_at(extent.end, extent);
        (self.id, self.shown, self.at, self.seek) = (None, None, None, None);
    }

    /// What is searched for.
    #[must_use]
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The matching line that is being looked at.
    #[must_use]
    pub fn at(&self) -> Option<LineNumber> {
        self.at
    }

    /// Whether a match is wanted that is not known yet.
    #[must_use]
    pub fn is_seeking(&self) -> bool {
        self.seek.is_some()
    }

    /// The matches that can be gone to.
    #[must_use]
    pub fn found(&self) -> &Findings {
        self.shown.as_ref().unwrap_or(&self.findings)
    }

    /// How it is looked for.
    #[must_use]
    pub(super) fn looking(&self, reader: &crate::logs::LogReader) -> Option<Looking> {
        let (reader, query) = (reader.clone(), Query::Matching(self.pattern.clone()));
        Some(Looking { id: self.id?, reader, query, covered: self.findings.covered() })
    }

    /// Takes what was found more.
    pub fn add(&mut self, more: &Found) {
        let by = more.shifted.saturating_sub(self.findings.shifted());
        self.at = self.at.map(|line| line.plus(by));
        if let Some(seek) = &mut self.seek {
            (seek.from, seek.end) = (seek.from.plus(by), seek.end.plus(by));
        }
        self.findings.add(more);
    }

    /// Only what the filter shows can be gone to.
    pub fn show_within(&mut self, filter: Option<&LogFilter>) {
        self.shown = filter.map(|filter| self.findings.within(filter.findings()));
    }

    /// Wants the first match at or behind a line or, upwards, the last before it. [`Self::sought`] says what came of it.
    pub fn seek(&mut self, from: LineNumber, is_up: bool, extent: &Extent) {
        self.seek = Some(Seek { from, is_up, end: extent.end });
    }

    /// What came of the match that is wanted. It is told once.
    pub fn sought(&mut self, extent: &Extent) -> Sought {
        let Some(seek) = self.seek else { return Sought::Nothing };
        let found = self.found();
        if found.shifted() != extent.shifted {
            return Sought::Nothing;
        }
        let (from, covered) = (seek.from.clamp(extent.first, extent.end), found.covered());
        let then = Extent { end: seek.end.min(extent.end), ..*extent };
        let ahead = if seek.is_up {
            let is_near = covered.end >= from || covered.end.plus(1) >= then.end;
            found.previous_found(from, extent).filter(|_| is_near)
        } else {
            found.next_found(from.minus(1), extent).filter(|_| covered.start <= from)
        };
        let sought = match ahead {
            Some(line) => Sought::At(line, false),
            None if !found.is_complete(&then) => return Sought::Nothing,
            None => {
                let last = || found.previous_found(extent.end, extent);
                let first = || found.next_found(LineNumber::new(0), extent);
                let round = if seek.is_up { last() } else { first() };
                round.map_or(Sought::None, |line| Sought::At(line, true))
            }
        };
        self.seek = None;
        self.at = if let Sought::At(line, _) = sought { Some(line) } else { None };
        sought
    }
}
