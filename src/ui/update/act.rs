//! Doing what a key of the table, the palette or a click asks for.

use crate::engine::ContainerState;
use crate::ui::dialogs;
use crate::ui::keymap::Do;
use crate::ui::model::{Cancel, Focus, LookFor, Place, Row, Tab, Typing};
use crate::ui::{Command, ContainerKey, LogLines, Model, Request, Tone};

use super::moving::{self, Far};
use super::validity::goes_through_causes;
use super::{builds, dialog, go_to, going, looking, marking, requests, selecting};

/// Does it. Whether it can be done has been asked before.
#[expect(clippy::too_many_lines, reason = "a line or so for each deed, so that none is forgotten")]
pub(super) fn perform(model: &mut Model, deed: Do, commands: &mut Vec<Command>) {
    match deed {
        Do::Start => on_targets(model, commands, |row| !row.container.state.is_alive(), Request::Start),
        Do::Pause => pause(model, commands),
        Do::Stop => opened(model, dialogs::stop(model), commands),
        Do::Restart => opened(model, dialogs::restart(model), commands),
        Do::Kill => opened(model, dialogs::kill(model), commands),
        Do::RemoveContainer => opened(model, dialogs::remove_containers(model), commands),
        Do::RemoveVolume => opened(model, dialogs::remove_volume(model), commands),
        Do::Rename => opened(model, dialogs::rename(model), commands),
        Do::Create => opened(model, dialogs::create_container(model), commands),
        Do::CreateVolume => opened(model, dialogs::create_volume(model), commands),
        Do::Pull => opened(model, dialogs::pull(model), commands),
        Do::Cleanup => opened(model, dialogs::cleanup(model), commands),
        Do::Exec => opened(model, dialogs::exec_prompt(model), commands),
        Do::Help => opened(model, dialogs::help(model), commands),
        Do::Palette => opened(model, dialogs::palette(model), commands),
        Do::History => opened(model, dialogs::history(model), commands),
        Do::Engines => opened(model, dialogs::engines(model), commands),
        Do::Shell => {
            if let Some(key) = model.containers.selected().map(|row| row.key.clone()) {
                requests::begin_shell(model, &key, commands);
            }
        }
        Do::ShellFullScreen => {
            if let Some(key) = model.containers.selected().map(|row| row.key.clone()) {
                commands.push(Command::HandOver(key, model.options.shell.clone()));
            }
        }
        Do::Open => model.focus = Focus::Pane,
        Do::Inspect => inspect(model, commands),
        Do::VolumeUsers => volume_users(model),
        Do::Mark => {
            model.containers.toggle_mark();
            model.containers.step(1);
        }
        Do::MarkAll => model.containers.mark_all(),
        Do::InvertMarks => model.containers.invert_marks(),
        Do::MergeLogs => merge_logs(model),
        Do::ShowStopped => {
            model.containers.show_stopped ^= true;
            model.containers.touch();
            let words = if model.containers.show_stopped { "all containers" } else { "only what runs" };
            model.toasts.tell(Tone::Plain, words, model.now.since_start);
        }
        Do::SortNext | Do::SortReverse => sort(model, deed),
        Do::Filter => {
            // From the palette it can come while the pane has the keys.
            if model.focus == Focus::Pane {
                (model.focus, model.is_zoomed) = (Focus::Containers, false);
            }
            let before = match model.focus {
                Focus::Volumes => model.volumes.filter.clone(),
                _ => model.containers.filter.clone(),
            };
            model.typing = Some(Typing::Filter { before });
        }
        Do::Search if model.tab() != Some(Tab::Inspect) => looking::begin(model, LookFor::Next),
        Do::SearchBack => looking::begin(model, LookFor::Previous),
        Do::FilterLines => looking::begin(model, LookFor::Filter),
        Do::FilterLevel => looking::next_level(model),
        Do::MoreContext => looking::add_context(model, 1),
        Do::LessContext => looking::add_context(model, -1),
        Do::Search => {
            model.focus = Focus::Pane;
            let before = std::mem::take(&mut model.pane.inspect.search);
            model.typing = Some(Typing::Search { before });
        }
        Do::Build => opened(model, dialogs::build(model), commands),
        Do::ShowBuild => builds::show(model),
        Do::Cause => builds::cause(model),
        Do::GoThere => builds::go(model),
        Do::NextBuild => builds::step(model, 1),
        Do::PreviousBuild => builds::step(model, -1),
        Do::NextMatch | Do::PreviousMatch if goes_through_causes(model) => {
            builds::step_cause(model, deed == Do::PreviousMatch);
        }
        Do::NextMatch => to_match(model, false),
        Do::PreviousMatch => to_match(model, true),
        Do::Reveal => model.pane.inspect.reveals ^= true,
        Do::Down => moving::by(model, Far::Lines(1)),
        Do::Up => moving::by(model, Far::Lines(-1)),
        Do::PageDown => moving::by(model, Far::Halves(2)),
        Do::PageUp => moving::by(model, Far::Halves(-2)),
        Do::HalfPageDown => moving::by(model, Far::Halves(1)),
        Do::HalfPageUp => moving::by(model, Far::Halves(-1)),
        Do::Top => moving::by(model, Far::Top),
        Do::Bottom => moving::by(model, Far::Bottom),
        Do::Left | Do::Right => sideways(model, deed),
        Do::NextTab | Do::PreviousTab => {
            if let Some(key) = model.pane_of().cloned() {
                model.pane.step(&key, if deed == Do::NextTab { 1 } else { -1 });
            }
        }
        Do::CloseTab => match model.tab() {
            Some(Tab::Exec(id)) => model.pane.close(id),
            Some(Tab::Session(id)) => {
                if let Some(key) = model.pane_of().cloned() {
                    model.pane.close_session(&key, id);
                }
            }
            Some(Tab::Merged) => model.pane.close_merged(),
            Some(Tab::BuildLog | Tab::TaskLog) => {
                if let Some(key) = model.pane_of().cloned() {
                    model.pane.close_build_tab(&key);
                }
            }
            _ => {}
        },
        Do::Zoom => {
            model.is_zoomed ^= true;
            if model.is_zoomed {
                model.focus = Focus::Pane;
            }
        }
        Do::Follow => follow(model),
        Do::NextError
        | Do::PreviousError
        | Do::NextWarning
        | Do::PreviousWarning
        | Do::NextRemark
        | Do::PreviousRemark => going::to_landmark(model, deed),
        Do::GoTo => go_to::ask(model, "@"),
        Do::SetMark => marking::ask(model, true),
        Do::GoToMark => marking::ask(model, false),
        Do::Select => selecting::toggle(model),
        Do::SaveLog => opened(model, dialogs::save_log(model), commands),
        Do::Pager => page(model, commands),
        Do::Raw => model.pane.display.raw ^= true,
        Do::Wrap => model.pane.display.wrap ^= true,
        Do::Timestamps => model.pane.display.timestamps ^= true,
        Do::LineNumbers => model.pane.display.numbers ^= true,
        Do::RunAgain => run_again(model, commands),
        Do::CancelExec => match model.tab() {
            Some(Tab::Exec(id)) => cancel(model, id, commands),
            Some(Tab::Session(id)) => opened(model, dialogs::end_session(model, id), commands),
            _ => {}
        },
        Do::ForgetSession => opened(model, dialogs::forget_session(model), commands),
        Do::CancelAction => {
            let newest = model.actions.running().next_back().map(|running| running.id);
            if let Some(id) = newest {
                cancel(model, id, commands);
            }
        }
        Do::NextStep => {
            let newest = model.actions.running().rfind(|running| running.has_steps());
            if let Some(id) = newest.map(|running| running.id) {
                requests::skip(model, id, commands);
            }
        }
        Do::Copy => copy(model, commands),
        Do::NextFocus => focus(model, 1),
        Do::PreviousFocus => focus(model, -1),
        Do::Demo => commands.push(Command::OpenDemo),
        Do::Retry => {
            let closed = model.engines.all().filter(|engine| !engine.is_open());
            commands.extend(closed.map(|engine| Command::Retry(engine.id)));
        }
        Do::Refresh => {
            commands.extend(model.engines.known().map(|engine| Command::Refresh(engine.id)));
            model.toasts.tell(Tone::Plain, "asking for everything again", model.now.since_start);
        }
        Do::Close => close(model),
        Do::Redraw => commands.push(Command::Redraw),
        Do::Suspend => commands.push(Command::Suspend),
        Do::Quit => quit(model, commands),
    }
}

