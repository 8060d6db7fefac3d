//! What engines, containers and actions have told.

use crate::engine::EventObject;
use crate::ui::message::{ContainerNews, Ended, EngineNews, Yield};
use crate::ui::model::{ExecState, Output};
use crate::ui::{ActionId, ActionNews, Command, ContainerKey, EngineId, MergeId, MergedNews, Model, Tone};

use super::{builds, dialog, sessions, telling};

pub(super) fn of_engine(model: &mut Model, id: EngineId, news: EngineNews) {
    let now = model.now;
    tell_of_engine(model, id, &news);
    model.engines.hear(id, &news, now);
    match news {
        EngineNews::Containers(containers) => {
            model.containers.replace(id, containers, &model.options.rules);
            let containers = &model.containers;
            model.pane.forget_missing(|key| key.engine != id || containers.get(key).is_some());
        }
        EngineNews::Volumes(volumes) => model.volumes.replace(id, volumes, &model.options.rules),
        EngineNews::Measured(usage) => {
            model.volumes.set_sizes(id, usage.by_volume.into_iter().map(|one| (one.name, one.bytes)));
        }
        EngineNews::Event(event) if event.object == EventObject::Container && event.action == "oom" => {
            let name = event.attributes.get("name").cloned().unwrap_or(event.id);
            model.toasts.tell(
                Tone::Bad,
                format!("{name}: the kernel ended a process of it: out of memory"),
                now.since_start,
            );
        }
        _ => {}
    }
}

/// What should be noticed of a connection, once.
fn tell_of_engine(model: &mut Model, id: EngineId, news: &EngineNews) {
    let Some(engine) = model.engines.get(id).filter(|engine| engine.is_known()) else { return };
    let name = model.engines.name(id);
    let (tone, words) = match news {
        EngineNews::Answers(_) if !engine.is_open() => (Tone::Good, format!("{name} answers again")),
        EngineNews::Lost(why) if engine.is_open() => (Tone::Bad, format!("{name} is lost: {}", why.words)),
        EngineNews::NotMeasured(why) => {
            (Tone::Warning, format!("{name}: sizes are not known: {}", why.words))
        }
        _ => return,
    };
    model.toasts.tell(tone, words, model.now.since_start);
}

pub(super) fn of_container(
    model: &mut Model,
    key: &ContainerKey,
    news: ContainerNews,
    commands: &mut Vec<Command>,
) {
    match news {
        ContainerNews::Details(details) => model.containers.set_details(key, Ok(details)),
        ContainerNews::NoDetails(problem) => model.containers.set_details(key, Err(problem)),
        ContainerNews::Stats(stats) => model.containers.push_stats(key, stats),
        ContainerNews::Top(table) => model.pane.processes.take(key, Ok(table)),
        ContainerNews::NoTop(problem) => model.pane.processes.take(key, Err(problem)),
        ContainerNews::Log(reader) => {
            if let Some(view) = model.pane.log_mut(key) {
                view.set_reader(reader);
            }
        }
        ContainerNews::LogMoved(state) => {
            if let Some(view) = model.pane.log_mut(key) {
                view.state = state;
            }
        }
        ContainerNews::Build(build) => {
            telling::of_build(model, key, &build, commands);
            if let Some(builds) = model.containers.builds_mut(key) {
                builds.take(build);
                model.pane.prefer_build(key);
            }
        }
        ContainerNews::BuildTrouble(id, problem) => {
            if let Some(builds) = model.containers.builds_mut(key) {
                builds.fail(id, problem);
            }
        }
        ContainerNews::BuildLog(id, reader) => {
            if let Some(log) = model.pane.build_log_mut(key, &id) {
                log.log.set_reader(reader);
            }
        }
        ContainerNews::BuildLogMoved(_) => {}
        ContainerNews::TaskLog(id, heard) => builds::hear(model, key, id, heard),
        ContainerNews::Sessions(found) => sessions::take(model, key, found),
        ContainerNews::NoSessions(problem) => {
            let words = format!("{}: its sessions are not known: {}", name(model, key), problem.words);
            model.toasts.tell(Tone::Warning, words, model.now.since_start);
        }
        ContainerNews::SessionLog(id, heard) => model.pane.hear_session(id, heard),
        ContainerNews::LogHistory(read) => {
            if let Some(view) = model.pane.log_mut(key) {
                view.history = read;
            }
        }
    }
}

fn name(model: &Model, key: &ContainerKey) -> String {
    let name = model.containers.get(key).map_or(key.id.short(), |row| &row.container.name);
    crate::text::clean(name).into_owned()
}

pub(super) fn of_merged(model: &mut Model, id: MergeId, news: MergedNews) {
    let Some(merged) = model.pane.merged_mut().filter(|merged| merged.id == id) else { return };
    match news {
        MergedNews::Log(reader) => merged.set_reader(reader),
        MergedNews::Moved => {}
    }
}

pub(super) fn of_action(model: &mut Model, id: ActionId, news: ActionNews, commands: &mut Vec<Command>) {
    dialog::hear(model, id, &news, commands);
    if let ActionNews::Ended(ended) = &news
        && let Yield::Started(container, session) = &ended.yielded
        && let Some(engine) = model.actions.get(id).map(|running| running.request.engine())
    {
        sessions::started(model, engine, container, session);
    }
    model.actions.hear(id, &news, model.now);
    match news {
        ActionNews::Output(reader) => model.pane.set_output(id, reader),
        ActionNews::Printed(bytes) => {
            if let Some(exec) = model.pane.exec_mut(id)
                && let Output::Shell(terminal) = &mut exec.output
            {
                let replies = terminal.process(&bytes);
                if !replies.is_empty() && exec.is_running() {
                    commands.push(Command::Type(id, replies));
                }
            }
        }
        ActionNews::Ended(ended) => end_tab(model, id, &ended),
        ActionNews::Progress(_) | ActionNews::Step(_) | ActionNews::Moved => {}
    }
}

fn end_tab(model: &mut Model, id: ActionId, ended: &Ended) {
    let words = model.actions.past().find(|past| past.id == id).map(|past| match &past.result {
        Some(result) => result.clone(),
        None => past.sentence(),
    });
    if let Some(exec) = model.pane.exec_mut(id) {
        exec.state = ExecState::Ended {
            words: words.unwrap_or_else(|| ended.ending.word().to_owned()),
            is_good: matches!(ended.yielded, Yield::ExitCode(0)),
            elapsed: ended.elapsed,
        };
    }
}

pub(super) fn refused(model: &mut Model, command: Command) {
    let words = match command {
        Command::Act(id, request) => {
            // It never began: whoever waits for its end must not wait for ever.
            let ended = crate::ui::message::Ended {
                ending: crate::ui::message::Ending::Failed,
                elapsed: std::time::Duration::ZERO,
                attempts: 0,
                problem: Some(crate::ui::Problem::new(format!("{}: too much is under way", request.word()))),
                aftermath: Some("the engine was not asked".into()),
                yielded: Yield::Nothing,
            };
            let mut commands = Vec::new();
            of_action(model, id, ActionNews::Ended(Box::new(ended)), &mut commands);
            format!("{}: not begun, too much is under way", request.word())
        }
        // That it happened is on the screen.
        Command::Notify { .. } => return,
        Command::Type(..) => "the shell does not take any more keys just now".to_owned(),
        _ => "too much is under way: try again".to_owned(),
    };
    model.toasts.tell(Tone::Warning, words, model.now.since_start);
}
