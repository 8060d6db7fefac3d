//! What a container used over the last minutes.

use std::collections::VecDeque;
use std::time::Duration;

use crate::engine::Stats;

/// How many readings are kept of a container: ten minutes at one a second.
pub const READINGS: usize = 600;

/// The last readings, oldest first, and the rates between them.
#[derive(Debug, Clone, Default)]
pub struct StatsHistory {
    readings: VecDeque<Reading>,
    last: Option<Stats>,
    /// When the first of the readings that were kept was read.
    begun: Option<jiff::Timestamp>,
    /// How many readings were kept since then, those that were let go again counted in.
    count: u64,
}

/// One reading, its counters as rates since the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reading {
    /// Per cent of one processor.
    pub cpu: f64,
    /// Bytes of memory.
    pub memory: u64,
    /// Bytes received in a second.
    pub received: f64,
    /// Bytes sent in a second.
    pub sent: f64,
    /// Bytes read from disk in a second.
    pub read: f64,
    /// Bytes written to disk in a second.
    pub written: f64,
}

impl StatsHistory {
    /// Takes a reading.
    pub fn push(&mut self, stats: Stats) {
        let seconds = self.last.as_ref().and_then(|last| {
            let between = stats.time?.duration_since(last.time?).as_secs_f64();
            (between > 0.0).then_some(between)
        });
        #[expect(clippy::cast_precision_loss, reason = "a rate is shown with one decimal")]
        let rate = |now: u64, of: fn(&Stats) -> u64| match (seconds, &self.last) {
            // A counter that has gone back has begun anew with its container.
            (Some(seconds), Some(last)) if now >= of(last) => (now - of(last)) as f64 / seconds,
            _ => 0.0,
        };
        let reading = Reading {
            cpu: stats.cpu.percent.unwrap_or_default(),
            memory: stats.memory.used,
            received: rate(stats.network.received, |stats| stats.network.received),
            sent: rate(stats.network.sent, |stats| stats.network.sent),
            read: rate(stats.block.read, |stats| stats.block.read),
            written: rate(stats.block.written, |stats| stats.block.written),
        };
        // A first reading has no rate: it would be drawn as a fall to zero.
        if stats.cpu.percent.is_some() {
            if self.readings.len() == READINGS {
                self.readings.pop_front();
            }
            if self.count == 0 {
                self.begun = stats.time;
            }
            self.readings.push_back(reading);
            self.count += 1;
        }
        self.last = Some(stats);
    }

    /// Forgets everything: the container has ended.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The newest reading.
    #[must_use]
    pub fn newest(&self) -> Option<Reading> {
        self.readings.back().copied()
    }

    /// The newest figures as the engine gave them.
    #[must_use]
    pub fn last(&self) -> Option<&Stats> {
        self.last.as_ref()
    }

    /// How many readings there were since it began, those that are not kept any more counted in.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How far readings lie apart, in whole seconds, at least one.
    #[must_use]
    pub fn every(&self) -> Duration {
        let between = || {
            let last = self.last.as_ref()?.time?;
            let seconds = u64::try_from(last.duration_since(self.begun?).as_secs()).ok()?;
            let intervals = self.count.checked_sub(1)?;
            (seconds + intervals / 2).checked_div(intervals)
        };
        Duration::from_secs(between().unwrap_or(1).max(1))
    }

    /// All readings, the oldest first.
    #[must_use]
    pub fn readings(&self) -> impl ExactSizeIterator<Item = Reading> + DoubleEndedIterator {
        self.readings.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{BlockIo, Cpu, Memory, NetworkIo};

    fn stats(second: i64, received: u64, percent: Option<f64>) -> Stats {
        Stats {
            time: Some(jiff::Timestamp::from_second(1_000_000 + second).unwrap()),
            cpu: Cpu { total_ns: 0, percent, online: 2 },
            memory: Memory { used: 5, limit: 10 },
            network: NetworkIo { received, sent: 0 },
            block: BlockIo::default(),
            pids: None,
        }
    }

    #[test]
    fn counters_become_rates_and_a_restart_is_no_fall() {
        let mut history = StatsHistory::default();
        history.push(stats(0, 1000, None));
        assert_eq!(history.newest(), None, "a first reading has no rate");
        history.push(stats(2, 5000, Some(150.0)));
        assert_eq!(history.newest().map(|one| (one.cpu, one.received, one.memory)), Some((150.0, 2000.0, 5)));
        history.push(stats(3, 10, Some(1.0)));
        assert_eq!(history.newest().map(|one| one.received), Some(0.0));
    }

    #[test]
    fn only_the_last_minutes_are_kept() {
        let mut history = StatsHistory::default();
        for second in 0..2000 {
            history.push(stats(second, 0, Some(1.0)));
        }
        assert_eq!(history.readings().len(), READINGS);
        assert_eq!((history.count(), history.every()), (2000, Duration::from_secs(1)));
        history.push(stats(2000, 0, None));
        assert_eq!(history.readings().len(), READINGS, "one without figures takes no other's place");
    }

    #[test]
    fn the_time_between_readings_is_what_it_was_in_the_mean() {
        let mut history = StatsHistory::default();
        assert_eq!(history.every(), Duration::from_secs(1));
        for second in [0, 5, 10, 16] {
            history.push(stats(second, 0, Some(1.0)));
        }
        assert_eq!(history.every(), Duration::from_secs(5));
    }
}