fn opened(model: &mut Model, found: Option<Box<dyn dialogs::Dialog>>, commands: &mut Vec<Command>) {
    if let Some(opened) = found {
        dialog::open(model, opened, commands);
    }
}

/// One action for each target it makes sense for; the rest is left alone.
pub(super) fn on_targets(
    model: &mut Model,
    commands: &mut Vec<Command>,
    can: impl Fn(&Row) -> bool,
    request: impl Fn(ContainerKey) -> Request,
) {
    let targets: Vec<ContainerKey> =
        model.containers.targets().into_iter().filter(|row| can(row)).map(|row| row.key.clone()).collect();
    for key in targets {
        requests::begin(model, request(key), commands);
    }
    model.containers.clear_marks();
}

/// Shows the logs of the marked containers in one.
fn merge_logs(model: &mut Model) {
    let of = model
        .containers
        .targets()
        .into_iter()
        .map(|row| (row.key.clone(), crate::text::clean(&row.container.name).into_owned()));
    let of: Vec<_> = of.collect();
    let selected = model.pane_of().filter(|key| of.iter().any(|(one, _)| one == *key));
    let Some(shown_of) = selected.or(of.first().map(|(key, _)| key)).cloned() else { return };
    model.containers.cursor.select(shown_of.clone());
    model.containers.clear_marks();
    model.pane.merge(of, &shown_of);
    model.focus = Focus::Pane;
}

