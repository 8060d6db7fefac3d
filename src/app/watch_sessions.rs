//! Looking for the sessions of a container, and for what becomes of them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::actions::{Outcome, Verb};
use crate::engine::{ContainerId, ErrorKind, Feature};
use crate::sessions::{Session, SessionState, Sessions};
use crate::ui::{ContainerNews, Problem, SessionsWanted};

use super::ending::problem;
use super::link::{Link, Open};
use super::wires::Wires;

/// How often it is looked how those stand that run: nothing tells of their end.
const WHILE_RUNNING: Duration = Duration::from_secs(10);
/// How often it is looked whether one has begun where the engine does not tell what happens.
const WITHOUT_EVENTS: Duration = Duration::from_secs(30);
/// How long after something has happened it is looked, and once more: a keeper is told of before it has written down
/// anything.
const AFTER: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(2)];
/// How often, and for how long, one is looked for that is expected.
const EXPECTED_EVERY: Duration = Duration::from_millis(500);
const EXPECTED_FOR: Duration = Duration::from_secs(30);
/// How long after a failure it is looked again.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Looks for as long as this is not dropped; of a container that does not run, once.
pub(super) async fn watch(wires: Wires, link: Arc<Link>, wanted: SessionsWanted) {
    let mut happened = link.sessions.subscribe();
    let open = link.opened().await;
    let (id, is_over) = (wanted.key.id.clone(), !wanted.runs);
    let mut search = Search { wires, open, wanted, began: Instant::now(), told: None, trouble: None };
    let mut soon: Vec<Instant> = Vec::new();
    loop {
        let next = search.look().await;
        if is_over && search.trouble.is_none() {
            return;
        }
        let due = soon.pop().or_else(|| next.map(|wait| Instant::now() + wait));
        if until_something(&mut happened, &id, due).await {
            soon = AFTER.iter().rev().map(|wait| Instant::now() + *wait).collect();
            if let Some(first) = soon.pop() {
                sleep_until(first).await;
            }
        }
    }
}

/// One container, and what was told of it.
struct Search {
    wires: Wires,
    open: Open,
    wanted: SessionsWanted,
    began: Instant,
    told: Option<Vec<Session>>,
    trouble: Option<Problem>,
}

impl Search {
    /// Looks, and tells what is new; how long to wait before it is looked again though nothing has happened.
    async fn look(&mut self) -> Option<Duration> {
        let Self { wires, open, wanted, .. } = self;
        match find(wires, open, wanted).await {
            Ok(found) => {
                self.trouble = None;
                let runs = found.iter().any(|one| one.state == SessionState::Running);
                let is_missing =
                    wanted.expected.as_ref().is_some_and(|id| found.iter().all(|one| one.id != *id));
                let found = without_figures(found);
                if self.told.as_ref() != Some(&found) {
                    self.told = Some(found.clone());
                    wires.outbox.container(&wanted.key, ContainerNews::Sessions(found)).await;
                }
                let hears = open.identity.capabilities.supports(Feature::Events);
                match (is_missing && self.began.elapsed() < EXPECTED_FOR, runs) {
                    (true, _) => Some(EXPECTED_EVERY),
                    (false, true) => Some(WHILE_RUNNING),
                    (false, false) => (!hears).then_some(WITHOUT_EVENTS),
                }
            }
            Err(why) => {
                if self.trouble.as_ref() != Some(&why) {
                    wires.note(wanted.key.engine, &format!("sessions of {}: {}", wanted.key.id, why.words));
                    wires.outbox.container(&wanted.key, ContainerNews::NoSessions(why.clone())).await;
                    self.trouble = Some(why);
                }
                Some(AFTER_FAILURE)
            }
        }
    }
}

/// Whether something has happened in the container before it was due to look again.
async fn until_something(
    happened: &mut Receiver<ContainerId>,
    of: &ContainerId,
    due: Option<Instant>,
) -> bool {
    loop {
        let next = match due {
            Some(due) => match timeout_at(due, happened.recv()).await {
                Ok(next) => next,
                Err(_) => return false,
            },
            None => happened.recv().await,
        };
        match next {
            Ok(id) if id == *of => return true,
            Ok(_) => {}
            // Some of what happened was not heard.
            Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// The sessions of the container. Nothing is put into one that never had a command of ours: there is none in it.
async fn find(wires: &Wires, open: &Open, wanted: &SessionsWanted) -> Result<Vec<Session>, Problem> {
    let id = &wanted.key.id;
    if wanted.runs && wanted.kept_in.is_none() {
        let look = Sessions::may_be_in(&open.on, &wires.call(Verb::Inspect), id).await;
        if !super::listing::done(look)? {
            return Ok(Vec::new());
        }
    }
    let sessions = Sessions::at(&open.on, id, wanted.kept_in.as_deref());
    let report = sessions.find(&wires.call(Verb::Exec)).await;
    match &report.outcome {
        // It is gone, which the list of containers tells.
        Outcome::Failed(error) if error.is_not_found() => Ok(Vec::new()),
        // What cannot carry the shim has no session of ours.
        Outcome::Failed(error) if *error.kind() == ErrorKind::Unsupported => Ok(Vec::new()),
        Outcome::Failed(_) | Outcome::TimedOut | Outcome::Cancelled => {
            Err(problem(&report.map(drop)).unwrap_or_else(|| Problem::new("it was not waited for")))
        }
        Outcome::Done(_) => super::listing::done(report),
    }
}

/// What is told must not differ only because time has passed, or because more was printed.
fn without_figures(mut found: Vec<Session>) -> Vec<Session> {
    for session in &mut found {
        session.age = None;
        if session.state == SessionState::Running {
            session.output = session.output.map(|_| 0);
            session.errors = session.errors.map(|_| 0);
        }
    }
    found
}
