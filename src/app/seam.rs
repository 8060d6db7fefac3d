//! Where the end of a log, which is read first, meets what is before it: for each stream at the first stamp of the
//! end, of which the end may have the last few entries only.

use jiff::{SignedDuration, Timestamp};

use crate::engine::{LogsRequest, StdStream};

use super::resume::{OUT_OF_STEP, place};

const STREAMS: [StdStream; 3] = [StdStream::Stdout, StdStream::Stderr, StdStream::Tty];

/// Where an entry of the whole log belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Before the end.
    Before,
    /// It has the first stamp of the end: it is one of those that are counted.
    Seam,
    /// It is in the end.
    End,
}

/// The place.
#[derive(Debug)]
pub(super) struct Seam {
    first: Timestamp,
    streams: [OfStream; 3],
}

#[derive(Debug, Default, Clone, Copy)]
struct OfStream {
    /// Its first stamp in the end.
    first: Option<Timestamp>,
    /// How many entries of the end carry it.
    in_end: u64,
    /// How many of the whole log do, as far as they were counted.
    in_all: u64,
    /// How many of those that are not in the end were taken.
    taken: u64,
    /// How many have come since it was begun to take them.
    come: u64,
}

impl Seam {
    /// The end begins with this stamp.
    pub(super) fn at(first: Timestamp) -> Self {
        Self { first, streams: [OfStream::default(); 3] }
    }

    /// Where the end begins.
    pub(super) const fn first(&self) -> Timestamp {
        self.first
    }

    /// The end has this entry. Whether it is so far behind the seam that nothing more of the end is near it.
    pub(super) fn met(&mut self, stream: StdStream, time: Timestamp) -> bool {
        if let Some(stream) = self.streams.get_mut(place(stream)) {
            let first = *stream.first.get_or_insert(time);
            stream.in_end += u64::from(time == first);
        }
        // A stream that is out of step may still come as late as the other was early.
        time.duration_since(self.first) > OUT_OF_STEP * 2
    }

    /// Everything up to the seam, from this stamp on.
    pub(super) fn request(&self, since: Option<Timestamp>) -> LogsRequest {
        let behind = OUT_OF_STEP + SignedDuration::from_nanos(1);
        let until = self.first.checked_add(behind).unwrap_or(self.first);
        LogsRequest { since, until: Some(until), timestamps: true, ..LogsRequest::default() }
    }

    /// Where an entry of the whole log belongs.
    pub(super) fn side(&self, stream: StdStream, time: Timestamp) -> Side {
        match self.streams.get(place(stream)).and_then(|stream| stream.first) {
            Some(first) if time == first => Side::Seam,
            Some(first) if time > first => Side::End,
            _ => Side::Before,
        }
    }

    /// The whole log has another entry at the seam.
    pub(super) fn count(&mut self, stream: StdStream) {
        if let Some(stream) = self.streams.get_mut(place(stream)) {
            stream.in_all += 1;
        }
    }

    /// From where to read once more for those at the seam that are not in the end; `None` where there are none.
    pub(super) fn missing_since(&self) -> Option<Timestamp> {
        let missing = self.streams.iter().filter(|stream| stream.taken < stream.missing());
        missing.filter_map(|stream| stream.first).min()
    }

    /// They are read from the first on.
    pub(super) fn take_again(&mut self) {
        self.streams.iter_mut().for_each(|stream| stream.come = 0);
    }

    /// Whether the next one at the seam is one of those that are not in the end and were not taken.
    pub(super) fn takes(&mut self, stream: StdStream) -> bool {
        let Some(stream) = self.streams.get_mut(place(stream)) else { return false };
        stream.come += 1;
        let takes = stream.come > stream.taken && stream.come <= stream.missing();
        stream.taken += u64::from(takes);
        takes
    }

    /// How many entries with the first stamp of the end are before it, of each stream.
    pub(super) fn missing(&self) -> impl Iterator<Item = (StdStream, Timestamp, u64)> {
        let of = |(stream, of): (StdStream, &OfStream)| Some((stream, of.first?, of.missing()));
        STREAMS.into_iter().zip(&self.streams).filter_map(of)
    }
}

impl OfStream {
    const fn missing(&self) -> u64 {
        self.in_all.saturating_sub(self.in_end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use StdStream::{Stderr, Stdout};

    type Entry = (StdStream, Timestamp);

    /// What is taken to be before the last `tail` entries.
    fn before(entries: &[Entry], tail: usize) -> Vec<usize> {
        let end = &entries[entries.len() - tail..];
        let mut seam = Seam::at(end[0].1);
        for (stream, time) in end {
            if seam.met(*stream, *time) {
                break;
            }
        }
        let asked = |request: &LogsRequest| {
            let (since, until) = (request.since, request.until.unwrap());
            let until_there = entries.iter().copied().enumerate();
            // As engines do: up to the first that is too late.
            let until_there = until_there.take_while(move |(_, (_, time))| *time < until);
            until_there
                .filter(move |(_, (_, time))| since.is_none_or(|since| *time >= since))
                .collect::<Vec<_>>()
        };
        let mut found = Vec::new();
        for (index, (stream, time)) in asked(&seam.request(None)) {
            match seam.side(stream, time) {
                Side::Before => found.push(index),
                Side::Seam => seam.count(stream),
                Side::End => {}
            }
        }
        if let Some(since) = seam.missing_since() {
            seam.take_again();
            for (index, (stream, time)) in asked(&seam.request(Some(since))) {
                if seam.side(stream, time) == Side::Seam && seam.takes(stream) {
                    found.push(index);
                }
            }
            assert_eq!(seam.missing_since(), None);
        }
        found.sort_unstable();
        found
    }

    #[test]
    fn of_equal_stamps_the_end_has_the_last() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let entries = [1, 2, 2, 2, 2, 3].map(|second| (Stdout, at(second)));
        for tail in 1..=entries.len() {
            assert_eq!(before(&entries, tail), (0..entries.len() - tail).collect::<Vec<_>>(), "{tail}");
        }
    }

    proptest! {
        /// Two streams, each in order and both a little out of step, and an end that begins anywhere.
        #[test]
        fn each_entry_is_before_the_end_or_in_it(
            steps in prop::collection::vec((any::<bool>(), 0_i64..40, 0_i64..50), 1..60),
            tail in any::<prop::sample::Index>(),
        ) {
            let mut clock = 0;
            let mut last = [0, 0];
            let entries: Vec<Entry> = steps.iter().map(|(is_error, step, late)| {
                clock += step;
                let stamp = (clock - late).max(last[usize::from(*is_error)]).max(0);
                last[usize::from(*is_error)] = stamp;
                let stream = if *is_error { Stderr } else { Stdout };
                (stream, Timestamp::from_millisecond(stamp).unwrap())
            }).collect();
            let tail = tail.index(entries.len()) + 1;
            prop_assert_eq!(before(&entries, tail), (0..entries.len() - tail).collect::<Vec<_>>());
        }
    }
}
