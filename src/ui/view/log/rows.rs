//! The rows that the lines of a log take on the screen, and how far it is from one to another.

use std::ops::Range;

use crate::logs::{Extent, Findings, Line, LineKind, LineNumber, LogReader, Text};
use crate::ui::layout::Layout;
use crate::ui::model::{LogDisplay, LogFilter, LogView, Model, Spot};

/// The rows of one log, as it is drawn just now. Only the lines that are gone through are looked at.
pub(in crate::ui) struct Rows<'a> {
    reader: &'a LogReader,
    /// How far the log went when this was made.
    pub(super) extent: Extent,
    /// The lines that are shown, where not all are.
    pub(super) filter: Option<&'a Findings>,
    /// The first line that is shown; the end where none is.
    first: LineNumber,
    display: LogDisplay,
    /// Cells of the names before the lines, without the blank behind them; 0 where there are none.
    pub(super) names: usize,
    pub(super) width: usize,
    /// How many of them are shown.
    pub(super) height: usize,
}

/// Cells of a time and the blank behind it.
const TIME: usize = 9;
/// Cells of what stands before a remark.
pub(super) const REMARK: usize = 3;

impl<'a> Rows<'a> {
    /// Of what is shown of a log; `None` where it is not being read yet.
    pub(super) fn of(model: &Model, view: &'a LogView) -> Option<Self> {
        let inside = Layout::of(model).inside_pane();
        let reader = view.reader.as_ref()?;
        let extent = reader.extent();
        let filter = view.filter.as_ref().map(LogFilter::findings);
        let first = match filter {
            Some(filter) => filter.next(extent.first.minus(1), &extent).unwrap_or(extent.end),
            None => extent.first,
        };
        Some(Self {
            reader,
            extent,
            filter,
            first,
            display: model.pane.display,
            names: super::names::cells(view, inside.width),
            width: usize::from(inside.width),
            height: usize::from(inside.height.max(1)),
        })
    }

    /// The line that is shown behind a line; the end where none is.
    pub(super) fn after(&self, line: LineNumber) -> LineNumber {
        match self.filter {
            Some(filter) => filter.next(line, &self.extent).unwrap_or(self.extent.end),
            None => line.plus(1).min(self.extent.end),
        }
    }

    /// The line that is shown before a line.
    pub(super) fn before(&self, line: LineNumber) -> Option<LineNumber> {
        match self.filter {
            Some(filter) => filter.previous(line, &self.extent),
            None => (line > self.first).then(|| line.minus(1)),
        }
    }

    /// No line is shown.
    pub(super) fn is_empty(&self) -> bool {
        self.first >= self.extent.end
    }

    /// Whether a line is shown only because it is near one that the filter found.
    pub(super) fn is_context(&self, line: LineNumber) -> bool {
        self.filter.is_some_and(|filter| !filter.has(line))
    }

    /// How many of these lines are shown.
    pub(super) fn count(&self, lines: &Range<LineNumber>) -> u64 {
        self.filter.map_or(lines.end.since(lines.start), |filter| filter.count_shown(lines))
    }

    /// So many of the lines that are shown at most, from one of them on, as they are drawn.
    pub(in crate::ui) fn lines(&self, from: LineNumber, count: usize) -> Vec<Line> {
        if self.filter.is_none() {
            return self.read(from, count);
        }
        let mut lines: Vec<Line> = Vec::new();
        let mut next = from;
        // Neighbours are read together.
        while next < self.extent.end && lines.len() < count {
            let (start, mut run) = (next, 1);
            next = self.after(start);
            while next == start.plus(run as u64) && next < self.extent.end && lines.len() + run < count {
                run += 1;
                next = self.after(next);
            }
            let read = self.read(start, run);
            // What has been dropped by now has others in its place.
            lines.extend(read.into_iter().filter(|line| line.number < start.plus(run as u64)));
        }
        lines
    }

    fn read(&self, from: LineNumber, count: usize) -> Vec<Line> {
        if self.display.raw {
            self.reader.visible_window(from, count)
        } else {
            self.reader.window(from, count)
        }
    }

