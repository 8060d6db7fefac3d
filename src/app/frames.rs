//! When the screen is drawn: soon after something has changed, not too often, and not at all where nothing has.

use std::time::Duration;

use tokio::time::Instant;

use super::running::until;

/// A frame is followed by a rest of this many times as long as it took to draw, so that a slow terminal does not take
/// all the time there is.
const REST: u32 = 2;

/// Merges all wishes for a frame into one.
#[derive(Debug)]
pub(crate) struct Frames {
    least: Duration,
    /// No frame before this.
    rested: Instant,
    due: Option<Instant>,
}

impl Frames {
    /// At most so many a second; at least one.
    pub(crate) fn new(rate: u16) -> Self {
        Self { least: Duration::from_secs(1) / u32::from(rate.max(1)), rested: Instant::now(), due: None }
    }

    /// Something has changed.
    pub(crate) fn ask(&mut self) {
        self.due = self.due.or_else(|| Some(Instant::now().max(self.rested)));
    }

    /// Whether a frame is due by now.
    pub(crate) fn is_due(&self) -> bool {
        self.due.is_some_and(|due| due <= Instant::now())
    }

    /// Waits until one is; for ever where nothing has changed.
    pub(crate) async fn due(&self) {
        until(self.due).await;
    }

    /// One was begun at this instant, and is drawn now.
    pub(crate) fn drawn(&mut self, begun: Instant) {
        let took = begun.elapsed();
        self.due = None;
        self.rested = (begun + self.least).max(Instant::now() + took * REST);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_is_drawn_at_once_and_many_wishes_are_one_frame() {
        let mut frames = Frames::new(30);
        assert!(timeout(Duration::from_secs(3600), frames.due()).await.is_err(), "nothing has changed");
        let mut drawn = Vec::new();
        let begun = Instant::now();
        for _ in 0..300 {
            frames.ask();
            if frames.is_due() {
                let now = Instant::now();
                drawn.push(begun.elapsed());
                frames.drawn(now);
            }
            advance(Duration::from_millis(1)).await;
        }
        assert_eq!(drawn[0], Duration::ZERO);
        assert_eq!(drawn.len(), 9, "30 a second: {drawn:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_terminal_is_drawn_to_less_often() {
        let mut frames = Frames::new(30);
        frames.ask();
        let begun = Instant::now();
        advance(Duration::from_millis(500)).await;
        frames.drawn(begun);
        frames.ask();
        frames.due().await;
        assert_eq!(begun.elapsed(), Duration::from_millis(1500), "three times as long as one takes");
    }
}
