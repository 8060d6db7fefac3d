//! The rows that the lines of a log take on the screen, and how far it is from one to another.

use crate::logs::{Extent, Line, LineKind, LineNumber, LogReader, Text};
use crate::ui::layout::Layout;
use crate::ui::model::{LogDisplay, Model, Spot};

/// The rows of one log, as it is drawn just now. Only the lines that are gone through are looked at.
pub(in crate::ui) struct Rows<'a> {
    reader: &'a LogReader,
    /// How far the log went when this was made.
    pub(super) extent: Extent,
    display: LogDisplay,
    pub(super) width: usize,
    /// How many of them are shown.
    pub(super) height: usize,
}

/// Cells of a time and the blank behind it.
const TIME: usize = 9;
/// Cells of what stands before a remark.
pub(super) const REMARK: usize = 3;

impl<'a> Rows<'a> {
    pub(super) fn of(model: &Model, reader: &'a LogReader) -> Self {
        let inside = Layout::of(model).inside_pane();
        Self {
            reader,
            extent: reader.extent(),
            display: model.pane.display,
            width: usize::from(inside.width),
            height: usize::from(inside.height.max(1)),
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
        let sign = if kind == LineKind::Remark { REMARK } else { 0 };
        self.width.saturating_sub(number + time + sign).max(1)
    }

    /// Whether a note that something was dropped stands above this line.
    pub(super) fn has_note(&self, line: LineNumber) -> bool {
        line == self.extent.first && self.extent.dropped_bytes > 0
    }

    /// Lines from one on, as they are drawn.
    pub(in crate::ui) fn lines(&self, from: LineNumber, count: usize) -> Vec<Line> {
        if self.display.raw {
            self.reader.visible_window(from, count)
        } else {
            self.reader.window(from, count)
        }
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

    /// The first row there is.
    pub(in crate::ui) fn first(&self) -> Spot {
        Spot { line: self.extent.first, row: 0 }
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
            if line <= self.extent.first {
                return self.first();
            }
            left -= row;
            line = line.minus(1);
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
            (line, row) = (line.plus(1), 0);
        }
        Spot { line, row: 0 }
    }

    /// The same row, or the nearest there is of a line that was dropped or is drawn otherwise by now.
    pub(super) fn nearest(&self, spot: Spot) -> Spot {
        if spot.line < self.extent.first {
            return self.first();
        }
        let row = if spot.row == 0 { 0 } else { spot.row.min(self.height_of(spot.line) - 1) };
        Spot { line: spot.line, row }.min(self.last())
    }

    /// The line after the last of which a row is shown when this row is on top.
    pub(super) fn end_of_page(&self, top: Spot) -> LineNumber {
        let after = self.down(top, self.height);
        if after.row == 0 { after.line } else { after.line.plus(1) }
    }
}
