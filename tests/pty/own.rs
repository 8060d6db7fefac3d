//! An engine of a test's own: cleaned up, frozen, killed and started again under the console.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::console::{Console, SOON, Start};
use crate::engine::Engine;
use crate::silent::assert_keys_answer;
use crate::support::OwnDocker;

/// Prints a number five times a second.
const TICKS: &str = "trap 'exit 0' TERM; i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.2; done";

fn console(engine: &Engine, settings: &str) -> Console {
    let console = Start::console(&["--host", &engine.0]).size(160, 40).settings(settings).run();
    console.wait_for("Volumes", SOON);
    console
}

/// The highest tick on the screen.
fn tick(screen: &str) -> u32 {
    let numbers = screen.split("tick ").skip(1);
    let digits = numbers.filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
    digits.max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the bench: run tests/run"]
async fn a_cleanup_removes_what_was_chosen_and_nothing_else() {
    let docker = OwnDocker::start(&[]).await;
    let engine = Engine(docker.endpoint());
    for name in ["pty-a", "pty-b", "foreign"] {
        engine.run(name, "exit 0");
        engine.wait_state(name, "exited");
    }
    engine.run("pty-runs", TICKS);
    for name in ["pty-kept", "pty-unused", "alien"] {
        engine.docker(&["volume", "create", name]);
    }
    let mut console =
        console(&engine, "managed: {containers: [\"pty-*\"], volumes: [\"pty-*\"]}\nprotected: [pty-kept]\n");
    console.wait_for("pty-runs", SOON);
    console.press("c");
    console.wait_for("Stopped containers  2 of 2", SOON);
    console.wait_for("Unused volumes  1 of 2", SOON);
    for words in ["[x] pty-a", "[x] pty-b", "[x] pty-unused", "[!] pty-kept"] {
        console.wait_for(words, SOON);
    }
    // From the heading to the second of them.
    console.press("jj<space>");
    console.wait_for("[ ] pty-b", SOON);
    console.wait_for("Stopped containers  1 of 2", SOON);
    console.press("<enter>");
    console.wait_for("y remove", SOON);
    console.press("y");
    console.wait_for("2 things removed", SOON);
    let sorted = |printed: String| {
        let mut lines: Vec<String> = printed.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let containers = sorted(engine.docker(&["ps", "--all", "--format", "{{.Names}}"]));
    assert_eq!(containers, ["foreign", "pty-b", "pty-runs"]);
    let volumes = sorted(engine.docker(&["volume", "ls", "--quiet"]));
    assert_eq!(volumes, ["alien", "pty-kept"]);
    console.press("<esc>");
    // Escape and a key at once would be one key with alt.
    console.wait_gone("Clean up docker", SOON);
    console.quit();
    for name in volumes {
        engine.docker(&["volume", "rm", &name]);
    }
    docker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the bench: run tests/run"]
async fn a_frozen_engine_holds_nothing_up_and_is_right_again_soon_after() {
    let docker = OwnDocker::start(&[]).await;
    let engine = Engine(docker.endpoint());
    engine.run("pty-short", "sleep 100000");
    engine.run("pty-tick", TICKS);
    let pid = engine.docker(&["inspect", "--format", "{{.State.Pid}}", "pty-short"]);
    let mut console = console(&engine, "deadlines: {pause: 3s}\n");
    console.press("/pty-<enter>j");
    console.wait_for("tick ", SOON);
    docker.freeze().await;
    assert_keys_answer(&mut console);
    console.wait_for("no answer for", SOON);
    console.press("p");
    // At its deadline it is given up; what became of it is looked for within ten seconds more.
    let taken = console.wait_for("looking what became", SOON);
    println!("an action with 3 s is given up after {taken:?}");
    assert!(taken > Duration::from_millis(2500) && taken < Duration::from_secs(5), "{taken:?}");
    let taken = console.wait_for("no end within", Duration::from_secs(20));
    assert!(taken < Duration::from_secs(12), "{taken:?}");
    kill_process(Pid::from_raw(pid.parse().unwrap()).unwrap(), Signal::KILL).unwrap();
    let before = tick(&console.screen());
    let thawed = Instant::now();
    docker.thaw();
    console.wait_gone("no answer for", SOON);
    println!("the notice is gone after {:?}", thawed.elapsed());
    console.wait_for("exited 137", SOON);
    let right = thawed.elapsed();
    println!("the screen is right after {right:?}");
    assert!(right < Duration::from_secs(3), "{right:?}");
    // What it was asked while it was frozen may have been done after all.
    if engine.state("pty-tick") == "paused" {
        console.wait_for("‖ pty-tick", SOON);
        engine.docker(&["unpause", "pty-tick"]);
    }
    console.wait_until("the log goes on", SOON, |screen| tick(screen) > before + 3);
    docker.freeze().await;
    let taken = console.quit();
    println!("quit in {taken:?}");
    assert!(taken < Duration::from_secs(1), "{taken:?}");
    docker.thaw();
    docker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the bench: run tests/run"]
async fn an_engine_that_is_killed_and_started_again_is_found_again() {
    let mut docker = OwnDocker::start(&["--live-restore"]).await;
    let engine = Engine(docker.endpoint());
    engine.run("pty-tick", TICKS);
    let console = console(&engine, "");
    console.wait_for("tick ", SOON);
    docker.kill().await;
    console.wait_for("lost for", SOON);
    let before = tick(&console.screen());
    docker.start_again().await;
    let back = Instant::now();
    engine.run("pty-new", TICKS);
    console.wait_gone("lost for", Duration::from_secs(30));
    println!("found again {:?} after it answered", back.elapsed());
    console.wait_for("● pty-new", SOON);
    console.wait_until("the log goes on", SOON, |screen| tick(screen) > before + 3);
    console.quit();
    docker.stop().await;
}
