//! Ending what execs of consoles that are gone have left, after an engine has come back.

use futures_util::{StreamExt, stream};

use crate::actions::{Outcome, Verb};
use crate::engine::{ContainerState, ListFilter, labels};

use super::link::Open;
use super::wires::Wires;

/// How many containers are looked into at once.
const AT_ONCE: usize = 2;
/// How many are looked into at most; what is left in others the next exec there finds.
const MOST: usize = 64;

/// Looks into the running containers that were made through the port, once.
pub(super) async fn sweep(wires: Wires, open: Open) {
    let call = wires.call(Verb::List);
    let every = ListFilter::default();
    let report = open.on.read(&call, Verb::List, "", |engine| engine.list(&every)).await;
    let Outcome::Done(containers) = report.outcome else { return };
    let ours = containers
        .into_iter()
        .filter(|one| one.state == ContainerState::Running && labels::is_managed(&one.labels))
        .take(MOST);
    let sweeps = ours.map(|one| {
        let (wires, open) = (&wires, &open);
        async move {
            let call = wires.supervisor.call();
            let report = open.on.sweep_execs(&call, &one.id).await;
            if let Outcome::Done(count @ 1..) = report.outcome {
                wires.log.note(&format!("ended {count} left behind in {}", one.name));
            }
        }
    });
    stream::iter(sweeps.collect::<Vec<_>>()).for_each_concurrent(AT_ONCE, |sweep| sweep).await;
}
