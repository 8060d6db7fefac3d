//! What tasks of each kind took in earlier builds of a machine and target.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::build::Build;
use super::ended::{EndedTask, TaskKind, parts};
use super::wall::WallLeft;

/// The form in which it is written.
const VERSION: u32 = 1;
/// How many kinds of tasks are kept; the largest builds have about as many. Of more, those go that ran longest ago.
const MOST_KINDS: usize = 50_000;
/// How much a newer build counts beside all before it.
const WEIGHT: f64 = 0.4;
/// No task takes longer: a month.
const LONGEST: f64 = 30.0 * 86_400.0;
/// Two that end so close to each other are one build, watched by two.
const SAME: SignedDuration = SignedDuration::from_secs(5);

/// What tasks of each kind took in earlier builds of a machine and target, and how much went on at once.
///
/// A kind is a recipe, without its version, and a task. Written as JSON; at most 50 000 kinds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskHistory {
    version: u32,
    /// How many builds it is of.
    builds: u32,
    /// How many of them ran to their end, so that what they did not run did not need to.
    complete: u32,
    /// When the last task of the newest ended.
    ended: Option<Timestamp>,
    /// How many tasks the newest had, those that needed not run among them.
    tasks: Option<u64>,
    wall: WallLeft,
    kinds: BTreeMap<String, Kind>,
}

/// What is known of a kind. Written as a list, as there are many.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f64, f64, u32, u32)", into = "(f64, f64, u32, u32)")]
pub(super) struct Kind {
    /// What it takes, in seconds; nothing where it has nothing to run.
    pub(super) seconds: f64,
    /// In what share of the builds it ran; newer ones count more.
    pub(super) often: f64,
    /// How many of them run in a build: one for each configuration.
    pub(super) runs: u32,
    /// The number of the build in which it ran last.
    last: u32,
}

impl From<(f64, f64, u32, u32)> for Kind {
    fn from((seconds, often, runs, last): (f64, f64, u32, u32)) -> Self {
        // `clamp` leaves what is no number as it is.
        let within = |value: f64, most| if value.is_nan() { 0.0 } else { value.clamp(0.0, most) };
        Self { seconds: within(seconds, LONGEST), often: within(often, 1.0), runs: runs.clamp(1, 1000), last }
    }
}

impl From<Kind> for (f64, f64, u32, u32) {
    fn from(kind: Kind) -> Self {
        let round = |value: f64| (value * 1000.0).round() / 1000.0;
        (round(kind.seconds), round(kind.often), kind.runs, kind.last)
    }
}

impl Default for TaskHistory {
    fn default() -> Self {
        Self {
            version: VERSION,
            builds: 0,
            complete: 0,
            ended: None,
            tasks: None,
            wall: WallLeft::default(),
            kinds: BTreeMap::new(),
        }
    }
}

/// Why a history cannot be read.
#[derive(Debug, Error)]
pub enum HistoryError {
    /// It is not written as a history is.
    #[error("it is no history of builds: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is written in a form of another version of the console.
    #[error("it is written in form {0}, which is not known here")]
    Version(u32),
}

impl TaskHistory {
    /// What a build tells that was watched while it ran, and has ended; `None` where no task was seen from its
    /// beginning to its end.
    #[must_use]
    pub fn of(build: &Build) -> Option<Self> {
        let outcome = build.outcome()?;
        let tasks: Vec<EndedTask> = build.record.tasks.after(0).cloned().collect();
        let failed: HashSet<TaskKind> = build
            .failures()
            .iter()
            .filter_map(|failure| Some(TaskKind::new(failure.pf.as_deref()?, &failure.task)))
            .collect();
        let has_failed = |task: &EndedTask| failed.contains(&task.kind);
        let is_complete = outcome.is_success() || build.starts.went_on();
        let mut history = Self::learn(&tasks, is_complete, has_failed)?;
        history.tasks = build.tasks().total;
        Some(history)
    }

