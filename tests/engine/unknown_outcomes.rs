//! Requests that are given up while the engine is at them: looked at, said, and put right.

use std::time::Duration;

use smidr_console::actions::{Aftermath, Outcome};
use smidr_console::engine::{
    Change, ContainerSpec, ContainerState, ErrorKind, ListFilter, RemoveOptions, Signal, StopOptions,
    VolumeSpec,
};

use crate::helpers::{Running, connect, supervised};
use crate::support::{Bench, unique, wait_until};

fn idle(name: &str, image: &str) -> ContainerSpec {
    let mut spec = ContainerSpec::new(name, image);
    spec.command = vec!["sleep".into(), "100000".into()];
    spec
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn sixty_aborted_creates_leave_nothing() {
    let on = supervised().await;
    let prefix = unique("aborted");
    let image = Bench::get().image;
    let aborted = (0..60_u32).map(|number| {
        let (on, name, image) = (on.clone(), format!("{prefix}-{number}"), image.clone());
        async move {
            let call = on.supervisor.call();
            let spec = idle(&name, &image);
            // One after the other, so that each is sent at once; their looks afterwards overlap.
            tokio::time::sleep(Duration::from_millis(u64::from(number) * 30)).await;
            let cancel = async {
                // From 0.3 ms, before the engine has it, to 6.2 ms, when it has made it.
                tokio::time::sleep(Duration::from_micros(300 + u64::from(number) * 100)).await;
                call.cancel.cancel();
            };
            tokio::join!(on.create(&call, &spec), cancel).0
        }
    });
    let reports = futures_util::future::join_all(aborted).await;
    let undone = reports.iter().filter(|report| matches!(report.aftermath, Aftermath::Undone(_))).count();
    let unknown: Vec<_> =
        reports.iter().filter(|report| matches!(report.aftermath, Aftermath::Unknown(_))).collect();
    assert!(
        undone > 0,
        "no abort came while the engine was at it: {:?}",
        reports.iter().map(ToString::to_string).collect::<Vec<_>>()
    );
    assert!(unknown.is_empty(), "{unknown:?}");
    for report in &reports {
        if let Outcome::Done(created) = &report.outcome {
            on.engine.remove(&created.id, RemoveOptions { force: true, volumes: true }).await.unwrap();
        }
    }
    let left = on.engine.list(&ListFilter { name: Some(prefix), ..ListFilter::default() }).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn an_aborted_create_never_removes_what_was_there_before() {
    let on = supervised().await;
    let spec = idle(&unique("before"), &Bench::get().image);
    let before = on.engine.create(&spec).await.unwrap();
    for micros in [100, 1000, 3000, 6000] {
        let call = on.supervisor.call();
        let cancel = async {
            tokio::time::sleep(Duration::from_micros(micros)).await;
            call.cancel.cancel();
        };
        let (report, ()) = tokio::join!(on.create(&call, &spec), cancel);
        assert!(!matches!(report.aftermath, Aftermath::Undone(_)), "{report}");
    }
    assert_eq!(on.engine.inspect(&before.id).await.unwrap().id, before.id);
    on.engine.remove(&before.id, RemoveOptions::default()).await.unwrap();
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn an_aborted_volume_is_gone_again() {
    let on = supervised().await;
    let spec = VolumeSpec::new(unique("volume"));
    let call = on.supervisor.call();
    let cancel = async {
        tokio::time::sleep(Duration::from_micros(400)).await;
        call.cancel.cancel();
    };
    let (report, ()) = tokio::join!(on.create_volume(&call, &spec), cancel);
    let is_there = on.engine.inspect_volume(&spec.name).await.is_ok();
    assert_eq!(is_there, matches!(report.outcome, Outcome::Done(_)), "{report}");
    on.engine.remove_volume(&spec.name).await.unwrap();
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_cancelled_stop_says_that_the_engine_goes_on() {
    let on = supervised().await;
    let deaf = Running::start_with(&on.engine, &Bench::get().image, |spec| {
        spec.entrypoint = None;
        spec.command = vec!["trap '' TERM; while :; do sleep 1; done".into()];
        spec.init = false;
    })
    .await;
    let call = on.supervisor.call();
    let options = StopOptions { grace: Duration::from_secs(2), ..StopOptions::default() };
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        call.cancel.cancel();
    };
    let (report, ()) = tokio::join!(on.stop(&call, &deaf.id, &options), cancel);
    assert!(matches!(report.outcome, Outcome::Cancelled), "{report}");
    assert!(matches!(report.aftermath, Aftermath::GoesOn(_)), "{report}");
    wait_until("the engine has stopped it all the same", Duration::from_secs(10), async || {
        on.engine.inspect(&deaf.id).await.unwrap().state == ContainerState::Exited
    })
    .await;
    deaf.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_stop_signal_works_where_the_engines_own_stop_takes_none() {
    let on = supervised().await;
    let container = Running::start_with(&on.engine, &Bench::get().image, |spec| {
        spec.entrypoint = None;
        spec.command = vec!["trap 'exit 42' INT; while :; do sleep 0.1; done".into()];
        spec.init = false;
    })
    .await;
    let options = StopOptions { signal: Some(Signal::int()), grace: Duration::from_secs(20) };
    let report = on.stop(&on.supervisor.call(), &container.id, &options).await;
    assert!(matches!(report.outcome, Outcome::Done(Change::Made)), "{report}");
    assert!(report.elapsed < Duration::from_secs(10), "it did not wait for the grace: {:?}", report.elapsed);
    assert_eq!(on.engine.inspect(&container.id).await.unwrap().exit_code, Some(42));
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn three_removes_at_once_all_find_it_gone() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    let remove = || async {
        let force = RemoveOptions { force: true, volumes: true };
        on.remove(&on.supervisor.call(), &container.id, force).await
    };
    let (one, two, three) = tokio::join!(remove(), remove(), remove());
    for report in [one, two, three] {
        assert!(matches!(report.outcome, Outcome::Done(_)), "{report}");
    }
    assert!(on.engine.inspect(&container.id).await.unwrap_err().is_not_found());
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn every_transport_reaches_the_engine() {
    let bench = Bench::get();
    let expected = connect(&bench.docker).await.identify().await.unwrap();
    for uri in [&bench.docker_tcp, &bench.docker_ssh] {
        let engine = connect(uri).await;
        let identity = engine.identify().await.unwrap();
        assert_eq!((&identity.name, &identity.version), (&expected.name, &expected.version), "{uri}");
        let container = Running::start(&engine, &bench.image).await;
        assert_eq!(container.run(&["echo", "hello"]).await, "hello\n", "{uri}");
        container.remove().await;
    }
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn tls_wants_the_right_certificates() {
    use smidr_console::engine::discovery::{Environment, candidates};
    let bench = Bench::get();
    let connect = async |certs: &std::path::Path| {
        let environment = Environment {
            docker_tls_verify: true,
            docker_cert_path: Some(certs.to_path_buf()),
            ..Environment::default()
        };
        let endpoint =
            candidates(std::slice::from_ref(&bench.docker_tls), &environment).remove(0).endpoint.unwrap();
        smidr_console::engine::docker::connect(&endpoint).await
    };
    let engine = connect(&bench.docker_certs).await.unwrap();
    let container = Running::start(&engine, &bench.image).await;
    assert_eq!(container.run(&["echo", "hello"]).await, "hello\n", "an exec goes over TLS, too");
    container.remove().await;
    let error = connect(&bench.docker_stranger_certs).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Misconfigured, "{}", smidr_console::engine::chain(&error));
}
