//! Where a line has to stand to be seen.

use crate::logs::{Extent, LineNumber};
use crate::ui::model::Spot;

use super::Rows;

impl Rows<'_> {
    /// How far the log went when this was made.
    pub(in crate::ui) fn extent(&self) -> Extent {
        self.extent
    }

    /// The row on top that brings a line to the top third of the page, as far as there are lines for that.
    pub(in crate::ui) fn top_third(&self, line: LineNumber) -> Spot {
        self.up(Spot { line, row: 0 }, self.height / 3).min(self.last())
    }

    /// The row on top that brings a line onto the page, as near as possible to what is on top now.
    pub(in crate::ui) fn bringing(&self, line: LineNumber, top: Spot) -> Spot {
        let first = Spot { line, row: 0 };
        // Of a line that is higher than the page, the beginning.
        let least = self.up(Spot { line: self.after(line), row: 0 }, self.height).min(first);
        top.clamp(least, first).min(self.last())
    }

    /// Whether a line is shown, or hidden by a filter.
    pub(in crate::ui) fn has(&self, line: LineNumber) -> bool {
        self.filter.is_none_or(|filter| filter.shows(line))
    }

    /// A line, or, where it is hidden, the nearest behind it that is shown, or before it.
    pub(in crate::ui) fn or_nearest(&self, line: LineNumber) -> LineNumber {
        if self.has(line) {
            return line;
        }
        let after = self.after(line);
        if after < self.extent.end { after } else { self.before(line).unwrap_or(line) }
    }

    /// Whether a line's first row is shown when this row is on top.
    pub(in crate::ui) fn shows(&self, line: LineNumber, top: Spot) -> bool {
        (top.line..self.end_of_page(top)).contains(&line)
    }

    /// The line so many rows under the one on top.
    pub(in crate::ui) fn line_under(&self, top: Spot, rows: usize) -> Option<LineNumber> {
        let line = self.down(top, rows).line;
        Some(line).filter(|line| *line < self.extent.end)
    }
}
