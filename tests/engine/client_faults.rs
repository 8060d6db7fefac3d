//! The faults of the client library that the adapter makes up for, and engines that misbehave: each against a server
//! that follows a script, so that what was really sent can be looked at.

use std::time::Duration;

use futures_util::StreamExt;
use smidr_console::actions::{Limits, Outcome, Report, Supervised, Supervisor, Verb};
use smidr_console::engine::credentials::{Credentials, Secret};
use smidr_console::engine::{
    Change, ContainerId, ContainerSpec, ErrorKind, ExecRequest, LogsRequest, PullRequest, RemoveOptions,
    Signal, StopOptions, VolumeSpec, WaitFor,
};

use crate::helpers::connect;
use crate::support::{Reply, Script, SilentEngine};

const CONTAINER: &str = "/containers/a/json";

async fn engine(script: Script) -> (SilentEngine, Supervised) {
    let server = SilentEngine::on_unix(script);
    let engine = connect(server.endpoint()).await;
    (server, Supervised::new(engine, Supervisor::new()))
}

fn inspected(tty: bool) -> Reply {
    Reply::json(200, &format!(r#"{{"Id":"a","State":{{"Status":"running"}},"Config":{{"Tty":{tty}}}}}"#))
}

#[tokio::test]
async fn the_agreed_api_version_is_in_every_request() {
    for (offered, agreed) in [("1.41", "/v1.41/"), ("1.47", "/v1.47/"), ("1.99", "/v1.53/")] {
        let script = Script::new().docker(offered).on("GET", "/containers/json", Reply::json(200, "[]"));
        let (server, on) = engine(script).await;
        on.engine.list(&smidr_console::engine::ListFilter::default()).await.unwrap();
        on.engine.ping().await.unwrap();
        let later = &server.requests()[1..];
        assert!(
            later.len() >= 2 && later.iter().all(|request| request.target.starts_with(agreed)),
            "{later:?}"
        );
    }
}

#[tokio::test]
async fn an_engine_older_than_supported_is_refused_by_name() {
    let server = SilentEngine::on_unix(Script::new().docker("1.40"));
    let endpoint = server.endpoint().to_owned();
    let candidates = smidr_console::engine::discovery::candidates(
        &[endpoint],
        &smidr_console::engine::discovery::Environment::default(),
    );
    let endpoint = candidates.into_iter().next().unwrap().endpoint.unwrap();
    let error = smidr_console::engine::docker::connect(&endpoint).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("1.40") && error.to_string().contains("1.41"), "{error}");
}

#[tokio::test]
async fn a_deadline_covers_the_body_and_parts_of_a_second() {
    // The head of the answer comes at once and the rest never.
    let stalled = Reply::status(200).header("Content-Type", "application/json").chunk("[").stall();
    let (_server, on) = engine(Script::new().docker("1.41").on("GET", "/containers/json", stalled)).await;
    let call = on.supervisor.call().with_limits(Limits::default().with_deadline(Duration::from_millis(300)));
    let filter = smidr_console::engine::ListFilter::default();
    let report = on.read(&call, Verb::List, "", |engine| engine.list(&filter)).await;
    assert!(matches!(report.outcome, Outcome::TimedOut), "{report}");
    assert!(report.elapsed < Duration::from_secs(2), "{:?}", report.elapsed);

    // An answer that takes a part of a second is in time for half a second.
    let late = Reply::status(200).pause(Duration::from_millis(200)).chunk("[]");
    let (_server, on) = engine(Script::new().docker("1.41").on("GET", "/containers/json", late)).await;
    let call = on.supervisor.call().with_limits(Limits::default().with_deadline(Duration::from_millis(500)));
    let report = on.read(&call, Verb::List, "", |engine| engine.list(&filter)).await;
    assert!(matches!(report.outcome, Outcome::Done(_)), "{report}");
}

#[tokio::test]
async fn a_since_is_sent_to_the_nanosecond() {
    let script = Script::new().docker("1.41").on("GET", CONTAINER, inspected(false)).on(
        "GET",
        "/containers/a/logs",
        Reply::status(200),
    );
    let (server, on) = engine(script).await;
    let since = "2026-11-24T01:02:03.000000004Z".parse().unwrap();
    let request = LogsRequest { since: Some(since), ..LogsRequest::default() };
    assert!(on.engine.logs(&"a".into(), &request).next().await.is_none());
    let asked = server.requested("GET", "/containers/a/logs").await;
    assert!(asked.target.contains(".000000004"), "{}", asked.target);
}

#[tokio::test]
async fn a_terminals_log_is_not_held_back_to_the_newline() {
    let script = Script::new().docker("1.41").on("GET", CONTAINER, inspected(true)).on(
        "GET",
        "/containers/a/logs",
        Reply::status(200).chunk("\x01 login: ").stall(),
    );
    let (_server, on) = engine(script).await;
    let mut log = on.engine.logs(&"a".into(), &LogsRequest { follow: true, ..LogsRequest::default() });
    let chunk = tokio::time::timeout(Duration::from_secs(5), log.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(chunk.bytes, "\x01 login: ");
}

#[tokio::test]
async fn a_pull_ends_well_although_its_last_line_end_comes_apart() {
    let messages = Reply::status(200)
        .chunk("{\"status\":\"Pulling\",\"id\":\"1\"}\r\n{\"status\":\"Status: Downloaded\"}\r")
        .pause(Duration::from_millis(20))
        .chunk("\n");
    let (server, on) = engine(Script::new().docker("1.41").on("POST", "/images/create", messages)).await;
    let mut request = PullRequest::new("127.0.0.1:5000/yocto:1");
    request.credentials = Some(Credentials {
        registry: "127.0.0.1:5000".into(),
        secret: Secret::Password { username: "ada".into(), password: "?>~?>~?>~".into() },
    });
    let events: Vec<_> = on.engine.pull(&request).map(|event| event.unwrap().status).collect().await;
    assert_eq!(events, ["Pulling", "Status: Downloaded"]);
    let asked = server.requested("POST", "/images/create").await;
    assert!(asked.target.contains("tag=1"), "{}", asked.target);
    let header = asked.head.header("x-registry-auth").unwrap();
    assert!(!header.contains(['+', '/']) && header.contains(['-', '_']), "{header}");
}

#[tokio::test]
async fn disk_usage_is_asked_for_in_the_shape_every_engine_has() {
    let df = r#"{"LayersSize":7,"Images":[],"Containers":[],"Volumes":[{"Name":"sstate","UsageData":{"Size":5,"RefCount":1}}]}"#;
    for (offered, asked) in [("1.41", "/v1.41/system/df"), ("1.53", "/v1.51/system/df")] {
        let (server, on) =
            engine(Script::new().docker(offered).on("GET", "/system/df", Reply::json(200, df))).await;
        let usage = on.engine.disk_usage().await.unwrap();
        assert_eq!((usage.images.bytes, usage.by_volume[0].bytes), (7, Some(5)));
        assert_eq!(server.requested("GET", "/system/df").await.target, asked);
    }
}

#[tokio::test]
async fn whether_a_start_changed_anything_is_told() {
    let script = Script::new()
        .docker("1.41")
        .on("POST", "/containers/a/start", Reply::status(204).header("Content-Length", "0"))
        .on("POST", "/containers/a/start", Reply::status(304).header("Content-Length", "0"));
    let (_server, on) = engine(script).await;
    assert_eq!(on.engine.start(&"a".into()).await.unwrap(), Change::Made);
    assert_eq!(on.engine.start(&"a".into()).await.unwrap(), Change::AlreadySo);
}

#[tokio::test]
async fn nonsense_and_broken_connections_are_told_apart() {
    let kind = async |reply: Reply| {
        let (_server, on) = engine(Script::new().docker("1.41").on("GET", CONTAINER, reply)).await;
        on.engine.inspect(&"a".into()).await.unwrap_err().kind().clone()
    };
    assert_eq!(kind(Reply::json(200, "{{")).await, ErrorKind::BadAnswer);
    assert_eq!(kind(Reply::raw(*b"\x16\x03\x01 no HTTP\r\n\r\n")).await, ErrorKind::BadAnswer);
    assert_eq!(kind(Reply::hang_up()).await, ErrorKind::Interrupted);
    assert_eq!(kind(Reply::status(200).chunk("{").cut()).await, ErrorKind::BrokenStream);
}

/// Every action of the supervised engine against one that accepts and never answers.
#[tokio::test]
async fn every_action_ends_at_its_deadline_when_nothing_answers() {
    let (_server, on) = engine(Script::silent().docker("1.41")).await;
    let limits = Limits {
        settle: Duration::from_millis(100),
        ..Limits::default().with_deadline(Duration::from_millis(100))
    };
    let call = &on.supervisor.call().with_limits(limits);
    let id = &ContainerId::from("a");
    let stop = &StopOptions { grace: Duration::ZERO, ..StopOptions::default() };
    let spec = &ContainerSpec::new("aa", "image");
    let begun = std::time::Instant::now();
    timed_out(&on.create(call, spec).await);
    timed_out(&on.create_volume(call, &VolumeSpec::new("aa")).await);
    timed_out(&on.start(call, id).await);
    timed_out(&on.stop(call, id, stop).await);
    timed_out(&on.restart(call, id, stop).await);
    timed_out(&on.kill(call, id, &Signal::kill()).await);
    timed_out(&on.pause(call, id).await);
    timed_out(&on.unpause(call, id).await);
    timed_out(&on.rename(call, id, "b").await);
    timed_out(&on.wait(call, id, WaitFor::NotRunning).await);
    timed_out(&on.remove(call, id, RemoveOptions::default()).await);
    timed_out(&on.remove_image(call, "image", false).await);
    timed_out(&on.remove_volume(call, "volume").await);
    timed_out(&on.pull(call, &PullRequest::new("image"), |_| ()).await);
    timed_out(&on.sweep_execs(call, id).await);
    timed_out(&on.read(call, Verb::Inspect, "a", |engine| engine.inspect(id)).await);
    timed_out(&on.read(call, Verb::Top, "a", |engine| engine.top(id)).await);
    timed_out(&on.read(call, Verb::DiskUsage, "", smidr_console::engine::ContainerManager::disk_usage).await);
    timed_out(
        &on.read(call, Verb::Exec, "a", |engine| {
            engine.exec(id, EXEC.get_or_init(|| ExecRequest::new(["true"])))
        })
        .await,
    );
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

static EXEC: std::sync::OnceLock<ExecRequest> = std::sync::OnceLock::new();

#[track_caller]
fn timed_out<T>(report: &Report<T>) {
    assert!(matches!(report.outcome, Outcome::TimedOut), "{report}");
    assert!(report.to_string().contains("no end within"), "{report}");
}
