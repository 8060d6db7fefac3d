//! Climbing from step to step until nothing of the build is there. Knows no engine.

use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use crate::actions::Verb;
use crate::engine::{EngineError, ErrorKind, Result, Retry};

use super::end::ContainerEnd;
use super::hands::{Hands, Order};
use super::on_engine::has_ended;
use super::plan::LEAVING;
use super::sent::Sent;
use super::standing::Standing;
use super::{StopEnd, StopPlan, StopProgress, StopStep};

/// From the first interrupt to the second, where running tasks are to be stopped at once.
const BETWEEN_INTERRUPTS: Duration = Duration::from_millis(500);
/// How often in a row looking or signalling may fail.
const MOST_FAILURES: u32 = 3;
const SECOND: Duration = Duration::from_secs(1);

/// Where climbing is seen from outside, and hurried.
pub(super) struct Seen<'a> {
    /// The next step at once.
    pub(super) skip: &'a Notify,
    pub(super) sent: &'a Sent,
    pub(super) each: &'a (dyn Fn(StopProgress) + Send + Sync),
}

/// How a step ended.
enum Way {
    /// Nothing of the build is there but perhaps a server that idles.
    Ended,
    /// Its time is over, or it was skipped.
    Climbs,
}

struct Climber<'a, H> {
    hands: &'a mut H,
    plan: &'a StopPlan,
    seen: &'a Seen<'a>,
    standing: Standing,
    failures: u32,
    interrupts: u8,
}

/// Stops a build.
pub(super) async fn climb<H: Hands>(hands: &mut H, plan: &StopPlan, seen: &Seen<'_>) -> Result<StopEnd> {
    let begun = Instant::now();
    let standing = Standing::default();
    let mut climber = Climber { hands, plan, seen, standing, failures: 0, interrupts: plan.interrupts };
    climber.look_first().await?;
    let mut last = None;
    if climber.standing.is_there() {
        let mut step = plan.from;
        loop {
            step = climber.possible(step);
            last = Some(step);
            match (climber.step(step).await?, step.next()) {
                (Way::Climbs, Some(next)) => step = next,
                _ => break,
            }
        }
    }
    let mut end = StopEnd { step: last, ..StopEnd::default() };
    climber.finish(&mut end).await?;
    end.elapsed = begun.elapsed();
    Ok(end)
}

