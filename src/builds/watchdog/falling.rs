//! A number that falls towards zero, and when it is there.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use super::between;

/// How many readings are kept: over the ten minutes that count, one in ten seconds.
const MOST: usize = 64;
/// The readings that a line is drawn through, at least, and over what time.
const FEWEST: usize = 5;
const SHORTEST: Duration = Duration::from_secs(120);
/// How well they must lie on the line: 1 is on it. What jumps up and down tells nothing.
const FIT: f64 = 0.6;

/// The last readings of something that gets less.
#[derive(Debug, Clone, Default)]
pub(super) struct Falling(VecDeque<(Timestamp, u64)>);

impl Falling {
    /// Takes a reading; those that are older than `over` are forgotten.
    pub(super) fn saw(&mut self, now: Timestamp, left: u64, over: Duration) {
        let apart = over / u32::try_from(MOST).unwrap_or(u32::MAX);
        if self.0.back().is_some_and(|(last, _)| between(*last, now) < apart) {
            return;
        }
        while self.0.len() >= MOST || self.0.front().is_some_and(|(first, _)| between(*first, now) > over) {
            self.0.pop_front();
        }
        self.0.push_back((now, left));
    }

    /// How long it lasts at this rate; `None` where it does not fall, or not for long enough to say so.
    #[expect(
        clippy::cast_precision_loss,
        reason = "bytes and files are counted on 52 bits, which is enough here"
    )]
    pub(super) fn left(&self) -> Option<Duration> {
        let (first, last) = (self.0.front()?, self.0.back()?);
        if self.0.len() < FEWEST || between(first.0, last.0) < SHORTEST {
            return None;
        }
        let count = self.0.len() as f64;
        let points =
            || self.0.iter().map(|(time, left)| (between(first.0, *time).as_secs_f64(), *left as f64));
        let (sum_x, sum_y) = points().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
        let (mean_x, mean_y) = (sum_x / count, sum_y / count);
        let (mut along, mut across, mut together) = (0.0, 0.0, 0.0);
        for (x, y) in points() {
            along += (x - mean_x).powi(2);
            across += (y - mean_y).powi(2);
            together += (x - mean_x) * (y - mean_y);
        }
        let slope = together / along;
        let fit = together.powi(2) / (along * across);
        // Not so where nothing changes: then both are no numbers.
        (slope < 0.0 && fit >= FIT)
            .then(|| Duration::try_from_secs_f64(last.1 as f64 / -slope).ok())
            .flatten()
    }
}
