//! A terminal screen as an SVG: every cell on an exact grid, the same text for the same screen.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthStr;

use crate::colours::{BACKGROUND, FOREGROUND, FRAME, Ink};
use crate::shapes::{CELL_HEIGHT, CELL_WIDTH, Shapes};
use crate::text::{Look, Row, escaped};
use crate::{blocks, boxes};

/// Between the edge of the window and the first cell, in units of [`CELL_WIDTH`].
const MARGIN: u32 = 32;
/// The radius of the window's corners.
const CORNER: u32 = 20;
/// The first is shipped here, and is a cell wide at [`FONT_SIZE`]; the others are near it.
const FONTS: &str = "DejaVu Sans Mono,Menlo,SF Mono,Cascadia Mono,Consolas,Liberation Mono,monospace";
const FONT_SIZE: &str = "26.575";

/// Draws the screen, with a title for those who cannot see it.
pub(crate) fn svg(buffer: &Buffer, title: &str) -> String {
    let (mut grounds, mut shapes, mut text) = (Shapes::default(), Shapes::default(), String::new());
    let columns = usize::from(buffer.area.width.max(1));
    for (row, cells) in (0..).zip(buffer.content.chunks(columns)) {
        let mut words = Row::default();
        let mut next = 0;
        for (column, cell) in (0..).zip(cells) {
            // What a wide character covers is not shown.
            if column >= next {
                let width = u32::try_from(cell.symbol().width()).unwrap_or(1).max(1);
                let width = width.min(u32::from(buffer.area.width) - column);
                next = column + width;
                let at = Place { column, row, width };
                draw(cell, at, &mut grounds, &mut shapes, &mut words);
            }
        }
        words.write(row, &mut text);
    }
    let width = u32::from(buffer.area.width) * CELL_WIDTH + 2 * MARGIN;
    let height = u32::from(buffer.area.height) * CELL_HEIGHT + 2 * MARGIN;
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {width} {height}" role="img">
<title>{}</title>
<rect width="{width}" height="{height}" rx="{CORNER}" fill="{FRAME}"/>
<rect x="2" y="2" width="{}" height="{}" rx="{}" fill="{BACKGROUND}"/>
<g transform="translate({MARGIN} {MARGIN})" fill="{FOREGROUND}" font-family="{FONTS}" font-size="{FONT_SIZE}">
"#,
        width / 2,
        height / 2,
        escaped(title),
        width - 4,
        height - 4,
        CORNER - 2,
    );
    grounds.write(&mut out);
    shapes.write(&mut out);
    out.push_str(&text);
    out.push_str("</g>\n</svg>\n");
    out
}

#[derive(Debug, Clone, Copy)]
struct Place {
    column: u32,
    row: u32,
    width: u32,
}

fn draw(cell: &Cell, at: Place, grounds: &mut Shapes, shapes: &mut Shapes, words: &mut Row) {
    let has = |modifier| cell.modifier.contains(modifier);
    let (mut ink, mut ground) = (Ink::of(cell.fg, FOREGROUND), Ink::of(cell.bg, BACKGROUND));
    if has(Modifier::REVERSED) {
        (ink, ground) = (ground, ink);
    }
    if has(Modifier::DIM) {
        ink = ink.mixed(ground, 35);
    }
    let across = (0, at.width * CELL_WIDTH);
    if ground != BACKGROUND {
        grounds.pen(ground, at.column, at.row).block(across, (0, CELL_HEIGHT));
    }
    if has(Modifier::HIDDEN) {
        return;
    }
    if has(Modifier::UNDERLINED) {
        shapes.pen(ink, at.column, at.row).block(across, (28, 30));
    }
    if has(Modifier::CROSSED_OUT) {
        shapes.pen(ink, at.column, at.row).block(across, (16, 18));
    }
    let symbol = cell.symbol();
    if symbol.chars().all(char::is_whitespace) {
        return;
    }
    if let Some(character) = only(symbol) {
        let ink = blocks::shade(character).map_or(ink, |percent| ground.mixed(ink, percent));
        let mut pen = shapes.pen(ink, at.column, at.row);
        if boxes::draw(character, &mut pen) || blocks::draw(character, &mut pen) {
            return;
        }
    }
    let look = Look { ink, bold: has(Modifier::BOLD), italic: has(Modifier::ITALIC) };
    words.push(symbol, look, at.column, at.width);
}

/// The character, where there is one and no more.
fn only(symbol: &str) -> Option<char> {
    let mut characters = symbol.chars();
    characters.next().filter(|_| characters.next().is_none())
}
