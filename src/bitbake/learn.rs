//! What the event log adds to what is printed: how far parsing is, and of running tasks their process, their log and
//! their own progress.

use jiff::Timestamp;

use super::build::Build;
use super::event_log::{EventLogEvent, TaskEvent};
use super::phase::Phase;
use super::running::RunningTask;

/// How many tasks are kept that were told of and have not ended.
const MOST: usize = 1024;

/// What was learned beside what is printed.
#[derive(Debug, Clone, Default)]
pub(super) struct Learned {
    /// How far it is; it may be ahead of what is printed, and so does not take part in reading that.
    pub(super) phase: Phase,
    tasks: Vec<LearnedTask>,
}

/// A task that runs, as the event log has it. It may be told of before its line is printed, or after.
#[derive(Debug, Clone, Default)]
struct LearnedTask {
    pf: String,
    task: String,
    multiconfig: Option<String>,
    pid: Option<u64>,
    log: Option<String>,
    since: Option<Timestamp>,
    percent: Option<u8>,
    rate: Option<String>,
}

impl LearnedTask {
    fn is(&self, task: &RunningTask) -> bool {
        self.pf == task.pf
            && self.task == task.task
            && (task.multiconfig.is_none() || task.multiconfig == self.multiconfig)
            && (task.pid.is_none() || task.pid == self.pid)
    }

    fn tell(&self, task: &mut RunningTask) {
        task.pid = self.pid;
        task.log.clone_from(&self.log);
        task.since = self.since.or(task.since);
        task.percent = self.percent;
        task.rate.clone_from(&self.rate);
    }
}

impl Learned {
    /// Tells a task that has just begun what is known of it.
    pub(super) fn tell(&self, task: &mut RunningTask) {
        if let Some(known) = self.tasks.iter().find(|known| known.is(task)) {
            known.tell(task);
        }
    }

    fn started(&mut self, event: &TaskEvent) -> Option<&LearnedTask> {
        self.ended(event);
        if self.tasks.len() == MOST {
            self.tasks.remove(0);
        }
        self.tasks.push(LearnedTask {
            pf: event.pf.clone(),
            task: event.task.clone(),
            multiconfig: event.multiconfig.clone(),
            pid: event.pid,
            log: event.log.clone(),
            since: event.time,
            ..LearnedTask::default()
        });
        self.tasks.last()
    }

    fn ended(&mut self, event: &TaskEvent) {
        self.tasks.retain(|known| {
            known.pf != event.pf || known.task != event.task || known.multiconfig != event.multiconfig
        });
    }

    fn progress(&mut self, pid: u64, percent: Option<u8>, rate: Option<&str>) -> Option<&LearnedTask> {
        let known = self.tasks.iter_mut().find(|known| known.pid == Some(pid))?;
        known.percent = percent;
        known.rate = rate.map(str::to_owned);
        Some(known)
    }
}

impl Build {
    /// Takes what the build's event log says. How many tasks there are, what runs and how it ends stays what is
    /// printed.
    pub(super) fn learn(&mut self, event: &EventLogEvent) {
        if self.ended.is_some() {
            return;
        }
        let learned = &mut self.learned;
        let known = match event {
            EventLogEvent::Parsing { current, total } => {
                learned.phase = learned.phase.max(Phase::Parsing);
                let percent = u128::from(*current.min(total)) * 100 / u128::from(*total).max(1);
                self.parse_percent = u8::try_from(percent).ok().max(self.parse_percent);
                None
            }
            EventLogEvent::Parsed => {
                learned.phase = learned.phase.max(Phase::Parsing);
                self.parse_percent = Some(100);
                None
            }
            EventLogEvent::Process { name, .. } => {
                let phase = match name.as_str() {
                    "Loading cache" => Phase::LoadingCache,
                    "Initialising tasks" => Phase::Initialising,
                    _ => Phase::Starting,
                };
                learned.phase = learned.phase.max(phase);
                None
            }
            EventLogEvent::TaskStarted(task) => learned.started(task),
            EventLogEvent::TaskEnded(task, _) => {
                learned.ended(task);
                None
            }
            EventLogEvent::TaskProgress { pid, percent, rate } => {
                learned.progress(*pid, *percent, rate.as_deref())
            }
            EventLogEvent::Queue(_) | EventLogEvent::Completed { .. } => None,
        };
        if let Some(known) = known
            && let Some(task) = self.running.find(|task| known.is(task))
        {
            known.tell(task);
        }
    }
}
