//! When the screen is drawn: at once where the user has done something, soon but not too often where anything else has
//! changed, and not at all where nothing has.

use std::time::Duration;

use tokio::time::Instant;

use super::budget::Budget;
use super::running::until;

/// A frame is followed by a rest of this many times as long as it took before one for news, so that a slow terminal
/// does not take all the time there is.
const REST: u32 = 2;
/// And of this part of it before one for the user: even where keys never cease and the terminal is slow, a fifth of the
/// time is left for everything else.
const SHORT_REST: u32 = 4;
/// Between the beginnings of two frames for the user, on average: a mouse that is drawn about, or a key that is held
/// down, does not keep the processor busy. The second of two keys does not wait for it, only what follows them.
const USER_PACE: Duration = Duration::from_millis(10);

/// Merges all wishes for a frame into one. There are two kinds, each with a pace of its own: a frame for news does not
/// keep the user waiting, and one for a key not what the key brings about.
#[derive(Debug)]
pub(crate) struct Frames {
    news: Kind,
    user: Kind,
    budget: Budget,
}

/// One kind of frames.
#[derive(Debug)]
struct Kind {
    /// Between the beginnings of two, on average.
    pace: Duration,
    /// How much earlier one may come where there was none for as long before.
    slack: Duration,
    /// None before this.
    from: Instant,
    due: Option<Instant>,
}

impl Kind {
    fn new(pace: Duration, slack: Duration) -> Self {
        Self { pace, slack, from: Instant::now(), due: None }
    }

    fn ask(&mut self) {
        self.due = self.due.or_else(|| Some(Instant::now().max(self.from)));
    }

    /// A frame of either kind shows all there is; one that came before this kind's time does not count for its pace.
    fn drawn(&mut self, begun: Instant, rested: Instant) {
        if self.due.take().is_some_and(|due| due <= begun) {
            let earliest = begun.checked_sub(self.slack).unwrap_or(begun);
            self.from = self.from.max(earliest) + self.pace;
        }
        self.from = self.from.max(rested);
    }
}

impl Frames {
    /// At most so many a second for news; at least one.
    pub(crate) fn new(rate: u16) -> Self {
        let pace = Duration::from_secs(1) / u32::from(rate.max(1));
        let news = Kind::new(pace, Duration::ZERO);
        let user_pace = USER_PACE.min(pace);
        Self { news, user: Kind::new(user_pace, user_pace), budget: Budget::new() }
    }

    /// Something has changed that the user has not just asked for: it is shown when its time comes.
    pub(crate) fn ask(&mut self) {
        self.news.ask();
    }

    /// The user has done something, and sees at once what it did.
    pub(crate) fn ask_now(&mut self) {
        self.user.ask();
    }

    /// The next one; `None` where nothing has changed.
    fn next(&self) -> Option<Instant> {
        self.news.due.into_iter().chain(self.user.due).min()
    }

    /// Whether a frame is due by now.
    pub(crate) fn is_due(&self) -> bool {
        self.next().is_some_and(|due| due <= Instant::now())
    }

    /// Waits until one is; for ever where nothing has changed.
    pub(crate) async fn due(&self) {
        until(self.next()).await;
    }

    /// One was begun at this instant and is drawn now, and took so many bytes; 0 where nobody counts them.
    pub(crate) fn drawn(&mut self, begun: Instant, bytes: u64) {
        let (now, took) = (Instant::now(), begun.elapsed());
        let paid = self.budget.spend(bytes);
        self.news.drawn(begun, paid.max(now + took * REST));
        self.user.drawn(begun, now + took / SHORT_REST);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, timeout};

