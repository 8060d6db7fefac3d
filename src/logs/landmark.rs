//! Lines worth going to, found by the index: only the segments that have one are looked at.

use jiff::Timestamp;

use super::entry::Entry;
use super::fact::Fact;
use super::segment::Tally;
use super::shared::Shared;
use super::{Level, LineKind, LineNumber};

/// Lines worth going to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Landmark {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Remarks: a command begins or ends, a container was started again, something is missing.
    Remark,
}

impl Landmark {
    fn is_in(self, tally: &Tally) -> bool {
        match self {
            Self::Error => tally.errors > 0,
            Self::Warning => tally.errors + tally.warnings > 0,
            Self::Remark => tally.remarks > 0,
        }
    }

    fn is(self, fact: &Fact) -> bool {
        match self {
            Self::Error => fact.level() == Some(Level::Error),
            Self::Warning => fact.level() >= Some(Level::Warning),
            Self::Remark => fact.kind() == LineKind::Remark,
        }
    }
}

pub(super) fn next(shared: &Shared, of: Landmark, behind: LineNumber) -> Option<LineNumber> {
    let from = behind.plus(1);
    let here = shared.lock().segment_at(from);
    here.and_then(|entry| lines(&entry, |fact| of.is(fact)).find(|line| *line >= from)).or_else(|| {
        let entry = shared.lock().segment_after(from, |tally| of.is_in(tally))?;
        lines(&entry, |fact| of.is(fact)).next()
    })
}

pub(super) fn previous(shared: &Shared, of: Landmark, before: LineNumber) -> Option<LineNumber> {
    let here = shared.lock().segment_at(before);
    here.and_then(|entry| lines(&entry, |fact| of.is(fact)).take_while(|line| *line < before).last()).or_else(
        || {
            let entry = shared.lock().segment_before(before, |tally| of.is_in(tally))?;
            lines(&entry, |fact| of.is(fact)).last()
        },
    )
}

pub(super) fn at_time(shared: &Shared, time: Timestamp) -> Option<LineNumber> {
    let entry = shared.lock().segment_of_time(time)?;
    lines(&entry, |fact| fact.time().is_some_and(|of| of >= time)).next()
}

/// The lines of a segment of which something is so.
fn lines(entry: &Entry, is_so: impl Fn(&Fact) -> bool) -> std::vec::IntoIter<LineNumber> {
    let facts = entry.facts();
    let facts = (0..).zip(&facts);
    let found: Vec<_> =
        facts.filter(|(_, fact)| is_so(fact)).map(|(index, _)| entry.first.plus(index)).collect();
    found.into_iter()
}
