//! Whether any build runs in a container.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::actions::{Outcome, Verb};
use crate::builds::{find::has_bitbake, look_once};
use crate::cli::connect::Engine;
use crate::cli::context::Context;
use crate::cli::failure::{Ended, Failure};
use crate::cli::output::{clean, elapsed};
use crate::engine::{ContainerId, ErrorKind};

use super::show::Show;

/// From the end of one look to the beginning of the next.
const EVERY: Duration = Duration::from_secs(5);

/// Looks whether any build runs, until none does and it has been waited for long enough, or that cannot be known: this
/// says why.
pub(super) async fn absence(
    show: &Show<'_>,
    engine: &Engine,
    id: &ContainerId,
    name: &str,
    wait: Duration,
) -> Failure {
    let until = Instant::now() + wait;
    let mut is_said = false;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match is_there(show.context, engine, id, name).await {
            // Whoever watches sees it in a moment, or it is over before.
            Ok(true) => sleep(EVERY).await,
            Ok(false) if left.is_zero() => {
                return Failure::NoBuild { container: name.to_owned(), waited: wait };
            }
            Err(failure) if left.is_zero() || !may_start(&failure) => return failure,
            Ok(false) | Err(_) => {
                if !std::mem::replace(&mut is_said, true) {
                    let words =
                        format!("{name}: no build runs; waiting for one for at most {}", elapsed(left));
                    show.note(&clean(&words));
                }
                sleep(EVERY.min(left)).await;
            }
        }
    }
}

/// Whether it may be otherwise soon: a container that does not run may be started.
fn may_start(failure: &Failure) -> bool {
    failure.engine_error().is_some_and(|error| *error.kind() == ErrorKind::NotRunning)
}

/// Where the engine shows no BitBake, nothing runs in the container to look for one.
async fn is_there(context: &Context, engine: &Engine, id: &ContainerId, name: &str) -> Ended<bool> {
    let (on, call) = (&engine.supervised, context.untold_call(Verb::Top));
    let report = on.read(&call, Verb::Top, name, |engine| engine.top(id)).await;
    match report.outcome {
        Outcome::Done(table) if !has_bitbake(&table) => return Ok(false),
        Outcome::Failed(ref error) if *error.kind() == ErrorKind::Unsupported => {}
        Outcome::Done(_) => {}
        _ => return report.into_result().map(|_| false).map_err(Failure::from),
    }
    let builds = look_once(on, &context.untold_call(Verb::Exec), id).await.into_result()?;
    // A server may wait for clients, and parse or build nothing.
    Ok(!builds.is_empty())
}
