//! The help of `?`: every key and what it does, made from the table of keys.

mod rows;
#[cfg(test)]
mod tests;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::config::Chord;
use crate::text::fit;
use crate::ui::model::Model;

use self::rows::{Group, Row, groups};
use super::{Answer, Dialog};

/// From this width on there are two columns.
const TWO_COLUMNS: u16 = 124;
/// Cells for the keys.
const KEYS: usize = 15;
/// The longest search.
const LONGEST: usize = 60;

/// The help.
#[derive(Debug, Default)]
pub(super) struct Help {
    typed: String,
    /// The first line shown.
    top: usize,
}

impl Help {
    /// What it says at this width, a column beside the other.
    fn columns(&self, model: &Model, width: u16) -> Vec<Vec<Line<'static>>> {
        let groups = groups(model, &self.typed);
        let count = if width >= TWO_COLUMNS { 2 } else { 1 };
        let cells = usize::from(width / count).saturating_sub(2);
        let parts: Vec<Vec<Line<'static>>> = groups.iter().map(|group| lines(model, group, cells)).collect();
        let total: usize = parts.iter().map(Vec::len).sum();
        let mut columns = vec![Vec::new()];
        for part in parts {
            // A part goes to the right when most of it would be below the middle.
            let filled = columns.last().map_or(0, Vec::len);
            if count == 2 && columns.len() == 1 && filled > 0 && filled + part.len() / 2 > total / 2 {
                columns.push(Vec::new());
            }
            if let Some(column) = columns.last_mut() {
                column.extend(part);
            }
        }
        columns
    }

    fn scroll(&mut self, model: &Model, by: isize) {
        let screen = Rect::new(0, 0, model.size.0, model.size.1);
        let area = crate::ui::view::dialog_area(self, model, screen);
        let inside = Rect::new(0, 0, area.width.saturating_sub(2), area.height.saturating_sub(2));
        let furthest = furthest(&self.columns(model, inside.width), inside);
        self.top = self.top.min(furthest).saturating_add_signed(by).min(furthest);
    }

    fn search(&mut self, change: impl FnOnce(&mut String)) {
        change(&mut self.typed);
        if let Some((end, _)) = self.typed.char_indices().nth(LONGEST) {
            self.typed.truncate(end);
        }
        self.top = 0;
    }
}

/// The furthest these columns can be scrolled in an inside of this size.
fn furthest(columns: &[Vec<Line<'_>>], inside: Rect) -> usize {
    let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
    longest.saturating_sub(usize::from(inside.height.saturating_sub(1)))
}

fn lines(model: &Model, group: &Group, cells: usize) -> Vec<Line<'static>> {
    let look = &model.look;
    let style = if group.holds { look.strong.patch(look.accent) } else { look.dim };
    let mut lines = vec![Line::styled(format!(" {}", fit::without_end(group.title, cells)), style)];
    for row in &group.rows {
        lines.extend(row_lines(model, row, group.holds, cells));
    }
    lines.push(Line::default());
    lines
}

/// A row: its keys, and beside them what they do, on as many lines as that needs.
fn row_lines(model: &Model, row: &Row, holds: bool, cells: usize) -> Vec<Line<'static>> {
    let look = &model.look;
    let is_valid = holds && row.why_not.is_none();
    let (key_style, word_style) = if is_valid { (look.accent, look.plain) } else { (look.dim, look.dim) };
    let keys = if row.keys.is_empty() { "no key".to_owned() } else { row.keys.join(" ") };
    let words = match &row.why_not {
        Some(why_not) => format!("{} (not now: {why_not})", row.words),
        None => row.words.to_owned(),
    };
    let broken = broken(&words, cells.saturating_sub(KEYS + 3));
    broken
        .into_iter()
        .enumerate()
        .map(|(place, words)| {
            let keys = if place == 0 { fit::left(&keys, KEYS) } else { " ".repeat(KEYS) };
            Line::from(vec![Span::styled(format!("  {keys} "), key_style), Span::styled(words, word_style)])
        })
        .collect()
}

