//! What sessions that are over have left in containers that run: what is kept of them takes room, too.

use std::time::Duration;

use serde::Serialize;

use crate::actions::Verb;
use crate::engine::Change;
use crate::sessions::{Forgotten, Over, Session};

use super::super::connect::Engine;
use super::super::context::Context;
use super::super::exit::Exit;
use super::super::failure::Ended;
use super::super::output::{Cell, Column, Table, bytes, clean, elapsed};

/// Those of one container, and the engine's name.
#[derive(Debug)]
pub(super) struct OverAt {
    engine: String,
    of: Over,
}

impl OverAt {
    /// The sessions that go.
    pub(super) fn ended(&self) -> &[Session] {
        &self.of.ended
    }

    fn container(&self) -> &str {
        &self.of.container.name
    }
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
) -> Ended<(Vec<OverAt>, Exit)> {
    let (mut all, mut exit) = (Vec::new(), Exit::Done);
    for engine in engines {
        let call = context.untold_call(Verb::Exec);
        let (over, unasked) = Over::survey(&engine.supervised, &call, keep).await?;
        all.extend(over.into_iter().map(|of| OverAt { engine: engine.label.clone(), of }));
        for report in unasked {
            exit = exit.worst(context.report(&Box::new(report).into()));
        }
    }
    Ok((all, exit))
}

/// The list, for people; nothing where there is none.
pub(super) fn lists(all: &[OverAt], width: Option<usize>, coloured: bool) -> String {
    let mut table = Table::new([
        Column::left("SESSION", 0),
        Column::left("CONTAINER", 0).shrinking_to(8),
        Column::left("STATE", 0),
        Column::right("AGE", 1),
        Column::right("SIZE", 0),
    ]);
    for (of, session) in all.iter().flat_map(|of| of.ended().iter().map(move |session| (of, session))) {
        table.row([
            Cell::new(clean(session.id.as_str())),
            Cell::new(clean(of.container())),
            Cell::new(clean(&session.words())),
            Cell::new(session.age.map_or_else(|| "-".to_owned(), elapsed)),
            Cell::new(bytes(session.size())),
        ]);
    }
    if table.is_empty() {
        return String::new();
    }
    let total: u64 = all.iter().flat_map(OverAt::ended).map(Session::size).sum();
    format!(
        "\nSessions that are over go, too: {} in running containers.\n{}",
        bytes(total),
        table.render(width, coloured)
    )
}

/// Removes them; what became of each is told.
pub(super) async fn remove(context: &Context, all: &[OverAt]) -> (Vec<OverJson>, Exit) {
    let (mut told, mut exit) = (Vec::new(), Exit::Done);
    for of in all {
        let ids: Vec<_> = of.ended().iter().map(|session| session.id.clone()).collect();
        let call = context.call(Verb::Exec, of.container());
        match of.of.sessions.forget(&call, &ids).await.into_result() {
            Ok(gone) => {
                for session in of.ended() {
                    let one = gone.iter().find(|one| one.id == session.id.as_str()).map(Forgotten::gone);
                    let words = match one {
                        Some(Ok(Change::Made)) => "removed".to_owned(),
                        Some(Ok(Change::AlreadySo)) => "gone already".to_owned(),
                        Some(Err(why)) => format!("not removed: {}", clean(why)),
                        None => "what became of it is not known".to_owned(),
                    };
                    let is_gone = one.is_some_and(|one| one.is_ok());
                    context.note(&format!("session {} of {}: {words}", session.id, clean(of.container())));
                    exit = exit.worst(if is_gone { Exit::Done } else { Exit::Conflict });
                    told.push(document(of, session, Some(is_gone)));
                }
            }
            Err(report) => {
                exit = exit.worst(context.report(&report.into()));
                told.extend(of.ended().iter().map(|session| document(of, session, Some(false))));
            }
        }
    }
    (told, exit)
}

/// All of them before anything is done.
pub(super) fn documents(all: &[OverAt]) -> Vec<OverJson> {
    all.iter().flat_map(|of| of.ended().iter().map(move |session| document(of, session, None))).collect()
}

fn document(of: &OverAt, session: &Session, removed: Option<bool>) -> OverJson {
    OverJson {
        session: session.id.to_string(),
        container: of.container().to_owned(),
        state: session.words(),
        size: session.size(),
        removed,
        engine: of.engine.clone(),
    }
}
