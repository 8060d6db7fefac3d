//! How fast the work of a build gets done.

/// How many moments are kept. When there are more, every other one goes.
const MOST: usize = 128;
/// "Lately" is this share of all time, but no less than so many seconds.
const LATELY: f64 = 0.3;
const LEAST_LATELY: f64 = 20.0;
/// No two moments are closer to each other, in seconds.
const APART: f64 = 0.5;

/// How much work was done by when.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    /// Instants and the work done until then, both in seconds.
    moments: Vec<(f64, f64)>,
    apart: f64,
}

impl Pace {
    /// So much work is done by now.
    pub(super) fn at(&mut self, now: f64, work: f64) {
        if self.moments.last().is_some_and(|(last, _)| now < last + self.apart.max(APART)) {
            return;
        }
        self.moments.push((now, work));
        if self.moments.len() > MOST {
            let mut keeps = false;
            self.moments.retain(|_| {
                keeps = !keeps;
                keeps
            });
            self.apart = self.apart.max(APART) * 2.0;
        }
    }

    /// How many seconds of work are done in a second, lately; `None` before it is known.
    pub(super) fn lately(&self, now: f64, work: f64) -> Option<f64> {
        let (first, _) = self.moments.first()?;
        let since = now - ((now - first) * LATELY).max(LEAST_LATELY);
        let (then, done) =
            self.moments.iter().rev().find(|(then, _)| *then <= since).or(self.moments.first())?;
        let (time, work) = (now - then, work - done);
        (time >= 1.0 && work > 0.0).then(|| work / time)
    }
}

/// How what was thought compares with what was.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fit {
    thought: f64,
    was: f64,
}

impl Fit {
    /// So much was thought, and so much it was.
    pub(super) fn add(&mut self, thought: f64, was: f64) {
        self.thought += thought;
        self.was += was;
    }

    /// By how much more it was than thought, when before anything was seen it is taken for right with this weight.
    pub(super) fn factor(&self, weight: f64) -> f64 {
        if self.thought + weight <= 0.0 {
            return 1.0;
        }
        ((self.was + weight) / (self.thought + weight)).clamp(0.2, 5.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, expected: f64) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 0.1), "{found:?} instead of {expected}");
    }

    #[test]
    fn what_was_long_ago_does_not_count() {
        let mut pace = Pace::default();
        assert_eq!(pace.lately(0.0, 0.0), None);
        // Eight at once for an hour, then two for another.
        let (mut now, mut work) = (0.0, 0.0);
        for second in 0..7200 {
            pace.at(now, work);
            if second == 3600 {
                near(pace.lately(now, work), 8.0);
            }
            work += if second < 3600 { 8.0 } else { 2.0 };
            now += 1.0;
        }
        near(pace.lately(now, work), 2.0);
        assert!(pace.moments.len() <= MOST);
        pace.at(10.0, 0.0);
        near(pace.lately(now, work), 2.0);
    }

    #[test]
    fn a_fit_is_believed_as_it_grows() {
        let mut fit = Fit::default();
        assert!((fit.factor(0.0) - 1.0).abs() < 1e-9);
        fit.add(10.0, 20.0);
        assert!((1.0..1.2).contains(&fit.factor(90.0)));
        fit.add(1000.0, 2000.0);
        assert!((1.8..2.0).contains(&fit.factor(90.0)));
        fit.add(0.0, 1e9);
        assert!((fit.factor(90.0) - 5.0).abs() < 1e-9);
    }
}
