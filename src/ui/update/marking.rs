//! Marks on lines of a log: a letter each.

use crossterm::event::{KeyCode, KeyEvent};

use crate::ui::model::{Focus, Typing};
use crate::ui::view::log_rows;
use crate::ui::{Model, Tone};

use super::going;

/// Waits for the letter.
pub(super) fn ask(model: &mut Model, sets: bool) {
    model.focus = Focus::Pane;
    model.typing = Some(Typing::Mark { sets });
}

/// The letter has come, or something else, which takes it back.
pub(super) fn typed(model: &mut Model, key: KeyEvent, sets: bool) {
    model.typing = None;
    match key.code {
        KeyCode::Char(letter @ ('a'..='z' | 'A'..='Z')) if sets => set(model, letter),
        KeyCode::Char(letter @ ('a'..='z' | 'A'..='Z')) => go(model, letter),
        KeyCode::Char('\'') if !sets => {
            if let Some(of) = model.pane_of().cloned() {
                going::back(model, &of);
            }
        }
        KeyCode::Esc => {}
        _ => model.toasts.tell(Tone::Plain, "a mark is a letter", model.now.since_start),
    }
}

fn set(model: &mut Model, letter: char) {
    let Some(of) = model.pane_of().cloned() else { return };
    let Some(extent) = log_rows(model, &of).map(|rows| rows.extent()) else { return };
    let Some(line) = going::current(model, &of) else { return };
    if let Some(view) = model.pane.shown_log_mut(&of) {
        view.settle(&extent);
        view.moves.marks.insert(letter, line);
        let words = format!("mark {letter} is line {}", crate::text::grouped(line.get()));
        model.toasts.tell(Tone::Plain, words, model.now.since_start);
    }
}

fn go(model: &mut Model, letter: char) {
    let Some(of) = model.pane_of().cloned() else { return };
    let Some(extent) = log_rows(model, &of).map(|rows| rows.extent()) else { return };
    let marked = model.pane.shown_log_mut(&of).and_then(|view| {
        view.settle(&extent);
        view.moves.marks.get(&letter).copied()
    });
    let words = match marked {
        Some(line) => {
            going::jump(model, &of, line);
            if line >= extent.first {
                return;
            }
            format!("the line of mark {letter} was dropped: this is the oldest that is left")
        }
        None => format!("there is no mark {letter}"),
    };
    model.toasts.tell(Tone::Plain, words, model.now.since_start);
}
