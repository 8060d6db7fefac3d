//! What sessions that are over have left in containers that run: what is kept of them takes room, too.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use serde::Serialize;

use crate::actions::{Supervised, Verb};
use crate::engine::{ContainerState, ListFilter};
use crate::sessions::{Session, SessionState, Sessions};

use super::super::connect::Engine;
use super::super::context::Context;
use super::super::exit::Exit;
use super::super::failure::Ended;
use super::super::output::{Cell, Column, Table, bytes, clean, elapsed};
use super::super::sessions::{AT_ONCE, where_it_may_have_any};

/// Those of one container.
#[derive(Debug)]
pub(super) struct Over {
    container: String,
    engine: String,
    sessions: Sessions,
    pub(super) ended: Vec<Session>,
}

/// One of them, for machines.
#[derive(Debug, Serialize)]
pub(super) struct OverJson {
    session: String,
    container: String,
    state: String,
    size: u64,
    /// Whether it is gone; nothing where that was not tried.
    removed: Option<bool>,
    engine: String,
}

/// Those that have been over for so long, in containers that run; and how to end because some could not be asked.
pub(super) async fn survey(
    context: &Context,
    engines: &[&Engine],
    keep: Duration,
) -> Ended<(Vec<Over>, Exit)> {
    let (mut all, mut exit) = (Vec::new(), Exit::Done);
    for engine in engines {
        let on: &Supervised = &engine.supervised;
        let filter = ListFilter { states: vec![ContainerState::Running], ..ListFilter::default() };
        let call = context.untold_call(Verb::List);
        let listed =
            on.read(&call, Verb::List, engine.endpoint(), |e| e.list(&filter)).await.into_result()?;
        let asked = listed.into_iter().map(|container| async move {
            let found = match where_it_may_have_any(context, engine, &container, None).await? {
                Some(sessions) => {
                    let call = context.untold_call(Verb::Exec);
                    let found = sessions.find(&call).await.into_result()?;
                    Some((sessions, found))
                }
                None => None,
            };
            Ok((container.name, found))
        });
        let mut answers = stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE);
        while let Some(answer) = answers.next().await {
            match answer {
                Ok((container, Some((sessions, found)))) => {
                    let ended: Vec<Session> =
                        found.into_iter().filter(|session| is_over(session, keep)).collect();
                    let engine = engine.label.clone();
                    all.extend((!ended.is_empty()).then_some(Over { container, engine, sessions, ended }));
                }
                Ok((_, None)) => {}
                Err(failure) => exit = exit.worst(context.report(&failure)),
            }
        }
    }
    Ok((all, exit))
}

/// One that was lost is counted from its beginning: nobody knows its end.
fn is_over(session: &Session, keep: Duration) -> bool {
    let since = match &session.state {
        SessionState::Ended(end) => end.time.or(session.started),
        SessionState::Lost => session.started,
        SessionState::Running | SessionState::Unreadable { .. } => None,
    };
    let age = since.map(|since| Timestamp::now().duration_since(since));
    age.and_then(|age| Duration::try_from(age).ok()).is_some_and(|age| age >= keep)
}

fn size(session: &Session) -> u64 {
    session.output.unwrap_or(0) + session.errors.unwrap_or(0)
}

/// The list, for people; nothing where there is none.
pub(super) fn lists(all: &[Over], width: Option<usize>, coloured: bool) -> String {
    let mut table = Table::new([
        Column::left("SESSION", 0),
        Column::left("CONTAINER", 0).shrinking_to(8),
        Column::left("STATE", 0),
        Column::right("AGE", 1),
        Column::right("SIZE", 0),
    ]);
    for (of, session) in all.iter().flat_map(|of| of.ended.iter().map(move |session| (of, session))) {
        table.row([
            Cell::new(clean(session.id.as_str())),
            Cell::new(clean(&of.container)),
            Cell::new(clean(&session.words())),
            Cell::new(session.age.map_or_else(|| "-".to_owned(), elapsed)),
            Cell::new(bytes(size(session))),
        ]);
    }
    if table.is_empty() {
        return String::new();
    }
    let total: u64 = all.iter().flat_map(|of| &of.ended).map(size).sum();
    format!(
        "\nSessions that are over go, too: {} in running containers.\n{}",
        bytes(total),
        table.render(width, coloured)
    )
}

/// Removes them; what became of each is told.
pub(super) async fn remove(context: &Context, all: &[Over]) -> (Vec<OverJson>, Exit) {
    let (mut told, mut exit) = (Vec::new(), Exit::Done);
    for of in all {
        let ids: Vec<_> = of.ended.iter().map(|session| session.id.clone()).collect();
        let call = context.call(Verb::Exec, &of.container);
        match of.sessions.forget(&call, &ids).await.into_result() {
            Ok(gone) => {
                for session in &of.ended {
                    let is_gone = gone.iter().any(|one| one.id == session.id.as_str() && one.removed);
                    let words = if is_gone { "removed" } else { "not removed" };
                    context.note(&format!("session {} of {}: {words}", session.id, clean(&of.container)));
                    exit = exit.worst(if is_gone { Exit::Done } else { Exit::Conflict });
                    told.push(document(of, session, Some(is_gone)));
                }
            }
            Err(report) => {
                exit = exit.worst(context.report(&report.into()));
                told.extend(of.ended.iter().map(|session| document(of, session, Some(false))));
            }
        }
    }
    (told, exit)
}

/// All of them before anything is done.
pub(super) fn documents(all: &[Over]) -> Vec<OverJson> {
    all.iter().flat_map(|of| of.ended.iter().map(move |session| document(of, session, None))).collect()
}

fn document(of: &Over, session: &Session, removed: Option<bool>) -> OverJson {
    OverJson {
        session: session.id.to_string(),
        container: of.container.clone(),
        state: session.words(),
        size: size(session),
        removed,
        engine: of.engine.clone(),
    }
}
