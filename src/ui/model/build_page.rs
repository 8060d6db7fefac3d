//! What the tab of a build lists, row by row.

use std::cmp::Reverse;
use std::time::Duration;

use jiff::Timestamp;

use crate::bitbake::{Failure, Level, Messages, RunningTask, TaskTime, WarningGroup};
use crate::builds::{Disk, TaskProcess, WatchedBuild};

/// Names of processes are cut off after so many bytes.
const CUT: usize = 15;

/// Where a row leads, and so which it is: lists change under the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leads {
    /// To the log of a task that runs: recipe and task.
    Running(String, String),
    /// To the failed task of this number.
    Failure(usize),
    /// To this line of the console log, the first of such messages.
    Message(Level, u64),
    /// To a task that took long: recipe and task.
    Slow(String, String),
}

/// A task that runs, from what was printed and from its process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningRow<'a> {
    /// The configuration it is built for, in a multiconfig build.
    pub multiconfig: Option<&'a str>,
    /// Name, version and revision of the recipe; its name alone where only its process is known.
    pub pf: &'a str,
    /// The task; without `do_`, and perhaps cut off, where only its process is known.
    pub task: &'a str,
    /// Whether it may be cut off.
    pub is_cut: bool,
    /// For how long.
    pub elapsed: Option<Duration>,
    /// What it took in earlier builds, where that is known.
    pub usual: Option<Duration>,
    /// Its own progress in percent.
    pub percent: Option<u8>,
    /// How fast it goes, in its own words.
    pub rate: Option<&'a str>,
    /// Its log in the container, where that is known.
    pub log: Option<&'a str>,
    /// Its process in the container, where that is known.
    pub process: Option<u32>,
}

