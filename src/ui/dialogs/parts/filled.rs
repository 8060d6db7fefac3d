//! A dialog that is a form.

use std::fmt::Debug;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::config::Chord;
use crate::ui::Model;
use crate::ui::dialogs::{Answer, Dialog};

use super::{Form, FormAnswer, inside, padded, rows, text_width};

/// How wide it would like to be.
const WIDTH: u16 = 76;

/// What is wrong, by the label of the field.
pub(crate) type Errors = Vec<(&'static str, String)>;

/// What differs from one form to the next.
pub(crate) trait Filled: Debug + Send {
    /// What will happen.
    fn title(&self, model: &Model) -> String;

    /// What is said above the fields.
    fn intro(&self, _model: &Model, _cells: usize) -> Vec<Line<'static>> {
        Vec::new()
    }

    /// What is wrong with what is filled in.
    fn errors(&self, model: &Model, form: &Form) -> Errors;

    /// A key that is no key of forms; whether it meant anything.
    fn other_key(&self, _model: &Model, _form: &mut Form, _chord: &str) -> bool {
        false
    }

    /// Those keys, as far as they mean anything now.
    fn other_keys(&self, _model: &Model) -> Vec<(String, &'static str)> {
        Vec::new()
    }

    /// What is asked for when nothing is wrong; the dialog closes.
    fn submit(&self, model: &Model, form: &Form) -> Answer;
}

/// The dialog of a form.
pub(crate) fn filled(what: impl Filled + 'static, form: Form) -> Box<dyn Dialog> {
    Box::new(Filling { what, form })
}

#[derive(Debug)]
struct Filling<F> {
    what: F,
    form: Form,
}

impl<F: Filled> Filling<F> {
    fn answered(&self, model: &Model, said: FormAnswer) -> Answer {
        match said {
            FormAnswer::Stay => Answer::stay(),
            FormAnswer::Close => Answer::close(),
            FormAnswer::Submit => self.what.submit(model, &self.form).and_close(),
        }
    }

    /// What is said above, its place, and the place of the form.
    fn parts(&self, model: &Model, area: Rect) -> (Vec<Line<'static>>, Rect, Rect) {
        let lines = self.what.intro(model, usize::from(padded(area).width));
        let above = rows(lines.len()).min(area.height.saturating_sub(3));
        let form = Rect { y: area.y + above, height: area.height - above, ..area };
        (lines, Rect { height: above, ..padded(area) }, form)
    }
}

impl<F: Filled> Dialog for Filling<F> {
    fn title(&self, model: &Model) -> String {
        self.what.title(model)
    }

    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer {
        if self.what.other_key(model, &mut self.form, &chord.to_string()) {
            return Answer::stay();
        }
        let errors = self.what.errors(model, &self.form);
        let said = self.form.key(key, &chord.to_string(), &errors);
        self.answered(model, said)
    }

    fn paste(&mut self, _model: &Model, text: &str) -> Answer {
        self.form.paste(text);
        Answer::stay()
    }

    fn mouse(&mut self, model: &Model, mouse: MouseEvent, area: Rect) -> Answer {
        let errors = self.what.errors(model, &self.form);
        let (_, _, place) = self.parts(model, inside(area));
        let said = self.form.mouse(mouse, place, &errors);
        self.answered(model, said)
    }

    fn size(&self, model: &Model, screen: Rect) -> (u16, u16) {
        let cells = text_width(WIDTH, screen);
        let errors = self.what.errors(model, &self.form);
        let lines = rows(self.what.intro(model, cells).len());
        (WIDTH, lines.saturating_add(self.form.height(cells, &errors)).saturating_add(2))
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        let (lines, above, place) = self.parts(model, area);
        frame.render_widget(Paragraph::new(lines), above);
        self.form.draw(&model.look, frame, place, &self.what.errors(model, &self.form));
    }

    fn keys(&self, model: &Model) -> Vec<(String, &'static str)> {
        let mut keys = self.form.keys();
        keys.extend(self.what.other_keys(model));
        keys
    }
}