impl<H: Hands> Climber<'_, H> {
    /// The first look: what is not there then has ended already.
    async fn look_first(&mut self) -> Result<()> {
        loop {
            match self.hands.look().await {
                Ok(standing) => {
                    (self.standing, self.failures) = (standing, 0);
                    return Ok(());
                }
                Err(error) => self.failed(error).await?,
            }
        }
    }

    /// The step that makes sense now: there is no interrupting without a client, and no TERM without a server.
    fn possible(&self, step: StopStep) -> StopStep {
        match step {
            StopStep::FinishTasks | StopStep::StopTasks if self.standing.client.is_none() => {
                self.possible(StopStep::EndServer)
            }
            StopStep::EndServer if self.standing.server.is_none() => StopStep::KillTasks,
            step => step,
        }
    }

    /// One step, from its signal to the end of the build or of its time.
    async fn step(&mut self, step: StopStep) -> Result<Way> {
        let mut is_to_send = !self.send(step).await?;
        let until = Instant::now() + self.plan.limit(step);
        let mut leaving = None;
        loop {
            if !self.standing.is_there() {
                return Ok(Way::Ended);
            }
            // After an interrupt an idle server leaves by itself, or stays because it was meant to.
            let is_leaving =
                self.standing.is_leaving() && matches!(step, StopStep::FinishTasks | StopStep::StopTasks);
            let until = if is_leaving {
                *leaving.get_or_insert_with(|| Instant::now() + LEAVING)
            } else {
                leaving = None;
                until
            };
            let left = until.saturating_duration_since(Instant::now());
            let tasks = self.standing.tasks.len();
            (self.seen.each)(StopProgress { step, tasks, is_leaving, left });
            tokio::select! {
                biased;
                () = self.seen.skip.notified(), if step.next().is_some() => return Ok(Way::Climbs),
                look = self.hands.look() => {
                    match look {
                        Ok(standing) => (self.standing, self.failures) = (standing, 0),
                        Err(error) => self.failed(error).await?,
                    }
                    // What was missed, or has come up meanwhile.
                    if (is_to_send || step == StopStep::KillTasks) && self.standing.is_there() {
                        is_to_send = !self.send(step).await?;
                    }
                }
                () = sleep_until(until) => return Ok(if is_leaving { Way::Ended } else { Way::Climbs }),
                () = sleep(SECOND) => {}
            }
        }
    }

    /// Sends a step's signals; whether they were sent, or may have been.
    async fn send(&mut self, step: StopStep) -> Result<bool> {
        let is_sent_already = match step {
            StopStep::FinishTasks => self.interrupts > 0,
            // A third would make the client leave its server behind.
            StopStep::StopTasks => self.interrupts > 1,
            _ => false,
        };
        if is_sent_already {
            return Ok(true);
        }
        if step == StopStep::StopTasks && self.interrupts == 0 {
            if !self.orders(step, &self.orders_of(step)).await? {
                return Ok(false);
            }
            self.interrupts += 1;
            sleep(BETWEEN_INTERRUPTS).await;
        }
        let was_sent = self.orders(step, &self.orders_of(step)).await?;
        self.interrupts += u8::from(was_sent && step < StopStep::EndServer);
        Ok(was_sent)
    }

    fn orders_of(&self, step: StopStep) -> Vec<Order> {
        let Standing { client, server, workers, tasks, .. } = &self.standing;
        match step {
            StopStep::FinishTasks | StopStep::StopTasks => {
                client.iter().map(|client| Order::one("INT", client)).collect()
            }
            StopStep::EndServer => server.iter().map(|server| Order::one("TERM", server)).collect(),
            StopStep::KillTasks => {
                // What begins tasks goes first, so that none begins in place of those that are killed.
                let above = server.iter().chain(workers).map(|one| Order::one("KILL", one));
                let groups = tasks.iter().map(|task| Order::group("KILL", task));
                above.chain(groups).chain(client.iter().map(|client| Order::one("KILL", client))).collect()
            }
            StopStep::StopContainer => Vec::new(),
        }
    }

    async fn orders(&mut self, step: StopStep, orders: &[Order]) -> Result<bool> {
        if orders.is_empty() {
            return Ok(false);
        }
        self.seen.sent.begins(step);
        let answered = self.hands.send(orders).await;
        // An interrupt that may have arrived is not sent again: the second means something else.
        let may_have = matches!(&answered, Err(error) if error.retry() == Retry::ReconcileFirst);
        let was_sent = may_have || matches!(&answered, Ok(sending) if !sending.sent.is_empty());
        self.seen.sent.has(step, was_sent);
        match answered {
            Ok(sending) if sending.sent.is_empty() && !sending.refused.is_empty() => {
                Err(EngineError::new(Verb::StopBuild.as_str(), ErrorKind::Refused)
                    .saying(format!("its user may not signal process {}", numbers(&sending.refused))))
            }
            Ok(_) => Ok(was_sent),
            Err(error) if has_ended(&error) => Ok(false),
            Err(error) => self.failed(error).await.map(|()| was_sent),
        }
    }

    /// Something failed that may work in a second.
    async fn failed(&mut self, error: EngineError) -> Result<()> {
        self.failures += 1;
        if self.failures >= MOST_FAILURES {
            return Err(error);
        }
        sleep(SECOND).await;
        Ok(())
    }

    /// What is left of the build; the container is stopped where it was to be.
    async fn finish(&mut self, end: &mut StopEnd) -> Result<()> {
        let is_over =
            !self.standing.is_there() || self.standing.is_leaving() && end.step < Some(StopStep::EndServer);
        if self.standing.container_ended {
            end.container = Some(ContainerEnd::ByItself);
        } else if is_over && end.step.is_some() {
            end.server = self.standing.server.as_ref().map(|server| server.pid);
            // Nobody is kept from knowing the rest by not knowing this.
            let files = self.hands.send(&[]).await.map(|sending| sending.files).unwrap_or_default();
            end.stale = if end.server.is_none() { files } else { Vec::new() };
        }
        if let Some(options) = self.plan.container.as_ref().filter(|_| !self.standing.container_ended) {
            let step = StopStep::StopContainer;
            let left = options.grace;
            (self.seen.each)(StopProgress { step, tasks: 0, is_leaving: false, left });
            self.seen.sent.begins(step);
            self.hands.stop_container(options).await?;
            self.seen.sent.has(step, true);
            end.container = Some(ContainerEnd::Stopped);
            if !is_over {
                end.step = Some(step);
            }
            return Ok(());
        }
        if is_over {
            return Ok(());
        }
        let there = self.standing.all().map(|one| format!("{} {}", one.pid, one.name)).collect::<Vec<_>>();
        Err(EngineError::new(Verb::StopBuild.as_str(), ErrorKind::Refused)
            .saying(format!("still there after KILL: {}", there.join(", "))))
    }
}

fn numbers(pids: &[u32]) -> String {
    pids.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}
