//! Waiting for a condition, with a limit.

use std::time::{Duration, Instant};

/// Waits until the condition holds.
///
/// Measures real time, since what is waited for is a real engine or process.
///
/// # Panics
/// When it does not hold within the limit; the message says what was waited for.
pub(crate) async fn wait_until(what: &str, limit: Duration, mut condition: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < limit, "waited {limit:?} in vain: {what}");
        // On a thread of its own, so that a paused tokio clock does not run through the limit at once.
        tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(10))).await.unwrap();
    }
}
