//! The builds of the container in the pane: their page, and the way from there into logs.

#[cfg(test)]
mod tests;

use crate::builds::{BuildId, WatchedBuild};
use crate::logs::{LineNumber, LogReader, Pattern};
use crate::ui::layout::Layout;
use crate::ui::model::{
    Focus, Leads, LogSearch, LogView, Model, PageCursor, PageRow, Row, Seek, Tab, TaskLogView, page_rows,
};
use crate::ui::{ContainerKey, LogState, TaskLogNews, TaskLogWanted, Tone};

use super::going;
use super::moving::Far;

/// The build that is shown of a container.
pub(super) fn shown<'a>(model: &'a Model, of: &ContainerKey) -> Option<&'a WatchedBuild> {
    let id = model.pane.builds(of)?.shown.as_ref()?;
    Some(model.containers.get(of)?.builds.get(id)?)
}

/// Which of a container's builds `E` is about: the one that is shown, or else the newest that has a failed task.
pub(super) fn failed<'a>(model: &'a Model, row: &'a Row) -> Option<&'a WatchedBuild> {
    let has_failed = |build: &&WatchedBuild| !build.build.failures().is_empty();
    let others = row.builds.all().iter().map(|build| &**build);
    shown(model, &row.key)
        .into_iter()
        .chain(row.builds.main().map(|build| &**build))
        .chain(others)
        .find(has_failed)
}

/// Shows the page of the container's build.
pub(super) fn show(model: &mut Model) {
    if let Some(key) = model.pane_of().cloned() {
        model.pane.show(&key, Tab::Build);
        model.focus = Focus::Pane;
    }
}

/// Shows the build so many further on in time, round and round.
pub(super) fn step(model: &mut Model, by: isize) {
    let Some(row) = model.containers.selected() else { return };
    let key = row.key.clone();
    let all = row.builds.all();
    let shown = model.pane.builds(&key).and_then(|view| view.shown.as_ref());
    let at = all.iter().position(|build| Some(build.id()) == shown).unwrap_or(0).cast_signed();
    // The newest comes first, and the next is newer.
    let next = (at - by).rem_euclid(all.len().max(1).cast_signed()).cast_unsigned();
    if let Some(id) = all.get(next).map(|build| build.id().clone()) {
        model.pane.choose_build(&key, id);
    }
}

/// What the page lists, and how many rows of it are shown.
pub(super) fn on_page(model: &mut Model, change: impl FnOnce(&mut PageCursor, &[PageRow<'_>], usize)) {
    let layout = Layout::of(model);
    let Some(row) = model.containers.selected() else { return };
    let height = usize::from(layout.build_page(row.builds.all().len()).1.height);
    let Some(view) = model.pane.builds_mut(&row.key) else { return };
    let Some(build) = view.shown.as_ref().and_then(|id| row.builds.get(id)) else { return };
    change(&mut view.cursor, &page_rows(build, model.now.time), height);
}

/// Moves the cursor of the page.
pub(super) fn move_by(model: &mut Model, far: Far) {
    on_page(model, |cursor, rows, height| {
        let half = (height / 2).max(1).cast_signed();
        match far {
            Far::Lines(lines) => cursor.step(rows, lines, height),
            Far::Halves(halves) => cursor.page(rows, half.saturating_mul(halves), height),
            Far::Top => cursor.to_end(rows, false, height),
            Far::Bottom => cursor.to_end(rows, true, height),
        }
    });
}

/// Scrolls the page.
pub(super) fn scroll(model: &mut Model, by: isize) {
    on_page(model, |cursor, rows, height| cursor.scroll(rows, by, height));
}

/// The row so many below the top of the page is clicked on; whether it leads anywhere.
pub(super) fn press(model: &mut Model, row: u16) -> bool {
    let mut is_lead = false;
    on_page(model, |cursor, rows, height| {
        let under = usize::from(row) < height;
        let found = rows.get(cursor.top().saturating_add(usize::from(row))).filter(|_| under);
        if let Some(leads) = found.and_then(PageRow::leads) {
            cursor.select(leads);
            is_lead = true;
        }
    });
    is_lead
}

/// Goes where the row under the cursor leads.
pub(super) fn go(model: &mut Model) {
    let Some(key) = model.pane_of().cloned() else { return };
    let Some(leads) = model.pane.builds(&key).and_then(|view| view.cursor.selected().cloned()) else {
        return;
    };
    let Some(build) = shown(model, &key) else { return };
    let id = build.id().clone();
    match leads {
        Leads::Running(pf, task) => {
            let rows = page_rows(build, model.now.time);
            let found = rows.iter().find_map(|row| match row {
                PageRow::Running(row) if row.pf == pf && row.task == task => {
                    Some((row.log.map(ToOwned::to_owned), row.process))
                }
                _ => None,
            });
            let (path, process) = found.unwrap_or_default();
            let (number, build) = (model.pane.next_task_log(), id);
            let wanted =
                TaskLogWanted { id: number, key, build, path, pf: Some(pf), task, process, follow: true };
            model.pane.open_task_log(TaskLogView::new(wanted, None, None));
            model.focus = Focus::Pane;
        }
        Leads::Failure(number) => {
            let line = build.build.failures().get(number).map(|failure| failure.line);
            to_line(model, &key, &id, line.unwrap_or(1));
        }
        Leads::Message(_, line) => to_line(model, &key, &id, line),
        Leads::Slow(pf, task) => {
            if let Some(log) = open_log(model, &key, &id) {
                log.to = None;
                search_for(&mut log.log, &format!("{pf}: task {task}: "));
            }
        }
    }
}

/// Opens the console log of a build in its tab.
fn open_log<'a>(
    model: &'a mut Model,
    key: &ContainerKey,
    id: &BuildId,
) -> Option<&'a mut crate::ui::model::BuildLogView> {
    model.pane.builds_mut(key)?.has_log = true;
    model.pane.show(key, Tab::BuildLog);
    model.focus = Focus::Pane;
    model.pane.visit_build(key);
    model.pane.build_log_mut(key, id)
}

