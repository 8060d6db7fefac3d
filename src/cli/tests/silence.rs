//! Every verb on an engine that accepts and never answers.

use std::time::Duration;

use clap::CommandFactory;
use tokio::time::Instant;

use super::call;
use crate::cli::args::Cli;
use crate::cli::test_support::silent;

/// A line for each verb that asks an engine for something, with the longest time it may take: its deadline and
/// what the look afterwards may take.
const LINES: &[(&str, u64)] = &[
    ("ps --all", 15),
    ("inspect yocto-a", 15),
    ("create --name=yocto-a debian:12", 15),
    ("create --name=yocto-a --pull=never debian:12", 60 + 10),
    ("start yocto-a yocto-b", 60 + 10),
    ("stop yocto-a yocto-b yocto-c", 40 + 10),
    ("stop-build yocto-a", 30),
    ("restart --grace 1m yocto-a", 90 + 10),
    ("kill yocto-a", 15 + 10),
    ("pause yocto-a", 15 + 10),
    ("unpause yocto-a", 15 + 10),
    ("rename yocto-a yocto-b", 15 + 10),
    ("rm yocto-a", 300 + 10),
    ("logs yocto-a", 3),
    ("logs --follow yocto-a", 3),
    ("events", 3),
    ("top yocto-a", 15),
    ("stats", 15),
    ("stats yocto-a", 15),
    ("watch yocto-a", 15),
    ("cp yocto-a:/etc -", 3),
    ("build -f tests/fixtures/smidr/volumes.yaml", 15),
    ("up -f tests/fixtures/smidr/volumes.yaml", 15),
    ("down -f tests/fixtures/smidr/volumes.yaml", 40 + 10),
    ("sessions ls", 15),
    ("sessions ls yocto-a", 30),
    ("sessions stop yocto-a d-1", 35 + 15),
    ("sessions rm yocto-a d-1", 30 + 15),
    ("images", 15),
    ("rmi debian:12", 300 + 10),
    ("volume ls", 15),
    ("volume create sstate", 60 + 10),
    ("volume inspect sstate", 15),
    ("volume rm sstate", 300 + 10),
    ("df", 300),
    ("cleanup --force", 15),
];

/// Those that last as long as what they watch, or as a registry sends: they end by `--timeout` alone.
const LASTING: &[&str] = &[
    "wait yocto-a",
    "exec yocto-a true",
    "pull debian:12",
    "stats --follow yocto-a",
    "cp Cargo.toml yocto-a:/",
];

/// Those that ask no engine that is open already.
const OTHERS: &[&str] = &["artifacts", "report", "check", "doctor", "config", "completions", "man"];

/// The program on a silent engine: its exit code, its standard error, and how long it took.
async fn run(line: &str) -> (u8, String, Duration) {
    let begun = Instant::now();
    let called = call(line, |supervisor| vec![silent(supervisor, "unix:///run/silent.sock")]).await;
    (called.exit, called.err, begun.elapsed())
}

fn says_that_nobody_answered(exit: u8, err: &str) -> bool {
    let words = ["no end within", "has not answered for", "no answer"];
    matches!(exit, 3 | 124) && err.contains("error: ") && words.iter().any(|words| err.contains(words))
}

#[tokio::test(start_paused = true)]
async fn every_verb_ends_within_its_deadline_and_says_so() {
    for (line, most) in LINES {
        let (exit, err, took) = run(line).await;
        assert!(says_that_nobody_answered(exit, &err), "{line}: {exit}\n{err}");
        assert!(took <= Duration::from_secs(*most), "{line} took {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_users_deadline_replaces_every_other() {
    let lines = LINES.iter().map(|(line, _)| *line).chain(LASTING.iter().copied());
    for line in lines {
        let (exit, err, took) = run(&format!("--timeout 2s {line}")).await;
        assert!(says_that_nobody_answered(exit, &err), "{line}: {exit}\n{err}");
        // Two seconds, the grace of `stop` and `restart`, and the look afterwards.
        let grace = if line.contains("1m") { 60 } else { 10 };
        assert!(took <= Duration::from_secs(2 + grace + 15), "{line} took {took:?}");
    }
}

#[test]
fn no_verb_is_forgotten() {
    let tried: Vec<&str> = LINES.iter().map(|(line, _)| *line).chain(LASTING.iter().copied()).collect();
    for verb in Cli::command().get_subcommands() {
        let name = verb.get_name();
        let is_tried = tried.iter().any(|line| line.split(' ').next() == Some(name));
        assert!(is_tried || OTHERS.contains(&name), "{name} is tried on no silent engine");
    }
}

#[tokio::test(start_paused = true)]
async fn errors_are_json_where_json_is_asked() {
    let (exit, err, _) = run("--json top yocto-a").await;
    let error: serde_json::Value = serde_json::from_str(err.trim()).unwrap();
    assert_eq!((exit, &error["error"]["kind"]), (124, &serde_json::json!("timed-out")));
    assert_eq!(error["error"]["retryable"], true);
    assert_eq!(error["error"]["object"], "yocto-a");
}
