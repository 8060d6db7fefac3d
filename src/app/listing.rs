//! Listing what an engine has: at first, now and then, and after something has happened there.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::actions::{Outcome, Report, Verb};
use crate::engine::{Container, EventObject, Feature, ListFilter, Volume, VolumeFilter};
use crate::ui::{EngineNews, Problem};

use super::ending::problem;
use super::link::{Link, Listed, Open};
use super::wires::Wires;

/// How often everything is listed where nothing is heard: it repairs what was missed.
const NOW_AND_THEN: Duration = Duration::from_secs(60);
/// The same where the engine does not tell what happens.
const WITHOUT_EVENTS: Duration = Duration::from_secs(5);
/// How long is waited after something has happened, for more of it.
const TOGETHER: Duration = Duration::from_millis(100);
/// For each second that a list took, so many are waited: listing takes a tenth of the time at most.
const REST: u32 = 9;
/// How soon a list that could not be had is asked for again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Which lists are out of date.
#[derive(Debug, Default)]
pub(super) struct Needed {
    containers: AtomicBool,
    volumes: AtomicBool,
    told: Notify,
}

impl Needed {
    /// Both are.
    pub(super) fn everything(&self) {
        self.volumes.store(true, Ordering::Relaxed);
        self.of(EventObject::Container);
    }

    /// The list of such things is.
    pub(super) fn of(&self, object: EventObject) {
        let flag = if object == EventObject::Volume { &self.volumes } else { &self.containers };
        flag.store(true, Ordering::Relaxed);
        self.told.notify_one();
    }
}

/// Lists for as long as this is not dropped.
pub(super) async fn list(wires: Wires, link: Arc<Link>, open: Open, needed: Arc<Needed>) {
    let hears = open.identity.capabilities.supports(Feature::Events);
    needed.everything();
    loop {
        let begun = Instant::now();
        let (containers, volumes) =
            (needed.containers.swap(false, Ordering::Relaxed), needed.volumes.swap(false, Ordering::Relaxed));
        let (listed, found) =
            tokio::join!(of_containers(&wires, &link, &open, containers), of_volumes(&wires, &open, volumes));
        let is_complete = listed && found.as_ref().is_none_or(Result::is_ok);
        if let Some(found) = found {
            let news = match found {
                Ok(volumes) => EngineNews::Volumes(volumes),
                Err(problem) => EngineNews::ListFailed(problem),
            };
            wires.outbox.engine(link.id, news).await;
        }
        let now = Instant::now();
        let rested = if is_complete { now + begun.elapsed() * REST } else { now };
        let due = match (is_complete, hears) {
            (false, _) => AFTER_FAILURE,
            (true, true) => NOW_AND_THEN,
            (true, false) => WITHOUT_EVENTS,
        };
        tokio::select! {
            biased;
            // What the user waits for does not wait for the rest.
            () = link.relist.notified() => needed.everything(),
            () = after_a_rest(&needed, rested) => {}
            () = sleep_until(rested.max(now + due)) => needed.everything(),
        }
    }
}

async fn after_a_rest(needed: &Needed, rested: Instant) {
    needed.told.notified().await;
    sleep_until(rested.max(Instant::now() + TOGETHER)).await;
}

/// Lists the containers and tells; whether that went well.
async fn of_containers(wires: &Wires, link: &Link, open: &Open, wanted: bool) -> bool {
    if !wanted {
        return true;
    }
    let call = wires.call(Verb::List);
    let every = ListFilter::default();
    let report = open.on.read(&call, Verb::List, "", |engine| engine.list(&every)).await;
    match done(report) {
        Ok(containers) => {
            tell_others(link, &containers);
            wires.outbox.engine(link.id, EngineNews::Containers(containers)).await;
            true
        }
        Err(problem) => {
            wires.note(link.id, &problem.words);
            wires.outbox.engine(link.id, EngineNews::ListFailed(problem)).await;
            false
        }
    }
}

fn tell_others(link: &Link, containers: &[Container]) {
    let alive: HashMap<_, _> = containers.iter().map(|one| (one.id.clone(), one.state.is_alive())).collect();
    link.listed.send_modify(|listed| {
        *listed = Listed { number: listed.number + 1, alive: Arc::new(alive) };
    });
}

async fn of_volumes(wires: &Wires, open: &Open, wanted: bool) -> Option<Result<Vec<Volume>, Problem>> {
    if !wanted || !open.identity.capabilities.supports(Feature::Volumes) {
        return None;
    }
    let call = wires.call(Verb::ListVolumes);
    let every = VolumeFilter::default();
    Some(done(open.on.read(&call, Verb::ListVolumes, "", |engine| engine.list_volumes(&every)).await))
}

/// What was asked for, or why it could not be had.
pub(super) fn done<T>(report: Report<T>) -> Result<T, Problem> {
    match report {
        Report { outcome: Outcome::Done(found), .. } => Ok(found),
        report => Err(problem(&report.map(drop)).unwrap_or_else(|| Problem::new("it was not waited for"))),
    }
}
