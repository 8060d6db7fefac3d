//! A dialog that says what would happen, and asks whether it should.

use std::fmt::Debug;

use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::config::Chord;
use crate::ui::Model;
use crate::ui::dialogs::{Answer, Dialog};

use super::{Ask, Confirm, Said, Scroll, inside, inside_of, padded, rows, text_width};

/// How wide it would like to be.
const WIDTH: u16 = 76;

/// What differs from one such dialog to the next.
pub(crate) trait Question: Debug + Send {
    /// What will happen.
    fn title(&self, model: &Model) -> String;

    /// To what, and what is lost by it; lines of at most so many cells.
    fn body(&self, model: &Model, cells: usize) -> Vec<Line<'static>>;

    /// What is asked, as things are now.
    fn ask(&self, model: &Model) -> Ask;

    /// What yes does; the dialog closes.
    fn yes(&self, model: &Model) -> Answer;

    /// A key that neither answers nor moves; whether it means anything.
    fn other_key(&mut self, _model: &Model, _chord: &str) -> bool {
        false
    }

    /// Those keys.
    fn other_keys(&self, _model: &Model) -> Vec<(String, &'static str)> {
        Vec::new()
    }
}

/// The dialog of a question; where `is_on_yes`, the enter key says yes.
pub(crate) fn asked(question: impl Question + 'static, is_on_yes: bool) -> Box<dyn Dialog> {
    Box::new(Asked { question, confirm: Confirm::new(is_on_yes), scroll: Scroll::default() })
}

#[derive(Debug)]
struct Asked<Q> {
    question: Q,
    confirm: Confirm,
    scroll: Scroll,
}

impl<Q: Question + 'static> Asked<Q> {
    fn answered(&self, model: &Model, said: Said) -> Answer {
        match said {
            Said::Yes => self.question.yes(model).and_close(),
            Said::No => Answer::close(),
            Said::Nothing | Said::NotForMe => Answer::stay(),
        }
    }

    /// The place of the text, its lines, and the place of the answer.
    fn parts(&self, model: &Model, ask: &Ask, area: Rect) -> (Rect, Vec<Line<'static>>, Rect) {
        let area = padded(area);
        let below = Confirm::height(ask).min(area.height);
        let above = Rect { height: area.height - below, ..area };
        let lines = self.question.body(model, usize::from(area.width));
        (above, lines, Rect { y: above.bottom(), height: below, ..area })
    }

    fn scrolled(&mut self, model: &Model, ask: &Ask, scroll: impl FnOnce(&mut Scroll, usize, usize) -> bool) {
        let (above, lines, _) = self.parts(model, ask, inside_of(self, model));
        scroll(&mut self.scroll, lines.len(), usize::from(above.height));
    }
}

impl<Q: Question + 'static> Dialog for Asked<Q> {
    fn title(&self, model: &Model) -> String {
        self.question.title(model)
    }

    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer {
        let chord = chord.to_string();
        if self.question.other_key(model, &chord) {
            return Answer::stay();
        }
        let ask = self.question.ask(model);
        match self.confirm.key(&ask, key, &chord) {
            Said::NotForMe => {
                self.scrolled(model, &ask, |scroll, lines, height| scroll.key(&chord, lines, height));
                Answer::stay()
            }
            said => self.answered(model, said),
        }
    }

    fn paste(&mut self, model: &Model, text: &str) -> Answer {
        self.confirm.paste(&self.question.ask(model), text);
        Answer::stay()
    }

    fn mouse(&mut self, model: &Model, mouse: MouseEvent, area: Rect) -> Answer {
        let ask = self.question.ask(model);
        let by = match mouse.kind {
            MouseEventKind::ScrollDown => 3,
            MouseEventKind::ScrollUp => -3,
            _ => {
                let (_, _, below) = self.parts(model, &ask, inside(area));
                return self.answered(model, Confirm::mouse(&ask, mouse, below));
            }
        };
        self.scrolled(model, &ask, |scroll, lines, height| {
            scroll.by(by, lines, height);
            true
        });
        Answer::stay()
    }

    fn size(&self, model: &Model, screen: Rect) -> (u16, u16) {
        let lines = self.question.body(model, text_width(WIDTH, screen)).len();
        let below = Confirm::height(&self.question.ask(model));
        (WIDTH, rows(lines).saturating_add(below).saturating_add(2))
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        let ask = self.question.ask(model);
        let (above, lines, below) = self.parts(model, &ask, area);
        self.scroll.draw(&model.look, frame, above, &lines);
        self.confirm.draw(&model.look, &ask, frame, below);
    }

    fn keys(&self, model: &Model) -> Vec<(String, &'static str)> {
        let mut keys = self.confirm.keys(&self.question.ask(model));
        keys.extend(self.question.other_keys(model));
        keys
    }
}
