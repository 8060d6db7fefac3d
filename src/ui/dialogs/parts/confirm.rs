//! Yes or no; or, where what goes cannot be made again, its name typed.

use crossterm::event::{KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::fit;
use crate::ui::Look;

use super::Field;

/// What is asked just now.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// What yes does, in a word or two; `None` where nothing can be done any more.
    pub(crate) yes: Option<String>,
    /// What no does, in a word or two.
    pub(crate) no: &'static str,
    /// What must be typed for yes.
    pub(crate) typed: Option<String>,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// Do it.
    Yes,
    /// Do not.
    No,
    /// Nothing yet; the key had a meaning here.
    Nothing,
    /// The key has no meaning here.
    NotForMe,
}

/// What is typed or chosen so far.
#[derive(Debug, Clone)]
pub(crate) struct Confirm {
    field: Field,
    is_on_yes: bool,
}

impl Confirm {
    /// Nothing is answered; the enter key says yes or no.
    pub(crate) fn new(is_on_yes: bool) -> Self {
        Self { field: Field::line("", ""), is_on_yes }
    }

    /// A key was pressed.
    pub(crate) fn key(&mut self, ask: &Ask, key: KeyEvent, chord: &str) -> Said {
        // A key that is held down answers nothing that came up under it.
        let is_held = key.kind == KeyEventKind::Repeat;
        let Some(_) = ask.yes else {
            return match chord {
                "esc" | "enter" | "n" | "q" => Said::No,
                _ => Said::NotForMe,
            };
        };
        if ask.typed.is_some() {
            return match chord {
                "esc" => Said::No,
                "enter" if self.is_typed(ask) && !is_held => Said::Yes,
                chord if chord == "enter" || self.field.key(key) => Said::Nothing,
                _ => Said::NotForMe,
            };
        }
        match chord {
            "y" | "enter" if is_held => Said::Nothing,
            chord if chord == "y" || (chord == "enter" && self.is_on_yes) => Said::Yes,
            "esc" | "n" | "q" | "enter" => Said::No,
            "left" | "right" | "tab" | "shift-tab" | "h" | "l" => {
                self.is_on_yes ^= true;
                Said::Nothing
            }
            _ => Said::NotForMe,
        }
    }

    fn is_typed(&self, ask: &Ask) -> bool {
        ask.typed.as_ref().is_some_and(|wanted| self.field.text().trim() == wanted)
    }

    /// Text was pasted.
    pub(crate) fn paste(&mut self, ask: &Ask, text: &str) {
        if ask.typed.is_some() {
            self.field.paste(text);
        }
    }

    /// The mouse did something; `area` is where this was drawn.
    pub(crate) fn mouse(ask: &Ask, mouse: MouseEvent, area: Rect) -> Said {
        if mouse.kind != MouseEventKind::Down(MouseButton::Left) || ask.typed.is_some() {
            return Said::NotForMe;
        }
        let at = Position::new(mouse.column, mouse.row);
        let (mut x, y) = (area.x, area.bottom().saturating_sub(1));
        for (said, words) in buttons(ask) {
            let width = super::rows(fit::width(&words));
            if Rect::new(x, y, width, 1).contains(at) {
                return said;
            }
            x = x.saturating_add(width).saturating_add(2);
        }
        Said::NotForMe
    }

    /// How many lines it takes, the blank one above it counted.
    pub(crate) fn height(ask: &Ask) -> u16 {
        if ask.typed.is_some() && ask.yes.is_some() { 3 } else { 2 }
    }

    /// Draws it at the lower end of this.
    pub(crate) fn draw(&self, look: &Look, ask: &Ask, frame: &mut Frame<'_>, area: Rect) {
        let row = |from_below: u16| Rect {
            y: area.bottom().saturating_sub(from_below),
            height: area.height.min(1),
            ..area
        };
        if area.height == 0 {
            return;
        }
        if let (Some(yes), Some(wanted)) = (&ask.yes, &ask.typed) {
            let is_typed = self.is_typed(ask);
            if area.height > 1 {
                let words = if is_typed {
                    Line::styled(format!("enter: {yes}"), look.bad)
                } else {
                    let style = look.warning;
                    Line::from(vec![
                        Span::styled(format!("To {yes}, type "), look.plain),
                        Span::styled(crate::text::clean(wanted).into_owned(), style),
                    ])
                };
                frame.render_widget(Paragraph::new(words), row(2));
            }
            let prompt = Rect { width: area.width.min(2), ..row(1) };
            frame.render_widget(Paragraph::new(Span::styled("> ", look.accent)), prompt);
            let rest = Rect {
                x: area.x.saturating_add(prompt.width),
                width: area.width.saturating_sub(prompt.width),
                ..row(1)
            };
            return self.field.draw(look, frame, rest, true);
        }
        let mut spans = Vec::new();
        for (said, words) in buttons(ask) {
            let is_chosen = ask.yes.is_none() || (said == Said::Yes) == self.is_on_yes;
            spans.push(Span::styled(words, if is_chosen { look.cursor } else { look.plain }));
            spans.push(Span::raw("  "));
        }
        frame.render_widget(Paragraph::new(Line::from(spans)), row(1));
    }

    /// The keys that are valid now.
    pub(crate) fn keys(&self, ask: &Ask) -> Vec<(String, &'static str)> {
        let key = |key: &str, words| (key.to_owned(), words);
        match (&ask.yes, &ask.typed) {
            (None, _) => vec![key("esc", "close")],
            (_, Some(_)) if self.is_typed(ask) => vec![key("enter", "do it"), key("esc", ask.no)],
            (_, Some(_)) => vec![key("esc", ask.no)],
            (_, None) => vec![
                key("y", "yes"),
                key("enter", if self.is_on_yes { "yes" } else { "no" }),
                key("esc", ask.no),
            ],
        }
    }
}

fn buttons(ask: &Ask) -> Vec<(Said, String)> {
    let Some(yes) = &ask.yes else { return vec![(Said::No, " Close ".to_owned())] };
    vec![(Said::Yes, format!(" y {yes} ")), (Said::No, format!(" n {} ", ask.no))]
}
