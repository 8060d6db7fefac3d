//! What runs now.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::build::Place;
use super::footer::Footer;
use super::names::{MOST_OF_A_NAME, Subject, TaskId};
use super::scan::capped;

/// How many running tasks are kept; of more, only their number is known. Builds run as many as there are processors.
const MOST: usize = 1024;

/// A task that runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunningTask {
    /// Name, version and revision of the recipe.
    pub pf: String,
    /// The task.
    pub task: String,
    /// Its id, where it is known.
    pub id: Option<TaskId>,
    /// Its configuration in a multiconfig build, where it is known.
    pub multiconfig: Option<String>,
    /// When it began, where the time of that line is known.
    pub since: Option<Timestamp>,
    /// For how long it had run when the footer last said so.
    pub shown_elapsed: Option<Duration>,
    /// Its process as numbered in the container, where a footer or the event log tells it.
    pub pid: Option<u64>,
    /// Its log as a path in the container, where the event log tells it.
    pub log: Option<String>,
    /// Its own progress in percent.
    pub percent: Option<u8>,
    /// How fast it goes, in its own words.
    pub rate: Option<String>,
    /// The line on which it began.
    pub line: u64,
    /// The last footer that listed it.
    pub(super) seen: u64,
    /// When it began, by the time of its line or by what a footer says.
    pub(super) began: Option<Timestamp>,
    /// Whether the name is only what its recipe's file tells.
    pub(super) is_named_by_id: bool,
}

impl RunningTask {
    /// What it has taken until then.
    pub(super) fn took_until(&self, end: Option<Timestamp>) -> Option<Duration> {
        Duration::try_from(end?.duration_since(self.began.or(self.since)?)).ok()
    }
}

/// The running tasks, in the order in which they began.
#[derive(Debug, Clone, Default)]
pub(super) struct Running {
    tasks: Vec<RunningTask>,
    /// The number of the footer under way.
    footer: u64,
    /// When it was drawn.
    footer_time: Option<Timestamp>,
    /// How many tasks it says there are, and how many it has listed.
    said: u64,
    listed: u64,
}

impl Running {
    pub(super) fn tasks(&self) -> &[RunningTask] {
        &self.tasks
    }

    /// A task has begun.
    pub(super) fn start(&mut self, task: RunningTask) {
        if self.tasks.len() < MOST {
            self.tasks.push(task);
        }
    }

    /// When one began that nobody has told of yet.
    pub(super) fn is_since(&mut self, which: usize, since: Timestamp) {
        if let Some(task) = self.tasks.get_mut(which) {
            task.since.get_or_insert(since);
        }
    }

    /// A task has ended.
    pub(super) fn end(&mut self, pf: &str, task: &str) -> Option<RunningTask> {
        let known = self.tasks.iter().position(|running| running.pf == pf && running.task == task);
        let fits = || {
            self.tasks.iter().position(|running| {
                running.is_named_by_id
                    && running.task == task
                    && running.id.as_ref().is_some_and(|id| id.is_of(pf))
            })
        };
        let at = known.or_else(fits)?;
        Some(self.tasks.remove(at))
    }

    /// A task that is said to run still: it is taken in where its beginning was missed.
    pub(super) fn still_runs(&mut self, id: TaskId, line: u64) {
        let is_known = |running: &RunningTask| {
            running.id.as_ref() == Some(&id) || (running.task == id.task() && id.is_of(&running.pf))
        };
        if !self.tasks.iter().any(is_known) {
            self.start(RunningTask {
                pf: id.file_name(),
                task: id.task().to_owned(),
                multiconfig: id.multiconfig().map(str::to_owned),
                id: Some(id),
                line,
                is_named_by_id: true,
                ..RunningTask::default()
            });
        }
    }

    /// The task of this id has ended.
    pub(super) fn end_id(&mut self, id: &TaskId) -> Option<RunningTask> {
        let known = self.tasks.iter().position(|running| running.id.as_ref() == Some(id));
        let fits =
            || self.tasks.iter().position(|running| running.task == id.task() && id.is_of(&running.pf));
        let at = known.or_else(fits)?;
        Some(self.tasks.remove(at))
    }

    /// The first that is as asked for.
    pub(super) fn find(&mut self, is_it: impl Fn(&RunningTask) -> bool) -> Option<&mut RunningTask> {
        self.tasks.iter_mut().find(|task| is_it(task))
    }

    /// The one with this process.
    pub(super) fn of_process(&self, pid: u64) -> Option<&RunningTask> {
        self.tasks.iter().find(|running| running.pid == Some(pid))
    }

    /// Nothing runs any more; nobody says how it ended.
    pub(super) fn clear(&mut self) {
        self.tasks.clear();
    }

    /// A footer begins that says how many tasks there are.
    pub(super) fn footer_begins(&mut self, said: u64, time: Option<Timestamp>) {
        self.footer += 1;
        self.footer_time = time;
        (self.said, self.listed) = (said, 0);
    }

    /// The footer lists a task; whether it is a new one.
    pub(super) fn footer_lists(&mut self, place: Place, task: &Footer<'_>) -> bool {
        let &Footer::Task { subject, seconds, pid, percent, rate } = task else { return false };
        self.listed += 1;
        let is_same = |running: &&mut RunningTask| {
            running.pid == Some(pid) && running.pf == subject.pf && running.task == subject.task
        };
        if let Some(known) = self.tasks.iter_mut().find(is_same) {
            known.shown_elapsed = Some(Duration::from_secs(seconds));
            known.percent = percent;
            if known.rate.as_deref() != rate {
                known.rate = rate.map(|rate| capped(rate, 100).to_owned());
            }
            known.seen = self.footer;
            return false;
        }
        let Subject { multiconfig, pf, task } = subject;
        self.start(RunningTask {
            pf: capped(pf, MOST_OF_A_NAME).to_owned(),
            task: capped(task, MOST_OF_A_NAME).to_owned(),
            multiconfig: multiconfig.map(|name| capped(name, 200).to_owned()),
            shown_elapsed: Some(Duration::from_secs(seconds)),
            pid: Some(pid),
            percent,
            rate: rate.map(|rate| capped(rate, 100).to_owned()),
            began: place.time.and_then(|time| {
                time.checked_sub(SignedDuration::from_secs(i64::try_from(seconds).ok()?)).ok()
            }),
            line: place.line,
            seen: self.footer,
            ..RunningTask::default()
        });
        true
    }

    /// The footer is complete: what it did not list has ended when it was drawn, if it listed all.
    pub(super) fn footer_ends(&mut self, mut ended: impl FnMut(&RunningTask, Option<Timestamp>)) {
        if self.listed < self.said {
            return;
        }
        let (footer, time) = (self.footer, self.footer_time);
        self.tasks.retain(|running| {
            let stays = running.pid.is_none() || running.seen == footer;
            if !stays {
                ended(running, time);
            }
            stays
        });
    }
}