    use super::super::budget::{LONGEST, RATE};
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Asks in each millisecond what is asked in it, and draws what is due, of so many bytes; when that was.
    async fn drawn(
        frames: &mut Frames,
        bytes: u64,
        span: u32,
        ask: impl Fn(&mut Frames, u32),
    ) -> Vec<Duration> {
        let begun = Instant::now();
        let mut drawn = Vec::new();
        for now in 0..span {
            ask(frames, now);
            if frames.is_due() {
                drawn.push(begun.elapsed());
                frames.drawn(Instant::now(), bytes);
            }
            advance(MS).await;
        }
        drawn
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_is_drawn_at_once_and_many_wishes_are_one_frame() {
        let mut frames = Frames::new(30);
        assert!(timeout(Duration::from_secs(3600), frames.due()).await.is_err(), "nothing has changed");
        let drawn = drawn(&mut frames, 0, 300, |frames, _| frames.ask()).await;
        assert_eq!(drawn[0], Duration::ZERO);
        assert_eq!(drawn.len(), 9, "30 a second: {drawn:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_does_not_wait_for_the_pace_of_news_nor_for_what_they_cost() {
        let mut frames = Frames::new(30);
        drawn(&mut frames, 10 * RATE, 5, |frames, _| frames.ask()).await;
        frames.ask();
        frames.ask_now();
        let pressed = Instant::now();
        frames.due().await;
        assert!(pressed.elapsed() <= MS, "{:?}", pressed.elapsed());
        frames.drawn(Instant::now(), 1000);
        assert!(!frames.is_due(), "the news are shown, too");
        frames.ask();
        frames.due().await;
        assert!(
            pressed.elapsed() + 10 * MS > LONGEST,
            "the key is no reason for news: {:?}",
            pressed.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn keys_that_never_cease_are_answered_every_ten_milliseconds() {
        let mut frames = Frames::new(30);
        let drawn = drawn(&mut frames, 0, 100, |frames, _| frames.ask_now()).await;
        assert_eq!(drawn.len(), 10, "{drawn:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_second_of_two_keys_does_not_wait_for_the_pace() {
        let mut frames = Frames::new(30);
        advance(Duration::from_secs(1)).await;
        let drawn = drawn(&mut frames, 0, 30, |frames, _| frames.ask_now()).await;
        let at: Vec<_> = drawn.iter().map(Duration::as_millis).collect();
        assert_eq!(at, [0, 1, 10, 20]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_key_brings_about_is_shown_at_once() {
        let mut frames = Frames::new(30);
        let drawn = drawn(&mut frames, 100, 900, |frames, now| match now % 100 {
            0 => frames.ask_now(),
            3 => frames.ask(),
            _ => {}
        });
        let drawn = drawn.await;
        assert_eq!(drawn.len(), 18, "{drawn:?}");
        assert!(drawn.chunks(2).all(|pair| pair[1] <= pair[0] + 4 * MS), "{drawn:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn large_frames_for_news_come_less_often_and_small_ones_keep_the_pace() {
        for (bytes, expected) in [(100, 290..=300), (15_000, 49..=53), (200_000, 10..=11)] {
            let mut frames = Frames::new(30);
            let drawn = drawn(&mut frames, bytes, 10_000, |frames, _| frames.ask()).await;
            assert!(expected.contains(&drawn.len()), "{} frames of {bytes} in 10 s", drawn.len());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_that_was_set_stays_the_most() {
        let mut frames = Frames::new(2);
        let drawn = drawn(&mut frames, 0, 5000, |frames, _| frames.ask()).await;
        assert_eq!(drawn.len(), 10, "{drawn:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn frames_for_keys_are_counted_too() {
        let mut frames = Frames::new(30);
        for _ in 0..20 {
            frames.ask_now();
            frames.due().await;
            frames.drawn(Instant::now(), 10_000);
        }
        frames.ask();
        let begun = Instant::now();
        frames.due().await;
        assert!(begun.elapsed() > 900 * MS, "{:?}", begun.elapsed());
        assert!(begun.elapsed() <= LONGEST, "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_terminal_is_drawn_to_less_often() {
        for (ask, expected) in [(Frames::ask as fn(&mut Frames), 1500), (Frames::ask_now, 625)] {
            let mut frames = Frames::new(30);
            ask(&mut frames);
            let begun = Instant::now();
            advance(500 * MS).await;
            frames.drawn(begun, 0);
            ask(&mut frames);
            frames.due().await;
            assert_eq!(begun.elapsed(), expected * MS);
        }
    }
}
