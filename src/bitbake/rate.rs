//! How many tasks ended in each of the last minutes.

use jiff::Timestamp;

/// How many minutes are kept.
const MINUTES: usize = 120;
const SPAN: i64 = 120;

/// How many tasks ended in each of the last 120 minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRate {
    /// By the minute since 1970, modulo their number.
    counts: [u32; MINUTES],
    /// The minutes of the first and of the newest event.
    minutes: Option<(i64, i64)>,
}

impl Default for TaskRate {
    fn default() -> Self {
        Self { counts: [0; MINUTES], minutes: None }
    }
}

impl TaskRate {
    /// Counts a task that ended.
    pub(super) fn ended(&mut self, time: Timestamp) {
        self.count(time, 1);
    }

    /// From when on it counts: a minute without tasks is one, too.
    pub(super) fn begins(&mut self, time: Timestamp) {
        if self.minutes.is_none() {
            self.count(time, 0);
        }
    }

    fn count(&mut self, time: Timestamp, more: u32) {
        let minute = minute_of(time);
        let (first, newest) = self.minutes.unwrap_or((minute, minute));
        if newest - minute >= SPAN {
            return; // of a time that is not kept any more
        }
        for passed in (newest + 1..=minute).rev().take(MINUTES) {
            if let Some(count) = self.counts.get_mut(place(passed)) {
                *count = 0;
            }
        }
        if let Some(count) = self.counts.get_mut(place(minute)) {
            *count = count.saturating_add(more);
        }
        self.minutes = Some((first.min(minute), newest.max(minute)));
    }

    /// How many ended in each minute up to now, the newest, which is not over, last; at most 120, none from before
    /// the first task began.
    #[must_use]
    pub fn per_minute(&self, now: Timestamp) -> Vec<u32> {
        let Some((first, newest)) = self.minutes else { return Vec::new() };
        let now = minute_of(now).max(newest);
        let oldest = first.max(now - SPAN + 1);
        let count = |minute| {
            // What is older than the newest by the whole ring stands there no more.
            let stands = minute <= newest && newest - minute < SPAN;
            stands.then(|| self.counts.get(place(minute)).copied()).flatten().unwrap_or_default()
        };
        (oldest..=now).map(count).collect()
    }
}

fn minute_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(60)
}

fn place(minute: i64) -> usize {
    usize::try_from(minute.rem_euclid(SPAN)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_740_830_400 + second).unwrap()
    }

    #[test]
    fn each_minute_is_counted_and_the_empty_ones_too() {
        let mut rate = TaskRate::default();
        assert!(rate.per_minute(at(0)).is_empty());
        rate.begins(at(5));
        for second in [70, 71, 200, 130, 10_000_000] {
            if second < 10_000 {
                rate.ended(at(second));
            }
        }
        assert_eq!(rate.per_minute(at(239)), [0, 2, 1, 1]);
        assert_eq!(rate.per_minute(at(300)), [0, 2, 1, 1, 0, 0]);
        assert_eq!(rate.per_minute(at(0)), [0, 2, 1, 1], "a clock that is behind loses nothing");
    }

    #[test]
    fn only_the_last_two_hours_are_kept() {
        let mut rate = TaskRate::default();
        for minute in 0..500 {
            for _ in 0..minute {
                rate.ended(at(minute * 60));
            }
        }
        let counts = rate.per_minute(at(499 * 60));
        assert_eq!(counts, (380..500).collect::<Vec<u32>>());
        rate.ended(at(0));
        assert_eq!(rate.per_minute(at(499 * 60)), counts);
        assert_eq!(rate.per_minute(at(510 * 60))[..3], [391, 392, 393]);
        rate.ended(at(100_000 * 60));
        assert_eq!(rate.per_minute(at(100_000 * 60)).iter().sum::<u32>(), 1);
    }
}