/// To a line of the console log, as soon as it is read.
fn to_line(model: &mut Model, key: &ContainerKey, id: &BuildId, line: u64) {
    if let Some(log) = open_log(model, key, id) {
        // What is hidden cannot be gone to.
        (log.log.filter, log.log.search) = (None, None);
        log.to = Some(LineNumber::new(line.max(1)));
    }
}

/// Searches for the last line with this text.
fn search_for(view: &mut LogView, text: &str) {
    let extent = view.extent();
    view.filter = None;
    view.search =
        Pattern::new(&regex::escape(text)).map(|pattern| LogSearch::new(pattern, true, extent.end, &extent));
}

/// Opens the own log of a failed task of the container's build where it says why it failed: of the one under the
/// cursor of the page, or the first.
pub(super) fn cause(model: &mut Model) {
    let Some(row) = model.containers.selected() else { return };
    let Some(id) = failed(model, row).map(|build| build.id().clone()) else { return };
    let key = row.key.clone();
    let under_cursor = model.pane.builds(&key).filter(|view| view.shown.as_ref() == Some(&id));
    let number = match under_cursor.and_then(|view| view.cursor.selected()) {
        Some(Leads::Failure(number)) if model.tab() == Some(Tab::Build) && model.focus == Focus::Pane => {
            *number
        }
        _ => 0,
    };
    open_failure(model, &key, &id, number, Seek::First);
}

/// Opens the own log of a failed task; whether there is such a one.
fn open_failure(model: &mut Model, key: &ContainerKey, build: &BuildId, number: usize, seek: Seek) -> bool {
    let known = model.containers.get(key).and_then(|row| row.builds.get(build));
    let Some(failure) = known.and_then(|known| known.build.failures().get(number)) else { return false };
    let (pf, task, path) =
        (failure.pf.clone().or_else(|| failure.recipe()), failure.task.clone(), failure.log.clone());
    model.focus = Focus::Pane;
    // What is read already is not read again.
    if let Some(open) = model.pane.task_log_mut(key)
        && open.wanted.build == *build
        && open.failure == Some(number)
        && !matches!(open.log.state, LogState::Failed(_))
    {
        open.seek = Some(seek);
        model.pane.show(key, Tab::TaskLog);
        return true;
    }
    let id = model.pane.next_task_log();
    let build = build.clone();
    let wanted = TaskLogWanted { id, key: key.clone(), build, path, pf, task, process: None, follow: false };
    model.pane.open_task_log(TaskLogView::new(wanted, Some(number), Some(seek)));
    true
}

