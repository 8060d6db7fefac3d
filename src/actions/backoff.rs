//! How long to wait before asking again.

use std::time::Duration;

/// Waits that double from 0.1 s to 5 s, each shortened by up to half at random, so that many consoles which
/// lost the same engine do not come back in step.
#[derive(Debug, Clone)]
pub struct Backoff {
    next: Duration,
    random: fastrand::Rng,
}

impl Backoff {
    /// The shortest nominal wait.
    pub const FIRST: Duration = Duration::from_millis(100);
    /// The longest nominal wait.
    pub const MOST: Duration = Duration::from_secs(5);

    /// From the beginning.
    #[must_use]
    pub fn new() -> Self {
        Self { next: Self::FIRST, random: fastrand::Rng::new() }
    }

    /// The wait before the next attempt.
    pub fn next_wait(&mut self) -> Duration {
        let nominal = self.next;
        self.next = (nominal * 2).min(Self::MOST);
        nominal.mul_f64(1.0 - 0.5 * self.random.f64())
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most_and_never_beyond() {
        let mut backoff = Backoff::new();
        let mut nominal = Backoff::FIRST;
        for _ in 0..50 {
            let wait = backoff.next_wait();
            assert!(wait <= nominal && wait >= nominal / 2, "{wait:?} of {nominal:?}");
            nominal = (nominal * 2).min(Backoff::MOST);
        }
        assert_eq!(nominal, Backoff::MOST);
    }

    #[test]
    fn two_that_start_together_do_not_stay_together() {
        let (mut one, mut other) = (Backoff::new(), Backoff::new());
        let differs = (0..20).any(|_| one.next_wait() != other.next_wait());
        assert!(differs);
    }
}
