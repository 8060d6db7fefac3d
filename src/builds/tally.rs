//! How many tasks ended in each minute.

use std::collections::VecDeque;

use jiff::Timestamp;

/// How many minutes are kept.
const MOST: i64 = 120;

/// Counts what happens in each of the last minutes.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    /// When the last of the minutes began, in seconds since 1970.
    minute: i64,
    counts: VecDeque<u32>,
}

impl Tally {
    /// From now on.
    pub(super) fn new(now: Timestamp) -> Self {
        Self { minute: now.as_second(), counts: VecDeque::from([0]) }
    }

    /// So many more now. A clock that goes back stays in the same minute.
    pub(super) fn add(&mut self, now: Timestamp, more: u32) {
        self.pass(now);
        if let Some(last) = self.counts.back_mut() {
            *last = last.saturating_add(more);
        }
    }

    /// The minutes that have begun, the newest last.
    pub(super) fn minutes(&mut self, now: Timestamp) -> Vec<u32> {
        self.pass(now);
        self.counts.iter().copied().collect()
    }

    fn pass(&mut self, now: Timestamp) {
        let passed = now.as_second().saturating_sub(self.minute).max(0) / 60;
        self.minute = self.minute.saturating_add(passed.saturating_mul(60));
        for _ in 0..passed.min(MOST) {
            self.counts.push_back(0);
        }
        while self.counts.len() as u64 > MOST.cast_unsigned() {
            self.counts.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_minute_has_its_count_and_only_the_last_are_kept() {
        let at = |second: i64| Timestamp::from_second(1_700_000_000 + second).unwrap();
        let mut tally = Tally::new(at(0));
        tally.add(at(0), 2);
        tally.add(at(59), 1);
        tally.add(at(60), 4);
        assert_eq!(tally.minutes(at(185)), [3, 4, 0, 0]);
        tally.add(at(10), 1);
        assert_eq!(tally.minutes(at(186)), [3, 4, 0, 1], "the clock went back");
        tally.add(at(119 * 60), 7);
        let minutes = tally.minutes(at(119 * 60));
        assert_eq!((minutes.len(), minutes[0], minutes[119]), (120, 3, 7));
        tally.add(at(1_000_000_000), 9);
        assert_eq!(tally.minutes(at(1_000_000_000)).iter().sum::<u32>(), 9);
    }
}
