//! One endpoint: tried until it answers, kept while it does, tried again when it is lost. Never given up.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use crate::actions::{Limits, Supervised, Verb};
use crate::engine::discovery::{Candidate, Found};
use crate::engine::{Endpoint, EngineError, chain};
use crate::ui::{EngineNews, Problem};

use super::connect::reach;
use super::link::{Link, Open};
use super::listing::Needed;
use super::wires::Wires;
use super::{happenings, heartbeat, listing, measuring, sweeping};

/// The first and the longest wait between two attempts; it doubles in between.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Tries an endpoint and keeps it. Never returns.
pub(super) async fn keep(wires: Wires, link: Arc<Link>, candidate: Candidate) {
    let Candidate { named_by, endpoint } = candidate;
    let endpoint = match endpoint {
        Ok(endpoint) => endpoint,
        Err(error) => return misnamed(&wires, &link, named_by, &error).await,
    };
    let mut wait = FIRST_WAIT;
    let mut number = 0;
    // What is the same every time is written down once.
    let mut last = None;
    loop {
        match attempt(&wires, &link, &named_by, &endpoint).await {
            Ok(found) => {
                (wait, last) = (FIRST_WAIT, None);
                number += 1;
                let why = attend(&wires, &link, found, number).await;
                wires.note(link.id, &format!("lost {endpoint}: {}", why.words));
                wires.outbox.engine(link.id, EngineNews::Lost(why)).await;
            }
            Err(error) => {
                let why = chain(&error);
                if last.as_ref() != Some(&why) {
                    wires.note(link.id, &format!("cannot use {endpoint}: {why}"));
                    last = Some(why);
                }
                let again = wires.clock.since_start() + wait;
                wires.outbox.engine(link.id, EngineNews::Failed(Problem::from(&error), again)).await;
                tokio::select! {
                    () = sleep(wait) => wait = (wait * 2).min(LONGEST_WAIT),
                    () = link.retry.notified() => wait = FIRST_WAIT,
                }
            }
        }
    }
}

/// What nobody understands is not tried; it is said, and stays so.
async fn misnamed(wires: &Wires, link: &Link, named_by: String, error: &EngineError) {
    wires.note(link.id, &format!("{named_by} names no endpoint: {}", chain(error)));
    let trying = EngineNews::Trying { endpoint: named_by.clone(), named_by };
    wires.outbox.engine(link.id, trying).await;
    loop {
        let again = wires.clock.since_start() + LONGEST_WAIT;
        wires.outbox.engine(link.id, EngineNews::Failed(Problem::from(error), again)).await;
        sleep(LONGEST_WAIT).await;
    }
}

async fn attempt(
    wires: &Wires,
    link: &Link,
    named_by: &str,
    endpoint: &Endpoint,
) -> Result<Found, EngineError> {
    let trying = EngineNews::Trying { named_by: named_by.to_owned(), endpoint: endpoint.to_string() };
    wires.outbox.engine(link.id, trying).await;
    let call = wires.call(Verb::Connect);
    // Each attempt is told, so the supervisor makes only one at a time.
    let limits = Limits { attempts: 1, ..call.limits_for(Verb::Connect) };
    reach(&wires.supervisor, &call.with_limits(limits), endpoint, |endpoint| (wires.open)(endpoint)).await
}

/// Keeps an engine that answers: hears what happens there, lists what it has, measures, and looks whether it still
/// answers. Returns why it is lost.
async fn attend(wires: &Wires, link: &Arc<Link>, found: Found, number: u64) -> Problem {
    let identity = Arc::new(found.identity);
    let on = Supervised::new(found.manager, wires.supervisor.clone());
    let open = Open { on, identity: identity.clone(), number };
    wires.note(link.id, &format!("{} {} answers at {}", identity.kind, identity.version, identity.endpoint));
    wires.outbox.engine(link.id, EngineNews::Answers(Box::new((*identity).clone()))).await;
    link.open.send_replace(Some(open.clone()));
    let (needed, doubt) = (Arc::new(Needed::default()), Arc::new(Notify::new()));
    let mut tasks = vec![
        AbortOnDropHandle::new(tokio::spawn(happenings::hear(
            wires.clone(),
            link.clone(),
            open.clone(),
            needed.clone(),
            doubt.clone(),
        ))),
        AbortOnDropHandle::new(tokio::spawn(listing::list(
            wires.clone(),
            link.clone(),
            open.clone(),
            needed,
        ))),
        AbortOnDropHandle::new(tokio::spawn(measuring::measure(wires.clone(), link.clone(), open.clone()))),
    ];
    if number > 1 {
        let sweeping = sweeping::sweep(wires.clone(), open.clone());
        tasks.push(AbortOnDropHandle::new(tokio::spawn(sweeping)));
    }
    let why = heartbeat::beat(wires, link, &open, &doubt).await;
    link.open.send_replace(None);
    why
}
