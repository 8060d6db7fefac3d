//! What sessions are asked for from the screen.

use std::time::Duration;

use crate::actions::{Supervised, Verb};
use crate::engine::{ContainerId, ExecRequest};
use crate::sessions::{Forgotten, SessionId, SessionPlan, Sessions, starter};
use crate::ui::{Ended, Ending, Problem, Yield};

use super::ending::{ended, of_change};
use super::supervise::Errand;

/// Starts a durable exec.
pub(super) async fn start(errand: &Errand, on: &Supervised, id: &ContainerId, request: ExecRequest) -> Ended {
    let plan = SessionPlan { by: starter(), ..SessionPlan::new(request) };
    let started = Sessions::at(on, id, None).start(&errand.call(Verb::Exec), &plan).await;
    ended(started, |session| Yield::Started(id.clone(), session))
}

/// Ends one with everything it started.
pub(super) async fn end(
    errand: &Errand,
    on: &Supervised,
    id: &ContainerId,
    session: &SessionId,
    kept_in: Option<&str>,
    grace: Duration,
) -> Ended {
    let end = Sessions::at(on, id, kept_in).end(&errand.call(Verb::Exec), session, grace).await;
    ended(end, |tree| Yield::SessionEnded(tree.to_string()))
}

/// Removes what is kept of one that is over.
pub(super) async fn forget(
    errand: &Errand,
    on: &Supervised,
    id: &ContainerId,
    session: SessionId,
    kept_in: Option<&str>,
) -> Ended {
    let ids = [session];
    let forgotten = Sessions::at(on, id, kept_in).forget(&errand.call(Verb::Exec), &ids).await;
    let [session] = &ids;
    let mut stays = None;
    let mut ended = ended(forgotten, |told| {
        let one = told.iter().find(|one| one.id == session.as_str());
        let gone = one.map_or(Err(NOT_TOLD), Forgotten::gone);
        stays = gone.err().map(str::to_owned);
        gone.map_or(Yield::Nothing, of_change)
    });
    if let Some(why) = stays {
        ended.ending = Ending::Failed;
        ended.problem = Some(Problem::new(format!("remove session {session}: {why}")));
    }
    ended
}

/// Why one is not known to be gone that the answer says nothing of.
pub(super) const NOT_TOLD: &str = "what became of it is not known: the answer broke off before it";
