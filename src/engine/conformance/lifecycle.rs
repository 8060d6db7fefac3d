//! Starting, stopping, freezing, naming, removing and waiting.

use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::Instant;

use super::bench::{Bench, eventually};
use super::scripts;
use crate::engine::{
    Change, ContainerId, ContainerState, ErrorKind, Feature, RemoveOptions, Signal, StopOptions, WaitFor,
};

fn within_grace(seconds: u64) -> StopOptions {
    StopOptions { signal: None, grace: Duration::from_secs(seconds) }
}

pub(super) async fn the_engine_says_who_it_is(bench: &Bench) {
    bench.engine.ping().await.unwrap();
    let identity = bench.engine.identify().await.unwrap();
    assert_eq!(identity.endpoint, *bench.engine.endpoint());
    assert!(!identity.version.is_empty());
    assert!(!identity.api_version.is_empty());
    assert!(identity.platform.starts_with("linux/"), "{}", identity.platform);
}

pub(super) async fn start_is_idempotent(bench: &Bench) {
    let id = bench.created(&bench.spec("a", scripts::IDLE)).await;
    assert_eq!(bench.state(&id).await, ContainerState::Created);
    assert_eq!(bench.engine.start(&id).await.unwrap(), Change::Made);
    assert_eq!(bench.engine.start(&id).await.unwrap(), Change::AlreadySo);
    let details = bench.details(&id).await;
    assert_eq!(details.state, ContainerState::Running);
    assert!(details.started.is_some());
    assert!(details.pid.is_some());
    assert_eq!(details.exit_code, None, "it has not ended");
}

pub(super) async fn stop_is_idempotent(bench: &Bench) {
    let id = bench.created(&bench.spec("a", scripts::IDLE)).await;
    assert_eq!(bench.engine.stop(&id, &within_grace(20)).await.unwrap(), Change::AlreadySo);
    bench.engine.start(&id).await.unwrap();
    bench.ready(&id).await;
    let begun = Instant::now();
    assert_eq!(bench.engine.stop(&id, &within_grace(20)).await.unwrap(), Change::Made);
    assert!(begun.elapsed() < Duration::from_secs(15), "it ended long before the grace was over");
    let details = bench.details(&id).await;
    assert_eq!((details.state, details.exit_code), (ContainerState::Exited, Some(5)), "TERM came first");
    assert_eq!(bench.engine.stop(&id, &within_grace(20)).await.unwrap(), Change::AlreadySo);
}

pub(super) async fn stop_sends_the_signal_asked_for(bench: &Bench) {
    let id = bench.running("a", scripts::ONLY_INT).await;
    let options = StopOptions { signal: Some(Signal::int()), grace: Duration::from_secs(20) };
    if !bench.can(Feature::StopSignal).await {
        let error = bench.engine.stop(&id, &options).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Unsupported, "a signal is never dropped in silence");
        return;
    }
    assert_eq!(bench.engine.stop(&id, &options).await.unwrap(), Change::Made);
    assert_eq!(bench.details(&id).await.exit_code, Some(6));
}

pub(super) async fn stop_kills_after_the_grace(bench: &Bench) {
    let id = bench.running("a", scripts::STUBBORN).await;
    let begun = Instant::now();
    assert_eq!(bench.engine.stop(&id, &within_grace(1)).await.unwrap(), Change::Made);
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(900), "the grace was cut to {took:?}");
    assert!(took < Duration::from_secs(10), "a grace of one second took {took:?}");
    assert_eq!(bench.details(&id).await.exit_code, Some(137));
}

pub(super) async fn stop_ends_a_paused_one(bench: &Bench) {
    if !bench.can(Feature::Pause).await {
        return;
    }
    let id = bench.idle("a").await;
    bench.engine.pause(&id).await.unwrap();
    assert_eq!(bench.engine.stop(&id, &within_grace(5)).await.unwrap(), Change::Made);
    assert_eq!(bench.state(&id).await, ContainerState::Exited);
}

pub(super) async fn kill_sends_any_signal_and_again_is_already_so(bench: &Bench) {
    let id = bench.created(&bench.spec("a", scripts::IDLE)).await;
    assert_eq!(bench.engine.kill(&id, &Signal::int()).await.unwrap(), Change::AlreadySo, "it does not run");
    bench.engine.start(&id).await.unwrap();
    bench.ready(&id).await;
    assert_eq!(bench.engine.kill(&id, &Signal::int()).await.unwrap(), Change::Made);
    let status = bench.engine.wait(&id, WaitFor::NotRunning).await.unwrap();
    assert_eq!(status.code, 6, "INT reached the main process");
    assert_eq!(bench.engine.kill(&id, &Signal::kill()).await.unwrap(), Change::AlreadySo);

    let id = bench.running("b", scripts::STUBBORN).await;
    assert_eq!(bench.engine.kill(&id, &Signal::term()).await.unwrap(), Change::Made);
    assert_eq!(bench.state(&id).await, ContainerState::Running, "it takes no notice of TERM");
    assert_eq!(bench.engine.kill(&id, &Signal::kill()).await.unwrap(), Change::Made);
    assert_eq!(bench.engine.wait(&id, WaitFor::NotRunning).await.unwrap().code, 137);
}

pub(super) async fn restart_runs_again(bench: &Bench) {
    let id = bench.idle("a").await;
    let first = bench.details(&id).await.started.unwrap();
    bench.engine.restart(&id, &within_grace(20)).await.unwrap();
    bench.ready(&id).await;
    let details = bench.details(&id).await;
    assert_eq!(details.state, ContainerState::Running);
    assert!(details.started.unwrap() > first);

    bench.engine.stop(&id, &within_grace(20)).await.unwrap();
    bench.engine.restart(&id, &within_grace(20)).await.unwrap();
    assert_eq!(bench.state(&id).await, ContainerState::Running, "a stopped one is started");
}

