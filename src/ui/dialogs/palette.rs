//! The palette of `:`: every deed by its name.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::config::Chord;
use crate::text::{clean, fit};
use crate::ui::keymap::{DEEDS, DeedInfo, Do};
use crate::ui::model::Model;
use crate::ui::{contexts, validity};

use super::{Answer, Dialog, Wish};

/// Cells for a name; the longest has seventeen letters.
const NAME: usize = 18;
/// Cells for a key.
const KEY: usize = 9;
/// The longest search.
const LONGEST: usize = 60;

/// The palette.
#[derive(Debug, Default)]
pub(super) struct Palette {
    typed: String,
    at: usize,
}

/// A deed that matches.
struct Found {
    info: &'static DeedInfo,
    why_not: Option<String>,
}

impl Palette {
    /// Those that match, the best first; with nothing typed, what can be done now first.
    fn found(&self, model: &Model) -> Vec<Found> {
        let scored = DEEDS.iter().filter(|info| info.deed != Do::Palette).filter_map(|info| {
            let score = score(model, &self.typed, info)?;
            let why_not = validity(model, info.deed).err().map(|why| clean(&why).into_owned());
            Some((score, Found { info, why_not }))
        });
        let mut scored: Vec<(i64, Found)> = scored.collect();
        scored.sort_by_key(|(score, found)| (Reverse(*score), found.why_not.is_some()));
        scored.into_iter().map(|(_, found)| found).collect()
    }

    fn search(&mut self, change: impl FnOnce(&mut String)) {
        change(&mut self.typed);
        if let Some((end, _)) = self.typed.char_indices().nth(LONGEST) {
            self.typed.truncate(end);
        }
        self.at = 0;
    }

    fn step(&mut self, model: &Model, by: isize) {
        let last = self.found(model).len().saturating_sub(1);
        self.at = self.at.min(last).saturating_add_signed(by).min(last);
    }

    /// Does what is chosen, where it can be done.
    fn perform(&self, model: &Model) -> Answer {
        match self.found(model).get(self.at) {
            Some(Found { info, why_not: None }) => Answer::wish(Wish::Deed(info.deed)).and_close(),
            _ => Answer::stay(),
        }
    }
}

/// How well a deed matches: by its name before all else, then by the words of its sentence.
fn score(model: &Model, typed: &str, info: &DeedInfo) -> Option<i64> {
    const NAMED: i64 = 1000;
    if typed.trim().is_empty() {
        return Some(0);
    }
    // A shorter name is matched more wholly by the same letters.
    let length = i64::try_from(info.name.len()).unwrap_or(0);
    let by_name = model.matcher.score(typed, info.name).map(|score| NAMED + score - length);
    by_name.or_else(|| {
        let sentence = info.help.to_lowercase();
        let all = typed.split_whitespace().all(|word| sentence.contains(&word.to_lowercase()));
        all.then_some(0)
    })
}

/// The first choice shown in so many rows.
fn top(at: usize, rows: usize) -> usize {
    (at + 1).saturating_sub(rows)
}

impl Dialog for Palette {
    fn title(&self, _model: &Model) -> String {
        "Commands".into()
    }

    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer {
        match chord.to_string().as_str() {
            "esc" if self.typed.is_empty() => return Answer::close(),
            "esc" | "ctrl-u" => self.search(String::clear),
            "ctrl-c" => return Answer::close(),
            "enter" => return self.perform(model),
            "down" | "ctrl-n" | "tab" => self.step(model, 1),
            "up" | "ctrl-p" | "shift-tab" => self.step(model, -1),
            "pagedown" => self.step(model, 10),
            "pageup" => self.step(model, -10),
            "home" => self.at = 0,
            "end" => self.step(model, isize::MAX),
            "backspace" => self.search(|typed| _ = typed.pop()),
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

    fn mouse(&mut self, model: &Model, mouse: MouseEvent, area: Rect) -> Answer {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.step(model, 1),
            MouseEventKind::ScrollUp => self.step(model, -1),
            MouseEventKind::Down(MouseButton::Left) => {
                // The frame and what is typed stand above the rows.
                let rows = usize::from(area.height.saturating_sub(3));
                let row = mouse.row.checked_sub(area.y + 2).map(usize::from).filter(|row| *row < rows);
                let within = (area.x + 1..area.right().saturating_sub(1)).contains(&mouse.column);
                if let Some(place) = row.filter(|_| within).map(|row| row + top(self.at, rows))
                    && place < self.found(model).len()
                {
                    // The second click on one does it.
                    if place == self.at {
                        return self.perform(model);
                    }
                    self.at = place;
                }
            }
            _ => {}
        }
        Answer::stay()
    }

    fn size(&self, _model: &Model, screen: Rect) -> (u16, u16) {
        (screen.width.saturating_sub(4).min(100), screen.height.saturating_sub(4).min(24))
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, inside: Rect) {
        let look = &model.look;
        let [head, list] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
        let found = self.found(model);
        let mut typed = vec![Span::styled(format!(" :{}{}", self.typed, look.glyph("▏", "_")), look.accent)];
        if self.typed.is_empty() {
            typed.push(Span::styled(" type a name", look.dim));
        }
        frame.render_widget(Line::from(typed), head);
        if found.is_empty() {
            return frame.render_widget(Line::styled(" Nothing is called so.", look.dim), list);
        }
        let rows = usize::from(list.height);
        let width = usize::from(list.width);
        let shown = found.iter().enumerate().skip(top(self.at, rows)).take(rows);
        let lines: Vec<Line<'_>> =
            shown.map(|(place, one)| row(model, one, place == self.at, width)).collect();
        frame.render_widget(Paragraph::new(lines), list);
    }

    fn keys(&self, model: &Model) -> Vec<(String, &'static str)> {
        let can = self.found(model).get(self.at).is_some_and(|one| one.why_not.is_none());
        let esc = if self.typed.is_empty() { "close" } else { "show all" };
        let enter = can.then_some(("enter", "do it"));
        enter
            .into_iter()
            .chain([("esc", esc), ("up/down", "choose")])
            .map(|(key, words)| (key.to_owned(), words))
            .collect()
    }
}

fn row(model: &Model, found: &Found, is_chosen: bool, width: usize) -> Line<'static> {
    let look = &model.look;
    let Found { info, why_not } = found;
    let elsewhere =
        || info.keys.iter().find_map(|(at, _)| model.keymap.keys(info.deed, *at).first().copied());
    let key = model.keymap.key(info.deed, &contexts(model)).or_else(elsewhere);
    let key = key.map_or_else(String::new, |key| key.to_string());
    let words = match why_not {
        Some(why_not) => format!("not now: {why_not}"),
        None => info.help.to_owned(),
    };
    let words = fit::left(&words, width.saturating_sub(NAME + KEY + 3));
    let styles = match (is_chosen, why_not) {
        (true, None) => [look.cursor; 3],
        (true, Some(_)) => [look.dim.patch(look.cursor); 3],
        (false, None) => [look.plain, look.accent, look.dim],
        (false, Some(_)) => [look.dim; 3],
    };
    let [name_style, key_style, word_style] = styles;
    Line::from(vec![
        Span::styled(format!(" {}", fit::left(info.name, NAME)), name_style),
        Span::styled(format!("{} ", fit::left(&key, KEY)), key_style),
        Span::styled(format!("{words} "), word_style),
    ])
}
