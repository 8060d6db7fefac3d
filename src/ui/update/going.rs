//! Going to a line of the log in the pane, from wherever, and back.

use crate::logs::{Landmark, LineNumber};
use crate::ui::keymap::Do;
use crate::ui::model::{Focus, LogView, Place};
use crate::ui::view::{Rows, log_rows, log_window};
use crate::ui::{ContainerKey, Model, Tone};

use super::selecting;

/// Goes to a line, or the nearest there is: it comes to the top third of the page. What is selected reaches to it then.
pub(super) fn jump(model: &mut Model, of: &ContainerKey, to: LineNumber) {
    let Some(rows) = log_rows(model, of) else { return };
    let extent = rows.extent();
    let Some(last) = extent.last() else { return };
    let to = rows.or_nearest(to.clamp(extent.first, last));
    // Where all of it is shown there is nowhere to go: it goes on following.
    let place = if rows.last() == rows.first() { Place::End } else { Place::At(rows.top_third(to)) };
    if let Some(view) = model.pane.shown_log_mut(of) {
        view.settle(&extent);
        view.moves.leave(view.place);
        view.place = place;
        view.moves.land(place, to);
    }
    selecting::reach(model, of, to);
}

/// Goes to a place, and remembers where from.
pub(super) fn leave_for(view: &mut LogView, place: Place) {
    if view.place != place {
        view.moves.leave(view.place);
        view.place = place;
    }
}

/// Back to where the last jump began; once more, to where it went.
pub(super) fn back(model: &mut Model, of: &ContainerKey) {
    let Some(extent) = log_rows(model, of).map(|rows| rows.extent()) else { return };
    let Some(view) = model.pane.shown_log_mut(of) else { return };
    view.settle(&extent);
    match view.moves.before() {
        Some(before) => {
            view.moves.leave(view.place);
            view.place = before;
            if let (Place::At(spot), Some(selection)) = (before, &mut view.moves.selection) {
                selection.head = spot.line;
            }
        }
        None => model.toasts.tell(Tone::Plain, "no jump to go back from", model.now.since_start),
    }
}

/// The line somebody is at: where the last jump went, else the one on top; when following, the last.
pub(super) fn current(model: &Model, of: &ContainerKey) -> Option<LineNumber> {
    let (rows, view) = (log_rows(model, of)?, model.pane.shown_log(of)?);
    match landed(model, &rows, of) {
        Some(line) => Some(line),
        None if view.place == Place::End => rows.extent().last(),
        None => Some(log_window(model, of)?.top.line),
    }
}

/// Where the last jump went, while that is on the page.
fn landed(model: &Model, rows: &Rows<'_>, of: &ContainerKey) -> Option<LineNumber> {
    let view = model.pane.shown_log(of)?;
    let line = view.moves.landed(view.place)?.plus(view.moves.behind(&rows.extent()));
    let top = log_window(model, of)?.top;
    rows.shows(line, top).then_some(line)
}

/// How many hidden lines are passed over at most, on the way to one that is shown.
const PASSED: usize = 2000;

/// To the next or the one before of such lines, from the line somebody is at; when following, from the end.
pub(super) fn to_landmark(model: &mut Model, deed: Do) {
    let (of, is_down, what) = match deed {
        Do::NextError => (Landmark::Error, true, "error"),
        Do::PreviousError => (Landmark::Error, false, "error"),
        Do::NextWarning => (Landmark::Warning, true, "warning"),
        Do::PreviousWarning => (Landmark::Warning, false, "warning"),
        Do::NextRemark => (Landmark::Remark, true, "remark"),
        Do::PreviousRemark => (Landmark::Remark, false, "remark"),
        _ => return,
    };
    model.focus = Focus::Pane;
    let Some(key) = model.pane_of().cloned() else { return };
    let found = || {
        let (rows, view) = (log_rows(model, &key)?, model.pane.shown_log(&key)?);
        let reader = view.reader.as_ref()?;
        let from = match view.moves.selection {
            Some(selection) => selection.head.plus(view.moves.behind(&rows.extent())),
            None => match landed(model, &rows, &key) {
                Some(line) => line,
                None if view.place == Place::End => rows.extent().end,
                None => log_window(model, &key)?.top.line,
            },
        };
        let step = |from| if is_down { reader.next(of, from) } else { reader.previous(of, from) };
        // Those that a filter hides are passed over, but not for ever.
        let mut found = std::iter::successors(step(from), |line| step(*line)).take(PASSED);
        found.find(|line| rows.has(*line))
    };
    if let Some(line) = found() {
        return jump(model, &key, line);
    }
    let way = if is_down { "down" } else { "up" };
    model.toasts.tell(Tone::Plain, format!("no {what} further {way}"), model.now.since_start);
}
