//! Selecting lines of the log in the pane, and copying them.

use ratatui::layout::{Position, Rect};

use crate::logs::{LineNumber, WINDOW_LINES};
use crate::ui::command::COPIED;
use crate::ui::model::{Focus, Place, Selection};
use crate::ui::view::{log_rows, log_window};
use crate::ui::{Command, ContainerKey, Model, Tone};

use super::going;
use super::moving::Far;

/// Begins a selection at the line somebody is at, or ends the one there is.
pub(super) fn toggle(model: &mut Model) {
    model.focus = Focus::Pane;
    let Some(of) = model.pane_of().cloned() else { return };
    let Some(line) = going::current(model, &of) else { return };
    if is_on(model) {
        clear(model);
    } else {
        between(model, &of, line, line);
    }
}

/// Selects these lines and those between them. What is on the page stays there.
pub(super) fn between(model: &mut Model, of: &ContainerKey, anchor: LineNumber, head: LineNumber) {
    let Some((extent, top)) =
        log_rows(model, of).and_then(|rows| Some((rows.extent(), log_window(model, of)?.top)))
    else {
        return;
    };
    if let Some(view) = model.pane.shown_log_mut(of) {
        view.settle(&extent);
        // New lines must not carry away what is being selected.
        view.place = Place::At(top);
        view.moves.selection = Some(Selection { anchor, head });
    }
}

/// Whether anything is selected in the log in the pane.
pub(super) fn is_on(model: &Model) -> bool {
    selection(model).is_some()
}

fn selection(model: &Model) -> Option<Selection> {
    model.pane.shown_log(model.pane_of()?)?.moves.selection
}

/// Nothing is selected any more; whether anything was.
pub(super) fn clear(model: &mut Model) -> bool {
    let Some(of) = model.pane_of().cloned() else { return false };
    model.pane.shown_log_mut(&of).is_some_and(|view| view.moves.selection.take().is_some())
}

/// Moves the end of the selection, and the page with it.
pub(super) fn extend(model: &mut Model, far: Far) {
    let Some(of) = model.pane_of().cloned() else { return };
    let Some((rows, window)) = log_rows(model, &of).zip(log_window(model, &of)) else { return };
    let extent = rows.extent();
    let Some(last) = extent.last() else { return };
    let half = (window.rows / 2).max(1).cast_signed();
    let Some(view) = model.pane.shown_log_mut(&of) else { return };
    view.settle(&extent);
    let Some(head) = view.moves.selection.map(|selection| selection.head) else { return };
    let by = |lines: isize| {
        let far = lines.unsigned_abs() as u64;
        if lines < 0 { head.minus(far) } else { head.plus(far) }
    };
    let head = match far {
        Far::Top => extent.first,
        Far::Bottom => last,
        Far::Lines(lines) => by(lines),
        Far::Halves(halves) => by(half.saturating_mul(halves)),
    };
    if matches!(far, Far::Top | Far::Bottom) {
        view.moves.leave(view.place);
    }
    reach(model, &of, head.clamp(extent.first, last));
}

/// Moves the end of the selection, where there is one, to a line, and brings it onto the page.
pub(super) fn reach(model: &mut Model, of: &ContainerKey, line: LineNumber) {
    let Some((rows, window)) = log_rows(model, of).zip(log_window(model, of)) else { return };
    let (extent, top) = (rows.extent(), rows.bringing(line, window.top));
    let Some(view) = model.pane.shown_log_mut(of) else { return };
    view.settle(&extent);
    if let Some(selection) = &mut view.moves.selection {
        selection.head = line;
        view.place = Place::At(top);
    }
}

/// The button goes down in the pane: nothing is selected any more, and a drag selects from the line that is there.
pub(super) fn press(model: &mut Model, at: Position, inside: Rect) {
    clear(model);
    model.mouse.on_line = line_at(model, at, inside);
}

/// The mouse is dragged: the lines it has gone over are selected. Above and below the page it takes the page along.
pub(super) fn drag(model: &mut Model, at: Position, inside: Rect) {
    let (Some(pressed), Some(of)) = (model.mouse.on_line, model.pane_of().cloned()) else { return };
    if !is_on(model) {
        between(model, &of, pressed, pressed);
    }
    if at.y < inside.y {
        extend(model, Far::Lines(-1));
    } else if at.y >= inside.bottom() {
        extend(model, Far::Lines(1));
    } else if let Some(line) = line_at(model, Position { x: inside.x, ..at }, inside) {
        reach(model, &of, line);
    }
}

fn line_at(model: &Model, at: Position, inside: Rect) -> Option<LineNumber> {
    let of = model.pane_of()?;
    let (rows, window) = log_rows(model, of).zip(log_window(model, of))?;
    let row = at.y.checked_sub(inside.y).filter(|_| inside.contains(at))?;
    rows.line_under(window.top, usize::from(row))
}

/// Copies what is selected, where anything is.
pub(super) fn copy(model: &mut Model, commands: &mut Vec<Command>) -> bool {
    let Some(selection) = selection(model) else { return false };
    copy_lines(model, selection.first(), selection.lines(), commands);
    true
}

/// Copies the last so many lines.
pub(super) fn copy_last(model: &mut Model, of: &ContainerKey, lines: u64, commands: &mut Vec<Command>) {
    let Some(extent) = log_rows(model, of).map(|rows| rows.extent()).filter(|extent| !extent.is_empty())
    else {
        return;
    };
    let lines = lines.min(extent.lines());
    copy_lines(model, extent.end.minus(lines), lines, commands);
}

fn copy_lines(model: &mut Model, from: LineNumber, lines: u64, commands: &mut Vec<Command>) {
    let now = model.now.since_start;
    let Some(text) = text(model, from, lines) else {
        let most = crate::text::bytes(COPIED as u64);
        let words = format!(
            "not copied: {} lines are more than {most}, the most a clipboard takes; save them instead",
            crate::text::grouped(lines)
        );
        return model.toasts.tell(Tone::Warning, words, now);
    };
    let copied = crate::text::count(text.lines().count(), "line");
    model.toasts.tell(Tone::Good, format!("copied {copied}"), now);
    commands.push(Command::Copy(text));
}

/// The text of these lines, each with its line break, as it is shown; `None` where it is too long for a clipboard.
fn text(model: &Model, from: LineNumber, lines: u64) -> Option<String> {
    let rows = log_rows(model, model.pane_of()?)?;
    let end = from.plus(lines);
    let (mut next, mut text) = (from, String::new());
    while next < end {
        // As many as fit at most, where each is no more than its line break.
        let count = usize::try_from(end.since(next)).unwrap_or(usize::MAX).min(WINDOW_LINES / 16);
        let window = rows.lines(next, count);
        for line in window.iter().filter(|line| line.number < end) {
            text.push_str(&line.text.plain());
            text.push('\n');
        }
        if text.len() > COPIED {
            return None;
        }
        next = match window.last() {
            Some(line) => line.number.plus(1),
            None => break,
        };
    }
    Some(text)
}
