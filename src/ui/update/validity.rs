//! What can be done just now, and why the rest cannot: the footer shows the first, a key pressed all the same tells
//! the second.

use std::borrow::Cow;

use crate::engine::{ContainerState, Feature};
use crate::ui::Model;
use crate::ui::keymap::{Context, Do, Risk};
use crate::ui::model::{ExecTab, Focus, LogView, MERGED, Output, Row, SessionTab, Tab};

use super::builds;

/// The contexts whose keys hold now, the narrowest first.
#[must_use]
pub fn contexts(model: &Model) -> Vec<Context> {
    if model.shows_engine_page() {
        return vec![Context::EnginePage, Context::Everywhere];
    }
    match model.focus {
        Focus::Containers => vec![Context::Containers, Context::Lists, Context::Everywhere],
        Focus::Volumes => vec![Context::Volumes, Context::Lists, Context::Everywhere],
        Focus::Pane => {
            let tab = match model.tab() {
                Some(Tab::Exec(id)) => {
                    let is_log = |exec: &ExecTab| matches!(exec.output, Output::Log(_));
                    model.pane.exec(id).is_some_and(is_log).then_some(Context::Log)
                }
                Some(Tab::Build) => Some(Context::Build),
                Some(Tab::Log | Tab::BuildLog | Tab::TaskLog | Tab::Merged | Tab::Session(_)) => {
                    Some(Context::Log)
                }
                Some(Tab::Inspect) => Some(Context::Inspect),
                Some(Tab::Processes | Tab::Stats) | None => None,
            };
            tab.into_iter().chain([Context::Pane, Context::Everywhere]).collect()
        }
    }
}

/// Why not, in words that complete "stop: …".
type Why = Cow<'static, str>;

/// Whether something can be done now, to what is selected or marked.
///
/// # Errors
/// Why not.
#[expect(clippy::too_many_lines, reason = "a line or so for each deed, so that none is forgotten")]
pub fn validity(model: &Model, deed: Do) -> Result<(), Why> {
    if model.options.read_only && deed.info().risk == Risk::Changes {
        return Err("the console is read-only".into());
    }
    let needs = |feature: Feature| {
        let engine = model.containers.selected().map(|row| row.key.engine);
        match engine.and_then(|engine| model.engines.why_not(engine, feature)) {
            Some(why) => Err(Why::Owned(why)),
            None => Ok(()),
        }
    };
    match deed {
        Do::Start => any(model, "it runs already", |row| !row.container.state.is_alive()),
        Do::Stop | Do::Restart | Do::Kill => {
            any(model, "it does not run", |row| row.container.state.is_alive())
        }
        Do::Pause => {
            needs(Feature::Pause)?;
            any(model, "it does not run", |row| {
                matches!(row.container.state, ContainerState::Running | ContainerState::Paused)
            })
        }
        Do::Exec if model.containers.marked() > 0 => any(model, "it does not run", Row::is_running),
        Do::Exec | Do::Shell | Do::ShellFullScreen => match model.containers.selected() {
            None => Err("there is no container".into()),
            Some(row) if row.container.state == ContainerState::Paused => {
                Err("it is paused: thaw it first".into())
            }
            Some(row) if !row.is_running() => Err("it does not run: start it first".into()),
            Some(_) => Ok(()),
        },
        Do::Rename | Do::Open | Do::Mark => match model.containers.selected() {
            Some(_) => Ok(()),
            None => Err("there is no container".into()),
        },
        Do::RemoveContainer => {
            any(model, "it is being removed", |row| row.container.state != ContainerState::Removing)
        }
        Do::Inspect => match model.focus {
            Focus::Volumes => volume(model),
            _ if model.containers.selected().is_some() => Ok(()),
            _ => Err("there is no container".into()),
        },
        Do::MarkAll | Do::InvertMarks if model.containers.shown().is_empty() => {
            Err("the list is empty".into())
        }
        Do::MergeLogs => merges(model.containers.marked()),
        Do::Create | Do::Pull | Do::Cleanup | Do::CreateVolume | Do::Build => match open_engines(model) {
            0 => Err("no engine answers just now".into()),
            _ => Ok(()),
        },
        Do::VolumeUsers | Do::RemoveVolume => volume(model),
        Do::CancelAction => match model.actions.running().next_back() {
            Some(_) => Ok(()),
            None => Err("nothing is under way".into()),
        },
        Do::NextStep => match model.actions.running().rfind(|running| running.has_steps()) {
            Some(_) => Ok(()),
            None => Err("no build is being stopped".into()),
        },
        Do::CancelExec | Do::CloseTab | Do::ForgetSession if shown_session(model).is_some() => {
            shown_session(model).map_or(Ok(()), |tab| of_session(model, tab, deed))
        }
        Do::ForgetSession => Err("this tab has no session".into()),
        Do::CancelExec => match shown_exec(model) {
            Some(exec) if exec.is_running() => Ok(()),
            Some(_) => Err("it has ended".into()),
            None => Err("this tab has no command".into()),
        },
        Do::CloseTab if matches!(model.tab(), Some(Tab::Merged | Tab::BuildLog | Tab::TaskLog)) => Ok(()),
        Do::CloseTab => match shown_exec(model) {
            Some(exec) if exec.is_running() => Err("it still runs: cancel it first".into()),
            Some(_) => Ok(()),
            None => Err("only tabs of commands, of merged logs and of logs of builds close".into()),
        },
        Do::RunAgain => match shown_exec(model) {
            Some(exec) if exec.is_running() => Err("it still runs".into()),
            Some(exec) if !model.containers.get(&exec.container).is_some_and(Row::is_running) => {
                Err("the container does not run".into())
            }
            Some(exec) if matches!(exec.output, Output::Log(_)) => Ok(()),
            _ => Err("this tab has no command".into()),
        },
        Do::Reveal if model.tab() != Some(Tab::Inspect) => Err("only in the inspect tab".into()),
        Do::Search if model.tab() == Some(Tab::Inspect) => Ok(()),
        Do::Search if shown_log(model).is_none() => Err("only in logs and in the inspect tab".into()),
        Do::SearchBack | Do::FilterLines | Do::FilterLevel if shown_log(model).is_none() => {
            Err("only in a log".into())
        }
        Do::ShowBuild => has_build(model),
        Do::Cause => {
            has_build(model)?;
            match model.containers.selected().and_then(|row| builds::failed(model, row)) {
                Some(_) => Ok(()),
                None => Err("no task of its build has failed".into()),
            }
        }
        Do::GoThere => match model.pane_of().and_then(|key| model.pane.builds(key)?.cursor.selected()) {
            Some(_) => Ok(()),
            None => Err("nothing here leads anywhere".into()),
        },
        Do::NextBuild | Do::PreviousBuild => {
            match model.containers.selected().map_or(0, |row| row.builds.all().len()) {
                0 | 1 => Err("there is no other build in it".into()),
                _ => Ok(()),
            }
        }
        Do::NextMatch | Do::PreviousMatch if goes_through_causes(model) => Ok(()),
        Do::NextMatch | Do::PreviousMatch if !is_searched(model) => Err("nothing is searched for".into()),
        Do::MoreContext | Do::LessContext if shown_log(model).is_none_or(|view| view.filter.is_none()) => {
            Err("all lines are shown: filter them first".into())
        }
        Do::NextTab | Do::PreviousTab | Do::Zoom if model.pane_of().is_none() => {
            Err("there is no container".into())
        }
        Do::GoTo
        | Do::NextError
        | Do::PreviousError
        | Do::NextWarning
        | Do::PreviousWarning
        | Do::NextRemark
        | Do::PreviousRemark
        | Do::SetMark
        | Do::GoToMark
        | Do::Select
        | Do::SaveLog
        | Do::Pager
        | Do::Raw => match model.pane_of().and_then(|of| model.pane.shown_log(of)) {
            Some(view) if view.reader.is_some() => Ok(()),
            Some(_) => Err("nothing is read yet".into()),
            None => Err("only in a log".into()),
        },
        Do::Demo if model.engines.has_demo() => Err("it is open already".into()),
        _ => Ok(()),
    }
}

