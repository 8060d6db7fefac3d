//! What tasks do, told by lines of their own or by the footer.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;

use super::build::{Build, Place};
use super::event::Change;
use super::footer::Footer;
use super::names::MOST_OF_A_NAME;
use super::phase::Phase;
use super::running::RunningTask;
use super::scan::capped;
use super::slowest;

/// How many different recipes are told apart when they are counted: 8 bytes each.
const MOST_RECIPES: usize = 65_536;

impl Build {
    pub(super) fn task(&mut self, pf: &str, task: &str, change: Change, place: Place) {
        self.signs.noted = true;
        match change {
            Change::Started => {
                self.counts.processes_started += 1;
                self.saw_recipe(pf);
                self.starts.begun();
                let id = self.pending.take(pf, task);
                let mut begun = RunningTask {
                    pf: capped(pf, MOST_OF_A_NAME).to_owned(),
                    task: capped(task, MOST_OF_A_NAME).to_owned(),
                    multiconfig: id.as_ref().and_then(|id| id.multiconfig()).map(str::to_owned),
                    id,
                    since: place.time,
                    began: place.time,
                    line: place.line,
                    ..RunningTask::default()
                };
                self.learned.tell(&mut begun);
                self.running.start(begun);
                let running = self.running.tasks().len() as u64;
                self.counts.max_parallel = self.counts.max_parallel.max(running);
            }
            Change::Succeeded => {
                self.counts.processes_succeeded += 1;
                if let Some(ended) = self.running.end(pf, task) {
                    self.took(&ended, place.time, true);
                }
            }
            Change::Failed => {
                let ended = self.running.end(pf, task);
                if let Some(ended) = &ended {
                    self.took(ended, place.time, false);
                }
                self.starts.failed();
                let id = ended.and_then(|ended| ended.id);
                self.failures.ended(place.line, pf, task, id.as_ref());
            }
        }
    }

    pub(super) fn took(&mut self, task: &RunningTask, end: Option<Timestamp>, well: bool) {
        if let Some(took) = task.took_until(end).or(task.shown_elapsed) {
            slowest::insert(&mut self.slowest, &task.pf, &task.task, took);
        }
        self.record.ended(task, end, well);
    }

    fn saw_recipe(&mut self, pf: &str) {
        if self.recipes.len() < MOST_RECIPES {
            let mut hasher = DefaultHasher::new();
            pf.hash(&mut hasher);
            self.recipes.insert(hasher.finish());
        }
    }

    pub(super) fn footer(&mut self, footer: &Footer<'_>, place: Place) {
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
                self.starts.waits(false);
                self.reach(if n > 0 { Phase::Tasks } else { Phase::Setscene }, place);
                self.tasks.reach(n, m);
                self.counts.max_parallel = self.counts.max_parallel.max(running);
                self.running.footer_begins(running, place.time);
            }
            Footer::Quiet { setscene: (x, y), tasks: (n, m) } => {
                self.signs.quiet_footer = true;
                self.reach(if n > 0 { Phase::Tasks } else { Phase::Setscene }, place);
                self.setscene.reach(x, y);
                self.tasks.reach(n, m);
            }
            Footer::Waiting { running } => {
                self.starts.waits(true);
                self.running.footer_begins(running, place.time);
            }
            Footer::Task { subject, .. } => {
                if self.running.footer_lists(place, footer) {
                    self.counts.processes_started += 1;
                    self.saw_recipe(subject.pf);
                }
            }
        }
    }

    pub(super) fn footer_ends(&mut self) {
        if !self.signs.footer_stands {
            return;
        }
        let (slowest, record) = (&mut self.slowest, &mut self.record);
        self.running.footer_ends(|task, end| {
            if let Some(took) = task.shown_elapsed {
                slowest::insert(slowest, &task.pf, &task.task, took);
            }
            record.ended(task, end, true);
        });
        self.signs.footer_stands = !self.signs.footer_left;
    }
}
