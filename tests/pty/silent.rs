//! An engine that takes connections and never answers must not be felt in the keys.

use std::time::Duration;

use crate::console::{Console, SOON, Start};
use crate::support::{Script, SilentEngine};

/// How often a key is timed.
const TIMES: usize = 20;

/// Times `?` to the help on the screen; the median and the longest.
pub(crate) fn key_times(console: &mut Console) -> (Duration, Duration) {
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        console.press("?");
        times.push(console.wait_for("Everywhere", SOON));
        console.press("<esc>");
        console.wait_gone("Everywhere", SOON);
    }
    times.sort();
    (times[TIMES / 2], times[TIMES - 1])
}

pub(crate) fn assert_keys_answer(console: &mut Console) {
    let (median, longest) = key_times(console);
    println!("keys answer in {median:?}, at most {longest:?}");
    assert!(median < Duration::from_millis(100), "median {median:?}");
    // Other tests run beside this one, and take their time.
    assert!(longest < Duration::from_secs(1), "longest {longest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_never_answers_is_not_felt_in_the_keys() {
    for script in [Script::silent(), Script::stalled_body()] {
        let engine = SilentEngine::on_unix(script);
        let mut console = Start::console(&["--host", engine.endpoint()]).run();
        console.wait_for("q quit", SOON);
        assert_keys_answer(&mut console);
        let taken = console.quit();
        println!("quit in {taken:?}");
        assert!(taken < Duration::from_secs(1), "{taken:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_page_says_that_it_does_not_answer() {
    let engine = SilentEngine::on_unix(Script::silent());
    let console = Start::console(&["--host", engine.endpoint()]).run();
    console.wait_for("no answer", SOON);
    console.wait_for("opens the built-in simulated engine", SOON);
    console.quit();
}
