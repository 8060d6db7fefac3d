//! What the tasks of this build took.

use std::collections::HashMap;

use super::super::ended::{EndedTask, parts};
use super::mean::Mean;
use super::unseen::is_setscene;

/// How many tasks are told apart by name; builds have about a hundred.
const MOST_NAMES: usize = 1000;

/// After so many tasks a history that knows less than this share of them is of another build.
const STRANGE_AFTER: f64 = 10.0;
const STRANGE_BELOW: f64 = 0.3;

/// What the tasks of this build took.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    of_task: HashMap<String, Mean>,
    setscene: Mean,
    other: Mean,
    /// How many ended that had something to run and are no setscene tasks; of some no duration is known.
    pub(super) run: f64,
    /// Of how many of those the duration is known: of none that ended before the build was joined.
    pub(super) timed: f64,
    setscene_run: u64,
    /// How many of those that ended were of kinds the history knows.
    known: f64,
    /// What was thought that all of them take, in seconds.
    thought: f64,
    longest: f64,
}

impl Own {
    /// A task ended, of which so much was thought; `is_known` is whether the history has its very kind.
    pub(super) fn ended(&mut self, task: &EndedTask, thought: Option<f64>, is_known: bool) {
        if task.is_empty() {
            return;
        }
        let (_, name) = parts(task.kind.as_str());
        let took = task.took.map(|took| took.as_secs_f64());
        self.thought += thought.or(took).unwrap_or_default();
        let mean = if is_setscene(name) {
            self.setscene_run += 1;
            &mut self.setscene
        } else {
            self.run += 1.0;
            self.timed += f64::from(u8::from(took.is_some()));
            self.known += f64::from(u8::from(is_known));
            &mut self.other
        };
        let Some(took) = took else { return };
        self.longest = self.longest.max(took);
        mean.add(took);
        if let Some(mean) = self.of_task.get_mut(name) {
            mean.add(took);
        } else if self.of_task.len() < MOST_NAMES {
            self.of_task.entry(name.to_owned()).or_default().add(took);
        }
    }

    /// Whether the history is of another build: it knows hardly any of the tasks.
    pub(super) fn is_strange(&self) -> bool {
        self.run >= STRANGE_AFTER && self.known < STRANGE_BELOW * self.run
    }

    /// What a task of this name takes.
    pub(super) fn seconds(&self, kind: &str) -> Option<f64> {
        self.of_task.get(parts(kind).1)?.mean()
    }

    /// What a task takes, setscene tasks apart.
    pub(super) fn mean(&self) -> Option<f64> {
        self.other.mean()
    }

    pub(super) fn setscene_mean(&self) -> Option<f64> {
        self.setscene.mean()
    }

    /// How many setscene tasks ended.
    pub(super) fn setscene_run(&self) -> u64 {
        self.setscene_run
    }

    /// What all took together.
    pub(super) fn work(&self) -> f64 {
        self.other.sum() + self.setscene.sum()
    }

    /// What the longest took.
    pub(super) fn longest(&self) -> f64 {
        self.longest
    }

    /// What was thought of all together.
    pub(super) fn thought(&self) -> f64 {
        self.thought
    }
}