/// Words broken into lines of at most so many cells.
fn broken(words: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(8);
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let word = fit::without_end(word, cells);
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            *line = word;
        } else if fit::width(line) + 1 + fit::width(&word) <= cells {
            line.push(' ');
            line.push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines
}

impl Dialog for Help {
    fn title(&self, _model: &Model) -> String {
        "Help".into()
    }

    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer {
        let page = isize::try_from(model.size.1).unwrap_or(24).saturating_sub(6).max(1);
        match chord.to_string().as_str() {
            "esc" | "?" if self.typed.is_empty() => return Answer::close(),
            "esc" | "ctrl-u" => self.search(String::clear),
            "f1" | "ctrl-c" | "enter" => return Answer::close(),
            "down" | "ctrl-n" => self.scroll(model, 1),
            "up" | "ctrl-p" => self.scroll(model, -1),
            "pagedown" | "ctrl-f" => self.scroll(model, page),
            "pageup" | "ctrl-b" => self.scroll(model, -page),
            "ctrl-d" => self.scroll(model, page / 2),
            "home" => self.top = 0,
            "end" => self.scroll(model, isize::MAX),
            "backspace" => self.search(|typed| _ = typed.pop()),
            // As a search begins elsewhere: here every letter begins one.
            "/" if self.typed.is_empty() => {}
            _ => {
                let held = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
                if let (KeyCode::Char(c), false) = (key.code, held) {
                    self.search(|typed| typed.push(c));
                }
            }
        }
        Answer::stay()
    }

    fn paste(&mut self, _model: &Model, text: &str) -> Answer {
        let line: String =
            text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
        self.search(|typed| typed.push_str(&line));
        Answer::stay()
    }

    fn mouse(&mut self, model: &Model, mouse: MouseEvent, _area: Rect) -> Answer {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.scroll(model, 3),
            MouseEventKind::ScrollUp => self.scroll(model, -3),
            _ => {}
        }
        Answer::stay()
    }

    fn size(&self, _model: &Model, screen: Rect) -> (u16, u16) {
        let width = screen.width.saturating_sub(4);
        let width = if width >= TWO_COLUMNS + 2 { width.min(170) } else { width.min(96) };
        (width, screen.height.saturating_sub(2))
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, inside: Rect) {
        let look = &model.look;
        let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
        let columns = self.columns(model, inside.width);
        let furthest = furthest(&columns, inside);
        let top = self.top.min(furthest);
        let cursor = look.glyph("▏", "_");
        let mut spans = vec![Span::styled(format!(" /{}{cursor}", self.typed), look.accent)];
        if self.typed.is_empty() {
            spans.push(Span::styled(" type to search", look.dim));
        }
        if let Some(percent) = (top * 100).checked_div(furthest) {
            let words = format!("{percent}%");
            let taken: usize = spans.iter().map(|span| fit::width(&span.content)).sum();
            let blanks = usize::from(head.width).saturating_sub(taken + fit::width(&words) + 1);
            spans.push(Span::styled(" ".repeat(blanks) + &words, look.dim));
        }
        frame.render_widget(Line::from(spans), head);
        if columns.iter().all(Vec::is_empty) {
            return frame.render_widget(Line::styled(" Nothing here matches.", look.dim), body);
        }
        let areas = Layout::horizontal(vec![Constraint::Fill(1); columns.len()]).split(body);
        for (lines, area) in columns.into_iter().zip(areas.iter()) {
            let shown: Vec<Line<'_>> = lines.into_iter().skip(top).take(usize::from(area.height)).collect();
            frame.render_widget(Paragraph::new(shown), *area);
        }
    }

    fn keys(&self, _model: &Model) -> Vec<(String, &'static str)> {
        let esc = if self.typed.is_empty() { "close" } else { "show all" };
        [("esc", esc), ("up/down", "scroll"), ("pageup/pagedown", "a page")]
            .map(|(key, words)| (key.to_owned(), words))
            .to_vec()
    }
}
