//! How much the terminal is sent for what nobody asked for. A log that floods would have whole screens written as often
//! as they can be drawn: more than a slow line carries, and more than anybody can read.

use std::time::Duration;

use tokio::time::Instant;

/// Bytes a second that are written in the long run.
pub(super) const RATE: u64 = 75_000;
/// What is written at once without a pause after it: a whole screen of 200 by 50. Together with one more such screen,
/// which may be begun when all is paid, it stays below 100 kB a second over any two seconds.
pub(super) const BURST: u64 = 20_000;
/// The longest pause, however much was written: the screen must not stand still after a user has scrolled for a while.
pub(super) const LONGEST: Duration = Duration::from_secs(1);

/// What was written and is not paid for by time yet.
#[derive(Debug)]
pub(super) struct Budget {
    /// When all of it is.
    paid: Instant,
}

impl Budget {
    /// Nothing was written.
    pub(super) fn new() -> Self {
        Self { paid: Instant::now() }
    }

    /// So many bytes were written until now; returns when more may be.
    pub(super) fn spend(&mut self, bytes: u64) -> Instant {
        let now = Instant::now();
        let owed = self.paid.saturating_duration_since(now).saturating_add(price(bytes));
        self.paid = now + owed.min(price(BURST) + LONGEST);
        now + self.paid.duration_since(now).saturating_sub(price(BURST))
    }
}

/// The time in which so many bytes may be written.
fn price(bytes: u64) -> Duration {
    Duration::from_micros(bytes.saturating_mul(1_000_000) / RATE)
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, sleep_until};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_whole_screen_is_free_and_the_next_is_paid_for() {
        let mut budget = Budget::new();
        assert_eq!(budget.spend(BURST), Instant::now());
        assert_eq!(budget.spend(RATE / 2), Instant::now() + Duration::from_millis(500));
        advance(Duration::from_secs(10)).await;
        assert_eq!(budget.spend(BURST), Instant::now(), "time pays for what was written");
        assert!(budget.spend(1000) > Instant::now(), "and not for what comes");
    }

    #[tokio::test(start_paused = true)]
    async fn screens_of_any_size_keep_below_the_limit_over_any_two_seconds() {
        for screen in [10, 1000, 7000, 15_000, 20_000] {
            let mut budget = Budget::new();
            let begun = Instant::now();
            let mut written = Vec::new();
            while begun.elapsed() < Duration::from_secs(20) {
                written.push(begun.elapsed());
                sleep_until(budget.spend(screen)).await;
                advance(Duration::from_millis(1)).await;
            }
            for (at, from) in written.iter().enumerate() {
                let within = written[at..].iter().filter(|one| **one < *from + Duration::from_secs(2));
                let bytes = screen * within.count() as u64;
                assert!(bytes < 200_000, "{bytes} in 2 s, {screen} each");
            }
            let all = screen * written.len() as u64;
            assert!(
                screen < 1000 || all > RATE * 18,
                "{all} in 20 s, {screen} each: the rate is made use of"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_pause_is_longer_than_the_longest() {
        let mut budget = Budget::new();
        for bytes in [10_000_000, 10_000_000, u64::MAX] {
            assert_eq!(budget.spend(bytes), Instant::now() + LONGEST);
        }
        advance(LONGEST).await;
        assert_eq!(budget.spend(0), Instant::now());
    }
}
