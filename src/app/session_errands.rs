//! What sessions are asked for from the screen.

use std::time::Duration;

use crate::actions::{Supervised, Verb};
use crate::engine::{ContainerId, ExecRequest};
use crate::sessions::{SessionId, SessionPlan, Sessions, starter};
use crate::ui::{Ended, Problem, Yield};

use super::ending::ended;
use super::supervise::Errand;

fn sessions(on: &Supervised, id: &ContainerId, kept_in: Option<String>) -> Sessions {
    let sessions = Sessions::of(on.clone(), id.clone());
    match kept_in {
        Some(directory) => sessions.kept_in(directory),
        None => sessions,
    }
}

/// Starts a durable exec.
pub(super) async fn start(errand: &Errand, on: &Supervised, id: &ContainerId, request: ExecRequest) -> Ended {
    let plan = SessionPlan { by: starter(), ..SessionPlan::new(request) };
    let started = sessions(on, id, None).start(&errand.call(Verb::Exec), &plan).await;
    ended(started, |session| Yield::Started(id.clone(), session))
}

/// Ends one with everything it started.
pub(super) async fn end(
    errand: &Errand,
    on: &Supervised,
    id: &ContainerId,
    session: &SessionId,
    kept_in: Option<String>,
    grace: Duration,
) -> Ended {
    let end = sessions(on, id, kept_in).end(&errand.call(Verb::Exec), session, grace).await;
    ended(end, |tree| Yield::SessionEnded(tree.to_string()))
}

/// Removes what is kept of one that is over.
pub(super) async fn forget(
    errand: &Errand,
    on: &Supervised,
    id: &ContainerId,
    session: SessionId,
    kept_in: Option<String>,
) -> Ended {
    let ids = [session];
    let mut why = None;
    let forgotten = sessions(on, id, kept_in).forget(&errand.call(Verb::Exec), &ids).await;
    let mut ended = ended(forgotten, |told| {
        let stays = told.into_iter().find(|one| !one.removed);
        why = stays.map(|one| one.why.unwrap_or_else(|| "it stays".to_owned()));
        Yield::Nothing
    });
    if let Some(why) = why {
        let [session] = &ids;
        ended.ending = crate::ui::Ending::Failed;
        ended.problem = Some(Problem::new(format!("remove session {session}: {why}")));
    }
    ended
}
