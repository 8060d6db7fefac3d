//! What each event changes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::Timestamp;

use super::build::{Build, Place};
use super::configuration;
use super::event::{BuildEvent, Change, Interrupt, Level};
use super::failures::LogPath;
use super::footer::Footer;
use super::names::{MOST_OF_A_NAME, Subject, TaskId};
use super::notice::{Notice, Trouble};
use super::phase::Phase;
use super::running::RunningTask;
use super::scan::capped;
use super::slowest;

/// How many different recipes are told apart when they are counted: 8 bytes each.
const MOST_RECIPES: usize = 65_536;
/// How many failed setscene tasks are kept.
const MOST_SETSCENE_FAILED: usize = 1000;
/// How many names that nothing provides are kept.
const MOST_NOT_PROVIDED: usize = 200;

impl Build {
    /// Whether the event belongs to a build after this one.
    pub(super) fn is_followed_by(&self, event: &BuildEvent<'_>) -> bool {
        if !self.has_begun {
            return false;
        }
        let begins = match event {
            BuildEvent::Waiting => Phase::Starting,
            BuildEvent::Bar { name: "Loading cache", .. } | BuildEvent::CacheLoaded => Phase::LoadingCache,
            BuildEvent::Bar { name: "Parsing recipes", .. } => Phase::Parsing,
            BuildEvent::Resolving | BuildEvent::ConfigurationBegins { .. } => Phase::Resolving,
            BuildEvent::Bar { name: "Initialising tasks", .. } => Phase::Initialising,
            _ => return false,
        };
        // After the last words nothing more comes, and late on only what belongs to the tasks; earlier steps overlap.
        self.signs.last_words
            || self.phase >= Phase::Setscene
            || (begins < Phase::Resolving && self.phase > begins)
    }

    /// Takes an event; whether it belongs to an error.
    pub(super) fn apply(&mut self, event: BuildEvent<'_>, place: Place) -> bool {
        if let Some(time) = place.time {
            self.first_time.get_or_insert(time);
            self.last_time = Some(time);
        }
        self.has_begun |= !matches!(event, BuildEvent::Blank | BuildEvent::Text(_) | BuildEvent::Redraw);
        let just_parsed = std::mem::take(&mut self.just_parsed);
        let ends_footer = !matches!(event, BuildEvent::Footer(_));
        match event {
            BuildEvent::Error { trouble, text } => {
                if just_parsed {
                    // Alone, standard output would have held back that line until the next note.
                    self.lines.were_joined();
                }
                self.lines.of_error(false);
                self.error(trouble, text, place);
                return true;
            }
            BuildEvent::Continuation(level, text) => return self.goes_on(level, text, place),
            BuildEvent::Warning { notice, text } => self.warning(notice, text, place),
            BuildEvent::Task { pf, task, change } => self.task(pf, task, change, place),
            BuildEvent::TaskRunning { n, m, id, noexec } => {
                self.reach(Phase::Tasks, place);
                self.tasks.reach(n, m);
                self.counts.running_task_lines += 1;
                self.counts.noexec += u64::from(noexec);
                if !noexec {
                    self.pending.push(id);
                }
            }
            BuildEvent::SetsceneRunning { n, m, id } => {
                self.reach(Phase::Setscene, place);
                self.setscene.reach(n, m);
                self.counts.running_setscene_lines += 1;
                self.pending.push(id);
            }
            BuildEvent::Footer(footer) => self.footer(&footer, place),
            BuildEvent::Redraw => self.signs.footer_left |= self.signs.footer_stands,
            BuildEvent::LogDataBegins => self.failures.log_data_begins(place.line, self.is_terminal),
            BuildEvent::LogData(text) => {
                self.counts.log_data_lines += 1;
                self.failures.log_data(text);
            }
            BuildEvent::Note(_) => self.signs.noted = true,
            other => self.step(other, place),
        }
        if ends_footer {
            self.footer_ends();
        }
        false
    }

    /// The steps before the tasks and after them.
    fn step(&mut self, event: BuildEvent<'_>, place: Place) {
        match event {
            BuildEvent::Waiting => self.reach(Phase::Starting, place),
            BuildEvent::Bar { name, percent } => self.bar(name, percent, place),
            BuildEvent::CacheLoaded => self.reach(Phase::LoadingCache, place),
            BuildEvent::Parsed(parsed) => {
                self.reach(Phase::Parsing, place);
                self.parse_percent = Some(100);
                self.parsed = Some(parsed);
                self.just_parsed = true;
            }
            BuildEvent::Resolving => {
                self.signs.noted = true;
                self.reach(Phase::Resolving, place);
            }
            BuildEvent::ConfigurationBegins { multiconfig } => {
                self.reach(Phase::Resolving, place);
                self.lines.begins_with_empty();
                configuration::begin(&mut self.configurations, multiconfig);
            }
            BuildEvent::ConfigurationRow { key, value } => {
                configuration::row(&mut self.configurations, key, value);
            }
            BuildEvent::Sstate(sstate) => {
                self.reach(Phase::Initialising, place);
                self.sstate = Some(sstate);
            }
            BuildEvent::NoSetscene => {
                self.signs.noted = true;
                self.setscene.total.get_or_insert(0);
            }
            BuildEvent::Executing | BuildEvent::SetsceneDone => {
                self.signs.noted = true;
                self.reach(Phase::Setscene, place);
            }
            BuildEvent::TasksSummary(summary) => {
                self.signs.noted = true;
                self.reach(Phase::Finishing, place);
                self.running.clear();
                self.tasks_summary = Some(summary);
            }
            other => self.last_word(other, place),
        }
    }

