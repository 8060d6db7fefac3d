//! From work to time on the clock, and how sure that is.

use std::time::Duration;

use super::super::build::Build;
use super::super::remaining::Remaining;
use super::{Done, Estimator, FIRST_SHARE, Left, count};

/// How much the time that earlier builds took on the clock counts beside that of this one: as much as this share of a
/// whole build.
const CLOCK_WEIGHT: f64 = 0.2;
/// By how much the range is wider where it is not known how much went on at once in earlier builds.
const UNKNOWN_CLOCK: f64 = 0.3;
/// So many tasks may be told before the first of them begins.
const MOST_BEGIN_AT_ONCE: u64 = 256;

/// How many seconds are left on the clock, and by how many it may be less or more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fresh {
    likely: f64,
    down: f64,
    up: f64,
}

impl Estimator {
    /// What is left in time on the clock.
    pub(super) fn on_the_clock(&mut self, now: f64, left: &Left, done: &Done) -> Option<Fresh> {
        let slower = self.slower();
        let thought = self.own.thought() + done.thought;
        let work = left.work / slower;
        // How far what both ways say is from what is said.
        let mut apart = 0.0;
        let (likely, misfit) = if let Some(took) = self.history.wall().for_work(work) {
            if let Some((then, before)) = self.asked {
                let earlier = self.history.wall().for_work(work + (thought - before).max(0.0))?;
                self.clock.add((earlier - took).max(0.0), (now - then).max(0.0));
            }
            self.asked = Some((now, thought));
            let at_first = *self.at_first.get_or_insert(took);
            let factor = self.clock.factor(CLOCK_WEIGHT * at_first);
            let by_history = took * factor;
            // The end of a whole build tells little of one that runs a tenth of it.
            let share = (1.25 * (thought + work) / self.unseen.work().max(f64::MIN_POSITIVE)).min(1.0);
            let trust = f64::midpoint(1.0, share);
            let at_once = self.pace.lately(now, self.own.work() + done.worked);
            let by_pace = at_once.map_or(by_history, |at_once| left.work / at_once);
            let likely = by_history * trust + by_pace * (1.0 - trust);
            apart = (by_history - by_pace).abs() * (1.0 - trust);
            (likely, factor.ln().abs())
        } else {
            let at_once = self.pace.lately(now, self.own.work() + done.worked)?;
            (left.work / at_once + left.end, slower.ln().abs() + UNKNOWN_CLOCK)
        };
        let likely = likely.max(left.chain);
        let whole = now - *self.since.get_or_insert(now) + likely;
        let share_left = if thought + work > 0.0 { work / (thought + work) } else { 0.0 };
        // Where it goes wrong, then by a share of the whole build rather than of what is left.
        let (mut down, mut up) = if self.unseen.is_empty() {
            let longest = self.own.longest();
            (likely * (0.35 + 0.25 * share_left), likely * (0.6 + 1.2 * share_left) + longest)
        } else {
            let spread =
                0.1 + 0.1 * share_left + misfit.min(1.0) * (0.1 + 0.35 * share_left) + 0.3 * left.doubt;
            (likely * spread, 1.3 * likely * spread)
        };
        (down, up) = (down + apart + 0.05 * whole + 0.2 * left.doubt * likely, up + apart + 0.05 * whole);
        if left.has_failed {
            // What needs it will not be built, and nobody says how much that is.
            (down, up) = (down + 0.3 * likely, up + 0.1 * likely);
        }
        Some(Fresh { likely, down, up })
    }

    /// The same for a dry run, whose tasks take no time at all: by how many are told in a second.
    pub(super) fn dry(&mut self, build: &Build, now: f64) -> Option<Fresh> {
        let (begun, total) = (count(build.counts().running_task_lines), count(build.tasks().total?));
        self.begun.at(now, begun);
        if begun < FIRST_SHARE * total {
            return None;
        }
        let likely = (total - count(build.tasks().reached)).max(0.0) / self.begun.lately(now, begun)?;
        Some(Fresh { likely, down: 0.3 * likely, up: 0.5 * likely })
    }

    /// What is said: it moves slowly, and the slower the farther the end is.
    pub(super) fn steady(&mut self, now: f64, fresh: &Fresh) -> Remaining {
        let end = match self.said {
            Some((end, then)) => {
                let inertia = (0.08 * fresh.likely).clamp(2.0, 90.0);
                end + (now + fresh.likely - end) * (1.0 - (-(now - then).max(0.0) / inertia).exp())
            }
            None => now + fresh.likely,
        };
        self.said = Some((end, now));
        let likely = (end - now).max(0.0);
        let within = |seconds: f64| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
        Remaining {
            least: within(likely - fresh.down - 1.0),
            likely: within(likely),
            most: within(likely + fresh.up + 2.0),
        }
    }
}

/// Whether tasks are told and none is run.
pub(super) fn is_dry(build: &Build) -> bool {
    let counts = build.counts();
    counts.processes_started == 0
        && counts.running_task_lines.saturating_sub(counts.noexec) > MOST_BEGIN_AT_ONCE
}
