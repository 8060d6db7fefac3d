//! Looking again and again whether an engine still answers.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use crate::engine::{EngineError, ErrorKind, Result};
use crate::ui::{EngineNews, Problem};

use super::link::{Link, Open};
use super::wires::Wires;

/// From one answer to the next question.
const EVERY: Duration = Duration::from_secs(2);
/// After so long without an answer the engine is silent.
const PATIENCE: Duration = Duration::from_secs(2);
/// A question is asked anew after so long: the connection it went over may be dead though the engine is well. It is
/// not sooner, for a frozen engine keeps every question that was hung up on until it wakes.
const RENEW: Duration = Duration::from_secs(10);
/// How long after a failed question the engine is asked once more before it counts as lost.
const SECOND_LOOK: Duration = Duration::from_millis(100);

/// Pings an engine for as long as it is there, at once whenever there is `doubt`. Tells of its silence, and of the end
/// of it. Returns why it is lost.
pub(super) async fn beat(wires: &Wires, link: &Link, open: &Open, doubt: &Notify) -> Problem {
    let mut silent_since = None;
    loop {
        tokio::select! {
            () = sleep(EVERY) => {}
            () = doubt.notified() => {}
        }
        let mut answered = ask(wires, link, open, &mut silent_since).await;
        if answered.as_ref().is_err_and(is_gone) {
            sleep(SECOND_LOOK).await;
            answered = ask(wires, link, open, &mut silent_since).await;
        }
        match answered {
            Err(error) if is_gone(&error) => return Problem::from(&error),
            // Any other error is an answer, too.
            Ok(()) | Err(_) => {}
        }
        if let Some(since) = silent_since.take() {
            let silent = Instant::now().duration_since(since);
            wires.note(link.id, &format!("answers again, after {} s of silence", silent.as_secs()));
            wires.outbox.engine(link.id, EngineNews::Spoke).await;
            link.relist.notify_one();
        }
    }
}

/// One question, for as long as it takes.
async fn ask(wires: &Wires, link: &Link, open: &Open, silent_since: &mut Option<Instant>) -> Result<()> {
    let begun = Instant::now();
    loop {
        let mut ping = pin!(open.on.engine.ping());
        let renew = Instant::now() + RENEW;
        loop {
            tokio::select! {
                biased;
                answered = &mut ping => return answered,
                () = sleep_until(begun + PATIENCE), if silent_since.is_none() => {
                    *silent_since = Some(begun);
                    wires.note(link.id, "takes connections and does not answer");
                    wires.outbox.engine(link.id, EngineNews::Silent(begun.elapsed())).await;
                }
                () = sleep_until(renew) => break,
            }
        }
    }
}

/// Whether nobody answers there any more, rather than somebody saying no.
fn is_gone(error: &EngineError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unreachable
            | ErrorKind::PermissionDenied
            | ErrorKind::Misconfigured
            | ErrorKind::Interrupted
            | ErrorKind::BrokenStream
    )
}
