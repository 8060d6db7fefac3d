//! From work to time: how long the last of a build's work took on the clock.
//!
//! The end of a build runs less at once than its midst: images are made one step after the other. So it is kept how
//! much time was left when so much work was left, work being the sum of what the tasks take.

use serde::{Deserialize, Serialize};

use super::ended::EndedTask;

/// How much work was left, in seconds: half a second, and each time so much more.
const FIRST: f64 = 0.5;
const STEP: f64 = std::f64::consts::SQRT_2;
/// How many such levels there are: up to half a year of work.
const LEVELS: usize = 50;

/// How many seconds were left on the clock when so much work was left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct WallLeft(Vec<f64>);

fn level(index: usize) -> f64 {
    FIRST * STEP.powi(i32::try_from(index).unwrap_or(i32::MAX))
}

impl WallLeft {
    /// Of a build that ran to its end.
    pub(super) fn of(tasks: &[EndedTask]) -> Self {
        // How many more or fewer run from an instant on, in seconds before the end, the last first.
        let Some(end) = tasks.iter().filter_map(|task| task.ended).max() else { return Self::default() };
        let mut changes: Vec<(f64, i32)> = Vec::with_capacity(tasks.len() * 2);
        for task in tasks.iter().filter(|task| !task.is_empty()) {
            let Some((ended, took)) = task.ended.zip(task.took) else { continue };
            let ended = end.duration_since(ended).as_secs_f64();
            changes.push((ended, 1));
            changes.push((ended + took.as_secs_f64(), -1));
        }
        changes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut left, mut work, mut at, mut running) = (Vec::new(), 0.0, 0.0, 0);
        for (until, change) in changes {
            let more = (until - at) * f64::from(running);
            while left.len() < LEVELS && running > 0 && work + more >= level(left.len()) {
                left.push(at + (level(left.len()) - work) / f64::from(running));
            }
            (work, at, running) = (work + more, until, running + change);
        }
        Self(left)
    }

    /// Whether nothing is known.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the numbers of a newer build, which count this much.
    pub(super) fn merge(&mut self, newer: &Self, weight: f64) {
        for (old, new) in self.0.iter_mut().zip(&newer.0) {
            *old += (new - *old) * weight;
        }
        self.0.extend(newer.0.iter().skip(self.0.len()));
        self.mend();
    }

    /// Makes sense of whatever numbers were read: more work never takes less time, and never more than one by one.
    pub(super) fn mend(&mut self) {
        self.0.truncate(LEVELS);
        let mut before = 0.0;
        for left in &mut self.0 {
            *left = if left.is_finite() { left.max(before) } else { before };
            before = *left;
        }
    }

    /// How many seconds on the clock this much work takes when it is the last. `None` where nothing is known.
    pub(super) fn for_work(&self, work: f64) -> Option<f64> {
        let (mut below, mut took) = (0.0, 0.0);
        for (index, left) in self.0.iter().enumerate() {
            let above = level(index);
            if work < above {
                let slope = (left - took) / (above - below);
                return Some(took + (work - below) * slope);
            }
            (below, took) = (above, *left);
        }
        // Of more work than was ever left it is thought that it goes on as the upper half of it went.
        let last = self.0.len().checked_sub(1)?;
        let earlier = last.saturating_sub(4);
        let slope = match self.0.get(earlier) {
            Some(left) if earlier < last => (took - left) / (below - level(earlier)),
            _ => took / below,
        };
        Some(took + (work - below) * slope)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::super::ended::TaskKind;
    use super::*;

    fn task(began: i64, ended: i64) -> EndedTask {
        EndedTask {
            kind: TaskKind::of_recipe("a", "do_x"),
            took: Some(Duration::from_secs(u64::try_from(ended - began).unwrap())),
            ended: Some(Timestamp::from_second(ended).unwrap()),
            well: true,
        }
    }

    fn near(wall: &WallLeft, work: f64, expected: f64) {
        let found = wall.for_work(work).unwrap();
        assert!(
            (found - expected).abs() < 0.05 * expected,
            "{work} s of work: {found} instead of {expected} s"
        );
    }

    #[test]
    fn the_slow_end_of_a_build_is_known() {
        // Four at once for 1000 s, nothing for 20 s, and one alone for 100 s.
        let mut tasks: Vec<EndedTask> =
            (0..100).flat_map(|step| (0..4).map(move |_| task(step * 10, step * 10 + 10))).collect();
        tasks.push(task(1020, 1120));
        let wall = WallLeft::of(&tasks);
        near(&wall, 50.0, 50.0);
        near(&wall, 90.0, 90.0);
        near(&wall, 1000.0, 345.0);
        near(&wall, 3000.0, 845.0);
        near(&wall, 6000.0, 1595.0);
        assert_eq!(WallLeft::of(&[]).for_work(3.0), None);
    }

    #[test]
    fn newer_builds_count_more_and_more() {
        let fast = WallLeft::of(&[task(0, 100), task(0, 100)]);
        let slow = WallLeft::of(&[task(0, 100), task(100, 200)]);
        let mut wall = fast.clone();
        near(&wall, 100.0, 50.0);
        for _ in 0..9 {
            wall.merge(&slow, 0.4);
        }
        near(&wall, 100.0, 100.0);
        let mut broken = WallLeft(vec![f64::NAN, -3.0, 5.0, 1.0]);
        broken.mend();
        assert_eq!(broken, WallLeft(vec![0.0, 0.0, 5.0, 5.0]));
    }
}