/// Freezes what runs; where nothing of it runs, thaws what is frozen.
fn pause(model: &mut Model, commands: &mut Vec<Command>) {
    let runs = model.containers.targets().iter().any(|row| row.is_running());
    let wanted = if runs { ContainerState::Running } else { ContainerState::Paused };
    let request = if runs { Request::Pause } else { Request::Unpause };
    on_targets(model, commands, |row| row.container.state == wanted, request);
}

fn inspect(model: &mut Model, commands: &mut Vec<Command>) {
    if model.focus == Focus::Volumes {
        return opened(model, dialogs::inspect_volume(model), commands);
    }
    if let Some(key) = model.pane_of().cloned() {
        model.pane.show(&key, Tab::Inspect);
        model.focus = Focus::Pane;
    }
}

fn volume_users(model: &mut Model) {
    let Some(volume) = model.volumes.selected().map(|row| row.key.clone()) else { return };
    model.containers.using = Some(volume);
    model.containers.show_stopped = true;
    model.containers.filter.clear();
    model.containers.touch();
    model.focus = Focus::Containers;
}

fn sort(model: &mut Model, deed: Do) {
    let sort = &mut model.containers.sort;
    if deed == Do::SortReverse {
        sort.descending ^= true;
    } else {
        let columns = &model.options.columns;
        let at = columns.iter().position(|column| *column == sort.column);
        let next = at.map_or(0, |at| (at + 1) % columns.len().max(1));
        if let Some(column) = columns.get(next) {
            (sort.column, sort.descending) = (*column, column.sorts_down());
        }
    }
    model.containers.touch();
}

fn sideways(model: &mut Model, deed: Do) {
    const STEP: usize = 8;
    let Some(key) = model.pane_of().cloned() else { return };
    let wraps = model.pane.display.wrap;
    let column = match model.pane.tab(&key) {
        Tab::Inspect => Some(&mut model.pane.inspect.column),
        Tab::Processes => Some(&mut model.pane.processes.column),
        Tab::Stats | Tab::Build => None,
        _ if wraps => None,
        Tab::Log | Tab::BuildLog | Tab::TaskLog | Tab::Merged | Tab::Session(_) | Tab::Exec(_) => {
            model.pane.shown_log_mut(&key).map(|view| &mut view.column)
        }
    };
    match column {
        Some(column) if deed == Do::Right => *column = column.saturating_add(STEP).min(1 << 20),
        Some(column) if *column > 0 => *column = column.saturating_sub(STEP),
        // At the margin there is nothing more to the left but the lists.
        _ if deed == Do::Left => (model.focus, model.is_zoomed) = (Focus::Containers, false),
        _ => {}
    }
}

fn to_match(model: &mut Model, is_against: bool) {
    if model.tab() != Some(Tab::Inspect) {
        return looking::step(model, is_against);
    }
    let page = usize::from(crate::ui::layout::Layout::of(model).inside_pane().height);
    model.pane.inspect.step(if is_against { -1 } else { 1 }, page);
}