pub(super) async fn pause_and_unpause_are_idempotent(bench: &Bench) {
    if !bench.can(Feature::Pause).await {
        return;
    }
    let id = bench.idle("a").await;
    assert_eq!(bench.engine.unpause(&id).await.unwrap(), Change::AlreadySo);
    assert_eq!(bench.engine.pause(&id).await.unwrap(), Change::Made);
    assert_eq!(bench.state(&id).await, ContainerState::Paused);
    assert_eq!(bench.engine.pause(&id).await.unwrap(), Change::AlreadySo);
    assert_eq!(bench.engine.unpause(&id).await.unwrap(), Change::Made);
    assert_eq!(bench.state(&id).await, ContainerState::Running);
}

pub(super) async fn pause_needs_a_running_one(bench: &Bench) {
    if !bench.can(Feature::Pause).await {
        return;
    }
    let (id, _) = bench.ended("a", scripts::BOTH_STREAMS).await;
    let error = bench.engine.pause(&id).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotRunning, "{error}");
    let error = bench.engine.unpause(&id).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotRunning, "{error}");
}

pub(super) async fn rename_changes_only_the_name(bench: &Bench) {
    let id = bench.idle("a").await;
    let name = bench.name("renamed");
    bench.engine.rename(&id, &name).await.unwrap();
    let details = bench.details(&ContainerId::from(name.as_str())).await;
    assert_eq!((details.id, details.name), (id, name));
    assert_eq!(details.state, ContainerState::Running);
    let old = bench.engine.inspect(&bench.name("a").into()).await.unwrap_err();
    assert!(old.is_not_found(), "{old}");
}

pub(super) async fn rename_to_a_taken_name_is_refused(bench: &Bench) {
    let a = bench.created(&bench.spec("a", scripts::IDLE)).await;
    bench.created(&bench.spec("b", scripts::IDLE)).await;
    let error = bench.engine.rename(&a, &bench.name("b")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NameTaken { .. }), "{error}");
    assert_eq!(bench.details(&a).await.name, bench.name("a"));
}

pub(super) async fn remove_is_idempotent(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::BOTH_STREAMS).await;
    let gently = RemoveOptions::default();
    assert_eq!(bench.engine.remove(&id, gently).await.unwrap(), Change::Made);
    assert!(bench.engine.inspect(&id).await.unwrap_err().is_not_found());
    assert_eq!(bench.engine.remove(&id, gently).await.unwrap(), Change::AlreadySo);
    let never = ContainerId::from(bench.name("never"));
    assert_eq!(bench.engine.remove(&never, gently).await.unwrap(), Change::AlreadySo);
}

pub(super) async fn remove_of_a_running_one_needs_force(bench: &Bench) {
    let id = bench.idle("a").await;
    let error = bench.engine.remove(&id, RemoveOptions::default()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Conflict, "{error}");
    assert_eq!(bench.state(&id).await, ContainerState::Running);
    let forced = RemoveOptions { force: true, volumes: false };
    assert_eq!(bench.engine.remove(&id, forced).await.unwrap(), Change::Made);
    assert!(bench.engine.inspect(&id).await.unwrap_err().is_not_found());
}

pub(super) async fn wait_tells_the_exit_code(bench: &Bench) {
    assert_eq!(bench.ended("a", scripts::BOTH_STREAMS).await.1.code, 7);
    assert_eq!(bench.ended("b", scripts::TWO_LINES).await.1.code, 0);
}

pub(super) async fn wait_for_the_next_exit_misses_nothing(bench: &Bench) {
    let id = bench.created(&bench.spec("a", scripts::BOTH_STREAMS)).await;
    let mut waiting = bench.engine.wait(&id, WaitFor::NextExit);
    // The engine hears of the wait before the start: an answer now would be of a run that never was.
    let heard = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(heard.is_err(), "it has not even begun: {heard:?}");
    bench.engine.start(&id).await.unwrap();
    assert_eq!(waiting.await.unwrap().code, 7);
}

pub(super) async fn wait_for_removal_ends_with_it(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::BOTH_STREAMS).await;
    let mut waiting = bench.engine.wait(&id, WaitFor::Removed);
    let heard = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(heard.is_err(), "it is still there: {heard:?}");
    bench.engine.remove(&id, RemoveOptions::default()).await.unwrap();
    assert_eq!(waiting.await.unwrap().code, 7);
}

pub(super) async fn wait_on_a_stopped_one_answers_at_once(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::BOTH_STREAMS).await;
    let again = bench.engine.wait(&id, WaitFor::NotRunning).await.unwrap();
    assert_eq!(again.code, 7);
    let running = bench.idle("b").await;
    let mut waiting = bench.engine.wait(&running, WaitFor::NotRunning);
    assert!((&mut waiting).now_or_never().is_none());
    bench.engine.kill(&running, &Signal::kill()).await.unwrap();
    assert_eq!(waiting.await.unwrap().code, 137);
}

pub(super) async fn an_end_is_seen_in_inspect(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::BOTH_STREAMS).await;
    let details = eventually("the end is seen", async || {
        let details = bench.details(&id).await;
        (details.state == ContainerState::Exited).then_some(details)
    })
    .await;
    assert_eq!(details.exit_code, Some(7));
    assert_eq!(details.pid, None);
    assert!(!details.oom_killed);
    assert!(details.created.unwrap() <= details.started.unwrap());
    assert!(details.created.unwrap() <= details.finished.unwrap());
}
