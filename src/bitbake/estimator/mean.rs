//! A mean that goes on.

/// A mean of seconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    pub(super) fn add(&mut self, seconds: f64) {
        self.sum += seconds;
        self.count += 1.0;
    }

    pub(super) fn sum(self) -> f64 {
        self.sum
    }

    pub(super) fn mean(self) -> Option<f64> {
        (self.count > 0.0).then(|| self.sum / self.count)
    }
}
