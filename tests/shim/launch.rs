//! Starting a command, and its exit code.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use smidr_console::actions::exec::shim_protocol::{Daemons, StdinMode};

use crate::harness::{Shim, code, mark, marked, program, until};

fn run(words: &[&str]) -> std::process::Output {
    Command::new(program()).args(["run", "--token", "t", "--"]).args(words).output().unwrap()
}

#[test]
fn the_exit_code_is_the_command_s() {
    for (script, expected) in [
        ("exit 0", 0),
        ("exit 7", 7),
        ("exit 255", 255),
        ("kill -TERM $$", 143),
        ("kill -KILL $$", 137),
        ("kill -INT $$", 130),
    ] {
        assert_eq!(code(run(&["sh", "-c", script]).status), expected, "{script}");
    }
}

#[test]
fn a_command_that_cannot_start_is_named() {
    for (command, expected, text) in [
        ("/no/such", 127, "smidr-shim: /no/such: not found\n"),
        ("no-such-program", 127, "smidr-shim: no-such-program: not found\n"),
        ("/etc/passwd", 126, "smidr-shim: /etc/passwd: permission denied\n"),
        ("/etc", 126, "smidr-shim: /etc: permission denied\n"),
    ] {
        let output = run(&[command]);
        assert_eq!(
            (code(output.status), String::from_utf8(output.stderr).unwrap()),
            (expected, text.to_owned())
        );
    }
}

#[test]
fn output_is_passed_and_words_are_unchanged() {
    let output = run(&["sh", "-c", "printf '<%s>' \"$@\"; echo err >&2", "x", "a b", "--", "", "$HOME"]);
    assert_eq!((output.stdout, output.stderr), (b"<a b><--><><$HOME>".to_vec(), b"err\n".to_vec()));
}

#[test]
fn the_shim_does_not_keep_the_output_open() {
    let mut shim =
        Shim::start("exec >&-; sleep MARK", StdinMode::Watch, Daemons::Leave, Duration::from_secs(60));
    let mut output = shim.child.stdout.take().unwrap();
    // Ends only when the last holder of the other end is gone.
    let reader = std::thread::spawn(move || output.read_to_end(&mut Vec::new()));
    until(|| "the output is still open".to_owned(), || reader.is_finished());
    shim.until_sleeping(1);
}

#[test]
fn the_command_starts_with_the_signals_it_would_have_without_a_shim_and_in_its_own_group() {
    let script = "grep -E '^Sig(Blk|Ign)' /proc/self/status";
    let without = Command::new("sh").args(["-c", script]).output().unwrap();
    assert!(String::from_utf8_lossy(&without.stdout).contains("SigIgn:"));
    assert_eq!(run(&["sh", "-c", script]).stdout, without.stdout);
    let script = "read -r pid name state parent group rest </proc/self/stat; test $pid = $group";
    assert_eq!(code(run(&["sh", "-c", script]).status), 0);
}

#[test]
fn wrong_arguments_start_nothing() {
    for words in [
        &[][..],
        &["run"],
        &["run", "--", "true"],
        &["run", "--token", "t"],
        &["run", "--token", "t", "--"],
        &["run", "--token", "a b", "--", "true"],
        &["run", "--token", "t", "--grace", "-1", "--", "true"],
        &["run", "--token", "t", "--stdin", "x", "--", "true"],
        &["run", "--token", "t", "true"],
        &["signal"],
        &["signal", "--token", "t", "--token", "u"],
        &["signal", "--token", "t", "--signal", "NONE"],
        &["sweep", "--token", "t", "--signal", "USR1"],
        &["list", "x"],
        &["help"],
    ] {
        let output = Command::new(program()).args(words).output().unwrap();
        assert_eq!(code(output.status), 125, "{words:?}");
        assert!(output.stdout.is_empty());
        assert!(output.stderr.starts_with(b"smidr-shim: "), "{output:?}");
    }
}

/// A terminal of its own for `script`, by the program of that name.
fn on_a_terminal(command: &str) -> std::process::Child {
    Command::new("script")
        .args(["--quiet", "--return", "--command", command, "/dev/null"])
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script(1) is here: install bsdutils")
}

#[test]
fn keys_on_a_terminal_reach_the_command_and_not_the_shim() {
    let mark = mark();
    let program = program().display();
    let script = format!("trap \"echo caught\" INT; echo ready; sleep {mark}; echo went on; exit 9");
    let mut terminal = on_a_terminal(&format!("exec {program} run --token t-{mark} -- sh -c '{script}'"));
    until(|| format!("{:?}", marked(&mark)), || crate::harness::sleeps(&mark) == 1);
    // ^Z must not stop it, ^C ends the sleep; the shell catches it and goes on.
    terminal.stdin.as_mut().unwrap().write_all(b"\x1a\x03").unwrap();
    let output = terminal.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("caught") && text.contains("went on"), "{text}");
    assert_eq!(code(output.status), 9, "{text}");
    assert_eq!(marked(&mark), []);
}

#[test]
fn a_shell_on_a_terminal_has_job_control() {
    let program = program().display();
    let mark = mark();
    let mut terminal = on_a_terminal(&format!("exec {program} run --token t-{mark} -- sh -i"));
    let keys =
        b"set -m\nsleep 0 & wait; fg 2>&1 | head -n 1\ncase $- in *m*) echo job''control;; esac; exit 4\n";
    terminal.stdin.as_mut().unwrap().write_all(keys).unwrap();
    let output = terminal.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("jobcontrol") && !text.contains("can't access tty"), "{text}");
    assert_eq!(code(output.status), 4, "{text}");
}
