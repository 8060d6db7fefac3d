//! `smidr-console watch` on builds of somebody else.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::fake::{Builder, LIMIT, console_log, plan};
use crate::support::Bench;

/// The program at work, and what it prints.
struct Watch {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
    /// Where it keeps what builds took.
    state: tempfile::TempDir,
}

/// How it ended.
struct Ended {
    code: Option<i32>,
    said: Vec<String>,
    err: String,
    state: tempfile::TempDir,
}

impl Watch {
    fn begin(options: &[&str]) -> Self {
        let state = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_smidr-console"));
        command.args(["--host", &Bench::get().docker]).arg("watch").args(options);
        command.env("XDG_STATE_HOME", state.path()).stdin(Stdio::null()).kill_on_drop(true);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, said: Vec::new(), state }
    }

    /// Reads until it prints a line that is as wanted.
    async fn until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        loop {
            let line = tokio::time::timeout(LIMIT, self.lines.next_line()).await;
            match line.unwrap_or_else(|_| panic!("in vain: {what}: {:#?}", self.said)).unwrap() {
                Some(line) => {
                    self.said.push(line.clone());
                    if wanted(&line) {
                        return line;
                    }
                }
                None => panic!("it ended before: {what}: {:#?}", self.said),
            }
        }
    }

    fn send(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    async fn end(mut self) -> Ended {
        let rest = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                self.said.push(line);
            }
            self.child.wait_with_output().await.unwrap()
        };
        let output = tokio::time::timeout(LIMIT, rest).await.expect("it ends");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        Ended { code: output.status.code(), said: self.said, err, state: self.state }
    }
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|wrong| panic!("{wrong}: {line}"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the bench: run tests/run"]
async fn a_watch_tells_of_a_build_that_fails_and_ends_as_it_ended() {
    let builder = Builder::start().await;
    let lines = console_log("b-nontty-failure-k.raw");
    let half = lines.len() / 2;
    builder
        .somebody_builds("/build", "20260101000000", &plan(&lines, &[(half, "/tmp/half")]), &["-k", "x"])
        .await;
    let (mut people, mut machines) =
        (Watch::begin(&[builder.id.as_str()]), Watch::begin(&["--json", builder.id.as_str()]));
    people.until("it is found", |line| line.contains(": x in /build, begun ")).await;
    machines.until("it is found", |line| json(line)["event"] == "found").await;
    machines
        .until("it runs", |line| json(line)["running"].as_array().is_some_and(|tasks| !tasks.is_empty()))
        .await;
    builder.go("/tmp/half").await;

    let people = people.end().await;
    assert_eq!((people.code, people.err.as_str()), (Some(1), ""), "{:#?}", people.said);
    let failed =
        people.said.iter().filter(|line| line.contains(" failed: ") && line.contains(" do_")).count();
    assert_eq!(failed, 6, "{:#?}", people.said);
    assert!(
        people
            .said
            .iter()
            .any(|line| line.contains(": x failed after ") && line.ends_with(", 6 tasks failed"))
    );
    assert!(people.said.iter().any(|line| line.starts_with("    log: /") && line.contains("/temp/log.do_")));
    assert!(people.said.len() < 80, "{:#?}", people.said);

    let machines = machines.end().await;
    assert_eq!((machines.code, machines.err.as_str()), (Some(1), ""), "{:#?}", machines.said);
    let said: Vec<Value> = machines.said.iter().map(|line| json(line)).collect();
    let events = |name: &str| said.iter().filter(|line| line["event"] == name).count();
    assert_eq!((events("found"), events("failure"), events("end")), (1, 6, 1), "{said:#?}");
    let end = said.last().unwrap();
    assert_eq!((&end["event"], &end["outcome"]), (&"end".into(), &"failed".into()));
    assert_eq!(end["failures"].as_array().unwrap().len(), 6);
    assert_eq!((&end["directory"], &end["target"]), (&"/build".into(), &"x".into()));
    let kept = Path::new(machines.state.path()).join("smidr-console/builds");
    assert!(kept.is_dir(), "what it took is kept where the console keeps it");
    drop(people.state);
    builder.is_empty().await;
    builder.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the bench: run tests/run"]
async fn a_watch_waits_for_a_build_and_ends_well_where_it_succeeds() {
    let builder = Builder::start().await;
    // Nothing to watch.
    for (options, words) in [(&[][..], "no build runs in "), (&["--wait", "100ms"], " within 0.1s")] {
        let ended = Watch::begin(&[options, &[builder.id.as_str()]].concat()).end().await;
        assert_eq!((ended.code, ended.said.len()), (Some(6), 0), "{}", ended.err);
        assert!(ended.err.contains(words) && ended.err.contains("--wait"), "{}", ended.err);
    }
    let ended = Watch::begin(&["--json", builder.id.as_str()]).end().await;
    assert_eq!((ended.code, &json(&ended.err)["error"]["kind"]), (Some(6), &"no-build".into()));
    assert_eq!(Watch::begin(&["no-such-container"]).end().await.code, Some(4));

    let watch = Watch::begin(&["--wait", "5m", builder.id.as_str(), builder.id.as_str()]);
    let lines = console_log("a-nontty-success.raw");
    let last = lines.len() - 1;
    let gated = plan(&lines, &[(last, "/tmp/last")]);
    builder.somebody_builds("/build", "20260101000000", &gated, &["x"]).await;
    let mut watch = watch;
    watch.until("it is found", |line| line.contains(": x in /build, begun ")).await;
    builder.go("/tmp/last").await;
    let ended = watch.end().await;
    assert_eq!(ended.code, Some(0), "{:#?}\n{}", ended.said, ended.err);
    assert!(ended.said.last().unwrap().contains(": x succeeded after "), "{:#?}", ended.said);
    builder.is_empty().await;
    builder.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the bench: run tests/run"]
async fn to_stop_watching_never_stops_a_build() {
    let builder = Builder::start().await;
    let lines = console_log("a-nontty-success.raw");
    let half = lines.len() / 2;
    builder.somebody_builds("/build", "20260101000000", &plan(&lines, &[(half, "/tmp/half")]), &["x"]).await;
    let alone = {
        let mut before = builder.processes().await;
        let mut same = 0;
        while same < 3 {
            tokio::task::yield_now().await;
            let now = builder.processes().await;
            same = if now.len() == before.len() && now.len() > 3 { same + 1 } else { 0 };
            before = now;
        }
        before.len()
    };
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let mut watch = Watch::begin(&[builder.id.as_str()]);
        watch.until("it is found", |line| line.contains(": x in /build, begun ")).await;
        watch.send(signal);
        let ended = watch.end().await;
        assert_eq!(ended.code, Some(code), "{}", ended.err);
        assert!(ended.err.contains("stopped watching; the build goes on"), "{}", ended.err);
    }
    let mut watch = Watch::begin(&["--json", builder.id.as_str()]);
    watch.until("it is found", |line| json(line)["event"] == "found").await;
    watch.send(Signal::INT);
    let ended = watch.end().await;
    assert_eq!((ended.code, &json(ended.said.last().unwrap())["event"]), (Some(130), &"left".into()));
    let ended = Watch::begin(&["--timeout", "6s", builder.id.as_str()]).end().await;
    assert_eq!(ended.code, Some(124), "{}", ended.err);
    assert!(ended.err.contains("its build goes on"), "{}", ended.err);

    // Nothing of ours is left, and all of the build's.
    let only_its_own = async || {
        let processes = builder.processes().await;
        !processes.iter().any(|line| line.contains("tail -v") || line.contains("every="))
            && processes.len() >= alone
    };
    crate::support::wait_until("only the build is left", Duration::from_secs(20), only_its_own).await;
    builder.go("/tmp/half").await;
    builder.is_empty().await;
    builder.remove().await;
}
