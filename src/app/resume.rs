//! Where reading a log stands, so that it can be taken up again exactly: for each of its streams after the last stamp,
//! and after as many entries as have carried it.
//!
//! Of one stream the stamps never go back. Two of them are stamped apart and may be a moment out of step in the log, so
//! it is read again from a moment before the end.

use jiff::{SignedDuration, Timestamp};

use crate::engine::StdStream;

/// How far the streams of a container may be out of step in its log.
pub(super) const OUT_OF_STEP: SignedDuration = SignedDuration::from_millis(100);

/// What an entry is to one who has read the log before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    /// It is new.
    New,
    /// It was read before.
    Again,
    /// It is new, and the last one that was read before, of this stamp, is not in the log any more: nor may others be
    /// that came between.
    BehindGap(Timestamp),
}

/// Where reading stands.
#[derive(Debug, Default)]
pub(crate) struct Resume {
    streams: [OfStream; 3],
    /// Everything before this stamp has come, of whichever stream.
    complete: Option<Timestamp>,
    taken: u64,
}

#[derive(Debug, Default, Clone, Copy)]
struct OfStream {
    last: Option<Timestamp>,
    /// How many entries carried it.
    carried: u64,
    /// How many of these have come again; `None` once something newer has come.
    again: Option<u64>,
    /// These were asked for: where they do not come, they are gone.
    is_due: bool,
}

/// The place of a stream among those of a container.
pub(super) const fn place(stream: StdStream) -> usize {
    match stream {
        StdStream::Stdout => 0,
        StdStream::Stderr => 1,
        StdStream::Tty => 2,
    }
}