    /// What these tasks of one build tell; `is_complete` is whether it ran to its end.
    pub(super) fn learn(
        tasks: &[EndedTask],
        is_complete: bool,
        has_failed: impl Fn(&EndedTask) -> bool,
    ) -> Option<Self> {
        let mut sums: HashMap<&str, (f64, u32)> = HashMap::new();
        let well = |task: &&EndedTask| task.well && !has_failed(task);
        for task in tasks.iter().filter(well) {
            let Some(took) = task.took else { continue };
            let (sum, runs) = sums.entry(task.kind.as_str()).or_default();
            *sum += took.as_secs_f64();
            *runs += 1;
        }
        if sums.values().all(|(sum, _)| *sum == 0.0) {
            return None;
        }
        // Of a build that was joined late it is not known what ran before.
        let is_whole = is_complete && tasks.iter().all(|task| task.took.is_some());
        let kind = |(kind, (sum, runs)): (&str, (f64, u32))| {
            (kind.to_owned(), Kind::from((sum / f64::from(runs), 1.0, runs, 1)))
        };
        let mut history = Self {
            builds: 1,
            complete: u32::from(is_whole),
            ended: tasks.iter().filter_map(|task| task.ended).max(),
            wall: if is_complete { WallLeft::of(tasks) } else { WallLeft::default() },
            kinds: sums.into_iter().map(kind).collect(),
            ..Self::default()
        };
        history.bound();
        Some(history)
    }

    /// Takes what a newer build, or several, tell. The same build told by two is taken once.
    pub fn merge(&mut self, newer: &Self) {
        if let (Some(own), Some(other)) = (self.ended, newer.ended)
            && own.duration_since(other).abs() <= SAME
            && self.tasks == newer.tasks
        {
            return;
        }
        if self.builds == 0 {
            self.clone_from(newer);
            return;
        }
        let weight = 1.0 - (1.0 - WEIGHT).powi(i32::try_from(newer.builds.max(1)).unwrap_or(i32::MAX));
        if newer.complete > 0 {
            for (name, kind) in &mut self.kinds {
                if !newer.kinds.contains_key(name) {
                    kind.often *= 1.0 - weight;
                }
            }
        }
        for (name, new) in &newer.kinds {
            let last = self.builds.saturating_add(new.last);
            let kind = self.kinds.entry(name.clone()).or_insert(Kind { last, ..*new });
            kind.seconds += (new.seconds - kind.seconds) * weight;
            kind.often += (new.often - kind.often) * weight;
            (kind.runs, kind.last) = (new.runs, last);
        }
        self.wall.merge(&newer.wall, weight);
        self.builds = self.builds.saturating_add(newer.builds);
        self.complete = self.complete.saturating_add(newer.complete);
        self.ended = self.ended.max(newer.ended);
        self.tasks = newer.tasks.or(self.tasks);
        self.bound();
    }

    fn bound(&mut self) {
        if self.kinds.len() > MOST_KINDS {
            let mut newest: Vec<(u32, f64)> =
                self.kinds.values().map(|kind| (kind.last, kind.seconds)).collect();
            newest.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)));
            let least = newest.get(MOST_KINDS - 1).copied().unwrap_or_default();
            self.kinds.retain(|_, kind| (kind.last, kind.seconds) >= least);
            let mut room = MOST_KINDS;
            self.kinds.retain(|_, _| room.checked_sub(1).inspect(|left| room = *left).is_some());
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// How many builds it is of.
    #[must_use]
    pub fn builds(&self) -> u32 {
        self.builds
    }

    /// What a task of this recipe takes: of its kind, or else what that task takes of other recipes. In seconds.
    #[must_use]
    pub fn seconds(&self, pf: &str, task: &str) -> Option<f64> {
        let kind = TaskKind::new(pf, task);
        self.kinds.get(kind.as_str()).map(|kind| kind.seconds).or_else(|| {
            let of_task = self.kinds.iter().filter(|(name, _)| parts(name).1 == task);
            let (sum, count) =
                of_task.fold((0.0, 0.0), |(sum, count), (_, kind)| (sum + kind.seconds, count + 1.0));
            (count > 0.0).then(|| sum / count)
        })
    }

    /// How many tasks the newest build had.
    pub(super) fn tasks(&self) -> Option<u64> {
        self.tasks
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.kinds.iter().map(|(name, kind)| (name.as_str(), *kind))
    }

    pub(super) fn wall(&self) -> &WallLeft {
        &self.wall
    }

    /// Reads what [`TaskHistory::write`] wrote.
    pub fn read(json: &str) -> Result<Self, HistoryError> {
        /// What every version has.
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_str(json)?;
        if version != VERSION {
            return Err(HistoryError::Version(version));
        }
        let mut history: Self = serde_json::from_str(json)?;
        history.wall.mend();
        history.bound();
        Ok(history)
    }

    /// As JSON.
    pub fn write(&self) -> Result<String, HistoryError> {
        Ok(serde_json::to_string(self)?)
    }
}

#[cfg(test)]
mod tests;
