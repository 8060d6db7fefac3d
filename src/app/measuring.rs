//! Measuring what everything takes on disk: in the background, where it is shown, and seldom.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::actions::Verb;
use crate::engine::{ContainerManager, Feature};
use crate::ui::EngineNews;

use super::link::{Link, Open};
use super::listing::done;
use super::wires::Wires;

/// How often at most without being asked to.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// And never more often than this times as long as it took.
const REST: u32 = 10;

/// Measures for as long as this is not dropped.
pub(super) async fn measure(wires: Wires, link: Arc<Link>, open: Open) {
    if !open.identity.capabilities.supports(Feature::DiskUsage) {
        return;
    }
    loop {
        shown(&wires, &link).await;
        let begun = Instant::now();
        wires.outbox.engine(link.id, EngineNews::Measuring).await;
        let call = wires.call(Verb::DiskUsage);
        let report = open.on.read(&call, Verb::DiskUsage, "", ContainerManager::disk_usage).await;
        let news = match done(report) {
            Ok(usage) => EngineNews::Measured(Box::new(usage)),
            Err(problem) => {
                wires.note(link.id, &problem.words);
                EngineNews::NotMeasured(problem)
            }
        };
        wires.outbox.engine(link.id, news).await;
        let took = begun.elapsed();
        let asked = async {
            link.measure.notified().await;
            sleep((took * REST).saturating_sub(begun.elapsed())).await;
        };
        tokio::select! {
            () = asked => {}
            () = sleep(EVERY.max(took * REST)) => {}
        }
    }
}

/// Waits until sizes are shown.
async fn shown(wires: &Wires, link: &Link) {
    let mut wanted = wires.wanted.clone();
    if wanted.wait_for(|wanted| wanted.sizes.contains(&link.id)).await.is_err() {
        std::future::pending::<()>().await;
    }
}
