//! What each event changes.

use super::build::{Build, Place};
use super::configuration;
use super::event::{BuildEvent, Interrupt};
use super::names::TaskId;
use super::phase::Phase;

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
                if noexec {
                    self.record.had_nothing_to_run(id, place.time);
                } else {
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
            BuildEvent::StillRunning(id) => self.running.still_runs(TaskId::new(id), place.line),
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

    /// Its processes parse. That is no sign of its own output, so another build does not follow from it.
    pub(super) fn is_seen_parsing(&mut self) {
        if !self.has_begun && self.phase < Phase::Parsing {
            self.reach(Phase::Parsing, Place { line: 0, time: None, stream: 0 });
        }
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

    pub(super) fn reach(&mut self, phase: Phase, place: Place) {
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
}
