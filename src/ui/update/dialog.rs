//! Handing things to the topmost dialog, and doing what it wants.

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

use crate::config::Chord;
use crate::ui::dialogs::{Answer, Dialog, Wish};
use crate::ui::{ActionId, ActionNews, Command, Model};

use super::{act, requests};

/// How many dialogs may lie on top of each other.
const DEPTH: usize = 4;

/// Puts a dialog on top.
pub(super) fn open(model: &mut Model, dialog: Box<dyn Dialog>, commands: &mut Vec<Command>) {
    if model.dialogs.len() < DEPTH {
        model.dialogs.push(dialog);
        with_topmost(model, commands, |dialog, model| dialog.opened(model));
    }
}

pub(super) fn pressed(model: &mut Model, key: KeyEvent, chord: Chord, commands: &mut Vec<Command>) {
    with_topmost(model, commands, |dialog, model| dialog.key(model, key, chord));
}

pub(super) fn pasted(model: &mut Model, text: &str, commands: &mut Vec<Command>) {
    with_topmost(model, commands, |dialog, model| dialog.paste(model, text));
}

pub(super) fn mouse(model: &mut Model, mouse: MouseEvent, area: Rect, commands: &mut Vec<Command>) {
    with_topmost(model, commands, |dialog, model| dialog.mouse(model, mouse, area));
}

/// Every dialog hears of every action: the one that waits for it may lie under another.
pub(super) fn hear(model: &mut Model, id: ActionId, news: &ActionNews, commands: &mut Vec<Command>) {
    for place in (0..model.dialogs.len()).rev() {
        if place < model.dialogs.len() {
            let mut dialog = model.dialogs.remove(place);
            let answer = dialog.hear(model, id, news);
            finish(model, place, dialog, answer, commands);
        }
    }
}

fn with_topmost(
    model: &mut Model,
    commands: &mut Vec<Command>,
    ask: impl FnOnce(&mut Box<dyn Dialog>, &Model) -> Answer,
) {
    let Some(mut dialog) = model.dialogs.pop() else { return };
    let answer = ask(&mut dialog, model);
    finish(model, model.dialogs.len(), dialog, answer, commands);
}

/// Puts the dialog back in its place unless it closes, and does what it wants.
fn finish(
    model: &mut Model,
    place: usize,
    dialog: Box<dyn Dialog>,
    answer: Answer,
    commands: &mut Vec<Command>,
) {
    let Answer { wishes, closes } = answer;
    let mut dialog = Some(dialog);
    for wish in wishes {
        match wish {
            Wish::Act(request) => {
                if let Some(id) = requests::begin(model, request.clone(), commands)
                    && let Some(dialog) = &mut dialog
                {
                    dialog.began(id, &request);
                }
            }
            Wish::Exec(key, draft) => requests::run(model, &key, draft, commands),
            Wish::Build(engine, draft, file) => requests::build(model, engine, draft, file, commands),
            Wish::Keep(name, draft) => model.drafts.keep(&name, draft),
            Wish::Deed(deed) => {
                // What is done is done to the screen under the dialog.
                if let Ok(()) = super::validity(model, deed) {
                    act::perform(model, deed, commands);
                }
            }
            Wish::Command(Command::Skip(id)) => requests::skip(model, id, commands),
            Wish::Command(command) => {
                model.quits |= matches!(command, Command::Quit);
                commands.push(command);
            }
            Wish::Open(other) => {
                // On top of this one: put it back first.
                if !closes && let Some(dialog) = dialog.take() {
                    model.dialogs.insert(place.min(model.dialogs.len()), dialog);
                }
                open(model, other, commands);
            }
            Wish::Unmark => model.containers.clear_marks(),
            Wish::Tell(tone, words) => model.toasts.tell(tone, words, model.now.since_start),
        }
    }
    if !closes && let Some(dialog) = dialog {
        model.dialogs.insert(place.min(model.dialogs.len()), dialog);
    }
}
