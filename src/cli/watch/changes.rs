//! What is new of a build since it was told of last.

use crate::bitbake::{Build, Failure, Phase};
use crate::builds::WatchedBuild;

/// Something of a build that is worth a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// It is there.
    Found,
    /// Another phase, or a further tenth of it.
    Step,
    /// A task has failed: which of [`Build::failures`].
    Failed(usize),
    /// It is over.
    Ended,
}

/// What of a build has been told.
#[derive(Debug, Default)]
pub(super) struct Changes {
    is_found: bool,
    phase: Phase,
    tenths: u8,
    failures_told: usize,
    failures_seen: usize,
}

impl Changes {
    /// What is new. A failed task whose cause or log is not known yet waits for them, until the next look at most.
    pub(super) fn look(&mut self, watched: &WatchedBuild) -> Vec<Change> {
        let build = &watched.build;
        let (phase, tenths) = (build.phase(), percent(build).unwrap_or(0) / 10);
        let is_further = phase > self.phase || (phase == self.phase && tenths > self.tenths);
        let is_new = !std::mem::replace(&mut self.is_found, true);
        let mut changes = Vec::new();
        if is_new {
            changes.push(Change::Found);
        }
        if is_further {
            (self.phase, self.tenths) = (phase, tenths);
            // That it was found says how far it is, and that it is over that it goes no further.
            if !is_new && watched.ended.is_none() && phase < Phase::Finished {
                changes.push(Change::Step);
            }
        }
        for (at, failure) in build.failures().iter().enumerate().skip(self.failures_told) {
            if !is_whole(failure) && watched.ended.is_none() && at >= self.failures_seen {
                break;
            }
            changes.push(Change::Failed(at));
            self.failures_told = at + 1;
        }
        self.failures_seen = build.failures().len();
        if watched.ended.is_some() {
            changes.push(Change::Ended);
        }
        changes
    }
}

fn is_whole(failure: &Failure) -> bool {
    failure.log.is_some() && failure.cause.is_some()
}

/// How far the phase is in percent, where that is known; of what is done, its tasks.
pub(super) fn percent(build: &Build) -> Option<u8> {
    match build.phase() {
        Phase::Starting | Phase::Resolving | Phase::Initialising => None,
        Phase::LoadingCache | Phase::Parsing => build.parse_percent(),
        Phase::Setscene => build.setscene().percent(),
        Phase::Tasks | Phase::Finishing | Phase::Finished => build.tasks().percent(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitbake::{BuildReader, Output, Stream};
    use crate::cli::watch::test_builds::{capture, watched};

    /// What is told when a capture comes in so many lines at a time.
    fn told(name: &str, at_once: usize) -> Vec<Change> {
        let bytes = capture(name);
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let (mut reader, mut changes) = (BuildReader::new(Output::Mixed), Changes::default());
        let mut all = changes.look(&watched(reader.build().clone(), false));
        for lines in lines.chunks(at_once) {
            reader.feed(Stream::Output, None, &lines.concat());
            all.extend(changes.look(&watched(reader.build().clone(), false)));
        }
        reader.finish();
        all.extend(changes.look(&watched(reader.build().clone(), true)));
        all
    }

    fn count(changes: &[Change], is_it: impl Fn(&Change) -> bool) -> usize {
        changes.iter().filter(|change| is_it(change)).count()
    }

    #[test]
    fn however_often_it_is_looked_at_there_is_no_flood_and_no_failure_is_lost() {
        for at_once in [1, 7, 1000] {
            let all = told("b-nontty-failure-k.raw", at_once);
            assert_eq!((all.first(), all.last()), (Some(&Change::Found), Some(&Change::Ended)));
            assert_eq!(count(&all, |change| *change == Change::Found), 1);
            assert_eq!(count(&all, |change| *change == Change::Ended), 1);
            let steps = count(&all, |change| *change == Change::Step);
            assert!(steps <= 40 && (at_once == 1000 || steps > 5), "{at_once}: {steps}");
            let failed: Vec<_> = all
                .iter()
                .filter_map(|change| if let Change::Failed(at) = change { Some(*at) } else { None })
                .collect();
            assert_eq!(failed, [0, 1, 2, 3, 4, 5], "{at_once}");
        }
    }

    #[test]
    fn a_failure_waits_for_its_cause_and_its_log_until_the_next_look() {
        let mut reader = BuildReader::new(Output::Mixed);
        let mut feed = |text: &str| {
            reader.feed(Stream::Output, None, text.as_bytes());
            watched(reader.build().clone(), false)
        };
        let mut changes = Changes::default();
        changes.look(&feed(
            "NOTE: Executing Tasks\nNOTE: Running task 3 of 9 (/m/zlib_1.3.bb:do_fetch)\n\
             NOTE: recipe zlib-1.3-r0: task do_fetch: Started\n",
        ));
        let failed = feed("NOTE: recipe zlib-1.3-r0: task do_fetch: Failed\n");
        assert_eq!(failed.build.failures().len(), 1);
        assert_eq!(changes.look(&failed), []);
        assert_eq!(changes.look(&failed), [Change::Failed(0)], "it waits no longer");
        assert_eq!(changes.look(&failed), []);
    }

    #[test]
    fn one_that_is_over_when_it_is_found_tells_all_at_once() {
        let mut reader = BuildReader::new(Output::Mixed);
        reader.feed(Stream::Output, None, &capture("a-nontty-success.raw"));
        reader.finish();
        let all = Changes::default().look(&watched(reader.build().clone(), true));
        assert_eq!(all, [Change::Found, Change::Ended]);
    }
}
