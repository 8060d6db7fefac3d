//! How often engines are asked for the processes of containers that may begin a build.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::sleep;

/// From one to the next: each costs an engine a run of `ps`. Twenty containers are asked of every five seconds, a hundred
/// of them every 25.
const APART: Duration = Duration::from_millis(250);

/// Of the whole program, whichever the engine. By the machine's clock, which all runtimes of a program share.
static NEXT: Mutex<Option<Instant>> = Mutex::const_new(None);

/// Waits for one's turn to ask. Those who wait longest come first.
pub(super) async fn turn() {
    let mut next = NEXT.lock().await;
    if let Some(next) = *next {
        sleep(next.saturating_duration_since(Instant::now())).await;
    }
    *next = Some(Instant::now() + APART);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_are_apart() {
        let begun = Instant::now();
        tokio::join!(turn(), turn(), turn());
        assert!(begun.elapsed() >= APART * 2, "{:?}", begun.elapsed());
    }
}
