//! An engine that is killed again and again while a log is followed: not one line of it may be missing or come twice.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::console::SOON;
use crate::engine::{Engine, wait};
use crate::support::OwnDocker;

const LINES: u32 = 1_000_000;
/// Prints them, paced, at some 15 000 a second. Whatever the engine has read but not yet put into its own log when it is
/// killed is lost in the engine: it is killed in a pause, while nothing is on its way. The pause is over before the
/// engine is back, and what is printed meanwhile waits for it.
const PRINTS: &str = r#"while [ ! -e /go ]; do sleep 0.1; done
awk 'BEGIN { for (i = 1; i <= 1000000; i++) {
  print "printed line " i " of a long build"
  if (i % 200 == 0) system("usleep 10000; if [ -e /pause ]; then rm /pause; sleep 1; fi") } }'"#;
/// How long after the pause was asked for nothing is on its way any more.
const QUIET: Duration = Duration::from_millis(300);
/// The engine is killed when so many of them are on the screen.
const KILLED_AT: [u32; 4] = [200_000, 400_000, 600_000, 800_000];
/// How long each part may take.
const LIMIT: Duration = Duration::from_secs(120);

/// The highest number on the screen.
fn printed(screen: &str) -> u32 {
    let numbers = screen.split("printed line ").skip(1);
    numbers.filter_map(|rest| rest.split(' ').next()?.parse().ok()).max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the bench: run tests/run"]
async fn a_million_lines_are_all_there_after_the_engine_was_killed_four_times() {
    let mut docker = OwnDocker::start(&["--live-restore"]).await;
    let mut shown = Engine(docker.endpoint()).shown("pty-restarts", PRINTS);
    shown.touch("/go");
    let begun = Instant::now();
    for at in KILLED_AT {
        let reached = |screen: &str| printed(screen) >= at;
        shown.console.wait_until(&format!("{at} lines"), LIMIT, reached);
        println!("killed at {} after {:?}", printed(&shown.console.screen()), begun.elapsed());
        shown.touch("/pause");
        tokio::time::sleep(QUIET).await;
        docker.kill().await;
        shown.console.wait_for("lost for", SOON);
        docker.start_again().await;
        shown.console.wait_gone("lost for", Duration::from_secs(30));
    }
    shown.console.wait_until("the last line", LIMIT, |screen| printed(screen) == LINES);
    println!("{LINES} lines after {:?}", begun.elapsed());
    shown.engine.wait_state(&shown.name, "exited");

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.log");
    let console = &mut shown.console;
    console.press("<enter>");
    console.wait_for("& filter", SOON);
    console.press("<ctrl-s>");
    console.wait_for("Save the log of", SOON);
    console.press(&format!("<ctrl-u>{}<tab><tab><left>", file.display()));
    console.wait_for("the bytes as they came", SOON);
    console.press("<enter>");
    wait("it is saved", || file.exists());
    let saved = std::fs::read_to_string(&file).unwrap();
    let kept = shown.engine.docker(&["logs", &shown.name]) + "\n";
    assert_whole(&saved, &kept);
    shown.end();
    docker.stop().await;
}

/// What was saved is what was printed; where it is not, the engine itself is asked what it has.
fn assert_whole(saved: &str, kept: &str) {
    let mut expected = String::new();
    for number in 1..=LINES {
        writeln!(expected, "printed line {number} of a long build").unwrap();
    }
    if saved == expected {
        return;
    }
    let by_whom = match (kept == expected, kept == saved) {
        (true, _) => "the engine has kept all of them",
        (false, true) => "the engine itself has lost them: its own log is the same as what was saved",
        (false, false) => "the engine has lost some, too, but its own log is another one than what was saved",
    };
    panic!(
        "{by_whom}\nsaved: {}\nin the engine's own log: {}",
        difference(saved, &expected),
        difference(kept, &expected)
    );
}

/// How many lines there are, and where they begin to differ.
fn difference(found: &str, expected: &str) -> String {
    let mut pairs = found.lines().zip(expected.lines()).enumerate();
    let first = pairs.find(|(_, (found, expected))| found != expected);
    let first =
        first.map(|(index, (found, expected))| format!("; line {}: {found:?}, not {expected:?}", index + 1));
    format!("{} lines{}", found.lines().count(), first.unwrap_or_default())
}
