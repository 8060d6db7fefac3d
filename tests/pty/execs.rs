//! Commands and shells in a real container, by keys.

use crate::console::SOON;
use crate::engine::{Engine, Shown, wait};

/// Does nothing, and ends at once when it is told to.
const IDLE: &str = "trap 'exit 0' TERM; while :; do sleep 0.1; done";

#[test]
#[ignore = "needs the bench: run tests/run"]
fn what_a_command_prints_is_shown_while_it_runs() {
    let mut shown = Engine::of_bench().shown("pty-exec", IDLE);
    let Shown { engine, name, console } = &mut shown;
    console.press("e");
    console.wait_for(&format!("Run in {name}"), SOON);
    console.press("echo li''ne 1; while [ ! -e /go ]; do sleep 0.1; done; echo li''ne 2; exit 5<enter>");
    console.wait_for("line 1", SOON);
    console.wait_for("running", SOON);
    assert!(!console.screen().contains("line 2"));
    engine.docker(&["exec", name, "touch", "/go"]);
    console.wait_for("line 2", SOON);
    console.wait_for("exit 5 after", SOON);
    shown.end();
}

#[test]
#[ignore = "needs the bench: run tests/run"]
fn a_cancelled_command_leaves_nothing_behind() {
    let mut shown = Engine::of_bench().shown("pty-cancel", IDLE);
    let Shown { engine, name, console } = &mut shown;
    console.press("e");
    console.wait_for("Run in", SOON);
    console.press("echo be''gun; setsid sleep 71021 & sleep 71022<enter>");
    console.wait_for("begun", SOON);
    wait("both run", || engine.processes(name).matches("sleep 7102").count() >= 2);
    console.press("<ctrl-c>");
    let taken = console.wait_for("cancelled; TERM was sent to", SOON);
    println!("cancelled in {taken:?}");
    let left = engine.processes(name);
    assert!(!left.contains("7102"), "{left}");
    assert_eq!(engine.state(name), "running");
    shown.end();
}

#[test]
#[ignore = "needs the bench: run tests/run"]
fn a_shell_is_typed_in_resized_left_and_ended() {
    let mut shown = Engine::of_bench().shown("pty-shell", IDLE);
    let Shown { console, .. } = &mut shown;
    console.press("S");
    console.wait_for("ctrl-] leave the shell", SOON);
    console.wait_for("# ", SOON);
    console.press("echo $((6*7)); q=x<enter>");
    console.wait_for("42", SOON);
    let mut sizes: Vec<String> = Vec::new();
    let mut asked = 0;
    for (columns, rows) in [(160, 40), (120, 30), (200, 50)] {
        console.resize(columns, rows);
        // Until the shell has been told of the new size, too.
        wait("another size", || {
            asked += 1;
            let title = format!("size {asked}:");
            console.press(&format!("clear; echo si''ze {asked}: $(stty size).<enter>"));
            console.wait_until(&title, SOON, |screen| told(screen, &title).is_some());
            let size = told(&console.screen(), &title).unwrap();
            let is_new = !sizes.contains(&size);
            if is_new {
                sizes.push(size);
            }
            is_new
        });
    }
    println!("{sizes:?}");
    let rows: Vec<u16> = sizes.iter().map(|size| size.split(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(rows[0] - rows[1], 10, "{sizes:?}");
    assert_eq!(rows[2] - rows[0], 10, "{sizes:?}");
    console.press("<ctrl-]>");
    console.wait_gone("ctrl-] leave the shell", SOON);
    console.wait_for("q quit", SOON);
    console.press("<enter>");
    console.wait_for("ctrl-] leave the shell", SOON);
    console.press("echo still $q<enter>");
    console.wait_for("still x", SOON);
    console.press("exit 3<enter>");
    console.wait_for("exit 3", SOON);
    console.wait_for("q quit", SOON);
    shown.end();
}

/// What stands between a title and the next full stop.
fn told(screen: &str, title: &str) -> Option<String> {
    let rest = screen.split(title).nth(1)?;
    Some(rest.split_once('.')?.0.trim().to_owned())
}

#[test]
#[ignore = "needs the bench: run tests/run"]
fn no_key_is_lost_however_fast_they_come() {
    let mut shown = Engine::of_bench().shown("pty-fast", IDLE);
    let console = &mut shown.console;
    console.press("S");
    console.wait_for("# ", SOON);
    // Longer than what a terminal is read at once, each key by itself.
    let words = "0123456789".repeat(40);
    for round in 1..=3 {
        console.press(&format!("x={words}; echo le''ngth {round}: ${{#x}}.<enter>"));
    }
    for round in 1..=3 {
        console.wait_for(&format!("length {round}: 400."), SOON);
    }
    console.press("exit<enter>");
    console.wait_for("q quit", SOON);
    shown.end();
}
