//! What a message changes, and what it asks for: synchronous, total, free of I/O.

mod act;
mod builds;
mod dialog;
mod go_to;
mod going;
mod keys;
mod looking;
mod marking;
mod mouse;
mod moving;
mod news;
mod requests;
mod selecting;
mod sessions;
mod telling;
mod validity;

pub use keys::LEAVE_SHELL;
pub use mouse::Mouse;
pub use validity::{contexts, validity};

use crate::term::Size;
use crate::ui::keymap::Do;
use crate::ui::layout::Layout;
use crate::ui::model::{Focus, Output, Typing};
use crate::ui::{Command, ContainerNews, Message, Model, Now};

/// Takes what has happened, and says what is to be done.
#[must_use]
pub fn update(model: &mut Model, now: Now, message: Message) -> Vec<Command> {
    model.now = now;
    let mut commands = Vec::new();
    match message {
        Message::Key(key) => keys::pressed(model, key, &mut commands),
        Message::Mouse(mouse) => mouse::moved(model, mouse, &mut commands),
        Message::Pasted(text) => keys::pasted(model, &text, &mut commands),
        Message::Resized(columns, rows) => model.size = (columns, rows),
        Message::Tick => telling::watch(model, &mut commands),
        Message::Engine(id, heard) => {
            news::of_engine(model, id, heard);
            telling::entitle(model, &mut commands);
        }
        Message::Container(key, heard) => {
            let is_of_build = matches!(heard, ContainerNews::Build(_));
            news::of_container(model, &key, heard, &mut commands);
            if is_of_build {
                telling::entitle(model, &mut commands);
            }
        }
        Message::Action(id, heard) => news::of_action(model, id, heard, &mut commands),
        Message::Found(id, found) => model.pane.take_found(id, &found),
        Message::Merged(id, heard) => news::of_merged(model, id, heard),
        Message::Refused(command) => news::refused(model, *command),
        Message::History { container, drafts } => {
            model.histories.tell(&container, drafts);
        }
        Message::Told(tone, words) => model.toasts.tell(tone, words, now.since_start),
    }
    settle(model, &mut commands);
    commands
}

/// Puts everything in its place that follows from the rest: the order of lists, cursors, the size of shells.
fn settle(model: &mut Model, commands: &mut Vec<Command>) {
    model.toasts.settle(model.now.since_start);
    let layout = Layout::of(model);
    model.containers.settle(model.now.since_start, layout.container_rows().max(1), &model.matcher);
    // Whether there are volumes decides how high their list is.
    model.volumes.settle(Layout::of(model).volume_rows().max(1), &model.matcher);
    sessions::settle(model);
    if model.focus == Focus::Pane && model.pane_of().is_none() {
        model.focus = Focus::Containers;
    }
    if let Some(key) = model.pane_of().cloned() {
        model.pane.visit(&key);
    }
    model.pane.settle_logs();
    builds::settle(model);
    looking::settle(model);
    if matches!(model.typing, Some(Typing::GoTo(_) | Typing::Mark { .. }))
        && (model.focus != Focus::Pane || validity(model, Do::GoTo).is_err())
    {
        model.typing = None;
    }
    let inside = layout.inside_pane();
    let selected = model.containers.selected();
    let details = selected.and_then(|row| Some((&row.key, row.details.as_ref()?.as_ref().ok()?)));
    model.pane.inspect.settle(details, usize::from(inside.height));
    if inside.width == 0 || inside.height == 0 {
        return;
    }
    let shown = model.pane_of().and_then(|key| model.pane.shown_shell(key)).map(|exec| exec.id);
    if let Some(id) = shown
        && let Some(exec) = model.pane.exec_mut(id)
        && let Output::Shell(terminal) = &mut exec.output
    {
        let size = Size::new(inside.width, inside.height);
        if terminal.size() != size {
            terminal.resize(size);
            let size = crate::engine::TermSize { columns: inside.width, rows: inside.height };
            commands.push(Command::ResizeShell(id, size));
        }
    }
}
