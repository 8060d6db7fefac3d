//! The events that are read.

use std::time::Duration;

use jiff::Timestamp;

use super::pickle::Object;
use crate::bitbake::names::MOST_OF_A_NAME;
use crate::bitbake::scan::capped;

/// How much of a path is kept.
const MOST_OF_A_PATH: usize = 4096;

/// An event of BitBake's event log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventLogEvent {
    /// So many recipes are parsed.
    Parsing {
        /// How many are parsed.
        current: u64,
        /// All.
        total: u64,
    },
    /// All recipes are parsed.
    Parsed,
    /// A process such as `Initialising tasks` is so far.
    Process {
        /// Its name.
        name: String,
        /// How far it is; 100 when it is over.
        percent: u8,
    },
    /// A task's process has begun.
    TaskStarted(TaskEvent),
    /// A task's process has ended.
    TaskEnded(TaskEvent, Ending),
    /// What a task says of its own progress.
    TaskProgress {
        /// Its process, as numbered in the container.
        pid: u64,
        /// In percent; `None` while it does not know.
        percent: Option<u8>,
        /// How fast it goes, in its own words.
        rate: Option<String>,
    },
    /// The scheduler counts.
    Queue(QueueStats),
    /// The build is over.
    Completed {
        /// How many tasks failed.
        failures: u64,
        /// 0 where nobody interrupted it, 1 where it was shut down, 2 where it was stopped.
        interrupted: u8,
    },
}

/// What an event says of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskEvent {
    /// Name, version and revision of the recipe.
    pub pf: String,
    /// The recipe's name.
    pub pn: String,
    /// The task.
    pub task: String,
    /// Its configuration in a multiconfig build.
    pub multiconfig: Option<String>,
    /// Its process, as numbered in the container.
    pub pid: Option<u64>,
    /// Its log, as a path in the container.
    pub log: Option<String>,
    /// When it was, by the clock of the container.
    pub time: Option<Timestamp>,
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Well.
    Succeeded,
    /// It failed.
    Failed,
    /// It failed, and what it would have made is made otherwise: a setscene task.
    FailedSilently,
}

/// How many tasks are where, by the scheduler.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// Done, or found not to need doing.
    pub completed: u64,
    /// Running.
    pub active: u64,
    /// Failed.
    pub failed: u64,
    /// All.
    pub total: u64,
    /// Setscene tasks that were taken from the cache.
    pub setscene_covered: u64,
    /// Setscene tasks that were not.
    pub setscene_notcovered: u64,
    /// Running setscene tasks.
    pub setscene_active: u64,
    /// All setscene tasks.
    pub setscene_total: u64,
}

/// What the class of an event says of it.
#[derive(Debug, Clone, Copy)]
enum Class {
    Parsing,
    Parsed,
    ProcessStarted,
    ProcessProgress,
    ProcessFinished,
    TaskStarted,
    TaskEnded(Ending),
    TaskProgress,
    Queue,
    Completed,
}

impl Class {
    fn of(name: &[u8]) -> Option<Self> {
        Some(match name.strip_prefix(b"bb.")? {
            b"event.ParseStarted" | b"event.ParseProgress" => Self::Parsing,
            b"event.ParseCompleted" => Self::Parsed,
            b"event.ProcessStarted" => Self::ProcessStarted,
            b"event.ProcessProgress" => Self::ProcessProgress,
            b"event.ProcessFinished" => Self::ProcessFinished,
            b"build.TaskStarted" => Self::TaskStarted,
            b"build.TaskSucceeded" => Self::TaskEnded(Ending::Succeeded),
            b"build.TaskFailed" => Self::TaskEnded(Ending::Failed),
            b"build.TaskFailedSilent" => Self::TaskEnded(Ending::FailedSilently),
            b"build.TaskProgress" => Self::TaskProgress,
            b"runqueue.runQueueTaskStarted"
            | b"runqueue.runQueueTaskCompleted"
            | b"runqueue.runQueueTaskFailed"
            | b"runqueue.runQueueTaskSkipped"
            | b"runqueue.sceneQueueTaskStarted"
            | b"runqueue.sceneQueueTaskCompleted"
            | b"runqueue.sceneQueueTaskFailed" => Self::Queue,
            b"event.BuildCompleted" => Self::Completed,
            _ => return None,
        })
    }
}

/// Whether events of this class are read.
pub(super) fn is_read(class: &[u8]) -> bool {
    Class::of(class).is_some()
}

impl EventLogEvent {
    /// Reads an event of this class; `None` where it has not what its class should have.
    pub(super) fn read(class: &[u8], object: Object<'_, '_>) -> Option<Self> {
        let number = |name| object.number(name).and_then(|number| u64::try_from(number).ok());
        let process = |percent: u8| {
            let name = capped(object.text("processname")?, MOST_OF_A_NAME).to_owned();
            Some(Self::Process { name, percent })
        };
        match Class::of(class)? {
            Class::Parsing => {
                Some(Self::Parsing { current: number("current").unwrap_or(0), total: number("total")? })
            }
            Class::Parsed => Some(Self::Parsed),
            Class::ProcessStarted => process(0),
            Class::ProcessProgress => process(percent(object.number("progress")?)?),
            Class::ProcessFinished => process(100),
            Class::TaskStarted => task(object).map(Self::TaskStarted),
            Class::TaskEnded(ending) => task(object).map(|task| Self::TaskEnded(task, ending)),
            Class::TaskProgress => Some(Self::TaskProgress {
                pid: number("pid")?,
                percent: percent(object.number("progress")?),
                rate: object.text("rate").map(|rate| capped(rate, 100).to_owned()),
            }),
            Class::Queue => stats(object.object("stats")?).map(Self::Queue),
            Class::Completed => Some(Self::Completed {
                failures: number("_failures")?,
                interrupted: number("_interrupted").and_then(|way| u8::try_from(way).ok()).unwrap_or(0),
            }),
        }
    }
}

/// Of a progress; a negative one is unknown.
fn percent(number: i64) -> Option<u8> {
    u8::try_from(number.min(100)).ok()
}

fn task(object: Object<'_, '_>) -> Option<TaskEvent> {
    let name = |field| object.text(field).map(|text| capped(text, MOST_OF_A_NAME).to_owned());
    Some(TaskEvent {
        pf: name("_package")?,
        pn: name("pn").unwrap_or_default(),
        task: name("_task")?,
        multiconfig: name("_mc").filter(|name| !name.is_empty() && name != "default"),
        pid: object.number("pid").and_then(|pid| u64::try_from(pid).ok()),
        log: object.text("logfile").filter(|path| path.len() <= MOST_OF_A_PATH).map(str::to_owned),
        time: object.float("time").and_then(instant),
    })
}

fn instant(seconds: f64) -> Option<Timestamp> {
    let since = Duration::try_from_secs_f64(seconds).ok()?;
    Timestamp::from_duration(since.try_into().ok()?).ok()
}

fn stats(object: Object<'_, '_>) -> Option<QueueStats> {
    let number = |name| object.number(name).and_then(|number| u64::try_from(number).ok());
    let setscene = |name| number(name).unwrap_or(0);
    Some(QueueStats {
        completed: number("completed")?,
        active: number("active")?,
        failed: number("failed")?,
        total: number("total")?,
        setscene_covered: setscene("setscene_covered"),
        setscene_notcovered: setscene("setscene_notcovered"),
        setscene_active: setscene("setscene_active"),
        setscene_total: setscene("setscene_total"),
    })
}
