//! Every way in which the console ends, or is kept from beginning, leaves the terminal as it was.

use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use crate::console::{Console, SOON, Start, contains};

fn demo() -> Console {
    let console = Start::console(&["--demo"]).run();
    console.wait_for("yocto-a", SOON);
    assert!(console.is_on_other_screen());
    console
}

#[test]
fn q_leaves_at_once() {
    let taken = demo().quit();
    assert!(taken < Duration::from_secs(1), "{taken:?}");
}

#[test]
fn a_signal_ends_it_with_its_code() {
    for (signal, expected) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let mut console = demo();
        console.signal(signal);
        let (code, taken) = console.wait_end(SOON);
        assert_eq!(code, expected);
        assert!(taken < Duration::from_secs(2), "{signal:?}: {taken:?}");
        console.assert_given_back();
    }
}

#[test]
fn the_end_of_the_terminal_is_its_end() {
    let mut console = demo();
    console.hang_up();
    let (code, taken) = console.wait_end(SOON);
    println!("ended {taken:?} after its terminal");
    assert_eq!(code, 129);
    assert!(taken < Duration::from_secs(2), "{taken:?}");
}

#[test]
fn a_dumb_terminal_is_refused() {
    for term in ["dumb", ""] {
        let mut console = Start::console(&["--demo"]).env("TERM", term).run();
        let (code, _) = console.wait_end(SOON);
        assert_ne!(code, 0);
        let output = console.output();
        assert!(!contains(&output, b"\x1b"), "{:?}", String::from_utf8_lossy(&output));
        assert!(console.screen().contains("the verbs need none"), "{}", console.screen());
        console.assert_given_back();
    }
}

#[test]
fn what_is_no_terminal_is_refused() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smidr-console"));
    let command = command.arg("--demo").env("TERM", "xterm").stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(!output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("needs a terminal"), "{said}");
}
