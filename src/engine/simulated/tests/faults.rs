//! What goes wrong, as a scene says it.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use tokio::time::{Instant, timeout};

use super::engine;
use crate::engine::simulated::{Fault, Simulated};
use crate::engine::{
    Change, ContainerManager, ContainerSpec, ErrorKind, ExecRequest, LogsRequest, PullRequest, Retry,
    StopOptions,
};

/// A running container `yocto-a` that prints a line a second, and the faults given.
fn with_faults(faults: &str) -> Simulated {
    engine(&format!(
        r#"
images: [{{reference: "debian:12"}}]
registry: [{{image: {{reference: "debian:13"}}}}]
containers:
  - name: yocto-a
    image: debian:12
    state: running
    process:
      output: [{{stdout: "line {{n}}\n", repeat: 100, every: 1s}}]
      exit: {{never: true}}
programs: [{{command: "true"}}]
faults:
{faults}
"#
    ))
}

/// Long after any delay of these tests.
const EVER: Duration = Duration::from_secs(3600);

fn a() -> crate::engine::ContainerId {
    "yocto-a".into()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_of_its_kind_with_its_words_and_its_object() {
    let engine = with_faults(r#"  - {on: [stop], refuse: no-space, saying: "write: no space left"}"#);
    let error = engine.stop(&a(), &StopOptions::default()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoSpace);
    assert_eq!(
        error.to_string(),
        "cannot stop container yocto-a: no space left on the engine's disk: write: no space left"
    );
    assert!(engine.inspect(&a()).await.unwrap().state.is_alive(), "nothing was done");
    assert!(engine.kill(&a(), &crate::engine::Signal::kill()).await.is_ok(), "other requests are unharmed");
}

#[tokio::test(start_paused = true)]
async fn only_the_object_named_is_harmed_by_whatever_name_it_is_asked_for() {
    let engine = with_faults("  - {on: [inspect], object: 'yocto-*', refuse: busy}");
    let id = engine.list(&crate::engine::ListFilter::default()).await.unwrap()[0].id.clone();
    for reference in [a(), id.clone(), id.short().into()] {
        let error = engine.inspect(&reference).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (&ErrorKind::Busy, Retry::Backoff), "{reference}");
    }
    engine.add_foreign("other", "debian:12");
    assert!(engine.inspect(&"other".into()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_first_attempts_fail_and_later_ones_do_not() {
    let engine = with_faults("  - {on: [pull], refuse: unavailable, times: 2}");
    let pull = async || engine.pull(&PullRequest::new("debian:13")).collect::<Vec<_>>().await;
    for _ in 0..2 {
        let told = pull().await;
        assert_eq!(told.len(), 1);
        assert_eq!(*told[0].as_ref().unwrap_err().kind(), ErrorKind::Unavailable);
    }
    assert!(pull().await.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn some_may_pass_before_it_begins() {
    let engine = with_faults("  - {on: [ping], refuse: unreachable, skip: 3, times: 1}");
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(engine.ping().await.is_ok());
    }
    assert_eq!(answers, [true, true, true, false, true]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_takes_as_long_as_it_is_told_to() {
    let engine = with_faults("  - {on: [list], delay: 90s}");
    let begun = Instant::now();
    engine.list(&crate::engine::ListFilter::default()).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_secs(90));
}

#[tokio::test(start_paused = true)]
async fn silence_is_for_ever_and_only_for_those_it_is_told_of() {
    let engine = with_faults("  - {on: [stop, logs], silent: true}");
    assert!(timeout(EVER, engine.stop(&a(), &StopOptions::default())).await.is_err());
    let mut log = engine.logs(&a(), &LogsRequest::default());
    assert!(timeout(EVER, log.next()).await.is_err());
    assert!(engine.inspect(&a()).await.unwrap().state.is_alive(), "it was never asked");
    engine.clear_faults();
    assert_eq!(engine.stop(&a(), &StopOptions::default()).await.unwrap(), Change::Made);
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_may_have_been_done() {
    let engine = with_faults("  - {on: [create], refuse: interrupted, done_anyway: true, times: 1}");
    let mut spec = ContainerSpec::new("yocto-b", "debian:12");
    spec.command = vec!["true".to_owned()];
    let error = engine.create(&spec).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (&ErrorKind::Interrupted, Retry::ReconcileFirst));
    assert_eq!(engine.create(&spec).await.unwrap().change, Change::AlreadySo);
}

#[tokio::test(start_paused = true)]
async fn what_was_never_answered_may_have_been_done() {
    let engine = with_faults("  - {on: [stop], silent: true, done_anyway: true}");
    assert!(timeout(EVER, engine.stop(&a(), &StopOptions::default())).await.is_err());
    assert!(!engine.inspect(&a()).await.unwrap().state.is_alive());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_request_goes_on_at_the_engine() {
    let engine = with_faults("  - {on: [stop], delay: 10s}");
    let waited = timeout(Duration::from_secs(1), engine.stop(&a(), &StopOptions::default())).await;
    assert!(waited.is_err());
    assert!(engine.inspect(&a()).await.unwrap().state.is_alive());
    let id = a();
    let ended = engine.wait(&id, crate::engine::WaitFor::NotRunning);
    assert_eq!(timeout(EVER, ended).await.unwrap().unwrap().code, 143);
}

#[tokio::test(start_paused = true)]
async fn a_stream_breaks_ends_or_falls_silent_where_it_is_told_to() {
    let follow = LogsRequest { follow: true, ..LogsRequest::default() };
    let broken = with_faults("  - {on: [logs], break_after: 3}");
    let told: Vec<_> = broken.logs(&a(), &follow).collect().await;
    assert_eq!(told.len(), 4);
    assert!(told[..3].iter().all(Result::is_ok));
    assert_eq!(*told[3].as_ref().unwrap_err().kind(), ErrorKind::BrokenStream);

    let ended = with_faults("  - {on: [logs], end_after: 3}");
    let told: Vec<_> = ended.logs(&a(), &follow).collect().await;
    assert_eq!((told.len(), told.iter().all(Result::is_ok)), (3, true));

    let silent = with_faults("  - {on: [logs], silent_after: 3}");
    let mut log = silent.logs(&a(), &follow);
    for _ in 0..3 {
        assert!(timeout(EVER, log.next()).await.unwrap().unwrap().is_ok());
    }
    assert!(timeout(EVER, log.next()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_commands_output_can_be_cut_while_it_runs_on() {
    let engine = engine(
        r#"
images: [{reference: "debian:12"}]
containers: [{name: yocto-a, image: "debian:12", state: running}]
programs: [{command: talk, output: [{stdout: "x", repeat: 9, every: 1s}], exit: {after: 1h}}]
faults: [{on: [exec-output], break_after: 2}]
"#,
    );
    let session = engine.exec(&a(), &ExecRequest::new(["talk"])).await.unwrap();
    let told: Vec<_> = session.output.collect().await;
    assert_eq!((told.len(), told[2].is_err()), (3, true));
    assert!(engine.exec_state(&session.id).await.unwrap().running);
}

#[tokio::test(start_paused = true)]
async fn faults_can_be_added_while_it_runs() {
    let engine = with_faults("  - {on: [ping], refuse: busy}");
    let newer = Fault { silent: true, times: Some(1), ..Fault::default() };
    engine.add_fault(newer);
    assert!(timeout(EVER, engine.ping()).await.is_err(), "the newest counts first");
    assert_eq!(*engine.ping().await.unwrap_err().kind(), ErrorKind::Busy);
}

#[tokio::test(start_paused = true)]
async fn what_the_engine_cannot_do_is_unsupported_with_the_reason() {
    let engine = engine("engine: {missing: {pause: rootless on cgroup v1, stats: no cgroups}}");
    let error = engine.pause(&a()).await.unwrap_err();
    assert_eq!((error.kind(), error.said()), (&ErrorKind::Unsupported, Some("rootless on cgroup v1")));
    let stats = engine.stats(&a(), true).next().now_or_never().unwrap().unwrap().unwrap_err();
    assert_eq!(*stats.kind(), ErrorKind::Unsupported);
    let missing = engine.identify().await.unwrap().capabilities;
    assert_eq!(missing.missing().count(), 2);
}
