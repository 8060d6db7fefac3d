//! The demo's scene, read and played.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;

use super::{RECORDINGS, SCENE, demo_scene, recording};
use crate::engine::simulated::{Scene, Simulated};
use crate::engine::{
    Change, ContainerId, ContainerManager, ContainerManagerExt, ContainerSpec, ContainerState, ExecRequest,
    ImageFilter, ListFilter, LogChunk, LogsRequest, PullRequest, RemoveOptions, Signal, Stats, StopOptions,
    TermSize, VolumeFilter, WaitFor, chain,
};

fn epoch() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().unwrap()
}

fn demo() -> Simulated {
    Simulated::beginning(demo_scene(), "--demo", epoch())
}

async fn log(engine: &Simulated, id: &str) -> Vec<LogChunk> {
    let request = LogsRequest { timestamps: true, ..LogsRequest::default() };
    engine.logs(&id.into(), &request).try_collect().await.unwrap()
}

async fn text(engine: &Simulated, id: &str) -> String {
    let chunks = log(engine, id).await;
    chunks.iter().map(|chunk| String::from_utf8_lossy(&chunk.bytes).into_owned()).collect()
}

async fn figures(engine: &Simulated, id: &ContainerId) -> Stats {
    engine.stats(id, false).next().await.unwrap().unwrap()
}

async fn running(engine: &Simulated) -> Vec<ContainerId> {
    let filter = ListFilter { states: vec![ContainerState::Running], ..ListFilter::default() };
    engine.list(&filter).await.unwrap().into_iter().map(|container| container.id).collect()
}

/// So many seconds later, with all that happens meanwhile done.
async fn later(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[test]
fn the_scene_can_be_read_and_is_small() {
    let scene = Scene::parse(SCENE, &recording).unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(scene.containers.len(), 12);
    let size: usize = RECORDINGS.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(size < 1_500_000, "{size}");
}

#[tokio::test(start_paused = true)]
async fn every_build_is_where_it_is_shown_best() {
    let engine = demo();
    later(1).await;
    let a = text(&engine, "yocto-a").await;
    let task = a.lines().rev().find_map(|line| line.strip_prefix("NOTE: Running ")).unwrap();
    assert!(task.contains(" of 5445 ("), "{task}");
    let b = text(&engine, "yocto-b").await;
    assert!(!b.contains("Parsing of"), "it parses: {b}");
    let setscene = text(&engine, "tiny-setscene").await;
    assert!(setscene.contains("Running setscene task 3 of 38"), "{setscene}");
    assert!(!setscene.contains("Running setscene task 38 of 38"), "{setscene}");
    let nightly = text(&engine, "nightly").await;
    assert!(nightly.contains("ERROR: Task (") && !nightly.contains("Tasks Summary"), "{nightly}");
    let log =
        "/home/builder/tiny/build/tmp/work/core2-64-tiny-linux/fail-shell/1.0/temp/log.do_compile.21294";
    assert!(nightly.contains(log));
    assert!(engine.stat(&"nightly".into(), log).await.unwrap().size > 100);
    assert!(text(&engine, "kernel-rebuild").await.ends_with("linux-yocto_6.12.bb:do_compile\n"));
    assert!(text(&engine, "qemuarm64").await.contains("Executing Tasks"), "a frozen one has its log");
    assert!(text(&engine, "yocto-old").await.contains("all succeeded"));
    let oom = engine.inspect(&"chromium-try".into()).await.unwrap();
    assert!(oom.oom_killed && oom.exit_code == Some(137));
}

#[tokio::test(start_paused = true)]
async fn something_moves_whenever_one_looks() {
    let engine = demo();
    let mut before = 0;
    for _ in 0..40 {
        later(600).await;
        let mut now = 0;
        for name in ["yocto-a", "yocto-b", "tiny-setscene", "nightly"] {
            now += log(&engine, name).await.len();
        }
        assert!(now > before, "nothing in ten minutes");
        before = now;
    }
    assert_eq!(running(&engine).await.len(), 8, "and none has ended");
}

#[tokio::test(start_paused = true)]
async fn figures_differ_and_change() {
    let engine = demo();
    later(1).await;
    let mut seen = Vec::new();
    for id in running(&engine).await {
        let now = figures(&engine, &id).await;
        seen.push((now.cpu.percent.unwrap_or(0.0).round(), now.memory.used >> 20));
        assert!(now.memory.used <= now.memory.limit);
    }
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));
    seen.dedup_by(|a, b| a.1 == b.1);
    assert_eq!(seen.len(), 8, "{seen:?}");
    let kernel = figures(&engine, &"kernel-rebuild".into()).await.memory;
    assert!(kernel.used * 100 / kernel.limit > 93, "{kernel:?}");
    let frozen = figures(&engine, &"qemuarm64".into()).await;
    later(30).await;
    let still = figures(&engine, &"qemuarm64".into()).await;
    assert_eq!((still.cpu.percent, still.block.read), (Some(0.0), frozen.block.read));
}

