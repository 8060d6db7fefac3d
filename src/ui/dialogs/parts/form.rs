//! A form: fields under one another, each with its label before it and what is wrong with it under it.

use crossterm::event::{KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{clean, fit};
use crate::ui::Look;

use super::{Field, padded, rows, wrapped};

/// How many cells the labels take.
const LABEL: u16 = 12;
/// The most lines of a field that are shown at once.
const TALL: usize = 4;

/// What can be filled in.
#[derive(Debug, Clone)]
enum Input {
    Text(Box<Field>),
    Switch(bool),
    Choice(Vec<String>, usize),
}

/// One field and its label.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    label: &'static str,
    /// Of a switch: what it means.
    words: &'static str,
    input: Input,
}

impl Entry {
    /// One line of text.
    pub(crate) fn line(label: &'static str, text: &str, placeholder: &'static str) -> Self {
        Self { label, words: "", input: Input::Text(Box::new(Field::line(text, placeholder))) }
    }

    /// Several lines of text.
    pub(crate) fn lines(label: &'static str, placeholder: &'static str) -> Self {
        Self { label, words: "", input: Input::Text(Box::new(Field::lines(placeholder))) }
    }

    /// Yes or no.
    pub(crate) fn switch(label: &'static str, words: &'static str, is_on: bool) -> Self {
        Self { label, words, input: Input::Switch(is_on) }
    }

    /// One of several.
    pub(crate) fn choice(label: &'static str, of: Vec<String>, at: usize) -> Self {
        Self { label, words: "", input: Input::Choice(of, at) }
    }

    fn height(&self) -> usize {
        match &self.input {
            Input::Text(field) => field.height().min(TALL),
            Input::Switch(_) | Input::Choice(..) => 1,
        }
    }

    fn value(&self) -> String {
        match &self.input {
            Input::Text(field) => field.text(),
            Input::Switch(is_on) => is_on.to_string(),
            Input::Choice(_, at) => at.to_string(),
        }
    }
}

/// What a key meant for the whole form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormAnswer {
    /// Nothing.
    Stay,
    /// It is filled in.
    Submit,
    /// Nothing is to come of it.
    Close,
}

/// The form.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    entries: Vec<Entry>,
    /// What the button says.
    button: &'static str,
    at: usize,
    before: Vec<String>,
    is_tried: bool,
    is_leaving: bool,
}

impl Form {
    /// With the cursor in the first field.
    pub(crate) fn new(entries: Vec<Entry>, button: &'static str) -> Self {
        let before = entries.iter().map(Entry::value).collect();
        Self { entries, button, at: 0, before, is_tried: false, is_leaving: false }
    }

    /// The text of a field, by its label.
    pub(crate) fn text(&self, label: &str) -> String {
        match self.input(label) {
            Some(Input::Text(field)) => field.text(),
            _ => String::new(),
        }
    }

    /// Puts a text in the place of what is in a field.
    pub(crate) fn set_text(&mut self, label: &str, text: &str) {
        let entry = self.entries.iter_mut().find(|entry| entry.label == label);
        if let Some(Input::Text(field)) = entry.map(|entry| &mut entry.input) {
            field.clear();
            field.paste(text);
        }
    }

    /// The lines of a field that have anything on them.
    pub(crate) fn lines(&self, label: &str) -> Vec<String> {
        self.text(label).lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, label: &str) -> bool {
        matches!(self.input(label), Some(Input::Switch(true)))
    }

    /// The number of what is chosen.
    pub(crate) fn chosen(&self, label: &str) -> usize {
        match self.input(label) {
            Some(Input::Choice(_, at)) => *at,
            _ => 0,
        }
    }

    fn input(&self, label: &str) -> Option<&Input> {
        self.entries.iter().find(|entry| entry.label == label).map(|entry| &entry.input)
    }

    /// Whether anything differs from what was there at first.
    fn is_changed(&self) -> bool {
        self.entries.iter().map(Entry::value).ne(self.before.iter().cloned())
    }