impl Resume {
    /// The stamp to ask from; `None` where nothing was read yet.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        let last = self.streams.iter().filter_map(|stream| stream.last).max()?;
        let since = last.checked_sub(OUT_OF_STEP).unwrap_or(last);
        Some(self.complete.map_or(since, |complete| since.max(complete)))
    }

    /// Nothing has come for a while: what comes is newer than what has come.
    pub(crate) fn is_quiet(&mut self) {
        self.complete = self.last();
    }

    /// The latest stamp.
    pub(crate) fn last(&self) -> Option<Timestamp> {
        self.streams.iter().filter_map(|stream| stream.last).max()
    }

    /// How many entries were new in all.
    pub(crate) const fn taken(&self) -> u64 {
        self.taken
    }

    /// A stream begins that was asked for from [`since`](Self::since).
    pub(crate) fn again(&mut self) {
        let since = self.since();
        for stream in &mut self.streams {
            stream.again = stream.last.map(|_| 0);
            stream.is_due = stream.last >= since;
        }
    }

    /// So many entries with this stamp are before the first that was read.
    pub(super) fn were_before(&mut self, stream: StdStream, time: Timestamp, count: u64) {
        if let Some(stream) = self.streams.get_mut(place(stream)).filter(|stream| stream.last == Some(time)) {
            stream.carried += count;
        }
    }

    /// What the next entry is. Engines that stamp coarsely, or begin at a whole second, bring older ones again.
    pub(crate) fn meet(&mut self, stream: StdStream, time: Option<Timestamp>) -> Met {
        let Some(stream) = self.streams.get_mut(place(stream)) else { return Met::New };
        let mut met = Met::New;
        if let (Some(again), Some(time), Some(last)) = (&mut stream.again, time, stream.last) {
            if time < last {
                return Met::Again;
            }
            if time == last && *again < stream.carried {
                *again += 1;
                return Met::Again;
            }
            if *again < stream.carried && stream.is_due {
                met = Met::BehindGap(last);
            }
            stream.again = None;
        }
        if time.is_some() && time == stream.last {
            stream.carried += 1;
        } else if time.is_some() {
            (stream.last, stream.carried) = (time, 1);
        }
        self.taken += 1;
        met
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use StdStream::{Stderr, Stdout};

    #[expect(clippy::unnecessary_wraps, reason = "a stamp is one that may be missing")]
    fn at(second: i64) -> Option<Timestamp> {
        Some(Timestamp::from_second(second).unwrap())
    }

    fn is_new(resume: &mut Resume, time: Option<Timestamp>) -> bool {
        resume.meet(Stdout, time) == Met::New
    }

    #[test]
    fn what_came_before_does_not_come_again() {
        let entries = [1, 2, 2, 2, 3, 4, 4, 5].map(at);
        for cut in 0..=entries.len() {
            // From the stamp on, and from a whole minute before it, as a coarse engine would.
            for is_coarse in [false, true] {
                let mut resume = Resume::default();
                let seen: Vec<_> = entries[..cut].iter().filter(|time| is_new(&mut resume, **time)).collect();
                resume.again();
                let since = if is_coarse { None } else { resume.since() };
                let rest = entries.iter().filter(|time| since.is_none() || **time >= since);
                let more: Vec<_> = rest.filter(|time| is_new(&mut resume, **time)).collect();
                let both: Vec<_> = seen.iter().chain(&more).copied().collect();
                assert_eq!(both, entries.iter().collect::<Vec<_>>(), "{cut}");
            }
        }
    }

    #[test]
    fn a_second_with_more_in_it_than_before_brings_only_what_is_more() {
        let mut resume = Resume::default();
        assert!(is_new(&mut resume, at(7)) && is_new(&mut resume, at(7)));
        resume.again();
        let news: Vec<bool> = [7, 7, 7, 8, 7].map(|second| is_new(&mut resume, at(second))).into();
        assert_eq!(
            news,
            [false, false, true, true, true],
            "a clock that is put back loses nothing once it is new"
        );
    }

    #[test]
    fn the_last_one_that_does_not_come_again_tells_of_a_gap_once() {
        for (come, gap) in [(&[][..], true), (&[4][..], true), (&[4, 4][..], false)] {
            let mut resume = Resume::default();
            assert_eq!([3, 4, 4].map(|second| is_new(&mut resume, at(second))), [true; 3]);
            resume.again();
            for second in come {
                assert_eq!(resume.meet(Stdout, at(*second)), Met::Again);
            }
            let wanted = if gap { Met::BehindGap(at(4).unwrap()) } else { Met::New };
            assert_eq!(resume.meet(Stdout, at(9)), wanted, "{come:?}");
            assert_eq!(resume.meet(Stdout, at(10)), Met::New);
        }
    }

    #[test]
    fn a_stream_that_was_long_silent_has_no_gap() {
        let mut resume = Resume::default();
        resume.meet(Stderr, at(1));
        resume.meet(Stdout, at(100));
        resume.again();
        assert_eq!(resume.meet(Stdout, at(100)), Met::Again);
        assert_eq!(resume.meet(Stderr, at(101)), Met::New, "its last one was not asked for");
    }

    #[test]
    fn what_was_before_the_first_of_equal_stamps_does_not_come_again_either() {
        let mut resume = Resume::default();
        assert!(is_new(&mut resume, at(7)));
        resume.were_before(Stdout, at(7).unwrap(), 2);
        resume.again();
        let news: Vec<bool> = [7, 7, 7, 7].map(|second| is_new(&mut resume, at(second))).into();
        assert_eq!(news, [false, false, false, true]);
    }

    proptest! {
        /// Two streams, each in order and both a little out of step, cut anywhere and as often as it likes.
        #[test]
        fn nothing_is_lost_and_nothing_doubled_between_two_streams(
            steps in prop::collection::vec((any::<bool>(), 0_i64..40, 0_i64..50), 1..60),
            cuts in prop::collection::vec(1_usize..20, 0..12),
        ) {
            let mut clock = 0;
            let mut last = [0, 0];
            let entries: Vec<(StdStream, Timestamp)> = steps.iter().map(|(is_error, step, late)| {
                clock += step;
                let stamp = (clock - late).max(last[usize::from(*is_error)]).max(0);
                last[usize::from(*is_error)] = stamp;
                let stream = if *is_error { Stderr } else { Stdout };
                (stream, Timestamp::from_millisecond(stamp).unwrap())
            }).collect();
            let mut resume = Resume::default();
            let mut found = Vec::new();
            for count in cuts.into_iter().chain([usize::MAX]) {
                resume.again();
                let since = resume.since();
                let wanted = entries.iter().enumerate().filter(|(_, (_, time))| since.is_none_or(|since| *time >= since));
                let new = wanted.filter(|(_, (stream, time))| match resume.meet(*stream, Some(*time)) {
                    Met::New => true,
                    Met::Again => false,
                    Met::BehindGap(_) => panic!("nothing is gone"),
                });
                found.extend(new.map(|(index, _)| index).take(count));
            }
            let mut each = found.clone();
            each.sort_unstable();
            prop_assert_eq!(each, (0..entries.len()).collect::<Vec<_>>(), "{:?}", found);
        }
    }
}
