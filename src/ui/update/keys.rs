//! What a key does: goes to a shell, to a dialog, to a line that is typed, or does what the table says.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::config::Chord;
use crate::term::{encode_key, encode_paste};
use crate::ui::keymap::{Context, Do, Risk};
use crate::ui::model::{ExecTab, Focus, Output, Typing};
use crate::ui::{Command, Model, Tone};

use super::{act, contexts, dialog, go_to, looking, marking, validity};

/// Leaves a shell that has the keys: what telnet and virsh take, and no shell does.
pub const LEAVE_SHELL: &str = "ctrl-]";

pub(super) fn pressed(model: &mut Model, key: KeyEvent, commands: &mut Vec<Command>) {
    let Some(chord) = Chord::of(key) else { return };
    if !model.dialogs.is_empty() {
        return dialog::pressed(model, key, chord, commands);
    }
    if model.is_in_shell() {
        return to_shell(model, key, chord, commands);
    }
    match model.typing {
        Some(Typing::GoTo(_)) => return go_to::typed(model, key, commands),
        Some(Typing::Mark { sets }) => return marking::typed(model, key, sets),
        Some(Typing::Filter { .. } | Typing::Search { .. } | Typing::Log) => return typed(model, key),
        None => {}
    }
    let contexts = contexts(model);
    let found = model.keymap.lookup(&contexts, chord);
    let Some(deed) = found else {
        // A number in a log is where to go, or how much to copy, unless the digit has been given something to do.
        if let (KeyCode::Char(digit @ '1'..='9'), KeyModifiers::NONE) = (key.code, key.modifiers)
            && contexts.contains(&Context::Log)
            && validity(model, Do::GoTo).is_ok()
        {
            go_to::ask(model, digit.encode_utf8(&mut [0; 4]));
        }
        return;
    };
    // A key that is held down does not remove, stop or start one thing after the other.
    if key.kind == KeyEventKind::Repeat && deed.info().risk == Risk::Changes {
        return;
    }
    match validity(model, deed) {
        Ok(()) => act::perform(model, deed, commands),
        Err(why) => {
            model.toasts.tell(Tone::Plain, format!("{}: {why}", deed.info().short), model.now.since_start);
        }
    }
}

pub(super) fn pasted(model: &mut Model, text: &str, commands: &mut Vec<Command>) {
    if !model.dialogs.is_empty() {
        return dialog::pasted(model, text, commands);
    }
    if model.is_in_shell() {
        let of = model.pane_of().cloned();
        let shell = of.and_then(|key| model.pane.shown_shell(&key));
        if let Some(ExecTab { id, output: Output::Shell(terminal), .. }) = shell {
            commands.push(Command::Type(*id, encode_paste(text, &terminal.modes())));
        }
        return;
    }
    if model.typing.is_some() {
        // A line is a line.
        let line: String =
            text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
        match model.typing {
            Some(Typing::GoTo(_)) => go_to::pasted(model, &line),
            Some(Typing::Mark { .. }) => {}
            _ => change_line(model, |text| text.push_str(&line)),
        }
    }
}

fn to_shell(model: &mut Model, key: KeyEvent, chord: Chord, commands: &mut Vec<Command>) {
    if chord.to_string() == LEAVE_SHELL {
        model.focus = Focus::Containers;
        return;
    }
    let Some(of) = model.pane_of().cloned() else { return };
    let Some(id) = model.pane.shown_shell(&of).map(|exec| exec.id) else { return };
    let Some(ExecTab { output: Output::Shell(terminal), .. }) = model.pane.exec_mut(id) else { return };
    let rows = usize::from(terminal.size().rows());
    // As in most terminals: shift and a page key look back.
    match (key.modifiers, key.code) {
        (KeyModifiers::SHIFT, KeyCode::PageUp) => return terminal.scroll_up(rows / 2),
        (KeyModifiers::SHIFT, KeyCode::PageDown) => return terminal.scroll_down(rows / 2),
        _ => {}
    }
    if let Some(bytes) = encode_key(key, &terminal.modes()) {
        terminal.scroll_to_end();
        commands.push(Command::Type(id, bytes));
    }
}

/// A key while a filter or a search is being typed.
fn typed(model: &mut Model, key: KeyEvent) {
    let is_in_log = model.typing == Some(Typing::Log);
    match (key.code, key.modifiers) {
        (KeyCode::Enter, _) if is_in_log => looking::keep(model),
        (KeyCode::Esc, _) if is_in_log => looking::take_back(model),
        (KeyCode::Enter, _) => model.typing = None,
        (KeyCode::Esc, _) => {
            let before = match model.typing.take() {
                Some(Typing::Filter { before } | Typing::Search { before }) => before,
                Some(Typing::Log | Typing::GoTo(_) | Typing::Mark { .. }) | None => return,
            };
            change_line_after(model, |text| *text = before);
        }
        (KeyCode::Backspace, _) => change_line(model, |text| {
            text.pop();
        }),
        (KeyCode::Char('u'), KeyModifiers::CONTROL) => change_line(model, String::clear),
        (KeyCode::Char('w'), KeyModifiers::CONTROL) => change_line(model, |text| {
            let kept = text.trim_end().rfind(' ').map_or(0, |at| at + 1);
            text.truncate(kept);
        }),
        (KeyCode::Down, _) => super::moving::by_lines(model, 1),
        (KeyCode::Up, _) => super::moving::by_lines(model, -1),
        (KeyCode::Char(c), modifiers) if !modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
            change_line(model, |text| text.push(c));
        }
        _ => {}
    }
}

/// The longest line that is kept: nobody types more.
const LONGEST: usize = 200;

fn change_line(model: &mut Model, change: impl FnOnce(&mut String)) {
    match model.typing {
        Some(Typing::Log) => looking::change_line(model, change),
        Some(Typing::Filter { .. } | Typing::Search { .. }) => change_line_after(model, change),
        Some(Typing::GoTo(_) | Typing::Mark { .. }) | None => {}
    }
}

fn change_line_after(model: &mut Model, change: impl FnOnce(&mut String)) {
    let line = match model.focus {
        Focus::Containers => &mut model.containers.filter,
        Focus::Volumes => &mut model.volumes.filter,
        Focus::Pane => &mut model.pane.inspect.search,
    };
    change(line);
    if let Some((end, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(end);
    }
    model.containers.touch();
    model.volumes.touch();
}
