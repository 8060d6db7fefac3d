//! Stopping a build as one supervised action.

use tokio::sync::{Mutex, Notify};

use crate::actions::{Aftermath, Call, Limits, Progress, Report, Supervised, Verb};
use crate::builds::BuildId;
use crate::engine::{ContainerId, EngineError, ErrorKind, ObjectKind, Retry};

use super::hands::Hands;
use super::ladder::{Seen, climb};
use super::on_engine::OnEngine;
use super::sent::Sent;
use super::{StopEnd, StopPlan, StopProgress};

/// Stops a build, whoever began it: from the plan's first step on, each time the step's time is over and anything of
/// the build is still there, the next. Where its client is gone already, begins with the server. A process is
/// signalled only while it still is what was seen.
///
/// `skip` goes on to the next step at once. `each` is told where it is, at least every second, and must return at
/// once. The deadline counts on top of what the steps take. Cancelling ends the climbing and nothing else: the report
/// says what was sent and what that leads to.
pub async fn stop_build(
    on: &Supervised,
    call: &Call,
    container: &ContainerId,
    build: &BuildId,
    plan: &StopPlan,
    skip: &Notify,
    each: impl Fn(StopProgress) + Send + Sync,
) -> Report<StopEnd> {
    let limits = call.limits_for(Verb::StopBuild);
    let deadline = limits.deadline.map(|limit| limit + plan.longest());
    let call = call.clone().with_limits(Limits { deadline, ..limits });
    let hands = Mutex::new(OnEngine::new(on, &call, container, build));
    let sent = Sent::default();
    let climbing = || async {
        let seen = Seen { skip, sent: &sent, each: &each };
        let climbed = climb(&mut *hands.lock().await, plan, &seen).await;
        climbed.map_err(|error| named(error, container, sent.anything()))
    };
    let settle = |_| async {
        call.tell(Progress::Settling { doing: "looking what is left of the build".into() });
        let found = hands.lock().await.look().await;
        match found {
            Ok(standing) if !standing.is_there() => Aftermath::Happened("the build has ended".into()),
            _ => sent.aftermath(),
        }
    };
    on.supervisor.run(&call, Verb::StopBuild, container.as_str(), climbing, settle).await
}

/// With the container, and so that what was sent is told where anything was.
fn named(error: EngineError, container: &ContainerId, has_sent: bool) -> EngineError {
    if error.object().is_none() && *error.kind() == ErrorKind::Refused {
        return error.on(ObjectKind::Container, container);
    }
    if error.retry() == Retry::ReconcileFirst || !has_sent {
        return error;
    }
    EngineError::new("follow the build in", ErrorKind::BrokenStream)
        .on(ObjectKind::Container, container)
        .because(error)
}
