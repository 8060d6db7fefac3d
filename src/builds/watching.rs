//! One build that is being watched: what it prints and what its processes show, put together. Knows no engine.

use std::time::Duration;

use jiff::Timestamp;

use crate::bitbake::{BuildReader, Estimator, EventLogEvent, Output, Stream, TaskHistory};

use super::sight::Seen;
use super::tasks::process_of;
use super::{Sighting, WatchedBuild, target};

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
    estimator: Option<Estimator>,
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
            estimator: None,
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

    /// What is built, and for which machine, once that is known: what is asked of BitBake without its options, and the
    /// machine by the place of the log.
    pub(super) fn subject(&self) -> Option<(String, String)> {
        let (_, rest) = self.log()?.rsplit_once("/log/cooker/")?;
        let (machine, _) = rest.split_once('/')?;
        let target = target(&self.seen.words);
        (!target.is_empty()).then(|| (machine.to_owned(), target))
    }

    /// What earlier builds took: from now on it can be said how long this one will.
    pub(super) fn compare_with(&mut self, history: TaskHistory) {
        self.estimator = Some(Estimator::new(history));
    }

    /// Where it writes its event log, once that is known. It may be told anew.
    pub(super) fn event_log(&self) -> Option<&str> {
        self.seen.event_log.as_deref()
    }

    /// Its event log says this.
    pub(super) fn learn(&mut self, event: &EventLogEvent) {
        self.reader.learn(event);
    }

    /// What this one tells for later ones, once it has ended.
    pub(super) fn history(&self) -> Option<TaskHistory> {
        TaskHistory::of(self.reader.build())
    }

    /// Its log goes on with these bytes; how many of them were there when it was joined.
    pub(super) fn printed(&mut self, bytes: &[u8], now: Timestamp) -> usize {
        let old =
            usize::try_from(self.old.saturating_sub(self.offset)).unwrap_or(usize::MAX).min(bytes.len());
        let before = old;
        let (old, new) = bytes.split_at_checked(old).unwrap_or((bytes, &[]));
        self.has_log = true;
        self.offset = self.offset.saturating_add(bytes.len() as u64);
        self.reader.feed(Stream::Output, None, old);
        if new.is_empty() {
            // What was running when it was joined is among what was there.
            self.date_tasks(now);
            return before;
        }
        self.reader.feed(Stream::Output, Some(now), new);
        self.last_sign = self.last_sign.max(now);
        before
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
        let build = self.reader.build();
        WatchedBuild {
            seen: self.seen.clone(),
            remaining: self.estimator.as_mut().and_then(|estimator| estimator.remaining(build, now)),
            usual: self.estimator.as_ref().map_or_else(Vec::new, |estimator| {
                build.running().iter().map(|task| estimator.usual(task)).collect()
            }),
            per_minute: build.rate().per_minute(self.ended.unwrap_or(now)),
            build: build.clone(),
            last_sign: self.last_sign,
            ended: self.ended,
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitbake::{Outcome, Phase};
    use crate::builds::{BuildId, TaskProcess};

    const LOG: &str = "/build/tmp/log/cooker/q/1.log";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    /// A build that began at 0, looked at so much later.
    fn seen(age: u64, log_size: u64, tasks: &[(&str, u64)]) -> Seen {
        let process = |(at, &(name, elapsed)): (usize, &(&str, u64))| TaskProcess {
            process: u32::try_from(at).unwrap() + 100,
            name: name.into(),
            elapsed: Duration::from_secs(elapsed),
            log: None,
        };
        let sighting = Sighting {
            id: BuildId { directory: "/build".into(), began: at(0) },
            user: "1000".into(),
            client: Some(7),
            server: Some(8),
            words: vec!["image".into()],
            is_parsing: log_size == 0,
            console_log: (log_size > 0).then(|| LOG.into()),
            event_log: None,
            tasks: tasks.iter().enumerate().map(process).collect(),
            disk: None,
        };
        Seen { sighting, log_size, log_written: None, age: Duration::from_secs(age) }
    }

    const BEGUN: &str = "NOTE: Executing Tasks\n\
        NOTE: Running task 1 of 9 (/m/zlib/zlib_1.3.bb:do_compile)\n\
        NOTE: recipe zlib-1.3-r0: task do_compile: Started\n";
    const GOES_ON: &str = "NOTE: recipe zlib-1.3-r0: task do_compile: Succeeded\n\
        NOTE: Running task 2 of 9 (/m/zlib/zlib_1.3.bb:do_install)\n\
        NOTE: recipe zlib-1.3-r0: task do_install: Started\n";

    #[test]
    fn what_was_there_when_it_was_joined_has_no_time_and_its_tasks_have_that_of_their_processes() {
        let joined = seen(600, BEGUN.len() as u64, &[("zlib:compile", 40)]);
        let mut watching = Watching::new(&joined, at(600));
        watching.printed(format!("{BEGUN}{GOES_ON}").as_bytes(), at(601));
        let known = watching.known(at(601));
        assert_eq!(known.build.times(), Some((at(601), at(601))), "only what is new has a time");
        assert_eq!(known.per_minute, [1]);
        assert_eq!(known.build.running()[0].since, Some(at(601)));

        let mut watching = Watching::new(&joined, at(600));
        watching.printed(BEGUN.as_bytes(), at(601));
        let known = watching.known(at(601));
        assert_eq!(known.build.times(), None);
        assert_eq!(known.build.running()[0].since, Some(at(561)));
        assert_eq!((known.last_sign, known.per_minute), (at(0), vec![]));
        let took = |watching: &mut Watching| watching.known(at(700)).build.slowest()[0].took;
        watching.printed(GOES_ON.as_bytes(), at(621));
        assert_eq!(took(&mut watching), Duration::from_secs(60));
    }

    #[test]
    fn of_one_that_has_just_begun_every_line_has_its_time() {
        let mut watching = Watching::new(&seen(4, BEGUN.len() as u64, &[]), at(4));
        watching.printed(BEGUN.as_bytes(), at(5));
        assert_eq!(watching.known(at(5)).build.running()[0].since, Some(at(5)));
    }

    #[test]
    fn of_one_joined_late_nothing_is_guessed_from_tasks_whose_time_nobody_knows() {
        let begins = |n| {
            let of = format!("NOTE: Running task {n} of 60 (/m/zlib/zlib_1.3.bb:do_{n})\n");
            of + &format!("NOTE: recipe zlib-1.3-r0: task do_{n}: Started\n")
        };
        let ends = |n| format!("NOTE: recipe zlib-1.3-r0: task do_{n}: Succeeded\n");
        let before: String = (1..20).map(|n| begins(n) + &ends(n)).collect();
        let before = format!("NOTE: Executing Tasks\n{before}");
        let mut watching = Watching::new(&seen(600, before.len() as u64, &[]), at(600));
        watching.compare_with(TaskHistory::default());
        watching.printed(before.as_bytes(), at(600));
        let mut said = Vec::new();
        for n in 20..30 {
            let now = at(600 + 20 * (i64::from(n) - 20));
            watching.printed(begins(n).as_bytes(), now);
            watching.printed(ends(n).as_bytes(), now + Duration::from_secs(20));
            said.push(watching.known(now + Duration::from_secs(20)).remaining);
        }
        assert_eq!(said[..4], [None; 4]);
        let likely = said[9].expect("it is known by then").likely;
        assert!((300..900).contains(&likely.as_secs()), "31 tasks of 20 s: {likely:?}");
    }

    #[test]
    fn what_its_running_tasks_took_before_is_told() {
        let earlier = |ends: &str| {
            let mut watching = Watching::new(&seen(1, 0, &[]), at(0));
            watching.printed(BEGUN.as_bytes(), at(0));
            watching.printed(ends.as_bytes(), at(240));
            watching.finish(at(241));
            watching.history()
        };
        let mut watching = Watching::new(&seen(1, 0, &[]), at(1));
        watching.printed(BEGUN.as_bytes(), at(2));
        assert_eq!(watching.known(at(3)).usual, []);
        watching.compare_with(earlier(GOES_ON).unwrap());
        let known = watching.known(at(3));
        let task = known.build.running()[0].clone();
        assert_eq!((known.usual.len(), known.usual(&task)), (1, Some(Duration::from_secs(240))));
        let mut other = task;
        other.task = "do_fetch".into();
        assert_eq!(known.usual(&other), None, "it does not run");
    }

    #[test]
    fn before_it_prints_its_phase_is_that_of_its_processes() {
        let mut watching = Watching::new(&seen(1, 0, &[]), at(1));
        assert_eq!(watching.known(at(1)).build.phase(), Phase::Parsing);
        watching.look(&seen(6, 9, &[]), at(6));
        assert_eq!(watching.log(), Some(LOG));
        watching.printed(BEGUN.as_bytes(), at(7));
        let build = watching.known(at(7)).build;
        assert_eq!((build.phase(), build.running().len()), (Phase::Tasks, 1));
        watching.look(&seen(11, 0, &[]), at(11));
        assert_eq!(watching.log(), Some(LOG), "it stays");
    }

    #[test]
    fn at_its_end_nothing_runs_and_what_never_printed_has_no_outcome() {
        let mut watching = Watching::new(&seen(1, 0, &[]), at(1));
        watching.finish(at(2));
        let known = watching.known(at(900));
        assert_eq!((known.build.outcome(), known.ended, known.per_minute), (None, Some(at(2)), vec![]));
        let mut watching = Watching::new(&seen(1, 9, &[("zlib:compile", 1)]), at(1));
        watching.printed(BEGUN.as_bytes(), at(2));
        watching.finish(at(3));
        let known = watching.known(at(3));
        assert!(
            known.seen.tasks.is_empty() && known.seen.client.is_none() && known.build.running().is_empty()
        );
        assert_ne!(known.build.outcome(), Some(Outcome::Success));
    }
}
