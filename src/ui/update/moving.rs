//! Moving in whatever has the focus: lists, logs, texts.

use crate::ui::Model;
use crate::ui::layout::Layout;
use crate::ui::model::{ExecTab, Focus, Output, Place, Tab};

use super::{builds, going, selecting};

/// How far a key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Far {
    /// So many lines, down where positive.
    Lines(isize),
    /// So many halves of a page.
    Halves(isize),
    /// To the first line.
    Top,
    /// To the last.
    Bottom,
}

pub(super) fn by_lines(model: &mut Model, lines: isize) {
    by(model, Far::Lines(lines));
}

pub(super) fn by(model: &mut Model, far: Far) {
    let layout = Layout::of(model);
    match model.focus {
        Focus::Containers => {
            let by = steps(far, layout.container_rows(), model.containers.shown().len());
            model.containers.step(by);
        }
        Focus::Volumes => {
            let by = steps(far, layout.volume_rows(), model.volumes.shown().len());
            model.volumes.step(by);
        }
        Focus::Pane if selecting::is_on(model) => selecting::extend(model, far),
        Focus::Pane => in_pane(model, far, usize::from(layout.inside_pane().height)),
    }
}

/// Steps of a cursor in a list of so many, shown so many at a time.
fn steps(far: Far, page: usize, count: usize) -> isize {
    let half = (page / 2).max(1).cast_signed();
    match far {
        Far::Lines(lines) => lines,
        Far::Halves(halves) => half.saturating_mul(halves),
        Far::Top => -count.cast_signed(),
        Far::Bottom => count.cast_signed(),
    }
}

/// Moves what the pane shows.
pub(super) fn in_pane(model: &mut Model, far: Far, page: usize) {
    let Some(key) = model.pane_of().cloned() else { return };
    match model.pane.tab(&key) {
        Tab::Inspect => {
            let lines = model.pane.inspect.lines().len();
            move_top(&mut model.pane.inspect.top, far, page, lines);
        }
        Tab::Processes => {
            let rows = match &model.pane.processes.table {
                Some((_, Ok(table))) => table.processes.len() + 1,
                _ => 0,
            };
            move_top(&mut model.pane.processes.top, far, page, rows);
        }
        Tab::Stats => {}
        Tab::Build => builds::move_by(model, far),
        Tab::Log | Tab::BuildLog | Tab::TaskLog | Tab::Merged | Tab::Session(_) | Tab::Exec(_) => {
            if let Some(id) = model.pane.shown_shell(&key).map(|exec| exec.id) {
                if let Some(ExecTab { output: Output::Shell(terminal), .. }) = model.pane.exec_mut(id) {
                    match far {
                        Far::Lines(lines) if lines < 0 => terminal.scroll_up(lines.unsigned_abs()),
                        Far::Lines(lines) => terminal.scroll_down(lines.unsigned_abs()),
                        Far::Halves(halves) if halves < 0 => {
                            terminal.scroll_up(page / 2 * halves.unsigned_abs());
                        }
                        Far::Halves(halves) => terminal.scroll_down(page / 2 * halves.unsigned_abs()),
                        Far::Top => terminal.scroll_up(usize::MAX),
                        Far::Bottom => terminal.scroll_to_end(),
                    }
                }
            } else {
                in_log(model, &key, far);
            }
        }
    }
}

fn move_top(top: &mut usize, far: Far, page: usize, lines: usize) {
    let furthest = lines.saturating_sub(page.max(1));
    let half = (page / 2).max(1).cast_signed();
    *top = match far {
        Far::Lines(by) => top.saturating_add_signed(by),
        Far::Halves(by) => top.saturating_add_signed(half.saturating_mul(by)),
        Far::Top => 0,
        Far::Bottom => furthest,
    }
    .min(furthest);
}

fn in_log(model: &mut Model, key: &crate::ui::ContainerKey, far: Far) {
    let (Some(rows), Some(window)) =
        (crate::ui::view::log_rows(model, key), crate::ui::view::log_window(model, key))
    else {
        return;
    };
    let half = (window.rows / 2).max(1).cast_signed();
    let by = match far {
        Far::Top => isize::MIN,
        Far::Bottom => isize::MAX,
        Far::Lines(by) => by,
        Far::Halves(by) => half.saturating_mul(by),
    };
    let last = rows.last();
    let is_filtered = model.pane.shown_log(key).is_some_and(|view| view.filter.is_some());
    if is_filtered && last == rows.first() && far != Far::Bottom {
        // All that the filter found is shown: who comes back to all lines has not moved.
        return;
    }
    let target = match far {
        Far::Top => rows.first(),
        Far::Bottom => last,
        _ if by < 0 => rows.up(window.top, by.unsigned_abs()),
        _ => rows.down(window.top, by.unsigned_abs()),
    };
    // Where all of it is shown there is nothing to go up to: it goes on following.
    let place = if target >= last && (by > 0 || last == rows.first()) {
        Place::End
    } else {
        Place::At(target.min(last))
    };
    let extent = rows.extent();
    if let Some(view) = model.pane.shown_log_mut(key) {
        view.settle(&extent);
        match far {
            Far::Top | Far::Bottom => going::leave_for(view, place),
            Far::Lines(_) | Far::Halves(_) => view.place = place,
        }
    }
}