    fn last_word(&mut self, event: BuildEvent<'_>, place: Place) {
        match event {
            BuildEvent::TasksFailed(_) => self.last_words(),
            BuildEvent::WarningsCounted(count) => {
                self.last_words();
                self.warnings_counted = count;
            }
            BuildEvent::ErrorsCounted(count) => {
                self.last_words();
                self.errors_counted = count;
            }
            BuildEvent::SummaryTask(id) => {
                let id = TaskId::new(id);
                self.failures.listed(place.line, &id);
                self.last_listed = Some(id);
            }
            BuildEvent::SummaryLog(path) => {
                if let Some(id) = self.last_listed.take() {
                    self.failures.listed_log(&id, path);
                }
            }
            BuildEvent::Interrupted(step) => {
                self.signs.interrupted = true;
                if step != Interrupt::Said {
                    self.lines.begins_with_empty();
                }
            }
            BuildEvent::ServerLost => self.signs.server_gone = true,
            _ => {}
        }
    }

    fn last_words(&mut self) {
        self.signs.last_words = true;
        self.lines.begins_with_empty();
    }

    /// Nothing more comes of this build.
    pub(super) fn finish(&mut self) {
        if self.ended.is_some() {
            return;
        }
        self.footer_ends();
        self.failures.finish();
        let outcome = self.evidence().outcome();
        self.running.clear();
        self.ended = Some(outcome);
        self.phase = Phase::Finished;
    }

    fn reach(&mut self, phase: Phase, place: Place) {
        let is_new = self.phases.last().is_none_or(|(last, _)| *last < phase);
        if is_new {
            self.phases.push((phase, place.time));
        }
        self.phase = self.phase.max(phase);
    }

    fn bar(&mut self, name: &str, percent: Option<u8>, place: Place) {
        self.is_terminal |= percent.is_some();
        match name {
            "Loading cache" => self.reach(Phase::LoadingCache, place),
            "Parsing recipes" => {
                self.reach(Phase::Parsing, place);
                self.parse_percent = percent.max(self.parse_percent);
            }
            "Initialising tasks" => self.reach(Phase::Initialising, place),
            _ => {}
        }
    }

    fn task(&mut self, pf: &str, task: &str, change: Change, place: Place) {
        self.signs.noted = true;
        match change {
            Change::Started => {
                self.counts.processes_started += 1;
                self.saw_recipe(pf);
                let id = self.pending.take(pf, task);
                self.running.start(RunningTask {
                    pf: capped(pf, MOST_OF_A_NAME).to_owned(),
                    task: capped(task, MOST_OF_A_NAME).to_owned(),
                    multiconfig: id.as_ref().and_then(|id| id.multiconfig()).map(str::to_owned),
                    id,
                    since: place.time,
                    line: place.line,
                    ..RunningTask::default()
                });
                let running = self.running.tasks().len() as u64;
                self.counts.max_parallel = self.counts.max_parallel.max(running);
            }
            Change::Succeeded => {
                self.counts.processes_succeeded += 1;
                if let Some(ended) = self.running.end(pf, task) {
                    self.took(&ended, place.time);
                }
            }
            Change::Failed => {
                let ended = self.running.end(pf, task);
                if let Some(ended) = &ended {
                    self.took(ended, place.time);
                }
                let id = ended.and_then(|ended| ended.id);
                self.failures.ended(place.line, pf, task, id.as_ref());
            }
        }
    }

    fn took(&mut self, task: &RunningTask, end: Option<Timestamp>) {
        let measured =
            task.since.zip(end).and_then(|(since, end)| Duration::try_from(end.duration_since(since)).ok());
        if let Some(took) = measured.or(task.shown_elapsed) {
            slowest::insert(&mut self.slowest, &task.pf, &task.task, took);
        }
    }

    fn saw_recipe(&mut self, pf: &str) {
        if self.recipes.len() < MOST_RECIPES {
            let mut hasher = DefaultHasher::new();
            pf.hash(&mut hasher);
            self.recipes.insert(hasher.finish());
        }
    }