/// To the next cause in the log of a task, or the one before; behind the last, to the next failed task.
pub(super) fn step_cause(model: &mut Model, is_back: bool) {
    let Some(key) = model.pane_of().cloned() else { return };
    let Some(task) = model.pane.task_log_mut(&key) else { return };
    let next = match (task.at, is_back) {
        (None, _) => 0,
        (Some(at), true) => at.wrapping_sub(1),
        (Some(at), false) => at + 1,
    };
    if next < task.causes.len() {
        task.seek = None;
        return to_cause(model, &key, next);
    }
    let (build, is_complete) = (task.wanted.build.clone(), task.is_complete());
    let words = match task.failure {
        _ if !is_back && !is_complete => "the log is still being read".to_owned(),
        None => format!("no cause further {}", if is_back { "up" } else { "down" }),
        Some(number) => {
            let (other, seek) =
                if is_back { (number.wrapping_sub(1), Seek::Last) } else { (number + 1, Seek::First) };
            if open_failure(model, &key, &build, other, seek) {
                return;
            }
            format!("this is the {} failed task", if is_back { "first" } else { "last" })
        }
    };
    model.toasts.tell(Tone::Plain, words, model.now.since_start);
}

/// Goes to a cause of the log of a task.
fn to_cause(model: &mut Model, key: &ContainerKey, at: usize) {
    let Some(task) = model.pane.task_log_mut(key) else { return };
    let Some(line) = task.causes.get(at).map(|cause| LineNumber::new(cause.line.max(1))) else { return };
    task.at = Some(at);
    // What is hidden cannot be gone to.
    task.log.filter = None;
    going::jump(model, key, line);
    light(model, key, line);
}

fn light(model: &mut Model, key: &ContainerKey, line: LineNumber) {
    if let Some(view) = model.pane.shown_log_mut(key) {
        view.lit = Some(line);
    }
}

/// Takes what is new of the log of a task.
pub(super) fn hear(model: &mut Model, key: &ContainerKey, id: crate::ui::TaskLogId, news: TaskLogNews) {
    let Some(task) = model.pane.task_log_mut(key).filter(|task| task.wanted.id == id) else { return };
    match news {
        TaskLogNews::Log(reader) => {
            task.log.set_reader(reader);
            task.log.state = LogState::Open;
        }
        TaskLogNews::Causes(causes) => {
            task.at = task.at.filter(|at| *at < causes.len());
            task.causes = causes;
        }
        TaskLogNews::Moved => {}
        TaskLogNews::Ended => task.log.state = LogState::Ended,
        TaskLogNews::Failed(problem) => task.log.state = LogState::Failed(problem),
    }
}

/// Takes over which builds the container in the pane has, and goes to what was wanted, as soon as it is read.
pub(super) fn settle(model: &mut Model) {
    let Some(key) = model.pane_of().cloned() else { return };
    model.pane.settle_builds(&key, model.containers.get(&key).map(|row| &row.builds));
    match model.pane.tab(&key) {
        Tab::Build => on_page(model, PageCursor::settle),
        Tab::BuildLog => {
            let Some(log) = model.pane.shown_build_log_mut(&key) else { return };
            let Some(line) = log.to else { return };
            if is_read(log.log.reader.as_ref(), line) {
                log.to = None;
                going::jump(model, &key, line);
                light(model, &key, line);
            }
        }
        Tab::TaskLog => {
            let Some(task) = model.pane.task_log_mut(&key) else { return };
            let last = task.causes.len().checked_sub(1);
            let wanted = match (task.seek, task.is_complete()) {
                (Some(Seek::First), _) => last.map(|_| 0),
                (Some(Seek::Last), true) => last,
                (Some(Seek::Last), false) | (None, _) => return,
            };
            let line = wanted.and_then(|at| task.causes.get(at)).map(|cause| cause.line.max(1));
            match (wanted, line) {
                (Some(at), Some(line)) if is_read(task.log.reader.as_ref(), LineNumber::new(line)) => {
                    task.seek = None;
                    to_cause(model, &key, at);
                }
                _ if task.is_complete() => task.seek = None,
                _ => {}
            }
        }
        _ => {}
    }
}

fn is_read(reader: Option<&LogReader>, line: LineNumber) -> bool {
    reader.is_some_and(|reader| line < reader.extent().end)
}
