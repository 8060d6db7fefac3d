//! How long a build will take yet.

mod clock;
mod mean;
mod own;
mod pace;
mod unseen;

use std::time::Duration;

use jiff::Timestamp;

use super::build::Build;
use super::ended::TaskKind;
use super::phase::Phase;
use super::remaining::Remaining;
use super::running::RunningTask;
use super::task_history::TaskHistory;
use own::Own;
use pace::{Fit, Pace};
use unseen::Unseen;

/// Without history nothing is said before this share of what is to be run was run, and so many tasks.
const FIRST_SHARE: f64 = 0.05;
const FIRST_TASKS: f64 = 5.0;
/// What is skipped is skipped in leaps: after so many tasks without one there are no more.
const AFTER_LEAP: u64 = 15;
/// How much the durations of earlier builds count beside those of this one: as much as this share of a whole build.
const OLD_WEIGHT: f64 = 0.1;
/// Where nothing is known of the order: so many of the last tasks need each other, and this share of what they take goes
/// on alone.
const LAST: f64 = 12.0;
const LAST_IN_TURN: f64 = 0.6;
/// So many tasks of a build have a process where that is not known.
const SHARE_WITH_PROCESS: f64 = 0.8;

/// Says how long one build will take yet: from what tasks of each kind took in earlier builds, and from this build
/// itself.
///
/// What is left is not the number of tasks left, since some take an hour and most a second. It is thought which of the
/// kinds of an earlier build are still to come, so many as BitBake says are left; what they took is summed up; and from
/// that, how long the last so-and-so-much work of an earlier build took on the clock. As the build goes, this is
/// corrected by how well it has fitted.
#[derive(Debug, Clone)]
pub struct Estimator {
    history: TaskHistory,
    unseen: Unseen,
    /// How many of the ended tasks were taken.
    taken: usize,
    own: Own,
    /// What tasks took beside what was thought, and time on the clock beside what was thought.
    durations: Fit,
    clock: Fit,
    pace: Pace,
    /// How many tasks had begun by when, for dry runs.
    begun: Pace,
    /// When it was asked last, and the work that was thought to be done by then.
    asked: Option<(f64, f64)>,
    /// How long all was thought to take at first, in seconds.
    at_first: Option<f64>,
    leaps: Leaps,
    /// When anything could be said first, in seconds since 1970.
    since: Option<f64>,
    /// When it was last said to end, in seconds since 1970, and when that was said.
    said: Option<(f64, f64)>,
}

/// Where the number of the tasks leapt, as some were skipped.
#[derive(Debug, Clone, Copy, Default)]
struct Leaps {
    skipped: u64,
    /// How many had begun then.
    begun: u64,
}

/// A task that runs.
#[derive(Debug)]
struct Runs {
    kind: TaskKind,
    /// How many seconds it will take yet.
    left: f64,
}

/// What is done of the tasks that run, in seconds: as it was, and of what was thought.
#[derive(Debug, Clone, Copy, Default)]
struct Done {
    worked: f64,
    thought: f64,
}

/// What is left to do, in seconds of work.
#[derive(Debug, Clone, Copy)]
struct Left {
    work: f64,
    /// The longest that has to go on one after the other.
    chain: f64,
    /// What has to go on alone after all else.
    end: f64,
    /// How much of it is doubtful: 0 to 1.
    doubt: f64,
    has_failed: bool,
}

impl Estimator {
    /// For one build, with what earlier builds of the same machine and target told; with an empty history it goes by
    /// the build alone.
    #[must_use]
    pub fn new(history: TaskHistory) -> Self {
        Self {
            unseen: Unseen::of(&history),
            history,
            taken: 0,
            own: Own::default(),
            durations: Fit::default(),
            clock: Fit::default(),
            pace: Pace::default(),
            begun: Pace::default(),
            asked: None,
            at_first: None,
            leaps: Leaps::default(),
            since: None,
            said: None,
        }
    }

