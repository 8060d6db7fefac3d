use ratatui::buffer::{Buffer, CellWidth as _};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::terminal::Terminal;

/// Which colours a terminal is drawn in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Colours {
    /// Those the program has chosen.
    #[default]
    AsChosen,
    /// None: bold, underline and the like only.
    Plain,
}

impl Terminal {
    /// Draws the rows in view at the top left of the area, and blanks what is left of it. What lies outside the
    /// area, or the buffer, is not touched.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, colours: Colours) {
        let within = area.intersection(buffer.area);
        for (x, y) in within.rows().flat_map(|row| (row.left()..row.right()).map(move |x| (x, row.y))) {
            let Some(target) = buffer.cell_mut((x, y)) else { continue };
            target.reset();
            let (column, row) = (x - area.x, y - area.y);
            let Some(cell) = self.cell(column, row) else { continue };
            if cell.is_wide_continuation() {
                continue;
            }
            let room = self.cell(column + 1, row).is_some_and(vt100::Cell::is_wide_continuation)
                && x + 1 < within.right();
            let symbol = if cell.is_wide() && !room { " " } else { symbol(cell) };
            target.set_symbol(symbol).set_style(style(cell, colours));
        }
    }

    /// The cell at a place of the view. Rows of the scrollback may be longer than the screen is wide now.
    fn cell(&self, column: u16, row: u16) -> Option<&vt100::Cell> {
        let screen = self.screen();
        if column < screen.size().1.get() { screen.cell(row, column) } else { None }
    }
}

/// What the cell shows. Should the marks on a character change how wide it is, it is shown without them.
fn symbol(cell: &vt100::Cell) -> &str {
    let width = if cell.is_wide() { 2 } else { 1 };
    let contents = cell.contents();
    let bare = contents.char_indices().nth(1).and_then(|(end, _)| contents.get(..end));
    [Some(contents), bare].into_iter().flatten().find(|text| fits(text, width)).unwrap_or(" ")
}

fn fits(text: &str, width: u16) -> bool {
    !text.is_empty() && !text.contains(char::is_control) && text.cell_width() == width
}

fn style(cell: &vt100::Cell, colours: Colours) -> Style {
    let modifiers = [
        (cell.bold(), Modifier::BOLD),
        (cell.dim(), Modifier::DIM),
        (cell.italic(), Modifier::ITALIC),
        (cell.underline(), Modifier::UNDERLINED),
        (cell.inverse(), Modifier::REVERSED),
    ];
    let modifiers =
        modifiers.into_iter().filter(|(is_set, _)| *is_set).map(|(_, modifier)| modifier).collect::<Modifier>();
    let style = Style::new().add_modifier(modifiers);
    match colours {
        Colours::AsChosen => style.fg(colour(cell.fgcolor())).bg(colour(cell.bgcolor())),
        Colours::Plain => style,
    }
}

fn colour(chosen: vt100::Color) -> Color {
    match chosen {
        vt100::Color::Default => Color::Reset,
        vt100::Color::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
        vt100::Color::Idx(index) => match index {
            0 => Color::Black,
            1 => Color::Red,
            2 => Color::Green,
            3 => Color::Yellow,
            4 => Color::Blue,
            5 => Color::Magenta,
            6 => Color::Cyan,
            7 => Color::Gray,
            8 => Color::DarkGray,
            9 => Color::LightRed,
            10 => Color::LightGreen,
            11 => Color::LightYellow,
            12 => Color::LightBlue,
            13 => Color::LightMagenta,
            14 => Color::LightCyan,
            15 => Color::White,
            index => Color::Indexed(index),
        },
    }
}

#[cfg(test)]
mod tests;