fn has_build(model: &Model) -> Result<(), Why> {
    match model.containers.selected() {
        None => Err("there is no container".into()),
        Some(row) if row.builds.all().is_empty() => Err("no build was seen in it".into()),
        Some(_) => Ok(()),
    }
}

/// Whether the next match is the next cause of a failure: in the log of a task, where nothing is searched for.
pub(super) fn goes_through_causes(model: &Model) -> bool {
    let task = model.pane_of().filter(|_| model.tab() == Some(Tab::TaskLog));
    let task = task.and_then(|key| model.pane.task_log(key));
    task.is_some_and(|task| task.log.search.is_none() && (task.failure.is_some() || !task.causes.is_empty()))
}

fn merges(marked: usize) -> Result<(), Why> {
    match marked {
        0 | 1 => Err("mark two or more containers first".into()),
        marked if marked > MERGED => Err(Why::Owned(format!("at most {MERGED} logs at once: unmark some"))),
        _ => Ok(()),
    }
}

fn any(model: &Model, why_not: &'static str, can: impl Fn(&Row) -> bool) -> Result<(), Why> {
    let targets = model.containers.targets();
    match targets.iter().any(|row| can(row)) {
        true => Ok(()),
        false if targets.is_empty() => Err("there is no container".into()),
        false if targets.len() > 1 => Err(Why::Owned(format!("of all {}: {why_not}", targets.len()))),
        false => Err(why_not.into()),
    }
}

fn volume(model: &Model) -> Result<(), Why> {
    model.volumes.selected().map(|_| ()).ok_or_else(|| "there is no volume".into())
}

fn open_engines(model: &Model) -> usize {
    model.engines.known().filter(|engine| engine.is_open()).count()
}

fn shown_log(model: &Model) -> Option<&LogView> {
    model.pane.shown_log(model.pane_of()?)
}

fn is_searched(model: &Model) -> bool {
    match model.tab() {
        Some(Tab::Inspect) => !model.pane.inspect.search.is_empty(),
        _ => shown_log(model).is_some_and(|view| view.search.is_some()),
    }
}

fn of_session(model: &Model, tab: &SessionTab, deed: Do) -> Result<(), Why> {
    let container_runs = model.containers.get(&tab.container).is_some_and(Row::is_running);
    match (deed, tab.is_running()) {
        (Do::CancelExec, false) => Err("it is over".into()),
        (Do::CancelExec, true) if !container_runs => Err("its container does not run".into()),
        (Do::CloseTab, true) => Err("it still runs, with or without this console".into()),
        (Do::ForgetSession, true) => Err("it still runs: end it first".into()),
        (Do::ForgetSession, false) if !container_runs => {
            Err("its container does not run: start it, or remove it with all in it".into())
        }
        _ => Ok(()),
    }
}

fn shown_session(model: &Model) -> Option<&SessionTab> {
    match model.tab()? {
        Tab::Session(id) => model.pane.session(id),
        _ => None,
    }
}

fn shown_exec(model: &Model) -> Option<&ExecTab> {
    match model.tab()? {
        Tab::Exec(id) => model.pane.exec(id),
        _ => None,
    }
}
