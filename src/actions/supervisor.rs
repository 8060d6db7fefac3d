//! The one place where time, cancellation and retries meet an engine's answers.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::engine::{EngineError, Result, Retry, chain};

use super::{Aftermath, Backoff, Call, Limits, Outcome, Progress, Report, Verb};

/// Runs actions. Clones share the same root: cancelling it cancels every action under it.
#[derive(Debug, Clone, Default)]
pub struct Supervisor {
    root: CancellationToken,
    running: TaskTracker,
}

/// Why it is not known what an action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsettled {
    /// It was cancelled while the engine was at it.
    Cancelled,
    /// Its deadline came while the engine was at it.
    TimedOut,
    /// The connection broke under it.
    Interrupted,
}

/// What one attempt came to.
enum Attempt<T> {
    Ended(Result<T>),
    Cancelled,
    TimedOut,
}

impl Supervisor {
    /// With nothing running.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A call under this supervisor, with its verb's own limits.
    #[must_use]
    pub fn call(&self) -> Call {
        Call::new(self.root.child_token())
    }

    /// Cancels everything under way and waits until each has been looked after, at most so long. Whether all
    /// ended in time. Nothing begins afterwards.
    pub async fn shut_down(&self, limit: Duration) -> bool {
        self.root.cancel();
        self.running.close();
        tokio::time::timeout(limit, self.running.wait()).await.is_ok()
    }

    /// Cancels everything under way without waiting. Nothing begins afterwards.
    pub fn cancel_all(&self) {
        self.root.cancel();
    }

    /// How many actions are under way.
    #[must_use]
    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// Runs one action to its one outcome.
    ///
    /// `work` asks the engine and is called again for each attempt. `settle` is called at most once, when the
    /// outcome is not known, after the attempt has been dropped: it looks, mends, and says what it found; it
    /// has [`Limits::settle`] for that. What the engine has already answered wins over a cancel and a deadline
    /// that come at the same instant.
    pub async fn run<T, Work, Asked, Settle, Settling>(
        &self,
        call: &Call,
        verb: Verb,
        object: impl Into<String>,
        mut work: Work,
        settle: Settle,
    ) -> Report<T>
    where
        Work: FnMut() -> Asked,
        Asked: Future<Output = Result<T>>,
        Settle: FnOnce(Unsettled) -> Settling,
        Settling: Future<Output = Aftermath>,
    {
        let limits = call.limits_for(verb);
        let begun = Instant::now();
        let deadline = limits.deadline.map(|limit| begun + limit);
        let ended = |outcome, aftermath, attempts| Report {
            verb,
            object: object.into(),
            outcome,
            aftermath,
            attempts,
            elapsed: begun.elapsed(),
            deadline: limits.deadline,
        };
        if call.cancel.is_cancelled() {
            return ended(Outcome::Cancelled, Aftermath::NotBegun, 0);
        }
        let _running = self.running.token();
        let mut backoff = Backoff::new();
        let mut slow_mark = limits.slow.map(|slow| begun + slow);
        let mut attempts = 0;
        let attempt = loop {
            attempts += 1;
            let attempt = one_attempt(call, work(), begun, deadline, &mut slow_mark, limits).await;
            let Attempt::Ended(Err(error)) = &attempt else { break attempt };
            if !may_repeat(verb, error) || attempts >= limits.attempts {
                break attempt;
            }
            let wait = backoff.next_wait();
            if deadline.is_some_and(|deadline| Instant::now() + wait >= deadline) {
                break attempt;
            }
            let why = chain(error);
            call.tell(Progress::Retrying { attempt: attempts, attempts: limits.attempts, wait, why });
            tokio::select! {
                biased;
                () = call.cancel.cancelled() => break Attempt::Cancelled,
                () = tokio::time::sleep(wait) => {}
            }
        };
        let (outcome, unsettled) = match attempt {
            Attempt::Ended(Ok(value)) => (Outcome::Done(value), None),
            Attempt::Ended(Err(error)) => {
                let unsettled = (error.retry() == Retry::ReconcileFirst).then_some(Unsettled::Interrupted);
                (Outcome::Failed(error), unsettled)
            }
            Attempt::Cancelled => (Outcome::Cancelled, Some(Unsettled::Cancelled)),
            Attempt::TimedOut => (Outcome::TimedOut, Some(Unsettled::TimedOut)),
        };
        // Made before the look afterwards, which does not count as the action's time.
        let report = ended(outcome, Aftermath::Clear, attempts);
        let aftermath = match unsettled {
            Some(unsettled) => bounded_settling(call, limits, settle(unsettled)).await,
            None => Aftermath::Clear,
        };
        Report { aftermath, ..report }
    }

    /// Runs a read: nothing is left by it, so there is nothing to look at afterwards.
    pub async fn read<T, Work, Asked>(
        &self,
        call: &Call,
        verb: Verb,
        object: impl Into<String>,
        work: Work,
    ) -> Report<T>
    where
        Work: FnMut() -> Asked,
        Asked: Future<Output = Result<T>>,
    {
        self.run(call, verb, object, work, |_| async { Aftermath::Clear }).await
    }
}

/// Only what is safe to ask twice is asked twice: anything that surely did not happen, and reads whatever
/// happened to them.
fn may_repeat(verb: Verb, error: &EngineError) -> bool {
    match error.retry() {
        Retry::Never => false,
        Retry::Backoff | Retry::ReconcileFirst => verb.is_repeatable(),
    }
}

async fn one_attempt<T>(
    call: &Call,
    asked: impl Future<Output = Result<T>>,
    begun: Instant,
    deadline: Option<Instant>,
    slow_mark: &mut Option<Instant>,
    limits: Limits,
) -> Attempt<T> {
    let mut asked = pin!(asked);
    loop {
        tokio::select! {
            biased;
            ended = &mut asked => return Attempt::Ended(ended),
            () = call.cancel.cancelled() => return Attempt::Cancelled,
            () = until(deadline) => return Attempt::TimedOut,
            () = until(*slow_mark) => {
                *slow_mark = None;
                call.tell(Progress::Slow { elapsed: begun.elapsed(), deadline: limits.deadline });
            }
        }
    }
}

async fn bounded_settling(
    call: &Call,
    limits: Limits,
    settling: impl Future<Output = Aftermath>,
) -> Aftermath {
    tokio::select! {
        biased;
        found = timeout_at(Instant::now() + limits.settle, settling) => found.unwrap_or_else(|_| {
            Aftermath::Unknown(format!(
                "what it left behind is unknown: the engine did not tell within {} s",
                limits.settle.as_secs()
            ))
        }),
        () = call.abandon.cancelled() => {
            Aftermath::Unknown("what it left behind is unknown: nobody waited for the engine to tell".into())
        }
    }
}

/// Until then; for ever where there is no then.
async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