fn follow(model: &mut Model) {
    let Some(key) = model.pane_of().cloned() else { return };
    let extent = crate::ui::view::log_rows(model, &key).map(|rows| rows.extent());
    let top = crate::ui::view::log_window(model, &key).map(|window| window.top);
    if let Some(view) = model.pane.shown_log_mut(&key) {
        if let Some(extent) = extent {
            view.settle(&extent);
        }
        view.place = match (view.place, top) {
            (Place::End, Some(top)) => Place::At(top),
            _ => Place::End,
        };
    }
}

fn page(model: &Model, commands: &mut Vec<Command>) {
    let view = model.pane_of().and_then(|of| model.pane.shown_log(of));
    let lines = view.and_then(|view| {
        LogLines::selected(view).or_else(|| LogLines::shown(view)).or_else(|| LogLines::all(view))
    });
    commands.extend(lines.map(Command::Page));
}

fn run_again(model: &mut Model, commands: &mut Vec<Command>) {
    let Some(Tab::Exec(id)) = model.tab() else { return };
    let found = model.pane.exec(id).map(|exec| (exec.container.clone(), exec.draft.clone()));
    if let Some((container, draft)) = found {
        requests::begin_exec(model, &container, draft, commands);
    }
}

pub(super) fn cancel(model: &mut Model, id: crate::ui::ActionId, commands: &mut Vec<Command>) {
    match model.actions.cancel(id) {
        Some(Cancel::Asked) => commands.push(Command::Cancel(id)),
        Some(Cancel::Abandoned) => commands.push(Command::Abandon(id)),
        Some(Cancel::No) | None => {}
    }
}

fn copy(model: &mut Model, commands: &mut Vec<Command>) {
    if model.focus == Focus::Pane && selecting::copy(model, commands) {
        return;
    }
    let text = match model.focus {
        Focus::Containers => model.containers.selected().map(|row| row.container.name.clone()),
        Focus::Volumes => model.volumes.selected().map(|row| row.volume.name.clone()),
        Focus::Pane => crate::ui::view::shown_text(model),
    };
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        let lines = text.lines().count();
        let what = if lines > 1 {
            crate::text::count(lines, "line")
        } else {
            crate::text::clean(&text).into_owned()
        };
        model.toasts.tell(Tone::Good, format!("copied {what}"), model.now.since_start);
        commands.push(Command::Copy(text));
    }
}

fn focus(model: &mut Model, by: isize) {
    const ROUND: [Focus; 3] = [Focus::Containers, Focus::Volumes, Focus::Pane];
    let at = ROUND.iter().position(|focus| *focus == model.focus).unwrap_or(0).cast_signed();
    let next = (at + by).rem_euclid(3).cast_unsigned();
    model.focus = ROUND.get(next).copied().unwrap_or_default();
    model.is_zoomed &= model.focus == Focus::Pane;
}

/// One thing at a time: from the newest and smallest to the way back to the lists.
fn close(model: &mut Model) {
    if (model.focus == Focus::Pane && looking::clear(model)) || model.toasts.clear() {
        return;
    }
    if model.focus == Focus::Pane && selecting::clear(model) {
        return;
    }
    match model.focus {
        Focus::Pane if model.tab() == Some(Tab::Inspect) && !model.pane.inspect.search.is_empty() => {
            model.pane.inspect.search.clear();
        }
        Focus::Pane => (model.focus, model.is_zoomed) = (Focus::Containers, false),
        Focus::Volumes if !model.volumes.filter.is_empty() => {
            model.volumes.filter.clear();
            model.volumes.touch();
        }
        Focus::Volumes => model.focus = Focus::Containers,
        Focus::Containers if model.containers.marked() > 0 => model.containers.clear_marks(),
        Focus::Containers => {
            model.containers.filter.clear();
            model.containers.using = None;
            model.containers.touch();
        }
    }
}

/// Leaves; asks where that would end something.
fn quit(model: &mut Model, commands: &mut Vec<Command>) {
    if let Some(asks) = dialogs::quit(model) {
        return dialog::open(model, asks, commands);
    }
    model.quits = true;
    commands.push(Command::Quit);
}
