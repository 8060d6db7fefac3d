//! Durable execs and builds in the pane: not a line of one may be missing, whatever becomes of the console.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::console::{Console, SOON, Start};
use crate::engine::{Engine, Shown, wait};
use crate::support::{Bench, OwnDocker, unique};

/// How long each part may take.
const LIMIT: Duration = Duration::from_secs(60);
const LINES: u32 = 150_000;
/// Prints them, some 15 000 a second, and ends with 7.
const PRINTS: &str = "awk 'BEGIN { for (i = 1; i <= 150000; i++) { print \"kept line \" i; \
                      if (i % 200 == 0) system(\"usleep 10000\") } exit 7 }'";
/// Does nothing.
const IDLE: &str = "trap 'exit 0' TERM; while :; do sleep 0.1; done";

/// The highest number on the screen.
fn printed(screen: &str) -> u32 {
    let numbers = screen.split("kept line ").skip(1);
    numbers
        .filter_map(|rest| rest.split(|digit: char| !digit.is_ascii_digit()).next()?.parse().ok())
        .max()
        .unwrap_or(0)
}

/// A console on a container of this name.
fn open(engine: &Engine, name: &str) -> Console {
    let start = Start::console(&["--host", &engine.0]).size(160, 40);
    let mut console = start.settings("sessions:\n  keep: 0s\n").run();
    console.wait_for("Volumes", SOON);
    console.press(&format!("/{name}<enter>"));
    console.wait_until("its row", SOON, |screen| {
        screen.lines().any(|line| line.contains("up ") || line.contains("exited"))
    });
    console
}

/// The console dies as it stands.
fn kill(console: Console) {
    console.signal(Signal::KILL);
    drop(console);
}

