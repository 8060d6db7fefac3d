//! What was sent to a build so far: all that can be told of a stop that is given up half way.

use std::sync::{Mutex, PoisonError};

use crate::actions::Aftermath;

use super::StopStep;

/// What was sent so far, seen from outside while the ladder is climbed.
#[derive(Debug, Default)]
pub(super) struct Sent(Mutex<Last>);

#[derive(Debug, Clone, Copy, Default)]
struct Last {
    sent: Option<StopStep>,
    /// The engine was asked to, and has not answered.
    sending: Option<StopStep>,
}

impl Sent {
    /// A step's signal is about to be sent.
    pub(super) fn begins(&self, step: StopStep) {
        self.lock().sending = Some(step);
    }

    /// It was sent, or surely was not.
    pub(super) fn has(&self, step: StopStep, was_sent: bool) {
        let mut last = self.lock();
        last.sending = None;
        if was_sent {
            last.sent = Some(step);
        }
    }

    /// Whether anything was, or may have been.
    pub(super) fn anything(&self) -> bool {
        let last = self.lock();
        last.sent.is_some() || last.sending.is_some()
    }

    /// What goes on now that nobody climbs any further.
    pub(super) fn aftermath(&self) -> Aftermath {
        let last = *self.lock();
        let step = match (last.sending, last.sent) {
            // Of the same step only what is sent again to what was missed.
            (Some(sending), Some(sent)) if sending == sent => sent,
            (Some(sending), _) => {
                let words = format!("{} may have been sent: {}", signal(sending), becomes(sending));
                return Aftermath::GoesOn(words);
            }
            (None, Some(sent)) => sent,
            (None, None) => return Aftermath::DidNotHappen("nothing was sent: the build goes on".into()),
        };
        Aftermath::GoesOn(format!("{} was sent: {}", signal(step), becomes(step)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn signal(step: StopStep) -> &'static str {
    match step {
        StopStep::FinishTasks => "the interrupt",
        StopStep::StopTasks => "the second interrupt",
        StopStep::EndServer => "TERM to the server",
        StopStep::KillTasks => "KILL",
        StopStep::StopContainer => "the container's stop signal",
    }
}

fn becomes(step: StopStep) -> &'static str {
    match step {
        StopStep::FinishTasks => {
            "no new task begins, and the build ends when its running tasks have finished"
        }
        StopStep::StopTasks | StopStep::EndServer => "its tasks are being stopped, and the build ends",
        StopStep::KillTasks => "what of the build is left was not looked for",
        StopStep::StopContainer => "the engine goes on stopping the container",
    }
}