    /// How long the build will take yet. It is meant to be asked again and again; what it says moves slowly.
    ///
    /// `None` before its tasks begin and after they ended, when nothing new is started any more, and while it would be
    /// a guess: without history, before a twentieth of what is to be run was run.
    pub fn remaining(&mut self, build: &Build, now: Timestamp) -> Option<Remaining> {
        if build.record.tasks.len() < self.taken {
            *self = Self::new(std::mem::take(&mut self.history));
        }
        let is_under_way = matches!(build.phase(), Phase::Setscene | Phase::Tasks);
        if !is_under_way || build.outcome().is_some() || build.starts_nothing() {
            self.said = None;
            return None;
        }
        let now = seconds(now);
        self.take(build);
        let (running, done) = self.running(build, now);
        self.pace.at(now, self.own.work() + done.worked);
        let fresh = if clock::is_dry(build) {
            self.dry(build, now)?
        } else {
            let left = self.left(build, &running)?;
            self.on_the_clock(now, &left, &done)?
        };
        Some(self.steady(now, &fresh))
    }

    /// What such a task took in earlier builds; `None` where it is not known, or where it had nothing to run.
    #[must_use]
    pub fn usual(&self, task: &RunningTask) -> Option<Duration> {
        let kind = TaskKind::new(&task.pf, &task.task);
        let seconds = self.unseen.known_seconds(kind.as_str()).filter(|seconds| *seconds > 0.0)?;
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// Takes what ended since.
    fn take(&mut self, build: &Build) {
        for task in build.record.tasks.after(self.taken) {
            let kind = task.kind.as_str();
            self.unseen.ended(kind, task.well);
            let known = self.unseen.known_seconds(kind);
            self.own.ended(task, self.unseen.seconds(kind), known.is_some());
            if let Some((thought, took)) = known.zip(task.took).filter(|_| !task.is_empty()) {
                self.durations.add(thought, took.as_secs_f64());
            }
        }
        if !self.unseen.is_empty() && self.own.is_strange() {
            self.history = TaskHistory::default();
            self.unseen = Unseen::default();
            self.durations = Fit::default();
        }
        self.taken = build.record.tasks.len();
    }

    /// What runs, and what is done of it.
    fn running(&mut self, build: &Build, now: f64) -> (Vec<Runs>, Done) {
        let slower = self.slower();
        let mut done = Done::default();
        let mut running = Vec::with_capacity(build.running().len());
        for task in build.running() {
            let kind = TaskKind::new(&task.pf, &task.task);
            self.unseen.saw(kind.as_str(), true);
            let elapsed = elapsed(task, now);
            let whole = self.whole(kind.as_str());
            done.worked += elapsed;
            done.thought += elapsed.min(whole);
            running.push(Runs { kind, left: time_left(task, elapsed, whole * slower) });
        }
        (running, done)
    }

    /// What such a task takes in all, in seconds.
    fn whole(&self, kind: &str) -> f64 {
        let known = self.unseen.seconds(kind).or_else(|| self.own.seconds(kind));
        known.or_else(|| self.own.mean()).unwrap_or_default()
    }

    /// By how much tasks take longer than they did.
    fn slower(&self) -> f64 {
        self.durations.factor(OLD_WEIGHT * self.unseen.work())
    }

    /// What is left to do.
    fn left(&mut self, build: &Build, running: &[Runs]) -> Option<Left> {
        let (tasks, setscene) = (build.tasks(), build.setscene());
        let total = tasks.total?;
        let to_skip = self.yet_to_skip(build, total);
        let wanted = (count(total.saturating_sub(tasks.reached)) - to_skip).max(0.0);
        let setscene_left = count(setscene.total.unwrap_or(0).saturating_sub(setscene.reached));
        let has_history = !self.unseen.is_empty();
        let has_begun =
            self.own.timed >= FIRST_TASKS && self.own.run >= FIRST_SHARE * (self.own.run + wanted);
        if !has_history && (build.phase() == Phase::Setscene || !has_begun) {
            return None;
        }
        let has_failed = !build.failures().is_empty();
        let coming = self.unseen.coming(running, wanted, has_failed);
        let slower = self.slower();
        let longest = running.iter().map(|runs| runs.left).fold(0.0, f64::max);
        // What no earlier build ran; where some failed, it is rather what will not run at all.
        let further = match self.history.tasks() {
            _ if has_failed && has_history => 0.0,
            Some(before) => (wanted - coming.count).clamp(0.0, count(total.saturating_sub(before))),
            None => (wanted - coming.count).max(0.0),
        };
        let mean = self.own.mean().or_else(|| self.unseen.mean()).unwrap_or_default();
        let of_setscene = self.unseen.setscene_seconds().or_else(|| self.own.setscene_mean()).unwrap_or(mean);
        let guessed = further * with_process(build) * mean + setscene_left * of_setscene;
        let sure: f64 = running.iter().map(|runs| runs.left).sum::<f64>() + coming.work * slower;
        let work = sure + guessed;
        let doubt = if work > 0.0 { (coming.doubt * sure + guessed) / work } else { 0.0 };
        // The last tasks need each other, of which nothing is known.
        let end = if has_history { 0.0 } else { mean * wanted.min(LAST) * LAST_IN_TURN };
        Some(Left { work, chain: longest.max(coming.chain * slower), end, doubt, has_failed })
    }

    /// How many tasks are still going to be skipped, as the shared state has what they would make.
    fn yet_to_skip(&mut self, build: &Build, total: u64) -> f64 {
        let counts = build.counts();
        let begun = if counts.running_task_lines > 0 {
            counts.running_task_lines
        } else {
            counts.processes_started.saturating_sub(self.own.setscene_run())
        };
        let skipped = build.tasks().reached.saturating_sub(begun);
        if skipped > self.leaps.skipped {
            self.leaps = Leaps { skipped, begun };
        }
        let Some(sstate) = build.sstate() else { return 0.0 };
        let setscene = build.setscene();
        let is_settled = setscene.total.is_none_or(|total| setscene.reached >= total)
            || begun.saturating_sub(self.leaps.begun) >= AFTER_LEAP;
        let asked = count(sstate.wanted.saturating_add(sstate.current));
        if is_settled && build.phase() == Phase::Tasks || asked == 0.0 {
            return 0.0;
        }
        let there = count(sstate.local.saturating_add(sstate.mirrors).saturating_add(sstate.current));
        (count(total) * (there / asked).min(1.0) - count(skipped)).max(0.0)
    }
}

/// How many seconds are left of a task that runs.
fn time_left(task: &RunningTask, elapsed: f64, whole: f64) -> f64 {
    // One that is overdue is not over: the longer it has run, the longer it will.
    let by_history = (whole - elapsed).max(0.1 * whole.max(elapsed));
    match task.percent.map(f64::from) {
        Some(percent) if percent >= 5.0 && elapsed > 0.0 => {
            f64::midpoint(by_history, elapsed * (100.0 - percent) / percent)
        }
        _ => by_history,
    }
}

fn elapsed(task: &RunningTask, now: f64) -> f64 {
    let began = task.began.or(task.since).map(|began| (now - seconds(began)).max(0.0));
    began.or_else(|| task.shown_elapsed.map(|elapsed| elapsed.as_secs_f64())).unwrap_or_default()
}

/// Which share of the tasks has something to run.
fn with_process(build: &Build) -> f64 {
    let counts = build.counts();
    match counts.running_task_lines {
        0 => SHARE_WITH_PROCESS,
        begun => 1.0 - count(counts.noexec) / count(begun),
    }
}

/// Since 1970.
fn seconds(time: Timestamp) -> f64 {
    time.duration_since(Timestamp::UNIX_EPOCH).as_secs_f64()
}

fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
