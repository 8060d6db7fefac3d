//! What a container uses, once a second.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{sleep, timeout};

use crate::ui::{ContainerKey, ContainerNews};

use super::link::Link;
use super::wires::Wires;

/// A stream that says nothing for so long is opened anew: there should be a reading a second.
const SILENT: Duration = Duration::from_secs(30);
/// How long after a stream has ended another is opened.
const AGAIN: Duration = Duration::from_secs(2);

/// Follows them for as long as this is not dropped.
pub(super) async fn follow(wires: Wires, link: Arc<Link>, key: ContainerKey) {
    loop {
        let open = link.opened().await;
        let read = async {
            let mut readings = open.on.engine.stats(&key.id, true);
            while let Ok(Some(Ok(reading))) = timeout(SILENT, readings.next()).await {
                wires.outbox.container(&key, ContainerNews::Stats(reading)).await;
            }
        };
        tokio::select! {
            () = read => {}
            () = link.closed(open.number) => {}
        }
        sleep(AGAIN).await;
    }
}
