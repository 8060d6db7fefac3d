//! The text of a row in runs of one style, each held on the grid whatever the width of the reader's font.

use std::fmt::Write as _;

use crate::colours::{FOREGROUND, Ink};
use crate::shapes::{CELL_HEIGHT, CELL_WIDTH};

/// The baseline, from the top of the cell.
const BASELINE: u32 = 24;

/// How text looks, apart from where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) ink: Ink,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
}

#[derive(Debug)]
struct Run {
    text: String,
    look: Look,
    column: u32,
    columns: u32,
    /// Stands alone in the middle of its cells: another font may well have it in another width.
    symbol: bool,
}

/// The runs of one row so far.
#[derive(Debug, Default)]
pub(crate) struct Row(Vec<Run>);

impl Row {
    /// Adds what one cell shows, from left to right. Blank cells need not be told.
    pub(crate) fn push(&mut self, text: &str, look: Look, column: u32, columns: u32) {
        let symbol = columns != 1 || !is_in_every_font(text);
        if let Some(last) = self.0.last_mut()
            && !symbol
            && !last.symbol
            && last.look == look
            && column <= last.column + last.columns + 1
        {
            // Two blanks in a row begin a new run: XML would make one of them.
            if column > last.column + last.columns {
                last.text.push(' ');
            }
            last.text.push_str(text);
            last.columns = column + 1 - last.column;
            return;
        }
        self.0.push(Run { text: text.to_owned(), look, column, columns, symbol });
    }

    /// Adds the SVG of the row, on one line.
    pub(crate) fn write(&self, row: u32, out: &mut String) {
        let y = row * CELL_HEIGHT + BASELINE;
        for Run { text, look, column, columns, symbol } in &self.0 {
            let (x, width) = (column * CELL_WIDTH, columns * CELL_WIDTH);
            let x = if *symbol { x + width / 2 } else { x };
            out.push_str("<text");
            // Writing to a string does not fail. The slant is drawn, for the font shipped here has no italic.
            let _ = if look.italic {
                write!(out, r#" transform="translate({x} {y})skewX(-11)""#)
            } else {
                write!(out, r#" x="{x}" y="{y}""#)
            };
            let _ = if *symbol {
                write!(out, r#" text-anchor="middle""#)
            } else {
                write!(out, r#" textLength="{width}""#)
            };
            if look.ink != FOREGROUND {
                let _ = write!(out, r#" fill="{}""#, look.ink);
            }
            if look.bold {
                out.push_str(r#" font-weight="700""#);
            }
            let _ = write!(out, ">{}</text>", escaped(text));
        }
        if !self.0.is_empty() {
            out.push('\n');
        }
    }
}

/// Whether every monospace font has it, one cell wide like the others.
fn is_in_every_font(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.next().is_none()
        && first.is_some_and(|character| match character {
            '\u{ad}' => false,
            ' '..='~' | '\u{a1}'..='\u{17f}' => true,
            _ => matches!(character, '–' | '—' | '‘' | '’' | '“' | '”' | '•' | '…'),
        })
}

/// Text as it may stand in XML. What may stand nowhere in it is replaced.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            character if character.is_control() => out.push('\u{fffd}'),
            character => out.push(character),
        }
    }
    out
}