/// The log in the pane, as it is saved.
fn saved(console: &mut Console) -> String {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.log");
    console.press("<ctrl-s>");
    console.wait_for("Save the log of", SOON);
    console.press(&format!("<ctrl-u>{}<tab><tab><left>", file.display()));
    console.wait_for("the bytes as they came", SOON);
    console.press("<enter>");
    let begun = Instant::now();
    while !file.exists() {
        assert!(begun.elapsed() < LIMIT, "it is not saved\n{}", console.screen());
        std::thread::sleep(Duration::from_millis(20));
    }
    fs::read_to_string(&file).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the bench: run tests/run"]
async fn a_durable_exec_is_whole_in_the_pane_through_killed_consoles_and_a_killed_engine() {
    let mut docker = OwnDocker::start(&["--live-restore"]).await;
    let Shown { engine, name, mut console } = Engine(docker.endpoint()).shown("pty-durable", IDLE);
    console.press("e");
    console.wait_for(&format!("Run in {name}"), SOON);
    console.send(PRINTS.as_bytes());
    console.press("<ctrl-t>");
    console.wait_for("it goes on when this console ends", SOON);
    console.press("<enter>");
    for at in [20_000, 50_000] {
        console.wait_until(&format!("{at} lines"), LIMIT, |screen| printed(screen) >= at);
        kill(console);
        console = open(&engine, &name);
        // It has a tab by itself, and is shown where the container itself prints nothing.
        console.wait_for("[●awk 'BEGIN", LIMIT);
    }
    console.wait_until("80000 lines", LIMIT, |screen| printed(screen) >= 80_000);
    docker.kill().await;
    console.wait_for("lost for", SOON);
    docker.start_again().await;
    console.wait_gone("lost for", Duration::from_secs(30));
    console.wait_until("the last line", LIMIT, |screen| printed(screen) == LINES);
    console.wait_for("ended with 7 after", LIMIT);
    console.press("<tab><tab>");
    console.wait_for("ctrl-w close tab", SOON);
    let mut expected = String::new();
    for number in 1..=LINES {
        writeln!(expected, "kept line {number}").unwrap();
    }
    assert!(saved(&mut console) == expected, "what was saved is not what was printed");

    // One that begins when all is over finds it, too, and removes it when it is told to.
    kill(console);
    let mut console = open(&engine, &name);
    console.wait_for("✖awk 'BEGIN", LIMIT);
    console.press("]");
    console.wait_for("ended with 7 after", LIMIT);
    console.press("<tab><tab>");
    console.wait_until("the last line", LIMIT, |screen| printed(screen) == LINES);
    assert!(saved(&mut console) == expected, "what was saved is not what was printed");
    console.press("D");
    console.wait_for("Removes how it ended and all it has printed", SOON);
    console.press("y");
    console.wait_gone("awk 'BEGIN", SOON);

    // And a cleanup takes what has been over for as long as the settings say.
    console.press("e");
    console.wait_for(&format!("Run in {name}"), SOON);
    console.press("<ctrl-u>echo twelve byt''es; exit 4<ctrl-t><enter>");
    console.wait_for("ended with 4 after", LIMIT);
    console.press("<tab>c");
    console.wait_for("[x] Sessions that are over  1 of 1  13 B", LIMIT);
    console.press("<enter>y");
    console.wait_for("1 thing removed, 13 B freed", LIMIT);
    console.press("<esc>");
    console.wait_gone("look again", SOON);
    console.wait_gone("ended with 4", SOON);
    Shown { engine, name, console }.end();
    docker.stop().await;
}

/// For how many seconds lines are printed; `SMIDR_DURABLE_SECONDS` makes it longer.
fn seconds() -> u64 {
    std::env::var("SMIDR_DURABLE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the bench: run tests/run"]
async fn at_full_speed_nothing_is_lost_whenever_the_console_and_the_engine_are_killed() {
    let mut docker = OwnDocker::start(&["--live-restore"]).await;
    let Shown { engine, name, mut console } = Engine(docker.endpoint()).shown("pty-speed", IDLE);
    console.press("e");
    console.wait_for(&format!("Run in {name}"), SOON);
    let script = format!(
        "i=0; end=$(($(date +%s) + {})); while [ $(date +%s) -lt $end ]; do j=0; while [ $j -lt 5000 ]; do \
         i=$((i+1)); j=$((j+1)); echo \"kept line $i\"; done; done; echo $i >/tmp/count; exit 7",
        seconds()
    );
    console.send(script.as_bytes());
    console.press("<ctrl-t><enter>");
    let (begun, mut kills, mut engine_is_killed) = (Instant::now(), 0, false);
    while begun.elapsed() < Duration::from_secs(seconds()) {
        let at = printed(&console.screen());
        console.wait_until("it goes on", LIMIT, |screen| printed(screen) > at);
        if !engine_is_killed && begun.elapsed() * 2 > Duration::from_secs(seconds()) {
            engine_is_killed = true;
            docker.kill().await;
            console.wait_for("lost for", SOON);
            docker.start_again().await;
            console.wait_gone("lost for", Duration::from_secs(30));
        }
        std::thread::sleep(Duration::from_secs(2));
        kill(console);
        kills += 1;
        console = open(&engine, &name);
        console.wait_until("its tab", LIMIT, |screen| screen.contains("[●i=0") || screen.contains("✖i=0"));
    }
    // Where it ended while no console was there it is not shown by itself.
    let is_shown = |screen: &str| screen.contains("[●i=0") || screen.contains("[✖i=0");
    console.press(if is_shown(&console.screen()) { "<enter>" } else { "<enter>]" });
    console.wait_until("it is shown", SOON, is_shown);
    console.wait_for("ended with 7 after", LIMIT * 2);
    let count: u32 = engine.docker(&["exec", &name, "cat", "/tmp/count"]).parse().unwrap();
    console.wait_until("the last line", LIMIT * 2, |screen| printed(screen) == count);
    let mut expected = String::new();
    for number in 1..=count {
        writeln!(expected, "kept line {number}").unwrap();
    }
    let saved = saved(&mut console);
    println!("{count} lines, {} bytes, {kills} kills", saved.len());
    assert!(saved == expected, "what was saved is not what was printed: {} bytes", saved.len());
    assert!(engine_is_killed && kills >= 2);
    Shown { engine, name, console }.end();
    docker.stop().await;
}

#[test]
#[ignore = "needs the bench: run tests/run"]
fn a_session_is_ended_from_its_tab_with_all_it_has_started() {
    let Shown { engine, name, mut console } = Engine::of_bench().shown("pty-end-session", IDLE);
    console.press("e");
    console.wait_for(&format!("Run in {name}"), SOON);
    console.press("echo be''gun; setsid sleep 71031 & sleep 71032<ctrl-t><enter>");
    console.wait_for("begun", SOON);
    wait("both run", || engine.processes(&name).matches("sleep 7103").count() >= 2);
    console.press("<ctrl-c>");
    console.wait_for("End a session in", SOON);
    console.press("y");
    console.wait_for("ended by signal 15", SOON);
    let left = engine.processes(&name);
    assert!(!left.contains("7103"), "{left}");
    assert_eq!(engine.state(&name), "running");
    Shown { engine, name, console }.end();
}

/// A build file in this directory, with a BitBake that waits for a word to go on.
fn build_file(directory: &Path, name: &str) {
    // The engine's users have to come through to what is in it.
    fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).unwrap();
    let layer = directory.join("poky");
    fs::create_dir_all(layer.join("bin")).unwrap();
    fs::write(layer.join("oe-init-build-env"), "PATH=\"$OEROOT/bin:$PATH\"; export PATH\n").unwrap();
    let script = layer.join("bin/bitbake");
    let text = "#!/bin/sh\necho \"building $*\"\nwhile [ ! -e /home/builder/build/go ]; do sleep 0.1; done\n\
                echo \"that is all\"\nexit 2\n";
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let text = format!(
        "name: {name}\nbuild: {{ image: core-image-minimal, machine: qemux86-64 }}\n\
         layers: [{{ name: poky, path: ./poky }}]\n\
         directories: {{ downloads: dl, sstate: sstate, build: build }}\n\
         container: {{ base_image: '{}' }}\n",
        Bench::get().image
    );
    fs::write(directory.join("smidr.yaml"), text).unwrap();
}

#[test]
#[ignore = "needs the bench: run tests/run"]
fn a_build_that_a_key_began_is_seen_by_every_console_and_outlives_the_first() {
    let (engine, name) = (Engine::of_bench(), unique("pty-built"));
    let directory = tempfile::tempdir().unwrap();
    build_file(directory.path(), &name);
    let mut first = Start::console(&["--host", &engine.0]).size(160, 40).run();
    first.wait_for("Volumes", SOON);
    first.press("b");
    first.wait_for("Build file", SOON);
    first.press(&format!("tiny-image -k<tab><ctrl-u>{}/smidr.yaml<enter>", directory.path().display()));
    first.wait_for("[●tiny-image]", LIMIT);
    first.wait_for("building tiny-image -k", LIMIT);

    // Another console, side by side, has the tab by itself.
    let mut second = open(&engine, &name);
    second.wait_for("[●tiny-image]", LIMIT);
    second.wait_for("building tiny-image -k", LIMIT);
    // A second build in the same directory is refused, and says who builds there.
    second.press("b");
    second.wait_for("tiny-image", SOON);
    second.press("<enter>");
    second.wait_for("in use by", LIMIT);
    kill(first);
    let go = directory.path().join("build/go");
    fs::write(go, "").unwrap();
    second.wait_for("that is all", LIMIT);
    second.wait_for("ended with 2 after", LIMIT);

    // One that comes later finds how it ended, with all it has printed, and offers what was built.
    kill(second);
    let mut third = open(&engine, &name);
    third.wait_for("[✖tiny-image]", LIMIT);
    third.press("<enter>");
    third.wait_for("ended with 2 after", LIMIT);
    third.wait_for("that is all", LIMIT);
    assert_eq!(saved(&mut third), "building tiny-image -k\nthat is all\n");
    third.press("b");
    third.wait_for(&format!("{}/smidr.yaml", directory.path().display()), SOON);
    assert!(third.screen().contains("tiny-image"), "{}", third.screen());
    third.press("<esc>");
    third.wait_gone("Build file", SOON);
    third.quit();
    let built = engine.docker(&["ps", "-a", "-q", "--filter", &format!("name={name}")]);
    engine.docker(&["rm", "--force", "--volumes", &built]);
}
