//! The bytes of one line made safe to draw.

use unicode_width::UnicodeWidthChar;
use vte::{Params, Parser, Perform};

use super::carry::Carry;
use super::cells::Cells;
use super::{Style, Text, sgr};

/// One line as a terminal would show it at last, and nothing that could act on one.
///
/// Kept: colours and attributes, the text of links, and what moves within the line (carriage return, backspace,
/// tabs to every 8 columns, cursor left and right and to a column, erasing in the line). Removed: every other escape
/// sequence with its payload, all other control characters, invisible characters, marks above four on a character.
/// Replaced by U+FFFD: what is not UTF-8 (but for lone bytes from 0x80 to 0x9F, which are removed as control
/// characters), and what turns the direction of writing around.
#[must_use]
pub fn clean(raw: &[u8]) -> Text {
    clean_from(raw, Carry::default())
}

/// The same for a line that begins where the one before left the terminal.
pub(super) fn clean_from(raw: &[u8], carry: Carry) -> Text {
    let end = raw.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
    let raw = raw.get(..end).unwrap_or_default();
    if carry.is_ground()
        && let Some(text) = Text::ascii(raw, carry.style)
    {
        return text;
    }
    let mut parser: Parser = Parser::new();
    let mut drawing = Drawing { cells: Cells::with_room(raw.len()), style: carry.style };
    parser.advance(&mut drawing, carry.prefix());
    parser.advance(&mut drawing, raw);
    // "Cancel" ends what the line left unfinished, so that half a character is shown as such.
    parser.advance(&mut drawing, &[0x18]);
    drawing.cells.text()
}

struct Drawing {
    cells: Cells,
    style: Style,
}

impl Perform for Drawing {
    fn print(&mut self, character: char) {
        match character {
            ' '..='~' => self.cells.put(character, self.style),
            '\u{2028}' | '\u{2029}' => self.cells.put(' ', self.style),
            _ if turns_direction(character) => self.cells.put('\u{fffd}', self.style),
            _ if is_invisible(character) => {}
            // The colour of a face joins the face.
            '\u{1f3fb}'..='\u{1f3ff}' if self.cells.is_after_wide() => self.cells.put_mark(character),
            _ => match character.width() {
                None => {}
                Some(0) => self.cells.put_mark(character),
                Some(1) => self.cells.put(character, self.style),
                Some(_) => self.cells.put_wide(character, self.style),
            },
        }
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\r' => self.cells.go_to(0),
            b'\t' => self.cells.tab(),
            0x08 => self.cells.left(1),
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _ignore: bool, action: char) {
        if !intermediates.is_empty() {
            return;
        }
        let first = params.iter().next().and_then(<[u16]>::first).copied().unwrap_or(0);
        let count = usize::from(first.max(1));
        match (action, first) {
            ('m', _) => self.style = sgr::applied(self.style, params),
            ('C' | 'a', _) => self.cells.right(count),
            ('D', _) => self.cells.left(count),
            ('G' | '`', _) => self.cells.go_to(count - 1),
            ('K' | 'J', 0) => self.cells.erase_right(),
            ('K', 1) => self.cells.erase_left(),
            ('K', 2) => self.cells.erase_all(),
            ('X', _) => self.cells.erase(count),
            _ => {}
        }
    }
}

/// A character that is drawn, takes its own place and leaves those around it alone.
pub(super) fn is_drawn_as_it_is(character: char) -> bool {
    let has_place = character.width().is_some_and(|width| width > 0);
    let is_changed = matches!(character, '\u{2028}' | '\u{2029}' | '\u{1f3fb}'..='\u{1f3ff}');
    has_place && !is_changed && !turns_direction(character) && !is_invisible(character)
}

/// What changes the order in which the characters around it are drawn.
pub(super) fn turns_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What has no shape of its own: two lines that look the same must be the same. The joiners and selectors among them
/// change widths in ways terminals do not agree on.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
pub(super) mod tests;