    /// Cells of the numbers, without the blank behind them.
    pub(super) fn number_cells(&self) -> usize {
        super::grouped(self.extent.end.get()).len().max(6)
    }

    /// Cells for the text of a line, behind its number and time and, of a remark, its sign.
    pub(super) fn text_cells(&self, kind: LineKind) -> usize {
        let number = if self.display.numbers { self.number_cells() + 1 } else { 0 };
        let time = if self.display.timestamps { TIME } else { 0 };
        let name = if self.names > 0 { self.names + 1 } else { 0 };
        let sign = if kind == LineKind::Remark { REMARK } else { 0 };
        self.width.saturating_sub(number + time + name + sign).max(1)
    }

    /// Whether a note that something was dropped stands above this line.
    pub(super) fn has_note(&self, line: LineNumber) -> bool {
        line == self.first && self.extent.dropped_bytes > 0
    }

    /// The rows of a line's text.
    pub(super) fn broken(&self, line: &Line) -> Vec<Text> {
        line.text.wrap(self.text_cells(line.kind))
    }

    fn height_of(&self, number: LineNumber) -> usize {
        let note = usize::from(self.has_note(number));
        if !self.display.wrap {
            return note + 1;
        }
        let lines = self.lines(number, 1);
        let Some(line) = lines.first() else { return note + 1 };
        let cells = self.text_cells(line.kind);
        let is_ascii = line.text.spans().iter().all(|span| span.text().is_ascii());
        // The same as breaking it, without writing it anew.
        let text = if is_ascii { line.text.width().div_ceil(cells).max(1) } else { self.broken(line).len() };
        note + text
    }

    /// The row of a line in which a column of its text is.
    pub(super) fn row_of(&self, line: &Line, column: usize) -> usize {
        let note = usize::from(self.has_note(line.number));
        if !self.display.wrap {
            return note;
        }
        let mut end = 0;
        let rows = self.broken(line);
        let before = rows.iter().take_while(|row| {
            end += row.width();
            end <= column
        });
        note + before.count().min(rows.len().saturating_sub(1))
    }

    /// The first row there is.
    pub(in crate::ui) fn first(&self) -> Spot {
        Spot { line: self.first, row: 0 }
    }

    /// The row on top when the end is shown.
    pub(in crate::ui) fn last(&self) -> Spot {
        self.up(Spot { line: self.extent.end, row: 0 }, self.height)
    }

    /// The row so many further up, at most the first.
    pub(in crate::ui) fn up(&self, from: Spot, rows: usize) -> Spot {
        let Spot { mut line, mut row } = from;
        let mut left = rows;
        while left > row {
            let Some(before) = self.before(line) else { return self.first() };
            left -= row;
            line = before;
            row = self.height_of(line);
        }
        Spot { line, row: row - left }
    }

    /// The row so many further down, at most the one behind the last.
    pub(in crate::ui) fn down(&self, from: Spot, rows: usize) -> Spot {
        let Spot { mut line, mut row } = from;
        let mut left = rows;
        while line < self.extent.end {
            let height = self.height_of(line);
            if row + left < height {
                return Spot { line, row: row + left };
            }
            left -= height.saturating_sub(row).min(left);
            (line, row) = (self.after(line), 0);
        }
        Spot { line, row: 0 }
    }

    /// The same row, or the nearest there is of a line that was dropped, is not shown or is drawn otherwise by now.
    pub(super) fn nearest(&self, spot: Spot) -> Spot {
        if spot.line < self.first {
            return self.first();
        }
        if self.filter.is_some_and(|filter| !filter.shows(spot.line)) {
            return Spot { line: self.after(spot.line), row: 0 }.min(self.last());
        }
        let row = if spot.row == 0 { 0 } else { spot.row.min(self.height_of(spot.line) - 1) };
        Spot { line: spot.line, row }.min(self.last())
    }

    /// The line after the last of which a row is shown when this row is on top.
    pub(super) fn end_of_page(&self, top: Spot) -> LineNumber {
        let after = self.down(top, self.height);
        if after.row == 0 { after.line } else { self.after(after.line) }
    }
}
