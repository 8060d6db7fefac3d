//! A place to type text into: one line of it, or several.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use tui_textarea::{CursorMove, TextArea};

use crate::ui::Look;

/// The most characters of a line. Nobody types more.
const LONGEST: usize = 4000;
/// The most lines.
const MOST: usize = 200;

/// What is typed.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    text: TextArea<'static>,
    has_lines: bool,
    placeholder: &'static str,
}

impl Field {
    /// One line, with this in it; the placeholder is drawn while it is empty.
    pub(crate) fn line(text: &str, placeholder: &'static str) -> Self {
        Self::new(vec![single_line(text)], false, placeholder)
    }

    /// Several lines, none of them written yet.
    pub(crate) fn lines(placeholder: &'static str) -> Self {
        Self::new(vec![String::new()], true, placeholder)
    }

    fn new(lines: Vec<String>, has_lines: bool, placeholder: &'static str) -> Self {
        let mut text = TextArea::new(lines);
        text.set_cursor_line_style(Style::new());
        text.set_max_histories(20);
        text.move_cursor(CursorMove::Bottom);
        text.move_cursor(CursorMove::End);
        Self { text, has_lines, placeholder }
    }

    /// The text, lines joined by line breaks.
    pub(crate) fn text(&self) -> String {
        self.text.lines().join("\n")
    }

    /// Whether nothing but blanks is in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.lines().iter().all(|line| line.trim().is_empty())
    }

    /// How many lines it has.
    pub(crate) fn height(&self) -> usize {
        self.text.lines().len()
    }

    /// Whether it has several lines.
    pub(crate) fn has_lines(&self) -> bool {
        self.has_lines
    }

    /// Whether the cursor is on its first line, and on its last.
    pub(crate) fn at_edges(&self) -> (bool, bool) {
        let row = self.text.cursor().0;
        (row == 0, row + 1 == self.height())
    }

    /// Empties it.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(vec![String::new()], self.has_lines, self.placeholder);
    }

    /// A key was pressed that is meant for it; whether it did anything with it.
    pub(crate) fn key(&mut self, key: KeyEvent) -> bool {
        let has_ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter | KeyCode::Char('m' | 'j')
                if !self.has_lines && (key.code == KeyCode::Enter || has_ctrl) =>
            {
                false
            }
            KeyCode::Enter if self.height() >= MOST => false,
            KeyCode::Tab | KeyCode::BackTab | KeyCode::Esc => false,
            // As in every shell.
            KeyCode::Char('u') if has_ctrl => self.text.delete_line_by_head(),
            KeyCode::Char(_) if !has_ctrl && self.is_full() => false,
            _ => self.text.input(key),
        }
    }

    /// Text was pasted: of one-line fields the first line counts.
    pub(crate) fn paste(&mut self, text: &str) {
        if !self.has_lines {
            self.insert(&single_line(text));
            return;
        }
        for (at, line) in text.lines().take(MOST.saturating_sub(self.height())).enumerate() {
            if at > 0 {
                self.text.insert_newline();
            }
            self.insert(&single_line(line));
        }
    }

    fn insert(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.current().chars().count());
        let fits: String = text.chars().take(room).collect();
        self.text.insert_str(fits);
    }

    fn current(&self) -> &str {
        self.text.lines().get(self.text.cursor().0).map_or("", String::as_str)
    }

    fn is_full(&self) -> bool {
        self.current().chars().count() >= LONGEST
    }

    /// Draws it; the cursor only where it has the keys.
    pub(crate) fn draw(&self, look: &Look, frame: &mut Frame<'_>, area: Rect, has_focus: bool) {
        if area.is_empty() {
            return;
        }
        if !has_focus && self.is_blank() {
            let words = crate::text::fit::without_end(self.placeholder, usize::from(area.width));
            return frame.render_widget(Paragraph::new(Line::styled(words, look.dim)), area);
        }
        // What is drawn has another style than what is kept, and a line of text is soon copied.
        let mut shown = self.text.clone();
        shown.set_style(look.plain);
        shown.set_cursor_style(if has_focus { look.cursor } else { look.plain });
        shown.set_placeholder_text(self.placeholder);
        shown.set_placeholder_style(look.dim);
        frame.render_widget(&shown, area);
    }
}

fn single_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::test_support::pressed;

    fn typed(field: &mut Field, keys: &str) {
        for key in keys.split_whitespace() {
            field.key(pressed(key));
        }
    }

    #[test]
    fn a_line_stays_a_line_and_is_edited_as_in_a_shell() {
        let mut field = Field::line("yocto", "");
        typed(&mut field, "- a left left left X enter ctrl-j ctrl-m");
        assert_eq!(field.text(), "yoctXo-a");
        typed(&mut field, "ctrl-u Y");
        assert_eq!(field.text(), "Yo-a");
        field.paste("one\u{1b}\ntwo");
        assert_eq!(field.text(), "Yoneo-a");
    }

    #[test]
    fn several_lines_are_pasted_whole_and_bounded() {
        let mut field = Field::lines("");
        field.paste("A=1\r\nB=2");
        typed(&mut field, "enter C");
        assert_eq!(field.text(), "A=1\nB=2\nC");
        field.paste(&"x\n".repeat(MOST * 2));
        assert!(field.height() <= MOST, "{}", field.height());
        let mut field = Field::line("", "");
        field.paste(&"y".repeat(LONGEST * 2));
        field.key(pressed("z"));
        assert_eq!(field.text().len(), LONGEST);
    }
}
