//! What warnings and errors change.

use super::build::{Build, Place};
use super::event::Level;
use super::log_path::LogPath;
use super::names::{MOST_OF_A_NAME, Subject, TaskId};
use super::notice::{Notice, Trouble};
use super::scan::capped;

/// How many failed setscene tasks are kept.
const MOST_SETSCENE_FAILED: usize = 1000;
/// How many names that nothing provides are kept.
const MOST_NOT_PROVIDED: usize = 200;

impl Build {
    pub(super) fn warning(&mut self, notice: Notice<'_>, text: &str, place: Place) {
        self.counts.warning_lines += 1;
        match notice {
            Notice::SetsceneLog(_) => return self.warnings.close(place.stream),
            Notice::SetsceneFailed { id } => {
                self.warnings.close(place.stream);
                let id = TaskId::new(id);
                if let Some(ended) = self.running.end_id(&id) {
                    self.record.ended(&ended, place.time, false);
                }
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

    pub(super) fn error(&mut self, trouble: Trouble<'_>, text: &str, place: Place) {
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
                if let Some(ended) = self.running.end_id(&id) {
                    self.record.ended(&ended, place.time, false);
                }
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

    pub(super) fn goes_on(&mut self, level: Level, text: &str, place: Place) -> bool {
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
