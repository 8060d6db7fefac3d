//! What is known of one build.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;

use super::configuration::Configuration;
use super::counts::{Counts, LineCounter, StreamLines};
use super::failures::{Failure, Failures};
use super::learn::Learned;
use super::messages::Messages;
use super::names::TaskId;
use super::outcome::{Evidence, Outcome, Signs};
use super::pending::Pending;
use super::phase::Phase;
use super::progress::Progress;
use super::rate::TaskRate;
use super::record::Record;
use super::running::{Running, RunningTask};
use super::slowest::TaskTime;
use super::starts::Starts;
use super::summary::{ParseCount, SstateSummary, TasksSummary};

/// Where a line stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) time: Option<Timestamp>,
    pub(super) stream: usize,
}

/// What is known of one build, from what was printed so far.
#[derive(Debug, Clone, Default)]
pub struct Build {
    pub(super) phase: Phase,
    pub(super) ended: Option<Outcome>,
    pub(super) signs: Signs,
    pub(super) has_begun: bool,
    pub(super) is_terminal: bool,
    /// When the phases began, as far as lines have times.
    pub(super) phases: Vec<(Phase, Option<Timestamp>)>,
    pub(super) first_time: Option<Timestamp>,
    pub(super) last_time: Option<Timestamp>,
    pub(super) parse_percent: Option<u8>,
    pub(super) parsed: Option<ParseCount>,
    pub(super) configurations: Vec<Configuration>,
    pub(super) sstate: Option<SstateSummary>,
    pub(super) setscene: Progress,
    pub(super) tasks: Progress,
    pub(super) running: Running,
    pub(super) pending: Pending,
    pub(super) counts: Counts,
    pub(super) recipes: HashSet<u64>,
    pub(super) failures: Failures,
    pub(super) setscene_failed: Vec<TaskId>,
    pub(super) no_provider: Vec<String>,
    pub(super) warnings: Messages,
    pub(super) errors: Messages,
    pub(super) slowest: Vec<TaskTime>,
    pub(super) tasks_summary: Option<TasksSummary>,
    pub(super) warnings_counted: u64,
    pub(super) errors_counted: u64,
    /// The failed task last named in the last words.
    pub(super) last_listed: Option<TaskId>,
    pub(super) lines: LineCounter,
    /// What its event log added.
    pub(super) learned: Learned,
    /// Whether the line before said that all is parsed.
    pub(super) just_parsed: bool,
    /// What ended, and when.
    pub(super) record: Record,
    pub(super) starts: Starts,
}