/// All that two runs of the demo must have in common.
async fn told() -> String {
    let engine = demo();
    engine.start(&"yocto-next".into()).await.unwrap();
    let mut spec = ContainerSpec::new("made", "debian:12");
    spec.command = ["sleep", "infinity"].map(str::to_owned).to_vec();
    engine.create(&spec).await.unwrap();
    engine.start(&"made".into()).await.unwrap();
    later(1000).await;
    let exec = ExecRequest::new(["/bin/sh", "-c", "date; ps; id"]);
    let said = engine.exec_collect(&"workbench".into(), &exec, 1 << 16).await.unwrap();
    let list = engine.list(&ListFilter::default()).await.unwrap();
    let mut all = vec![format!("{list:#?}"), format!("{said:?}")];
    for container in &list {
        all.push(format!("{:?}", log(&engine, container.id.as_str()).await));
        all.push(format!("{:?}", figures(&engine, &container.id).await));
        all.push(format!("{:?}", engine.inspect(&container.id).await));
    }
    all.push(format!("{:?}", engine.list_images(&ImageFilter::default()).await));
    all.push(format!("{:?}", engine.list_volumes(&VolumeFilter::default()).await));
    all.join("\n")
}

#[test]
fn two_runs_are_the_same() {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(told())
    };
    let (first, second) = (run(), run());
    assert!(first.len() > 1_000_000, "{}", first.len());
    // Not assert_eq!: nobody wants to read megabytes of difference.
    let differing = first.lines().zip(second.lines()).find(|(first, second)| first != second);
    assert!(first == second, "{differing:.500?}");
}

#[tokio::test(start_paused = true)]
async fn builds_end_as_they_are_asked_to() {
    let engine = demo();
    later(1).await;
    let begun = tokio::time::Instant::now();
    let int = StopOptions { signal: Some(Signal::int()), grace: Duration::from_secs(60) };
    engine.stop(&"yocto-a".into(), &int).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 4);
    let said = text(&engine, "yocto-a").await;
    assert!(
        said.contains("Keyboard Interrupt, closing down...\n\nWARNING: Exiting due to interrupt.\n"),
        "it is quiet"
    );
    assert!(said.ends_with("returning a non-zero exit code.\n"));

    let begun = tokio::time::Instant::now();
    let term = StopOptions { signal: None, grace: Duration::from_secs(10) };
    engine.stop(&"kernel-rebuild".into(), &term).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 10, "it takes no notice");
    assert_eq!(engine.inspect(&"kernel-rebuild".into()).await.unwrap().exit_code, Some(137));

    engine.restart(&"nightly".into(), &term).await.unwrap();
    assert!(engine.inspect(&"nightly".into()).await.unwrap().state.is_alive());
    engine.unpause(&"qemuarm64".into()).await.unwrap();
    engine.kill(&"workbench".into(), &Signal::term()).await.unwrap();
    let code = engine.wait(&"workbench".into(), WaitFor::NotRunning).await.unwrap().code;
    assert_eq!(code, 143);
}

