//! What a scene says, and what is wrong with one.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use tokio::time::{Instant, timeout};

use super::{engine, parsed};
use crate::engine::simulated::{Scene, Simulated};
use crate::engine::{
    ContainerManager, ContainerManagerExt, ContainerState, ErrorKind, ExecRequest, ListFilter, LogsRequest,
    PullRequest, Signal, StdStream, StopOptions, WaitFor, chain,
};

fn a() -> crate::engine::ContainerId {
    "yocto-a".into()
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_column() {
    for (scene, place, word) in [
        ("images:\n  - reference: debian:12\n    sise: 4 MiB\n", (3, 5), "sise"),
        ("faults:\n  - on: [stop]\n    delay: soon\n", (3, 12), "soon"),
        ("faults:\n  - on: [stopp]\n", (2, 10), "stopp"),
        ("faults:\n  - refuse: nope\n", (2, 13), "nope"),
        ("volumes:\n  - name: sstate\n    size: 4 KB\n", (3, 11), "4 KB"),
        ("programs:\n  - command: x\n    signals:\n      FOO: {}\n", (4, 7), "FOO"),
        ("engine:\n  missing: {flying: no wings}\n", (2, 13), "flying"),
        ("images: [\n", (2, 1), "expected"),
    ] {
        let error = parsed(scene).unwrap_err();
        assert_eq!(error.place(), Some(place), "{error}");
        let (line, column) = place;
        assert!(error.to_string().starts_with(&format!("scene:{line}:{column}: ")), "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn names_that_lead_nowhere_are_told() {
    let error = parsed("containers: [{name: yocto-a, image: nowhere}]").unwrap_err();
    assert_eq!(error.to_string(), "scene: container yocto-a: there is no image nowhere");
    let twice = "images: [{reference: a}]\ncontainers: [{name: b, image: a}, {name: b, image: a}]";
    assert_eq!(parsed(twice).unwrap_err().to_string(), "scene: two containers are called b");
}

#[test]
fn a_file_is_named_in_its_errors_and_recordings_are_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("scene.yaml");
    let missing = Scene::from_file(&file).unwrap_err();
    assert!(chain(&missing).contains("scene.yaml") && chain(&missing).contains("No such file"), "{missing}");
    std::fs::write(&file, "programs: [{command: x, output: [{replay: {bytes: x.raw, times: x.times}}]}]")
        .unwrap();
    let missing = Scene::from_file(&file).unwrap_err();
    assert!(missing.to_string().contains("x.raw"), "{missing}");
    std::fs::write(directory.path().join("x.raw"), "abc").unwrap();
    for (times, wrong) in [("0.1 1 2\n", "last 1 bytes"), ("0.1 1 4\n", "more bytes"), ("0.1 1\n", "line 1")]
    {
        std::fs::write(directory.path().join("x.times"), times).unwrap();
        let error = Scene::from_file(&file).unwrap_err();
        assert!(chain(&error).contains(wrong), "{}", chain(&error));
    }
    std::fs::write(directory.path().join("x.times"), "0.1 1 2\n0.2 2 1\n").unwrap();
    Scene::from_file(&file).unwrap();
}

#[tokio::test(start_paused = true)]
async fn output_comes_in_its_time() {
    let engine = engine(
        r#"
images: [{reference: "debian:12"}]
containers:
  - name: yocto-a
    image: debian:12
    state: running
    process:
      output:
        - {after: 1.5s, stdout: "first\n"}
        - {after: 2s, stderr: "tick {n}\n", repeat: 3, every: 10s}
      exit: {after: 1m, code: 3}
"#,
    );
    let begun = Instant::now();
    let follow = LogsRequest { follow: true, ..LogsRequest::default() };
    let mut log = engine.logs(&a(), &follow);
    let mut told = Vec::new();
    while let Some(chunk) = log.next().await {
        let chunk = chunk.unwrap();
        let text = String::from_utf8(chunk.bytes.to_vec()).unwrap();
        told.push((begun.elapsed().as_millis(), chunk.stream, text));
    }
    let expected = [
        (1500, StdStream::Stdout, "first\n"),
        (3500, StdStream::Stderr, "tick 1\n"),
        (13_500, StdStream::Stderr, "tick 2\n"),
        (23_500, StdStream::Stderr, "tick 3\n"),
    ];
    assert_eq!(told, expected.map(|(at, stream, text)| (at, stream, text.to_owned())));
    assert_eq!(begun.elapsed(), Duration::from_millis(83_500), "and ends in its time");
    assert_eq!(engine.inspect(&a()).await.unwrap().exit_code, Some(3));
}

#[tokio::test(start_paused = true)]
async fn a_scene_begins_in_the_middle() {
    let engine = engine(
        r#"
images: [{reference: "debian:12"}]
volumes: [{name: sstate, size: 41 GiB, created_ago: 30d}]
containers:
  - name: yocto-a
    image: debian:12
    state: running
    created_ago: 2h
    started_ago: 1h
    mounts: [{source: sstate, target: /sstate}]
    process: {output: [{stdout: "minute {n}\n", repeat: 1000, every: 1m}]}
  - name: yocto-old
    image: debian:12
    state: exited
    started_ago: 4d
    ended_ago: 3d
    process: {output: [{stdout: "done\n"}], exit: {out_of_memory: true}}
  - {name: yocto-frozen, image: "debian:12", state: paused}
"#,
    );
    let names = |states: &[ContainerState]| {
        let filter = ListFilter { states: states.to_vec(), ..ListFilter::default() };
        let engine = engine.clone();
        async move {
            let found = engine.list(&filter).await.unwrap();
            found.into_iter().map(|it| (it.name, it.status)).collect::<Vec<_>>()
        }
    };
    let ended = names(&[ContainerState::Exited]).await;
    assert_eq!(ended, [("yocto-old".to_owned(), "Exited (137) 3 days ago".to_owned())]);
    assert_eq!(names(&[ContainerState::Paused]).await.len(), 1);
    assert_eq!(names(&[ContainerState::Running]).await[0].1, "Up 1 hour");
    assert!(engine.inspect(&"yocto-old".into()).await.unwrap().oom_killed);

    // It catches up with its hour at once, with the stamps of then.
    let mut log =
        engine.logs(&a(), &LogsRequest { follow: true, timestamps: true, ..LogsRequest::default() });
    let begun = Instant::now();
    let mut stamps = Vec::new();
    while stamps.len() < 61 {
        stamps.push(log.next().await.unwrap().unwrap().time.unwrap());
    }
    assert!(begun.elapsed() < Duration::from_millis(1), "an hour of it is there: {:?}", begun.elapsed());
    assert!(stamps.windows(2).all(|pair| pair[1].duration_since(pair[0]).as_secs() == 60));
    log.next().await.unwrap().unwrap();
    assert_eq!(begun.elapsed().as_millis().div_ceil(1000), 60, "the next one is a minute away");
    let usage = engine.disk_usage().await.unwrap();
    assert_eq!(usage.by_volume[0].bytes, Some(41 << 30));
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_replayed_byte_for_byte_in_its_pace() {
    let scene = r#"
images: [{reference: "debian:12"}]
containers: [{name: yocto-a, image: "debian:12", state: running}]
programs: [{command: bitbake *, output: [{replay: {bytes: x.raw, times: x.times, speed: 2}}], exit: {code: 1}}]
"#;
    let recording = |name: &str| match name {
        "x.raw" => Ok(b"one\r\x1b[2Ktwo\xfferr".to_vec()),
        _ => Ok(b"2.0 1 4\n2.5 1 8\n10 2 3\n".to_vec()),
    };
    let engine = Simulated::new(Scene::parse(scene, &recording).unwrap(), "test");
    let begun = Instant::now();
    let mut session = engine.exec(&a(), &ExecRequest::new(["bitbake", "core-image"])).await.unwrap();
    let mut told = Vec::new();
    while let Some(piece) = session.output.next().await {
        let piece = piece.unwrap();
        told.push((begun.elapsed().as_millis(), piece.stream, piece.bytes.to_vec()));
    }
    let expected = [
        (1000, StdStream::Stdout, b"one\r".to_vec()),
        (1250, StdStream::Stdout, b"\x1b[2Ktwo\xff".to_vec()),
        (5000, StdStream::Stderr, b"err".to_vec()),
    ];
    assert_eq!(told, expected);
    assert_eq!(engine.exec_state(&session.id).await.unwrap().exit_code, Some(1));
}

const SLOW_TO_END: &str = r#"
images: [{reference: "debian:12"}]
containers:
  - name: yocto-a
    image: debian:12
    state: running
    process:
      output: [{stdout: "{n}\n", repeat: 1000, every: 1s}]
      signals: {INT: {prints: "Keyboard Interrupt\n", exit: 130, after: 4s}}
"#;

#[tokio::test(start_paused = true)]
async fn signals_are_taken_as_told() {
    let engine = engine(SLOW_TO_END);
    let begun = Instant::now();
    let stop = StopOptions { signal: Some(Signal::int()), grace: Duration::from_secs(60) };
    engine.stop(&a(), &stop).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_secs(4));
    assert_eq!(engine.inspect(&a()).await.unwrap().exit_code, Some(130));
    let log: Vec<_> = engine.logs(&a(), &LogsRequest::default()).try_collect().await.unwrap();
    let lines: Vec<_> = log.iter().map(|chunk| String::from_utf8_lossy(&chunk.bytes).into_owned()).collect();
    assert_eq!(lines[1], "Keyboard Interrupt\n");
    assert_eq!(lines[lines.len() - 1], "4\n", "it goes on until its end");
}

#[tokio::test(start_paused = true)]
async fn time_stands_still_for_a_frozen_one() {
    let engine = engine(SLOW_TO_END);
    let follow = LogsRequest { follow: true, ..LogsRequest::default() };
    let mut log = engine.logs(&a(), &follow);
    for _ in 0..3 {
        log.next().await.unwrap().unwrap();
    }
    engine.pause(&a()).await.unwrap();
    assert!(timeout(Duration::from_secs(3600), log.next()).await.is_err(), "a frozen one prints nothing");
    let thawed = Instant::now();
    engine.unpause(&a()).await.unwrap();
    assert_eq!(&log.next().await.unwrap().unwrap().bytes[..], b"4\n");
    assert_eq!(thawed.elapsed().as_millis().div_ceil(1000), 1);
    assert_eq!(&log.next().await.unwrap().unwrap().bytes[..], b"5\n");
    assert_eq!(thawed.elapsed().as_millis().div_ceil(1000), 2, "nor does it hurry afterwards");
}

#[tokio::test(start_paused = true)]
async fn an_unread_command_is_held_up_and_one_nobody_hears_is_not() {
    let engine = engine(
        r#"
images: [{reference: "debian:12"}]
containers: [{name: yocto-a, image: "debian:12", state: running}]
programs: [{command: flood, output: [{stdout: "{n}\n", repeat: 1000000}]}]
"#,
    );
    let session = engine.exec(&a(), &ExecRequest::new(["flood"])).await.unwrap();
    tokio::time::advance(Duration::from_secs(3600)).await;
    assert!(engine.exec_state(&session.id).await.unwrap().running, "nobody reads it");
    let id = session.id.clone();
    drop(session);
    let ended = async {
        while engine.exec_state(&id).await.unwrap().running {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(60), ended).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_pull_tells_its_layers_and_needs_the_password() {
    let scene = r#"
registry:
  - image: {reference: "registry.example.org/yocto:5", size: 300 MiB}
    password: "?>~"
    layers: [{id: aa, size: 100 MiB, takes: 10s}, {id: bb, size: 200 MiB, takes: 20s}]
"#;
    let engine = engine(scene);
    let mut request = PullRequest::new("registry.example.org/yocto:5");
    let refused = engine.pull(&request).next().await.unwrap().unwrap_err();
    assert_eq!(*refused.kind(), ErrorKind::Unauthorized);
    request.credentials = Some(crate::engine::credentials::Credentials {
        registry: "registry.example.org".to_owned(),
        secret: crate::engine::credentials::Secret::Password {
            username: "ada".into(),
            password: "?>~".into(),
        },
    });
    // Dropped half-way: nothing is there.
    let half = engine.pull(&request).take(15).collect::<Vec<_>>();
    assert_eq!(half.await.len(), 15);
    assert!(!engine.image_exists(&request.reference).await.unwrap());

    let begun = Instant::now();
    let told: Vec<_> = engine.pull(&request).try_collect().await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 30);
    let done = told.iter().filter(|event| event.status == "Pull complete").count();
    assert_eq!(done, 2);
    let progress: Vec<_> = told.iter().filter(|event| event.layer.as_deref() == Some("bb")).collect();
    assert!(progress.iter().any(|event| event.current == Some(20 << 20) && event.total == Some(200 << 20)));
    assert_eq!(engine.inspect_image(&request.reference).await.unwrap().size, 300 << 20);
    let again: Vec<_> = engine.pull(&request).try_collect().await.unwrap();
    assert!(again[0].status.contains("up to date"), "{again:?}");

    let absent = engine.pull(&PullRequest::new("absent")).next().await.unwrap().unwrap_err();
    assert_eq!(*absent.kind(), ErrorKind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn figures_follow_their_curve() {
    let engine = engine(
        r#"
images: [{reference: "debian:12"}]
containers:
  - name: yocto-a
    image: debian:12
    state: running
    usage: {every: 10s, cpu: [0, 400], memory: [1 GiB, 3 GiB], received: 1 MiB, pids: 40}
"#,
    );
    let readings: Vec<_> = engine.stats(&a(), true).take(6).map(Result::unwrap).collect().await;
    assert_eq!(readings[0].cpu.percent, None, "a first reading has no rate");
    assert!((readings[5].cpu.percent.unwrap() - 200.0).abs() < 1.0, "{:?}", readings[5].cpu);
    assert_eq!(readings[5].memory.used >> 20, 2048);
    assert_eq!((readings[5].network.received >> 20, readings[5].pids), (5, Some(40)));
    // Five seconds from 0 to 200 per cent: five seconds of one processor.
    assert!((readings[5].cpu.total_ns.abs_diff(5_000_000_000)) < 50_000_000, "{:?}", readings[5].cpu);
}

#[tokio::test(start_paused = true)]
async fn processes_end_with_the_engine() {
    let engine = engine(SLOW_TO_END);
    let shared = std::sync::Arc::downgrade(&engine.handle.shared);
    let log = engine.logs(&a(), &LogsRequest { follow: true, ..LogsRequest::default() });
    drop(engine);
    assert!(shared.upgrade().is_some(), "a stream keeps its engine");
    drop(log);
    let gone = async {
        while shared.upgrade().is_some() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(1), gone).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_container_that_ends_ends_its_wait() {
    let engine = engine(SLOW_TO_END);
    let code = engine.wait(&a(), WaitFor::NextExit).await.unwrap().code;
    assert_eq!(code, 0);
}