/// A row of the page.
#[derive(Debug, Clone, Copy)]
pub enum PageRow<'a> {
    /// Between two sections.
    Blank,
    /// What comes, and how many.
    Heading(&'static str, Option<u64>),
    /// A task that runs.
    Running(RunningRow<'a>),
    /// A task that failed, and its number.
    Failure(usize, &'a Failure),
    /// Messages that say the same.
    Message(Level, &'a WarningGroup),
    /// So many messages more.
    Beyond(u64),
    /// A task that took long.
    Slow(&'a TaskTime),
    /// How many tasks ended in each of the last minutes.
    Chart(&'a [u32]),
    /// A name and what it stands for.
    Fact(&'a str, &'a str),
    /// What is left of the disk.
    Disk(Disk),
}

impl PageRow<'_> {
    /// Where it leads, where it does.
    #[must_use]
    pub fn leads(&self) -> Option<Leads> {
        Some(match self {
            Self::Running(row) => Leads::Running(row.pf.to_owned(), row.task.to_owned()),
            Self::Failure(number, _) => Leads::Failure(*number),
            Self::Message(level, group) => Leads::Message(*level, group.lines.first().copied()?),
            Self::Slow(time) => Leads::Slow(time.pf.clone(), time.task.clone()),
            _ => return None,
        })
    }

    /// Whether it leads anywhere.
    #[must_use]
    pub fn is_lead(&self) -> bool {
        match self {
            Self::Message(_, group) => !group.lines.is_empty(),
            Self::Running(_) | Self::Failure(..) | Self::Slow(_) => true,
            _ => false,
        }
    }

    /// Whether it is the row that leads there.
    #[must_use]
    pub fn is(&self, leads: &Leads) -> bool {
        match (self, leads) {
            (Self::Running(row), Leads::Running(pf, task)) => row.pf == pf && row.task == task,
            (Self::Failure(number, _), Leads::Failure(other)) => number == other,
            (Self::Message(level, group), Leads::Message(of, line)) => {
                level == of && group.lines.first() == Some(line)
            }
            (Self::Slow(time), Leads::Slow(pf, task)) => time.pf == *pf && time.task == *task,
            _ => false,
        }
    }
}

/// All rows of a build, as it is at this time.
#[must_use]
pub fn page_rows(build: &WatchedBuild, now: Timestamp) -> Vec<PageRow<'_>> {
    let told = &build.build;
    let mut page = Page::default();
    if build.ended.is_none() {
        let running = running(build, now);
        let count = running.len() as u64;
        page.section("Running", Some(count), running.into_iter().map(PageRow::Running).collect());
    }
    let failures = told.failures().iter().enumerate().map(|(at, failure)| PageRow::Failure(at, failure));
    page.section_and("Failed tasks", super::builds::failed(told), failures.collect(), told.failures_beyond());
    for (title, level, messages) in
        [("Errors", Level::Error, told.errors()), ("Warnings", Level::Warning, told.warnings())]
    {
        let (count, rows) = groups(level, messages);
        page.section_and(title, count, rows, messages.beyond());
    }
    // Of less than a second nobody knows whether it took any time.
    let slowest = told.slowest().iter().filter(|time| time.took >= Duration::from_secs(1));
    page.section("Slowest tasks", None, slowest.map(PageRow::Slow).collect());
    if build.per_minute.iter().any(|tasks| *tasks > 0) {
        page.section("Tasks a minute", None, vec![PageRow::Chart(&build.per_minute)]);
    }
    for configuration in told.configurations() {
        let named = configuration.multiconfig.as_deref().map(|name| PageRow::Fact("mc", name));
        let rows = configuration.rows.iter().map(|(name, value)| PageRow::Fact(name, value));
        page.section("Configuration", None, named.into_iter().chain(rows).collect());
    }
    let seen = &build.seen;
    let mut place = vec![PageRow::Fact("directory", &seen.id.directory)];
    place.extend(seen.console_log.as_deref().map(|path| PageRow::Fact("console log", path)));
    place.extend(seen.event_log.as_deref().map(|path| PageRow::Fact("event log", path)));
    place.push(PageRow::Fact("user", &seen.user));
    place.extend(seen.disk.map(PageRow::Disk));
    page.section("Where", None, place);
    page.rows
}

#[derive(Default)]
struct Page<'a> {
    rows: Vec<PageRow<'a>>,
}

impl<'a> Page<'a> {
    /// A section, where there is anything in it.
    fn section(&mut self, title: &'static str, count: Option<u64>, rows: Vec<PageRow<'a>>) {
        if rows.is_empty() {
            return;
        }
        if !self.rows.is_empty() {
            self.rows.push(PageRow::Blank);
        }
        self.rows.push(PageRow::Heading(title, count));
        self.rows.extend(rows);
    }

    /// The same, and how many more there were than rows are kept of.
    fn section_and(&mut self, title: &'static str, count: u64, mut rows: Vec<PageRow<'a>>, beyond: u64) {
        if beyond > 0 {
            rows.push(PageRow::Beyond(beyond));
        }
        self.section(title, Some(count), rows);
    }
}

/// Those that come most often first, and how many messages there are in all.
fn groups(level: Level, messages: &Messages) -> (u64, Vec<PageRow<'_>>) {
    let mut groups: Vec<&WarningGroup> = messages.groups().collect();
    let count = groups.iter().map(|group| group.count).fold(messages.beyond(), u64::saturating_add);
    groups.sort_by_key(|group| Reverse(group.count));
    (count, groups.into_iter().map(|group| PageRow::Message(level, group)).collect())
}

/// What runs, longest first.
fn running(build: &WatchedBuild, now: Timestamp) -> Vec<RunningRow<'_>> {
    let mut processes: Vec<Option<&TaskProcess>> = build.seen.tasks.iter().map(Some).collect();
    let mut rows: Vec<RunningRow<'_>> = Vec::new();
    for task in build.build.running() {
        let found = processes.iter_mut().find(|process| process.is_some_and(|process| fits(process, task)));
        let process = found.and_then(Option::take);
        let since = task.since.and_then(|since| Duration::try_from(now.duration_since(since)).ok());
        rows.push(RunningRow {
            multiconfig: task.multiconfig.as_deref(),
            pf: &task.pf,
            task: &task.task,
            is_cut: false,
            // Each may be older than the others, and none is ahead of its time.
            elapsed: [since, task.shown_elapsed, process.map(|process| process.elapsed)]
                .into_iter()
                .flatten()
                .max(),
            usual: build.usual(task),
            percent: task.percent,
            rate: task.rate.as_deref(),
            log: process.and_then(|process| process.log.as_deref()),
            process: process
                .map(|process| process.process)
                .or(task.pid.and_then(|pid| u32::try_from(pid).ok())),
        });
    }
    // What the log does not name has begun or ended since the last look; a quiet build names nothing.
    let unnamed = if rows.is_empty() { processes } else { Vec::new() };
    for process in unnamed.into_iter().flatten() {
        let (pf, task) = process.name.split_once(':').unwrap_or((&process.name, ""));
        rows.push(RunningRow {
            multiconfig: None,
            pf,
            task,
            is_cut: process.name.len() >= CUT,
            elapsed: Some(process.elapsed),
            usual: None,
            percent: None,
            rate: None,
            log: process.log.as_deref(),
            process: Some(process.process),
        });
    }
    rows.sort_by(|one, other| {
        let order = |row: &RunningRow<'_>| Reverse(row.elapsed.map(|elapsed| elapsed.as_secs()));
        order(one).cmp(&order(other)).then_with(|| (one.pf, one.task).cmp(&(other.pf, other.task)))
    });
    rows
}

/// Whether a process is that of a task: its name is `PN:task` without `do_`, cut off.
fn fits(process: &TaskProcess, task: &RunningTask) -> bool {
    if let Some(pid) = task.pid {
        return pid == u64::from(process.process);
    }
    let is_of = |cut: &str| {
        let name = task.task.as_str();
        name.starts_with(cut) || name.strip_prefix("do_").is_some_and(|name| name.starts_with(cut))
    };
    match process.name.split_once(':') {
        Some((recipe, cut)) => {
            task.pf.strip_prefix(recipe).is_some_and(|rest| rest.starts_with('-')) && is_of(cut)
        }
        None => !process.name.is_empty() && task.pf.starts_with(&process.name),
    }
}