#[tokio::test(start_paused = true)]
async fn stopped_ones_start_again_and_print() {
    let engine = demo();
    for (name, code) in [("yocto-old", 0), ("chromium-try", 137), ("yocto-next", 0)] {
        let before = log(&engine, name).await.len();
        assert_eq!(engine.start(&name.into()).await.unwrap(), Change::Made);
        let ended = engine.wait(&name.into(), WaitFor::NotRunning).await.unwrap();
        assert_eq!(ended.code, code, "{name}");
        assert!(log(&engine, name).await.len() > before, "{name}");
        engine.remove(&name.into(), RemoveOptions::default()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_one_can_be_made_from_what_was_pulled() {
    let engine = demo();
    let image = "registry.example.org/yocto-build:kirkstone";
    let told: Vec<_> = engine.pull(&PullRequest::new(image)).try_collect().await.unwrap();
    assert!(told.len() > 40);
    let made = async |name: &str, command: &[&str]| {
        let mut spec = ContainerSpec::new(name, image);
        spec.command = command.iter().map(|word| (*word).to_owned()).collect();
        engine.create(&spec).await.unwrap();
        engine.start(&name.into()).await
    };
    made("idle", &["sleep", "infinity"]).await.unwrap();
    made("says", &["/bin/sh", "-c", "cat /etc/os-release; sleep 5; exit 3"]).await.unwrap();
    made("builds", &["bitbake", "tiny-image"]).await.unwrap();
    assert!(made("fails", &["make", "world"]).await.is_err());
    let ended = engine.wait(&"says".into(), WaitFor::NotRunning).await.unwrap();
    assert_eq!(ended.code, 3);
    assert!(text(&engine, "says").await.contains("simulated"));
    assert_eq!(engine.wait(&"builds".into(), WaitFor::NotRunning).await.unwrap().code, 0);
    assert!(engine.inspect(&"idle".into()).await.unwrap().state.is_alive());
    let dangling = ImageFilter { dangling: Some(true), ..ImageFilter::default() };
    assert_eq!(engine.list_images(&dangling).await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_build_in_a_shell_is_a_terminal_s() {
    let engine = demo();
    let request = ExecRequest {
        tty: Some(TermSize { columns: 80, rows: 24 }),
        ..ExecRequest::new(["/bin/sh", "-c", "bitbake tiny-image"])
    };
    let session = engine.exec(&"workbench".into(), &request).await.unwrap();
    let printed: Vec<_> = session.output.map(|piece| piece.unwrap().bytes).collect().await;
    let recorded = recording("build-terminal.raw").unwrap();
    assert!(printed.concat() == recorded, "byte for byte");
    let request = ExecRequest { tty: request.tty, ..ExecRequest::new(["bitbake", "-k", "world"]) };
    let session = engine.exec(&"workbench".into(), &request).await.unwrap();
    let printed: Vec<_> = session.output.map(|piece| piece.unwrap().bytes).collect().await;
    let text = String::from_utf8(printed.concat()).unwrap();
    assert!(text.split_inclusive('\n').all(|line| line.ends_with("\r\n")), "each line returns");
}

#[tokio::test(start_paused = true)]
async fn what_is_typed_in_a_prompt_is_answered() {
    let engine = demo();
    for (script, word, code) in [
        ("uname -a", "simulated", 0),
        ("cat /etc/os-release", "simulated", 0),
        ("df -h", "simulated", 0),
        ("du -sh tmp", "18G\ttmp", 0),
        ("bitbake-layers show-layers", "meta-tiny", 0),
        ("devtool status", "workspace", 0),
        ("bitbake -n core-image-minimal", "5445 of 5445", 1),
        ("ls conf && env", "SSTATE_MIRROR_TOKEN=", 0),
        ("help", "bitbake *", 0),
        ("gcc main.c", "/bin/sh: 1: gcc: not found", 127),
    ] {
        let request = ExecRequest::new(["/bin/sh", "-c", script]);
        let output = engine.exec_collect(&"workbench".into(), &request, 1 << 21).await.unwrap();
        let text = output.stdout_text() + &output.stderr_text();
        assert!(text.contains(word) && output.exit_code == code, "{script}: {code} {text:.500}");
    }
}
