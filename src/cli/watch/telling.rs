//! Telling of one build: as lines, a bar, or lines for machines.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;

use crate::builds::WatchedBuild;
use crate::cli::failure::Ended;
use crate::cli::output::clean;

use super::changes::{Change, Changes};
use super::json::{Event, Place, essence};
use super::show::{Bar, Show};
use super::words::{label, lines};

/// The shortest time between two lines for machines that tell how far a build is.
const EVERY: Duration = Duration::from_secs(1);

/// A build, and what has been told of it.
#[derive(Debug)]
pub(super) struct Telling<'a> {
    show: &'a Show<'a>,
    pub(super) build: Arc<WatchedBuild>,
    changes: Changes,
    bar: Option<Bar>,
    /// What the last line for machines said, and when.
    said: Option<(Value, Instant)>,
    /// Whether there may be more to say.
    is_due: bool,
    trouble: Option<String>,
}

impl<'a> Telling<'a> {
    /// Nothing has been told of it.
    pub(super) fn new(show: &'a Show<'a>, build: Arc<WatchedBuild>) -> Self {
        let changes = Changes::default();
        Self { show, build, changes, bar: show.bar(), said: None, is_due: false, trouble: None }
    }

    /// This is known of it now; told with its directory where its container has others.
    pub(super) fn take(
        &mut self,
        build: Arc<WatchedBuild>,
        place: &Place,
        is_one_of_several: bool,
    ) -> Ended<()> {
        self.build = build;
        self.trouble = None;
        let now = Timestamp::now();
        let changes = self.changes.look(&self.build);
        let context = self.show.context;
        if context.global.json {
            for change in changes {
                self.tell_machines(change, place, now)?;
            }
            self.is_due = self.build.ended.is_none();
            return self.flush(place);
        }
        if context.global.quiet {
            return Ok(());
        }
        if let Some(bar) = &self.bar {
            bar.draw(&label(&place.container, &self.build, is_one_of_several), &self.build);
        }
        let wanted = changes.into_iter().filter(|change| *change != Change::Step || self.show.has_steps());
        let coloured = context.screen.coloured;
        let text: String = wanted
            .map(|change| lines(&place.container, &self.build, is_one_of_several, change, now, coloured))
            .collect();
        if self.build.ended.is_some() {
            self.bar = None;
        }
        if text.is_empty() { Ok(()) } else { self.show.print(&text) }
    }

    fn tell_machines(&mut self, change: Change, place: &Place, now: Timestamp) -> Ended<()> {
        let event = match change {
            Change::Found => Event::Found,
            Change::Ended => Event::End,
            Change::Step => return Ok(()),
            Change::Failed(at) => {
                let Some(failure) = self.build.build.failures().get(at) else { return Ok(()) };
                return self.show.print_json(&place.failure(&self.build, failure, now));
            }
        };
        let line = place.line(event, &self.build, now);
        self.said = Some((essence(&line), Instant::now()));
        self.show.print_json(&line)
    }

    /// When [`Self::flush`] has something to say, where it may have.
    pub(super) fn due(&self) -> Option<Instant> {
        self.is_due.then(|| self.said.as_ref().map_or_else(Instant::now, |(_, at)| *at + EVERY))
    }

    /// Tells machines what has changed, if it is time for it.
    pub(super) fn flush(&mut self, place: &Place) -> Ended<()> {
        if self.due().is_none_or(|due| due > Instant::now()) {
            return Ok(());
        }
        self.is_due = false;
        let line = place.line(Event::Progress, &self.build, Timestamp::now());
        let said = essence(&line);
        if self.said.as_ref().is_some_and(|(before, _)| *before == said) {
            return Ok(());
        }
        self.said = Some((said, Instant::now()));
        self.show.print_json(&line)
    }

    /// It cannot be read, for this reason; each is told once until it can be.
    pub(super) fn trouble(&mut self, why: String, place: &Place) -> Ended<()> {
        if self.trouble.as_ref() == Some(&why) {
            return Ok(());
        }
        let told = if self.show.context.global.json {
            self.show.print_json(&place.trouble(&self.build, &why, Timestamp::now()))
        } else {
            self.show.note(&clean(&format!("{}: {why}; trying again", place.container)));
            Ok(())
        };
        self.trouble = Some(why);
        told
    }

    /// Nobody watches it any more, and it goes on.
    pub(super) fn leave(&mut self, place: &Place) -> Ended<()> {
        self.bar = None;
        if !self.show.context.global.json {
            return Ok(());
        }
        self.show.print_json(&place.line(Event::Left, &self.build, Timestamp::now()))
    }
}
