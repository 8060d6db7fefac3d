//! Ends a set of processes: the polite signal to each, and after the grace KILL until none is left.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::signals;
use crate::sys;
use crate::tree::{Id, Process};

/// How often the polite signal looks for processes that started meanwhile. Later ones are part of an orderly end (a
/// trap that cleans up) and are left to it until the grace is over.
const POLITE_ROUNDS: usize = 5;
/// How often one round of killing looks for processes that are not held yet. A held process cannot start another,
/// so each round only misses what was born during the one before.
const FREEZE_ROUNDS: usize = 20;
/// The first and the longest pause between two rounds of killing.
const PAUSES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(100));
/// Killing stops when for so long the very same processes survived it: those of another user, or ones the kernel
/// holds in an uninterruptible wait.
const STUCK_LIMIT: Duration = Duration::from_secs(5);
/// Killing stops after this time in any case.
const KILL_LIMIT: Duration = Duration::from_mins(1);

/// One end on its way.
pub struct Ending {
    kill_at: Instant,
    killing: Option<Killing>,
}

struct Killing {
    began: Instant,
    changed: Instant,
    before: HashSet<Id>,
    pause: Duration,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Call `step` again after this time, or earlier when something happened.
    Wait(Duration),
    /// What is left now cannot be ended from here.
    GiveUp,
}

impl Ending {
    /// Sends `signal` to all of `targets` and starts the grace. Without a grace nothing polite is sent.
    pub fn begin(signal: i32, grace: Duration, mut targets: impl FnMut() -> Vec<Process>) -> Self {
        let mut asked = HashSet::new();
        if !grace.is_zero() && signal != signals::KILL {
            for _ in 0..POLITE_ROUNDS {
                let mut is_new = false;
                for process in targets() {
                    if asked.insert(process.id) {
                        is_new = true;
                        // A refusal shows later, in who is left.
                        let _ = sys::send(process.id.pid, signal);
                        // One that is held by a stop signal could not act on it, and to look first would be a race.
                        let _ = sys::send(process.id.pid, signals::CONT);
                    }
                }
                if !is_new {
                    break;
                }
            }
        }
        let grace = if signal == signals::KILL { Duration::ZERO } else { grace };
        Self { kill_at: Instant::now() + grace, killing: None }
    }

    /// Ends the grace after `grace` from now, unless it ends earlier anyway.
    pub fn hurry(&mut self, grace: Duration) {
        self.kill_at = self.kill_at.min(Instant::now() + grace);
    }

    /// Whether the grace is over and killing has begun.
    pub fn is_killing(&self) -> bool {
        self.killing.is_some()
    }

    /// Does what is due. The caller stops calling when nothing is left.
    pub fn step(&mut self, targets: impl FnMut() -> Vec<Process>) -> Next {
        let now = Instant::now();
        if now < self.kill_at {
            return Next::Wait(self.kill_at - now);
        }
        let killed = freeze_and_kill(targets);
        let state = self.killing.get_or_insert_with(|| Killing {
            began: now,
            changed: now,
            before: HashSet::new(),
            pause: PAUSES.0,
        });
        if killed != state.before {
            state.before = killed;
            state.changed = now;
            state.pause = PAUSES.0;
        }
        if now - state.changed >= STUCK_LIMIT || now - state.began >= KILL_LIMIT {
            return Next::GiveUp;
        }
        let pause = state.pause;
        state.pause = (pause * 2).min(PAUSES.1);
        Next::Wait(pause)
    }
}

/// Holds everything first, so that what is killed cannot leave children behind, then kills it.
fn freeze_and_kill(mut targets: impl FnMut() -> Vec<Process>) -> HashSet<Id> {
    let mut held = HashSet::new();
    for _ in 0..FREEZE_ROUNDS {
        let mut is_new = false;
        for process in targets() {
            if held.insert(process.id) {
                is_new = true;
                let _ = sys::send(process.id.pid, signals::STOP);
            }
        }
        if !is_new {
            break;
        }
    }
    for id in &held {
        let _ = sys::send(id.pid, signals::KILL);
    }
    held
}