    fn footer(&mut self, footer: &Footer<'_>, place: Place) {
        self.is_terminal = true;
        self.signs.footer_stands = true;
        self.signs.footer_left = false;
        match *footer {
            Footer::Setscene { n, m } => {
                self.footer_ends();
                self.reach(Phase::Setscene, place);
                self.setscene.reach(n, m);
            }
            Footer::Tasks { running, n, m } => {
                self.reach(if n > 0 { Phase::Tasks } else { Phase::Setscene }, place);
                self.tasks.reach(n, m);
                self.counts.max_parallel = self.counts.max_parallel.max(running);
                self.running.footer_begins(running);
            }
            Footer::Quiet { setscene: (x, y), tasks: (n, m) } => {
                self.signs.quiet_footer = true;
                self.reach(if n > 0 { Phase::Tasks } else { Phase::Setscene }, place);
                self.setscene.reach(x, y);
                self.tasks.reach(n, m);
            }
            Footer::Waiting { running } => self.running.footer_begins(running),
            Footer::Task { subject, .. } => {
                if self.running.footer_lists(place.line, footer) {
                    self.counts.processes_started += 1;
                    self.saw_recipe(subject.pf);
                }
            }
        }
    }

    fn footer_ends(&mut self) {
        if !self.signs.footer_stands {
            return;
        }
        let slowest = &mut self.slowest;
        self.running.footer_ends(|task| {
            if let Some(took) = task.shown_elapsed {
                slowest::insert(slowest, &task.pf, &task.task, took);
            }
        });
        self.signs.footer_stands = !self.signs.footer_left;
    }

    fn warning(&mut self, notice: Notice<'_>, text: &str, place: Place) {
        self.counts.warning_lines += 1;
        match notice {
            Notice::SetsceneLog(_) => return self.warnings.close(place.stream),
            Notice::SetsceneFailed { id } => {
                self.warnings.close(place.stream);
                let id = TaskId::new(id);
                self.running.end_id(&id);
                if self.setscene_failed.len() < MOST_SETSCENE_FAILED && !self.setscene_failed.contains(&id) {
                    self.setscene_failed.push(id);
                }
                return;
            }
            Notice::ExitingOnInterrupt => self.signs.interrupted = true,
            Notice::ServerTerminated => self.signs.server_terminated = true,
            Notice::WorkerTerminated => self.signs.worker_gone = true,
            Notice::NoProvider(item) => self.not_provided(item),
            Notice::Other { .. } => {}
        }
        self.warnings.begin(place.stream, place.line, text);
    }

    fn error(&mut self, trouble: Trouble<'_>, text: &str, place: Place) {
        self.footer_ends();
        self.counts.error_lines += 1;
        match trouble {
            Trouble::LogOfFailure(path) => {
                let pid = LogPath::read(path).and_then(|path| path.pid);
                let pf = pid.and_then(|pid| self.running.of_process(pid)).map(|task| task.pf.clone());
                self.failures.log(place.line, path, pf.as_deref());
                self.errors.close(place.stream);
                return;
            }
            Trouble::TaskFailed { id, exit_code } => {
                let id = TaskId::new(id);
                self.running.end_id(&id);
                self.failures.counted(place.line, &id, exit_code);
                self.errors.close(place.stream);
                return;
            }
            Trouble::NoProvider(item) => {
                self.signs.no_provider = true;
                self.not_provided(item);
            }
            Trouble::NoBuildableProvider(_) => self.signs.no_provider = true,
            Trouble::Parse(_) => self.signs.parse_error = true,
            Trouble::ParsingHalted => self.signs.parsing_halted = true,
            Trouble::Sanity(_) => self.signs.insane = true,
            Trouble::WorkerGone(_) => self.signs.worker_gone = true,
            Trouble::ServerGone(_) => self.signs.server_gone = true,
            Trouble::DiskStopsTasks | Trouble::DiskHalts => self.signs.disk_full = true,
            Trouble::CommandFailed(why) => match why.trim() {
                "Stopped build" | "Forced shutdown" => self.signs.stopped = true,
                why if why.starts_with("Traceback ") => self.signs.server_gone = true,
                _ => self.signs.command_failed = true,
            },
            Trouble::Other { subject, text } => {
                if let Some(subject) = subject {
                    self.failures.error(subject, text);
                }
            }
        }
        self.errors.begin(place.stream, place.line, text);
    }

    fn not_provided(&mut self, item: &str) {
        if self.no_provider.len() < MOST_NOT_PROVIDED && !self.no_provider.iter().any(|known| known == item) {
            self.no_provider.push(capped(item, MOST_OF_A_NAME).to_owned());
        }
    }

    fn goes_on(&mut self, level: Level, text: &str, place: Place) -> bool {
        match level {
            Level::Error => {
                self.lines.of_error(text.is_empty());
                self.errors.go_on(place.stream, text);
                if text.starts_with("Exception: ")
                    && let Some((pf, task)) = self.errors.subject(place.stream)
                {
                    self.failures.error_goes_on(Subject { multiconfig: None, pf: &pf, task: &task }, text);
                }
                return true;
            }
            Level::Warning => self.warnings.go_on(place.stream, text),
            Level::Note | Level::Debug => {}
        }
        false
    }
}
