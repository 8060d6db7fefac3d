//! Looking at the selected container: everything about it, and its processes.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::actions::Verb;
use crate::ui::{ContainerKey, ContainerNews};

use super::link::Link;
use super::listing::done;
use super::wires::Wires;

/// How long a container must have been selected before it is asked for: the cursor may only be passing.
const SETTLED: Duration = Duration::from_millis(80);
/// How often its processes are listed.
const EVERY: Duration = Duration::from_secs(2);

/// Tells everything about a container, once.
pub(super) async fn details(wires: Wires, link: Arc<Link>, key: ContainerKey) {
    sleep(SETTLED).await;
    let open = link.opened().await;
    let call = wires.call(Verb::Inspect);
    let report = open.on.read(&call, Verb::Inspect, "", |engine| engine.inspect(&key.id)).await;
    let news = match done(report) {
        Ok(details) => ContainerNews::Details(Box::new(details)),
        Err(problem) => ContainerNews::NoDetails(problem),
    };
    wires.outbox.container(&key, news).await;
}

/// Tells a container's processes again and again, for as long as this is not dropped.
pub(super) async fn processes(wires: Wires, link: Arc<Link>, key: ContainerKey) {
    loop {
        let open = link.opened().await;
        let call = wires.call(Verb::Top);
        let report = open.on.read(&call, Verb::Top, "", |engine| engine.top(&key.id)).await;
        let news = match done(report) {
            Ok(table) => ContainerNews::Top(table),
            Err(problem) => ContainerNews::NoTop(problem),
        };
        wires.outbox.container(&key, news).await;
        sleep(EVERY).await;
    }
}
