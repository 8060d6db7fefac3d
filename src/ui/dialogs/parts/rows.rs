//! A list with a cursor.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::ui::Look;

/// The row under the cursor. What is shown follows from it: the cursor stays in the middle where the list is longer
/// than its place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    place: usize,
}

impl Rows {
    /// The row under the cursor, of so many.
    pub(crate) fn place(&self, count: usize) -> usize {
        self.place.min(count.saturating_sub(1))
    }

    /// Puts it there.
    pub(crate) fn go(&mut self, place: usize) {
        self.place = place;
    }

    /// Moves, where this is a key that moves; whether it is. Letters move only where none can be typed.
    pub(crate) fn key(&mut self, chord: &str, count: usize, height: usize, letters: bool) -> bool {
        let page = height.saturating_sub(1).max(1).cast_signed();
        let by = match chord {
            "down" | "ctrl-n" => 1,
            "up" | "ctrl-p" => -1,
            "j" if letters => 1,
            "k" if letters => -1,
            "pagedown" | "ctrl-f" => page,
            "pageup" | "ctrl-b" => -page,
            "home" => isize::MIN,
            "end" => isize::MAX,
            "g" if letters => isize::MIN,
            "G" if letters => isize::MAX,
            _ => return false,
        };
        self.by(by, count);
        true
    }

    /// Moves by so many.
    pub(crate) fn by(&mut self, by: isize, count: usize) {
        self.place = self.place(count).saturating_add_signed(by).min(count.saturating_sub(1));
    }

    /// The first row that is shown.
    pub(crate) fn offset(&self, count: usize, height: usize) -> usize {
        self.place(count).saturating_sub(height / 2).min(count.saturating_sub(height))
    }

    /// The row that is drawn on this line of its place.
    pub(crate) fn at(&self, line: u16, count: usize, height: usize) -> Option<usize> {
        let row = self.offset(count, height) + usize::from(line);
        (usize::from(line) < height && row < count).then_some(row)
    }

    /// Draws the rows that fit; each is made by its number.
    pub(crate) fn draw(
        &self,
        look: &Look,
        frame: &mut Frame<'_>,
        area: Rect,
        count: usize,
        row: impl Fn(usize) -> Line<'static>,
    ) {
        let height = usize::from(area.height);
        let offset = self.offset(count, height);
        let line = |at: usize| {
            let line = row(at);
            if at != self.place(count) {
                return line;
            }
            // One style over all of it, to the end of the line.
            let words: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
            Line::styled(crate::text::fit::left(&words, usize::from(area.width)), look.cursor)
        };
        let lines: Vec<Line<'_>> = (offset..count.min(offset + height)).map(line).collect();
        frame.render_widget(Paragraph::new(lines), area);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_is_always_shown() {
        let mut rows = Rows::default();
        for key in ["down", "end", "up", "pageup", "j", "home", "G", "k"] {
            assert!(rows.key(key, 30, 7, true), "{key}");
            let offset = rows.offset(30, 7);
            assert!((offset..offset + 7).contains(&rows.place(30)), "{key}: {rows:?}");
        }
        assert!(!rows.key("j", 30, 7, false), "a letter is typed");
        assert_eq!((rows.place(3), rows.place(0), rows.offset(3, 7)), (2, 0, 0), "a shorter list");
        assert_eq!(rows.at(9, 3, 7), None);
    }
}