    /// A key was pressed. `errors` says by label what is wrong; a form with any is not submitted.
    pub(crate) fn key(
        &mut self,
        key: KeyEvent,
        chord: &str,
        errors: &[(&'static str, String)],
    ) -> FormAnswer {
        let was_leaving = std::mem::take(&mut self.is_leaving);
        let last = self.entries.len();
        match chord {
            "esc" if was_leaving || !self.is_changed() => return FormAnswer::Close,
            "esc" => self.is_leaving = true,
            "tab" => self.at = (self.at + 1) % (last + 1),
            "shift-tab" => self.at = (self.at + last) % (last + 1),
            "ctrl-s" => return self.submit(key, errors),
            _ => return self.in_entry(key, chord, errors),
        }
        FormAnswer::Stay
    }

    fn in_entry(&mut self, key: KeyEvent, chord: &str, errors: &[(&'static str, String)]) -> FormAnswer {
        let last = self.entries.len();
        let (first_line, last_line) = match self.entries.get(self.at).map(|entry| &entry.input) {
            Some(Input::Text(field)) => field.at_edges(),
            _ => (true, true),
        };
        match (chord, self.entries.get_mut(self.at).map(|entry| &mut entry.input)) {
            ("enter", input) if !matches!(&input, Some(Input::Text(field)) if field.has_lines()) => {
                return self.submit(key, errors);
            }
            ("down", _) if last_line => self.at = (self.at + 1).min(last),
            ("up", _) if first_line => self.at = self.at.saturating_sub(1),
            (_, Some(Input::Text(field))) => {
                field.key(key);
            }
            ("space" | "left" | "right", Some(Input::Switch(is_on))) => *is_on ^= true,
            ("space" | "right", Some(Input::Choice(of, at))) => *at = (*at + 1) % of.len().max(1),
            ("left", Some(Input::Choice(of, at))) => *at = (*at + of.len().max(1) - 1) % of.len().max(1),
            ("space", None) => return self.submit(key, errors),
            _ => {}
        }
        FormAnswer::Stay
    }

    fn submit(&mut self, key: KeyEvent, errors: &[(&'static str, String)]) -> FormAnswer {
        if key.kind == KeyEventKind::Repeat {
            return FormAnswer::Stay;
        }
        self.is_tried = true;
        let wrong = self.entries.iter().position(|entry| errors.iter().any(|(at, _)| *at == entry.label));
        match wrong {
            Some(at) => {
                self.at = at;
                FormAnswer::Stay
            }
            None => FormAnswer::Submit,
        }
    }

    /// Text was pasted.
    pub(crate) fn paste(&mut self, text: &str) {
        self.is_leaving = false;
        if let Some(Input::Text(field)) = self.entries.get_mut(self.at).map(|entry| &mut entry.input) {
            field.paste(text);
        }
    }

    /// The mouse did something; `area` is the inside of the dialog.
    pub(crate) fn mouse(
        &mut self,
        mouse: MouseEvent,
        area: Rect,
        errors: &[(&'static str, String)],
    ) -> FormAnswer {
        let area = padded(area);
        let at = Position::new(mouse.column, mouse.row);
        if mouse.kind != MouseEventKind::Down(MouseButton::Left) || !area.contains(at) {
            return FormAnswer::Stay;
        }
        self.is_leaving = false;
        let line = usize::from(mouse.row - area.y) + self.offset(area, errors);
        let places = self.places(usize::from(area.width), errors);
        let found = places.iter().position(|(top, height)| (*top..top + height).contains(&line));
        let Some(found) = found else { return FormAnswer::Stay };
        self.at = found;
        let enter = KeyEvent::from(crossterm::event::KeyCode::Enter);
        match self.entries.get_mut(found).map(|entry| &mut entry.input) {
            Some(Input::Switch(is_on)) => *is_on ^= true,
            Some(Input::Choice(of, at)) => *at = (*at + 1) % of.len().max(1),
            Some(Input::Text(_)) => {}
            None => return self.submit(enter, errors),
        }
        FormAnswer::Stay
    }

    /// What is wrong with an entry, where that is to be said by now: once there is something in it.
    fn error<'a>(&self, entry: &Entry, errors: &'a [(&'static str, String)]) -> Option<&'a str> {
        let is_blank = matches!(&entry.input, Input::Text(field) if field.is_blank());
        let found = errors.iter().find(|(at, _)| *at == entry.label);
        found.filter(|_| self.is_tried || !is_blank).map(|(_, wrong)| wrong.as_str())
    }

    /// The first line and the height of every entry with what is wrong with it; the button comes last.
    fn places(&self, cells: usize, errors: &[(&'static str, String)]) -> Vec<(usize, usize)> {
        let mut top = 0;
        let mut places = Vec::new();
        for entry in &self.entries {
            let wrong = self.error(entry, errors).map_or(0, |wrong| error_lines(wrong, cells).len());
            let height = entry.height() + wrong;
            places.push((top, height));
            top += height;
        }
        places.push((top + 1, 1));
        places
    }

    /// How many lines it would like to have, in so many cells.
    pub(crate) fn height(&self, cells: usize, errors: &[(&'static str, String)]) -> u16 {
        rows(self.places(cells, errors).last().map_or(0, |(top, height)| top + height))
    }

    fn offset(&self, area: Rect, errors: &[(&'static str, String)]) -> usize {
        let places = self.places(usize::from(area.width), errors);
        let height = usize::from(area.height);
        let (top, tall) = places.get(self.at).copied().unwrap_or_default();
        let all = places.last().map_or(0, |(top, height)| top + height);
        (top + tall)
            .saturating_sub(height)
            .max(top.saturating_sub(height / 2))
            .min(all.saturating_sub(height))
    }

    /// Draws it into the inside of a dialog.
    pub(crate) fn draw(
        &self,
        look: &Look,
        frame: &mut Frame<'_>,
        inside: Rect,
        errors: &[(&'static str, String)],
    ) {
        let area = padded(inside);
        if area.is_empty() {
            return;
        }
        let offset = self.offset(area, errors);
        let line = |at: usize, height: usize| -> Option<Rect> {
            let y = rows(at.checked_sub(offset)?);
            let height = rows(height).min(area.height.checked_sub(y)?);
            (height > 0).then(|| Rect { y: area.y + y, height, ..area })
        };
        let cells = usize::from(area.width);
        let places = self.places(cells, errors);
        for (at, (entry, (top, _))) in self.entries.iter().zip(&places).enumerate() {
            let has_focus = at == self.at;
            if let Some(place) = line(*top, entry.height()) {
                Self::draw_entry(entry, look, frame, place, has_focus);
            }
            if let Some(wrong) = self.error(entry, errors) {
                for (below, words) in error_lines(wrong, cells).into_iter().enumerate() {
                    if let Some(place) = line(top + entry.height() + below, 1) {
                        let place = after_label(place);
                        frame.render_widget(Paragraph::new(Line::styled(words, look.bad)), place);
                    }
                }
            }
        }
        if let Some((top, _)) = places.last()
            && let Some(place) = line(*top, 1)
        {
            let has_focus = self.at == self.entries.len();
            let style = if has_focus { look.cursor } else { look.strong };
            let mut spans = vec![Span::styled(format!(" {} ", self.button), style)];
            if self.is_leaving {
                spans.push(Span::styled("  esc again forgets what is typed", look.warning));
            }
            frame.render_widget(Paragraph::new(Line::from(spans)), place);
        }
    }

    fn draw_entry(entry: &Entry, look: &Look, frame: &mut Frame<'_>, place: Rect, has_focus: bool) {
        let style = if has_focus { look.accent } else { look.dim };
        frame.render_widget(Paragraph::new(Span::styled(entry.label, style)), Rect { height: 1, ..place });
        let rest = after_label(place);
        let mark = |is_on: bool| if is_on { "[x] " } else { "[ ] " };
        let focused = if has_focus { look.cursor } else { look.plain };
        let line = match &entry.input {
            Input::Text(field) => return field.draw(look, frame, rest, has_focus),
            Input::Switch(is_on) => {
                Line::from(vec![Span::styled(mark(*is_on), focused), Span::styled(entry.words, look.plain)])
            }
            Input::Choice(of, at) => {
                let words = of.get(*at).map_or("", String::as_str);
                let (left, right) = (look.glyph("‹", "<"), look.glyph("›", ">"));
                let words = fit::without_middle(&clean(words), usize::from(rest.width.saturating_sub(4)));
                Line::styled(format!("{left} {words} {right}"), focused)
            }
        };
        frame.render_widget(Paragraph::new(line), rest);
    }

    /// The keys that are valid now.
    pub(crate) fn keys(&self) -> Vec<(String, &'static str)> {
        let key = |key: &str, words| (key.to_owned(), words);
        let mut keys = match self.entries.get(self.at).map(|entry| &entry.input) {
            Some(Input::Text(field)) if field.has_lines() => vec![key("ctrl-s", "do it")],
            Some(Input::Switch(_) | Input::Choice(..)) => vec![key("space", "change"), key("enter", "do it")],
            _ => vec![key("enter", "do it")],
        };
        if self.entries.len() > 1 {
            keys.push(key("tab", "next field"));
        }
        keys.push(key("esc", "close"));
        keys
    }
}

fn after_label(place: Rect) -> Rect {
    let label = LABEL.min(place.width);
    Rect { x: place.x.saturating_add(label), width: place.width - label, ..place }
}

/// At most three lines: what is wrong is read, not studied.
fn error_lines(wrong: &str, cells: usize) -> Vec<String> {
    let mut lines = wrapped(wrong, cells.saturating_sub(usize::from(LABEL)));
    lines.truncate(3);
    lines
}