impl Build {
    /// Whether anything was seen that only BitBake prints.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Whether it is drawn on a terminal: what is drawn in place can be missed.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Whether it tells no more than its progress (`-q`): others note something before the list of tasks is computed.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.signs.quiet_footer || (!self.signs.noted && self.furthest() == Some(Phase::Initialising))
    }

    /// Where it is, by what is printed and what its event log says.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase.max(self.learned.phase)
    }

    /// The phases it has reached in their order, and when, where the lines have times.
    #[must_use]
    pub fn phases(&self) -> &[(Phase, Option<Timestamp>)] {
        &self.phases
    }

    /// The furthest phase it has come to; none before there was any sign of one. It stays when the build has ended.
    #[must_use]
    pub fn furthest(&self) -> Option<Phase> {
        self.phases.last().map(|(phase, _)| *phase)
    }

    /// The times of the first and the last line, where they have any.
    #[must_use]
    pub fn times(&self) -> Option<(Timestamp, Timestamp)> {
        self.first_time.zip(self.last_time)
    }

    /// How it ended; `None` while it may go on.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.ended
    }

    /// What was seen that tells how it ends.
    #[must_use]
    pub fn signs(&self) -> Signs {
        self.signs
    }

    /// How far parsing is, where a bar or the event log tells it.
    #[must_use]
    pub fn parse_percent(&self) -> Option<u8> {
        self.parse_percent
    }

    /// What was parsed, by BitBake's own words.
    #[must_use]
    pub fn parsed(&self) -> Option<ParseCount> {
        self.parsed
    }

    /// What it builds for: a block for each configuration, at most 32.
    #[must_use]
    pub fn configurations(&self) -> &[Configuration] {
        &self.configurations
    }

    /// What the shared-state cache has.
    #[must_use]
    pub fn sstate(&self) -> Option<SstateSummary> {
        self.sstate
    }

    /// Setscene tasks. Where none was seen to run, their number is that of the objects the cache was asked for.
    #[must_use]
    pub fn setscene(&self) -> Progress {
        let asked = self.sstate.map(|sstate| sstate.wanted.saturating_add(sstate.current));
        Progress { total: self.setscene.total.or(asked), ..self.setscene }
    }

    /// Tasks. Where none needed to run, their number is that of the tasks that were looked at.
    #[must_use]
    pub fn tasks(&self) -> Progress {
        let attempted =
            self.tasks_summary.map(|summary| summary.attempted).filter(|attempted| *attempted > 0);
        Progress { total: self.tasks.total.or(attempted), ..self.tasks }
    }

    /// What runs, in the order in which it began; at most 1024.
    #[must_use]
    pub fn running(&self) -> &[RunningTask] {
        self.running.tasks()
    }

    /// How often what was seen.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts { recipes: self.recipes.len() as u64, ..self.counts }
    }

    /// How many lines of each stream belong to it.
    #[must_use]
    pub fn lines(&self) -> StreamLines {
        self.lines.counted()
    }

    /// Failed tasks in the order in which they failed; the first 1000.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        self.failures.tasks()
    }

    /// How many tasks failed beyond those.
    #[must_use]
    pub fn failures_beyond(&self) -> u64 {
        self.failures.beyond()
    }

    /// The failed tasks whose own end was told, not only that the scheduler counts them.
    pub fn reported_failures(&self) -> impl Iterator<Item = &Failure> {
        self.failures.tasks().iter().filter(|failure| failure.is_reported)
    }

    /// The ids of failed tasks in the order in which the scheduler told them.
    #[must_use]
    pub fn failed_ids(&self) -> &[TaskId] {
        self.failures.ids()
    }

    /// Failed setscene tasks, whose real tasks then ran; the first 1000.
    #[must_use]
    pub fn setscene_failed(&self) -> &[TaskId] {
        &self.setscene_failed
    }

    /// What nothing provides; the first 200.
    #[must_use]
    pub fn no_provider(&self) -> &[String] {
        &self.no_provider
    }

    /// Warnings, without those that only say that a setscene task failed and where its log is.
    #[must_use]
    pub fn warnings(&self) -> &Messages {
        &self.warnings
    }

    /// Errors, without those that only say that a task failed and where its log is.
    #[must_use]
    pub fn errors(&self) -> &Messages {
        &self.errors
    }

    /// The twenty tasks that took longest, where times are known.
    #[must_use]
    pub fn slowest(&self) -> &[TaskTime] {
        &self.slowest
    }

    /// BitBake's own summary of the tasks. After an interrupt it says "all succeeded", too.
    #[must_use]
    pub fn tasks_summary(&self) -> Option<TasksSummary> {
        self.tasks_summary
    }

    /// Whether BitBake printed any summary.
    #[must_use]
    pub fn has_summary(&self) -> bool {
        self.tasks_summary.is_some() || self.signs.last_words
    }

    /// How many warnings BitBake counted itself, by its last words; it leaves out some that it prints.
    #[must_use]
    pub fn warnings_counted(&self) -> u64 {
        self.warnings_counted
    }

    /// How many errors BitBake counted itself, by its last words.
    #[must_use]
    pub fn errors_counted(&self) -> u64 {
        self.errors_counted
    }

    /// How many tasks ended in each of the last minutes, where times are known.
    #[must_use]
    pub fn rate(&self) -> &TaskRate {
        &self.record.rate
    }

    /// For how long nothing was printed, where times are known.
    #[must_use]
    pub fn silent_for(&self, now: Timestamp) -> Option<Duration> {
        Some(Duration::try_from(now.duration_since(self.last_time?)).unwrap_or_default())
    }

    /// Whether nothing new is started: it was stopped, or something failed and it does not go on after failures.
    #[must_use]
    pub fn starts_nothing(&self) -> bool {
        let signs = self.signs;
        let is_stopped = signs.interrupted
            || signs.server_terminated
            || signs.worker_gone
            || signs.server_gone
            || signs.stopped
            || signs.disk_full;
        is_stopped || self.starts.is_over()
    }

    pub(super) fn evidence(&self) -> Evidence {
        Evidence {
            signs: self.signs,
            phase: self.phase,
            parsed: self.parsed,
            summary: self.tasks_summary,
            any_failed: !self.failures.tasks().is_empty(),
            any_error: self.counts.error_lines > 0 || self.errors_counted > 0,
            anything_runs: !self.running.tasks().is_empty(),
        }
    }
}
