//! One line of a terminal: what a program that moves within its line leaves behind.

use std::collections::BTreeMap;

use super::text::Span;
use super::{Style, Text};

/// A jump to the right goes no further than this column, or the end of what is there: a few bytes must not ask for
/// megabytes.
const JUMP_LIMIT: usize = 4096;

/// Tabs become single blanks from this column on, for the same reason.
const TAB_LIMIT: usize = 65_536;

/// Accents and the like on one character; more are left away.
const MARK_LIMIT: u8 = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Single,
    LeftHalf,
    RightHalf,
}

#[derive(Clone, Copy)]
struct Cell {
    character: char,
    style: Style,
    part: Part,
    marks: u8,
}

impl Cell {
    const BLANK: Self = Self { character: ' ', style: Style::PLAIN, part: Part::Single, marks: 0 };
}

/// Cells by column, and where the next character goes.
#[derive(Default)]
pub(super) struct Cells {
    row: Vec<Cell>,
    /// What stands on a cell, by its column; only where `marks` is not 0.
    marks: BTreeMap<usize, String>,
    column: usize,
    is_redrawn: bool,
}

impl Cells {
    pub(super) fn with_room(columns: usize) -> Self {
        Self { row: Vec::with_capacity(columns), ..Self::default() }
    }

    /// A character one column wide.
    pub(super) fn put(&mut self, character: char, style: Style) {
        let cell = Cell { character, style, part: Part::Single, marks: 0 };
        if self.column == self.row.len() {
            self.row.push(cell);
        } else {
            self.clear(self.column, self.column + 1);
            self.set(self.column, cell);
        }
        self.column += 1;
    }

    /// A character two columns wide.
    pub(super) fn put_wide(&mut self, character: char, style: Style) {
        let cell = Cell { character, style, part: Part::LeftHalf, marks: 0 };
        self.clear(self.column, self.column + 2);
        self.set(self.column, cell);
        self.set(self.column + 1, Cell { part: Part::RightHalf, ..cell });
        self.column += 2;
    }

    /// Something that stands on the character before. Without one, it goes.
    pub(super) fn put_mark(&mut self, mark: char) {
        let Some(base) = self.base() else { return };
        let Some(cell) = self.row.get_mut(base) else { return };
        if cell.marks < MARK_LIMIT {
            cell.marks += 1;
            self.marks.entry(base).or_default().push(mark);
        }
    }

    /// The character before is two columns wide.
    pub(super) fn is_after_wide(&self) -> bool {
        self.base().and_then(|base| self.row.get(base)).is_some_and(|cell| cell.part == Part::LeftHalf)
    }

    fn base(&self) -> Option<usize> {
        let before = self.column.checked_sub(1)?;
        match self.row.get(before)?.part {
            Part::RightHalf => before.checked_sub(1),
            Part::Single | Part::LeftHalf => Some(before),
        }
    }

    pub(super) fn tab(&mut self) {
        self.column = if self.column < TAB_LIMIT { (self.column / 8 + 1) * 8 } else { self.column + 1 };
    }

    pub(super) fn left(&mut self, columns: usize) {
        self.column = self.column.saturating_sub(columns);
        self.is_redrawn = true;
    }

    pub(super) fn right(&mut self, columns: usize) {
        self.column =
            self.column.saturating_add(columns).min(JUMP_LIMIT.max(self.row.len()).max(self.column));
    }

    pub(super) fn go_to(&mut self, column: usize) {
        self.is_redrawn |= column < self.column;
        self.column = column.min(JUMP_LIMIT.max(self.row.len()).max(self.column));
    }

    /// Blanks so many columns, from here.
    pub(super) fn erase(&mut self, columns: usize) {
        self.clear(self.column, self.column.saturating_add(columns).min(self.row.len()));
    }

    /// Blanks everything from here.
    pub(super) fn erase_right(&mut self) {
        self.clear(self.column, self.row.len());
        self.row.truncate(self.column);
    }

    /// Blanks everything up to here and here.
    pub(super) fn erase_left(&mut self) {
        self.clear(0, self.row.len().min(self.column + 1));
    }

    /// Blanks the line.
    pub(super) fn erase_all(&mut self) {
        self.row.clear();
        self.marks.clear();
    }

    /// Makes the columns blank, whole characters at the edges too.
    fn clear(&mut self, from: usize, to: usize) {
        let is_right_half = |cells: &[Cell], column: usize| {
            cells.get(column).is_some_and(|cell| cell.part == Part::RightHalf)
        };
        let from = if is_right_half(&self.row, from) { from.saturating_sub(1) } else { from };
        let to = if is_right_half(&self.row, to) { to + 1 } else { to };
        let to = to.min(self.row.len());
        let Some(cells) = self.row.get_mut(from..to) else { return };
        for (column, cell) in (from..).zip(cells) {
            if cell.marks > 0 {
                self.marks.remove(&column);
            }
            *cell = Cell::BLANK;
        }
    }

    fn set(&mut self, column: usize, cell: Cell) {
        if column >= self.row.len() {
            self.row.resize(column + 1, Cell::BLANK);
        }
        if let Some(place) = self.row.get_mut(column) {
            *place = cell;
        }
    }

    /// What is there. Blanks at the end that cannot be seen go where the line was drawn over: they only wiped.
    pub(super) fn text(mut self) -> Text {
        if self.is_redrawn {
            let is_wiped = |cell: &Cell| {
                cell.character == ' '
                    && cell.part == Part::Single
                    && cell.marks == 0
                    && !cell.style.marks_blanks()
            };
            let end = self.row.iter().rposition(|cell| !is_wiped(cell)).map_or(0, |last| last + 1);
            self.row.truncate(end);
        }
        let mut spans: Vec<Span> = Vec::new();
        let mut from = 0;
        for run in self.row.chunk_by(|a, b| a.style == b.style) {
            let style = run.first().map_or(Style::PLAIN, |cell| cell.style);
            let mut text = String::with_capacity(run.len());
            for (column, cell) in (from..).zip(run) {
                if cell.part != Part::RightHalf {
                    text.push(cell.character);
                }
                if cell.marks > 0 {
                    text.push_str(self.marks.get(&column).map_or("", String::as_str));
                }
            }
            from += run.len();
            spans.push(Span::new(text, style));
        }
        Text::new(spans)
    }
}
