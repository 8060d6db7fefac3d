//! One build that is being watched: what it prints and what its processes show, put together. Knows no engine.

use std::time::Duration;

use jiff::Timestamp;

use crate::bitbake::{BuildEvent, BuildReader, Change, Output, Remaining, Stream};

use super::sight::Seen;
use super::tally::Tally;
use super::tasks::process_of;
use super::{Sighting, WatchedBuild};

/// A build that began so short a time before it was seen first counts as seen from its beginning.
const FROM_THE_BEGINNING: Duration = Duration::from_secs(10);

/// One build that is being watched.
#[derive(Debug)]
pub(super) struct Watching {
    seen: Sighting,
    reader: BuildReader,
    /// How many bytes were read.
    offset: u64,
    /// What was there when it was joined: the bytes before this have no time.
    old: u64,
    has_log: bool,
    per_minute: Tally,
    last_sign: Timestamp,
    ended: Option<Timestamp>,
}

impl Watching {
    /// Seen for the first time.
    pub(super) fn new(seen: &Seen, now: Timestamp) -> Self {
        let mut watching = Self {
            seen: seen.sighting.clone(),
            reader: BuildReader::new(Output::Mixed),
            offset: 0,
            old: 0,
            has_log: false,
            per_minute: Tally::new(now),
            last_sign: seen.log_written.unwrap_or(seen.sighting.id.began).min(now),
            ended: None,
        };
        if seen.age > FROM_THE_BEGINNING {
            watching.old = seen.log_size;
        }
        watching.look(seen, now);
        watching
    }

    /// Its log, once it has one. It stays the same.
    pub(super) fn log(&self) -> Option<&str> {
        self.seen.console_log.as_deref()
    }

    /// As whom it runs.
    pub(super) fn user(&self) -> &str {
        &self.seen.user
    }

    /// How many bytes of its log were read.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Its processes were looked at again.
    pub(super) fn look(&mut self, seen: &Seen, now: Timestamp) {
        let known = self.seen.clone();
        self.seen = Sighting {
            id: known.id,
            // What was known and is not shown any more stays known: the words are the client's, and the logs its files.
            words: if seen.sighting.words.is_empty() { known.words } else { seen.sighting.words.clone() },
            console_log: known.console_log.or_else(|| seen.sighting.console_log.clone()),
            event_log: seen.sighting.event_log.clone().or(known.event_log),
            ..seen.sighting.clone()
        };
        if self.seen.is_parsing && !self.has_log {
            self.reader.is_seen_parsing();
        }
        self.date_tasks(now);
    }

    /// Its log goes on with these bytes.
    pub(super) fn printed(&mut self, bytes: &[u8], now: Timestamp) {
        let old =
            usize::try_from(self.old.saturating_sub(self.offset)).unwrap_or(usize::MAX).min(bytes.len());
        let (old, new) = bytes.split_at_checked(old).unwrap_or((bytes, &[]));
        self.has_log = true;
        self.offset = self.offset.saturating_add(bytes.len() as u64);
        self.reader.feed(Stream::Output, None, old);
        if new.is_empty() {
            // What was running when it was joined is among what was there.
            self.date_tasks(now);
            return;
        }
        let mut ended: u32 = 0;
        self.reader.feed_telling(Stream::Output, Some(now), new, &mut |_, event| {
            if let BuildEvent::Task { change: Change::Succeeded | Change::Failed, .. } = event {
                ended = ended.saturating_add(1);
            }
        });
        self.per_minute.add(now, ended);
        self.last_sign = self.last_sign.max(now);
    }

    /// It is over, and all it printed was read.
    pub(super) fn finish(&mut self, now: Timestamp) {
        // Of what has printed nothing, nobody can say how it ended.
        if self.has_log {
            self.reader.finish();
        }
        self.seen.client = None;
        self.seen.server = None;
        self.seen.tasks.clear();
        self.seen.is_parsing = false;
        self.ended = Some(now);
    }

    /// What is known of it now.
    pub(super) fn known(&mut self, now: Timestamp) -> WatchedBuild {
        WatchedBuild {
            seen: self.seen.clone(),
            build: self.reader.build().clone(),
            remaining: self.remaining(),
            per_minute: self.per_minute.minutes(self.ended.unwrap_or(now)),
            last_sign: self.last_sign,
            ended: self.ended,
        }
    }

    /// How long it will take yet. This is the place for an estimate; there is none yet.
    #[expect(clippy::unused_self, reason = "an estimate is made of all that is known")]
    fn remaining(&self) -> Option<Remaining> {
        None
    }

    /// Gives the tasks that were running when it was joined their time, from their processes.
    fn date_tasks(&mut self, now: Timestamp) {
        let since: Vec<(usize, Timestamp)> = (self.reader.build().running().iter().enumerate())
            .filter(|(_, task)| task.since.is_none())
            .filter_map(|(which, task)| {
                let process = process_of(&self.seen.tasks, task)?;
                Some((which, now.checked_sub(process.elapsed).ok()?))
            })
            .collect();
        for (which, since) in since {
            self.reader.is_running_since(which, since);
        }
    }
}
