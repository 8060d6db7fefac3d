//! The program itself: what its commands leave behind, however it ends.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::exec::TREES;
use crate::helpers::{Running, connect};
use crate::support::{Bench, Script, SilentEngine, wait_until};

/// The program, told to talk to this engine alone.
pub(crate) fn program(host: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smidr-console"));
    command.args(["--host", host]).stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn exec_of(bench: &Bench, container: &Running, options: &[&str], script: &str) -> Command {
    let mut command = program(&bench.docker);
    command.arg("exec").args(options).args([container.id.as_str(), "--", "/bin/sh", "-c", script]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn send(to: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(to.id().unwrap()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

async fn begun(container: &Running, shape: &str) {
    wait_until(&format!("{shape}: it runs"), Duration::from_secs(20), async || {
        container.processes().await.iter().any(|command| command.contains("sleep 7100"))
    })
    .await;
}

async fn nothing_left(container: &Running, shape: &str) {
    wait_until(&format!("{shape}: nothing is left"), Duration::from_secs(15), async || {
        container.processes().await.is_empty()
    })
    .await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn every_tree_dies_with_a_program_that_is_killed() {
    let bench = Bench::get();
    let container = Running::start(&connect(&bench.docker).await, &bench.image).await;
    for (shape, script) in TREES {
        for options in [&["--grace", "1s"][..], &["--grace", "1s", "-i"], &["--grace", "1s", "-t"]] {
            let mut child =
                exec_of(&bench, &container, options, script).stdin(Stdio::piped()).spawn().unwrap();
            begun(&container, shape).await;
            // Held by us, so that only its death ends the program's input.
            let _input = child.stdin.take();
            send(&child, Signal::KILL);
            child.wait().await.unwrap();
            nothing_left(&container, &format!("{shape} {options:?}")).await;
        }
    }
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn every_tree_is_ended_by_an_interrupt_and_the_program_says_so() {
    let bench = Bench::get();
    let container = Running::start(&connect(&bench.docker).await, &bench.image).await;
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        for (shape, script) in TREES {
            let child = exec_of(&bench, &container, &["--grace", "1s"], script).spawn().unwrap();
            begun(&container, shape).await;
            send(&child, signal);
            let output = child.wait_with_output().await.unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(code), "{shape}: {said}");
            assert!(said.contains("none is left"), "{shape}: {said}");
            assert_eq!(container.processes().await, [""; 0], "{shape}: {said}");
        }
    }
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn every_tree_is_ended_by_a_timeout_of_two_seconds() {
    let bench = Bench::get();
    let container = Running::start(&connect(&bench.docker).await, &bench.image).await;
    for (shape, script) in TREES {
        let options = ["--timeout", "2s", "--grace", "1s"];
        let output = exec_of(&bench, &container, &options, script).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(124), "{shape}: {said}");
        assert!(said.contains("none is left"), "{shape}: {said}");
        assert_eq!(container.processes().await, [""; 0], "{shape}: {said}");
    }
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_second_interrupt_leaves_at_once() {
    let bench = Bench::get();
    let container = Running::start(&connect(&bench.docker).await, &bench.image).await;
    let deaf = "trap '' TERM INT; while :; do sleep 71000; done";
    let mut child = exec_of(&bench, &container, &["--grace", "60s"], deaf).spawn().unwrap();
    begun(&container, "deaf").await;
    send(&child, Signal::INT);
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = tokio::time::timeout(Duration::from_secs(10), said.next_line()).await;
    let first = first.expect("it says what it does").unwrap().unwrap();
    let begun = Instant::now();
    send(&child, Signal::INT);
    let status = child.wait().await.unwrap();
    assert_eq!(status.code(), Some(130), "{first}");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    container.remove().await;
}

/// Every verb that asks an engine, against one that accepts and never answers: it ends at its deadline and says so.
#[tokio::test]
async fn every_verb_ends_when_nothing_answers() {
    const VERBS: &[&str] = &[
        "ps",
        "inspect a",
        "pull a",
        "create --name aa --pull never image",
        "start a",
        "stop a",
        "restart a",
        "kill a",
        "pause a",
        "unpause a",
        "wait a",
        "rename a b",
        "rm a",
        "exec a true",
        "exec --durable a true",
        "sessions ls",
        "sessions ls a",
        "sessions follow a d-1",
        "sessions stop a d-1",
        "sessions rm a d-1",
        "logs a",
        "logs -f a",
        "events",
        "top a",
        "stats a",
        "stats --follow a",
        "cp a:/x /tmp/nothing-comes",
        "images",
        "rmi a",
        "volume ls",
        "volume create vol",
        "volume inspect vol",
        "volume rm vol",
        "df",
        "doctor",
        "cleanup --force",
    ];
    for script in [Script::silent(), Script::silent().docker("1.41"), Script::stalled_body().docker("1.41")] {
        let server = SilentEngine::on_unix(script);
        let tried = VERBS.iter().map(|verb| {
            let mut command = program(server.endpoint());
            command.args(["--timeout", "500ms"]).args(verb.split(' '));
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            async move {
                let limit = Duration::from_secs(20);
                let output = tokio::time::timeout(limit, command.output()).await;
                let output = output.unwrap_or_else(|_| panic!("{verb} does not end")).unwrap();
                let said = [output.stdout, output.stderr].concat();
                (verb, output.status.code(), String::from_utf8_lossy(&said).into_owned())
            }
        });
        for (verb, code, said) in futures_util::future::join_all(tried).await {
            assert!(!matches!(code, None | Some(0)), "{verb}: {code:?} {said}");
            let says_why = ["no end within", "does not answer", "no answer", "cannot be read"];
            assert!(says_why.iter().any(|words| said.contains(words)), "{verb}: {code:?} {said}");
        }
    }
}
