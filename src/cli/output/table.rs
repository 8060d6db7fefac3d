//! Tables for people: aligned, without lines, as narrow as the terminal.
//!
//! What does not fit goes in a stated order: first the columns that may shrink are cut (the last of them
//! first, down to their least width), then whole columns go, those of the highest rank first; columns of rank 0
//! never go. Written where no terminal is, nothing is ever cut.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Tone, clean};

/// To which side a column's text stands: numbers right, names left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    title: &'static str,
    align: Align,
    rank: u8,
    least: Option<usize>,
}

impl Column {
    /// A column of names, that goes by rank.
    pub(crate) fn left(title: &'static str, rank: u8) -> Self {
        Self { title, align: Align::Left, rank, least: None }
    }

    /// A column of numbers, that goes by rank.
    pub(crate) fn right(title: &'static str, rank: u8) -> Self {
        Self { align: Align::Right, ..Self::left(title, rank) }
    }

    /// The same, and its text may lose its middle down to so many cells.
    pub(crate) fn shrinking_to(self, least: usize) -> Self {
        Self { least: Some(least), ..self }
    }
}

/// A cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// Text, made safe to print.
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        Self { text: clean(text.as_ref()).into_owned(), tone: Tone::Plain }
    }

    /// The same in another tone.
    pub(crate) fn toned(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

/// A table being filled.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// Between two columns.
const GAP: usize = 2;

impl Table {
    /// With these columns and no rows.
    pub(crate) fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row of a cell for each column.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether there are no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table, every line ended; no line is wider than `width`, where there is one.
    pub(crate) fn render(&self, width: Option<usize>, coloured: bool) -> String {
        let widths = self.widths(width);
        let mut text = String::new();
        let titles: Vec<Cell> =
            self.columns.iter().map(|column| Cell::new(column.title).toned(Tone::Dim)).collect();
        for row in std::iter::once(&titles).chain(&self.rows) {
            self.render_row(row, &widths, coloured, &mut text);
        }
        text
    }

    /// The width of each column; 0 for one that is left out.
    fn widths(&self, limit: Option<usize>) -> Vec<usize> {
        let natural = |(at, column): (usize, &Column)| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            cells.map(|cell| cell.text.width()).max().unwrap_or(0).max(column.title.width())
        };
        let mut widths: Vec<usize> = self.columns.iter().enumerate().map(natural).collect();
        let Some(limit) = limit else { return widths };
        loop {
            let mut over = total(&widths).saturating_sub(limit);
            if over == 0 {
                return widths;
            }
            let mut shrunk = widths.clone();
            for (width, column) in shrunk.iter_mut().zip(&self.columns).rev() {
                let least = column.least.unwrap_or(*width).max(column.title.width());
                let less = over.min(width.saturating_sub(least));
                *width -= less;
                over -= less;
            }
            if over == 0 {
                return shrunk;
            }
            // Still too wide: the first column of the highest rank goes, and the others get their room back.
            let shown =
                self.columns.iter().zip(&mut widths).filter(|(column, width)| **width > 0 && column.rank > 0);
            match shown.max_by_key(|(column, _)| column.rank) {
                Some((_, width)) => *width = 0,
                None => return shrunk,
            }
        }
    }

    fn render_row(&self, row: &[Cell], widths: &[usize], coloured: bool, text: &mut String) {
        let mut line = String::new();
        let mut gap = 0;
        for ((cell, column), &width) in row.iter().zip(&self.columns).zip(widths) {
            if width == 0 {
                continue;
            }
            let shown = without_middle(&cell.text, width);
            let room = width.saturating_sub(shown.width());
            let (before, after) = match column.align {
                Align::Left => (0, room),
                Align::Right => (room, 0),
            };
            line.extend(std::iter::repeat_n(' ', gap + before));
            line.push_str(&cell.tone.paint(&shown, coloured));
            gap = after + GAP;
        }
        text.push_str(&line);
        text.push('\n');
    }
}

fn total(widths: &[usize]) -> usize {
    let shown = widths.iter().filter(|width| **width > 0);
    shown.map(|width| width + GAP).sum::<usize>().saturating_sub(GAP)
}

/// Text that loses its middle where it is wider than so many cells: both ends of a name tell it apart.
fn without_middle(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let Some(room) = width.checked_sub(1) else { return String::new() };
    let tail = room / 3;
    let head = room - tail;
    let start = fitting(text.chars(), head);
    let end: String = fitting(text.chars().rev(), tail).chars().rev().collect();
    format!("{start}…{end}")
}

fn fitting(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= width
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn containers() -> Table {
        let mut table = Table::new([
            Column::left("NAME", 0).shrinking_to(12),
            Column::left("STATE", 0),
            Column::left("IMAGE", 1).shrinking_to(10),
            Column::right("SIZE", 2),
            Column::left("ID", 3),
        ]);
        table.row(
            ["yocto-a", "running", "registry.example.org/yocto:kirkstone", "41.0 GiB", "0123456789ab"]
                .map(Cell::new),
        );
        table.row(
            ["core-image-minimal-qemux86", "exited", "debian:12", "512 B", "ba9876543210"].map(Cell::new),
        );
        table
    }

    fn widest(text: &str) -> usize {
        text.lines().map(UnicodeWidthStr::width).max().unwrap()
    }

    #[test]
    fn without_a_terminal_nothing_is_cut() {
        insta::assert_snapshot!(containers().render(None, false));
    }

    #[test]
    fn columns_shrink_before_any_goes() {
        insta::assert_snapshot!(containers().render(Some(80), false));
    }

    #[test]
    fn then_columns_go_by_rank() {
        insta::assert_snapshot!(containers().render(Some(40), false));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 22..140 {
            let text = containers().render(Some(width), false);
            assert!(widest(&text) <= width, "{width}:\n{text}");
            assert!(text.contains("NAME") && text.contains("STATE"), "{width}:\n{text}");
        }
    }

    #[test]
    fn wide_characters_keep_the_columns_straight() {
        let mut table = Table::new([Column::left("NAME", 0), Column::left("STATE", 0)]);
        table.row(["寿司", "running"].map(Cell::new));
        table.row(["a", "exited"].map(Cell::new));
        assert_eq!(table.render(None, false), "NAME  STATE\n寿司  running\na     exited\n");
    }

    #[test]
    fn a_name_loses_its_middle() {
        assert_eq!(without_middle("core-image-minimal-qemux86", 16), "core-image…mux86");
        assert_eq!(without_middle("short", 16), "short");
        assert_eq!(without_middle("寿司寿司", 4), "寿…");
        assert_eq!(without_middle("abc", 1), "…");
        assert_eq!(without_middle("abc", 0), "");
    }

    #[test]
    fn text_from_engines_is_cleaned_and_colour_only_where_wanted() {
        let mut table = Table::new([Column::left("NAME", 0)]);
        table.row([Cell::new("a\u{1b}[31mb").toned(Tone::Bad)]);
        assert!(!table.render(None, false).contains('\u{1b}'));
        let coloured = table.render(None, true);
        assert!(coloured.contains("\u{1b}[31ma\u{fffd}[31mb\u{1b}[0m"), "{coloured:?}");
    }
}
