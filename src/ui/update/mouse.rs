//! The mouse: wheel, click, double click, and drag of the split.

#[cfg(test)]
mod tests;

use std::time::Duration;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use crate::logs::LineNumber;
use crate::term::encode_mouse;
use crate::ui::keymap::Do;
use crate::ui::layout::{Layout, WIDE};
use crate::ui::model::{ExecTab, Focus, Output, Tab};
use crate::ui::{Command, Model};

use super::moving::{Far, in_pane};
use super::{act, builds, dialog, selecting, validity};

/// Two clicks on one place within this are a double click.
const DOUBLE: Duration = Duration::from_millis(400);
/// How far a turn of the wheel goes.
const WHEEL: isize = 3;

/// What the mouse has done before, as far as it matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mouse {
    /// The last click: where, and when.
    last: Option<(u16, u16, Duration)>,
    /// Whether the split is being dragged.
    drags_split: bool,
    /// The line of a log on which the button went down: a drag selects from there.
    pub(super) on_line: Option<LineNumber>,
}

pub(super) fn moved(model: &mut Model, mouse: MouseEvent, commands: &mut Vec<Command>) {
    let layout = Layout::of(model);
    if let Some(topmost) = model.dialogs.last() {
        let screen = Rect::new(0, 0, model.size.0, model.size.1);
        let area = crate::ui::view::dialog_area(&**topmost, model, screen);
        return dialog::mouse(model, mouse, area, commands);
    }
    let at = Position::new(mouse.column, mouse.row);
    if model.is_in_shell() && layout.inside_pane().contains(at) && to_shell(model, mouse, &layout, commands) {
        return;
    }
    match mouse.kind {
        MouseEventKind::ScrollDown => wheel(model, at, WHEEL, &layout),
        MouseEventKind::ScrollUp => wheel(model, at, -WHEEL, &layout),
        MouseEventKind::Down(MouseButton::Left) => click(model, at, &layout, commands),
        MouseEventKind::Drag(MouseButton::Left) if model.mouse.drags_split => {
            let width = u32::from(model.size.0.max(1));
            model.split = u16::try_from(u32::from(mouse.column) * 100 / width).unwrap_or(50).clamp(20, 80);
        }
        MouseEventKind::Drag(MouseButton::Left) => selecting::drag(model, at, layout.inside_pane()),
        MouseEventKind::Up(_) => (model.mouse.drags_split, model.mouse.on_line) = (false, None),
        _ => {}
    }
}

/// Whether the program in the shell wants the mouse, and has been given it.
fn to_shell(model: &mut Model, mouse: MouseEvent, layout: &Layout, commands: &mut Vec<Command>) -> bool {
    let inside = layout.inside_pane();
    let of = model.pane_of().cloned();
    let shell = of.and_then(|key| model.pane.shown_shell(&key));
    let Some(ExecTab { id, output: Output::Shell(terminal), .. }) = shell else { return false };
    let within = MouseEvent { column: mouse.column - inside.x, row: mouse.row - inside.y, ..mouse };
    match encode_mouse(within, &terminal.modes()) {
        Some(bytes) => {
            commands.push(Command::Type(*id, bytes));
            true
        }
        None => false,
    }
}

fn wheel(model: &mut Model, at: Position, by: isize, layout: &Layout) {
    if layout.containers.contains(at) {
        model.containers.scroll(by, layout.container_rows());
    } else if layout.volumes.contains(at) {
        model.volumes.scroll(by, layout.volume_rows());
    } else if layout.pane.contains(at) && model.tab() == Some(Tab::Build) {
        builds::scroll(model, by);
    } else if layout.pane.contains(at) {
        in_pane(model, Far::Lines(by), usize::from(layout.inside_pane().height));
    }
}

fn click(model: &mut Model, at: Position, layout: &Layout, commands: &mut Vec<Command>) {
    let now = model.now.since_start;
    let is_double = model
        .mouse
        .last
        .is_some_and(|(x, y, when)| (x, y) == (at.x, at.y) && now.saturating_sub(when) <= DOUBLE);
    model.mouse.last = if is_double { None } else { Some((at.x, at.y, now)) };
    let is_split = model.size.0 >= WIDE
        && layout.pane.width > 0
        && layout.containers.width > 0
        && (at.x == layout.pane.x || at.x + 1 == layout.pane.x)
        && at.y > layout.pane.y
        && at.y + 1 < layout.pane.bottom();
    if is_split {
        model.mouse.drags_split = true;
    } else if layout.containers.contains(at) {
        model.focus = Focus::Containers;
        // The frame and the heading stand above the rows.
        let row = usize::from(at.y).checked_sub(usize::from(layout.containers.y) + 2);
        let key =
            row.and_then(|row| model.containers.shown().get(model.containers.cursor.offset() + row)).cloned();
        if let Some(key) = key.filter(|_| at.y + 1 < layout.containers.bottom()) {
            model.containers.cursor.select(key);
            if is_double {
                act::perform(model, Do::Open, commands);
            }
        }
    } else if layout.volumes.contains(at) {
        model.focus = Focus::Volumes;
        let row = usize::from(at.y).checked_sub(usize::from(layout.volumes.y) + 1);
        let key = row.and_then(|row| model.volumes.shown().get(model.volumes.cursor.offset() + row)).cloned();
        if let Some(key) = key.filter(|_| at.y + 1 < layout.volumes.bottom()) {
            model.volumes.cursor.select(key);
            if is_double && validity(model, Do::VolumeUsers).is_ok() {
                act::perform(model, Do::VolumeUsers, commands);
            }
        }
    } else if layout.pane.contains(at) {
        model.focus = Focus::Pane;
        selecting::press(model, at, layout.inside_pane());
        if model.tab() == Some(Tab::Build) {
            let count = model.containers.selected().map_or(0, |row| row.builds.all().len());
            let list = layout.build_page(count).1;
            let row = at.y.checked_sub(list.y).filter(|_| list.contains(at));
            if row.is_some_and(|row| builds::press(model, row)) && is_double {
                builds::go(model);
            }
        }
        if at.y == layout.pane.y
            && let Some(key) = model.pane_of().cloned()
            && let Some(tab) = crate::ui::view::tab_at(model, layout, at.x)
        {
            model.pane.show(&key, tab);
        }
    } else if layout.strip.contains(at)
        && let Some(id) = crate::ui::view::strip_action_at(model, layout, at.y)
    {
        act::cancel(model, id, commands);
    }
}
