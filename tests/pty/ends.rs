//! Every way in which the console ends, or is kept from beginning, leaves the terminal as it was.

use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use crate::console::{Console, SOON, Start, contains, position};
use crate::keys::pasted;

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
        assert!(!contains(&output, b"\x1b[?"), "{:?}", String::from_utf8_lossy(&output));
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

#[test]
fn a_mistake_gives_the_terminal_back_before_it_is_reported() {
    for place in ["in the loop", "in a task"] {
        let mut console = Start::console(&["--demo"]).env("SMIDR_CONSOLE_PANIC", "1").run();
        console.wait_for("Volumes", SOON);
        console.send(&pasted(&format!("panic {place}")));
        let (code, _) = console.wait_end(SOON);
        assert_ne!(code, 0, "{place}");
        console.assert_given_back();
        let output = console.output();
        let left = position(&output, b"\x1b[?1049l").unwrap();
        let reported = position(&output, format!("a mistake {place}").as_bytes()).unwrap();
        assert!(left < reported, "{place}: reported on the screen that is gone");
        assert!(console.screen().contains("on purpose"), "{place}:\n{}", console.screen());
    }
}

#[test]
fn ctrl_z_gives_the_shell_its_terminal_and_fg_draws_anew() {
    let shell = Start::program("/bin/sh").argument("-i").env("PS1", "ready> ").env("ENV", "");
    let mut console = shell.run();
    console.wait_for("ready>", SOON);
    console.press(&format!("{} --demo<enter>", env!("CARGO_BIN_EXE_smidr-console")));
    console.wait_for("help  q quit", SOON);
    for (round, sum) in ["42", "49"].into_iter().enumerate() {
        console.press("<ctrl-z>");
        console.wait_until("it is stopped", SOON, |screen| screen.matches("Stopped").count() == round + 1);
        assert!(!console.is_on_other_screen());
        console.press(&format!("echo $(({}*7))<enter>", 6 + round));
        console.wait_for(sum, SOON);
        console.resize(100, 30);
        console.press("fg<enter>");
        let taken = console.wait_for("help  q quit", SOON);
        println!("back after {taken:?}");
        assert!(console.is_on_other_screen());
        console.press("?");
        console.wait_for("Help", SOON);
        console.press("<esc>");
        console.wait_gone("Help", SOON);
    }
    console.press("q");
    console.wait_until("the shell is back", SOON, |screen| screen.trim_end().ends_with("ready>"));
    console.press("echo ended $?<enter>");
    console.wait_for("ended 0", SOON);
    console.press("exit<enter>");
    assert_eq!(console.wait_end(SOON).0, 0);
}
