//! Looking through a log for what is searched for in it, and through what comes later: never on a thread that others need.

use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::logs::{Extent, Found, LogReader, Search};
use crate::ui::{Looking, Message};

use super::wires::Wires;

/// For so long it is looked at a time; then what was found is told.
const SLICE: Duration = Duration::from_millis(30);
/// How long what comes later waits at least until it is looked at.
const LATER: Duration = Duration::from_millis(100);

/// Looks for as long as this is not dropped; after that, for one segment at most.
pub(super) async fn look(wires: Wires, looking: Looking) {
    let Looking { id, reader: log, query, covered } = looking;
    let dropped = CancellationToken::new();
    let _drops = dropped.clone().drop_guard();
    let mut changed = log.changed();
    let mut search = Search::new(log.clone(), query, covered);
    loop {
        changed.mark_unchanged();
        let (dropped, reader) = (dropped.clone(), log.clone());
        let slice = spawn_blocking(move || {
            let (found, is_all) = slice(&mut search, &reader, &dropped);
            (search, found, is_all)
        });
        let Ok((back, found, is_all)) = slice.await else { return };
        search = back;
        if let Some(found) = found {
            wires.outbox.tell(Message::Found(id, found)).await;
        }
        if is_all {
            if changed.changed().await.is_err() {
                return;
            }
            sleep(LATER).await;
        }
    }
}

/// What is found within a moment, and whether all has been looked through that was there when it began.
fn slice(search: &mut Search, log: &LogReader, dropped: &CancellationToken) -> (Option<Found>, bool) {
    let begun = Instant::now();
    let Extent { first, end, .. } = log.extent();
    let mut found: Option<Found> = None;
    while begun.elapsed() < SLICE && !dropped.is_cancelled() {
        let Some(more) = search.step() else { return (found, true) };
        found = Some(match found {
            // Where the numbers have changed, those from before are of other lines.
            Some(before) if before.shifted == more.shifted => {
                Found { lines: before.lines | &more.lines, ..more }
            }
            _ => more,
        });
        // What is printed meanwhile is looked at later, much of it at once.
        if found.as_ref().is_some_and(|found| found.covered.start <= first && found.covered.end >= end) {
            return (found, true);
        }
    }
    (found, false)
}
