//! An engine that dies under what was asked of it. Each test kills an engine of its own.

use std::process::Stdio;
use std::time::Duration;

use smidr_console::actions::exec::{ExecIo, ExecPlan};
use smidr_console::actions::{Aftermath, Limits, Outcome, Supervised, Supervisor};
use smidr_console::engine::{ErrorKind, ExecRequest};
use tokio::sync::mpsc;

use crate::helpers::{Running, connect};
use crate::program::program;
use crate::support::{Bench, OwnDocker, wait_until};

async fn runs(container: &Running, what: &str) -> bool {
    container.processes().await.iter().any(|command| command.contains(what))
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn the_end_of_a_stream_is_not_taken_for_the_end_of_the_command() {
    let mut docker = OwnDocker::start(&["--live-restore"]).await;
    let on = Supervised::new(connect(&docker.endpoint()).await, Supervisor::new());
    let container =
        Running::start_with(&on.engine, &Bench::get().image, |spec| spec.network = Some("none".into())).await;
    let plan = ExecPlan::new(ExecRequest::new(["/bin/sh", "-c", "echo begun; sleep 71011"]));
    let limits = Limits { settle: Duration::from_secs(2), deadline: None, ..Limits::default() };
    let call = on.supervisor.call().with_limits(limits);
    let (output, mut printed) = mpsc::channel(16);
    let io = ExecIo { output, input: None, resizes: None };
    let kill = async {
        assert_eq!(printed.recv().await.unwrap().bytes, "begun\n");
        docker.kill().await;
        while printed.recv().await.is_some() {}
    };
    let (report, ()) = tokio::join!(on.exec(&call, &container.id, &plan, io), kill);
    let Outcome::Failed(error) = &report.outcome else { panic!("{report}") };
    assert!(matches!(error.kind(), ErrorKind::BrokenStream | ErrorKind::Interrupted), "{report}");
    assert!(matches!(report.aftermath, Aftermath::Unknown(_)), "{report}");
    docker.start_again().await;
    container.remove().await;
    docker.stop().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn what_a_dead_engine_kept_alive_is_swept_by_the_next_exec() {
    let mut docker = OwnDocker::start(&["--live-restore"]).await;
    let engine = connect(&docker.endpoint()).await;
    let container =
        Running::start_with(&engine, &Bench::get().image, |spec| spec.network = Some("none".into())).await;
    let mut exec = program(&docker.endpoint());
    exec.args(["exec", container.id.as_str(), "--", "sleep", "71012"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut orphan = exec.spawn().unwrap();
    wait_until("it runs", Duration::from_secs(20), async || runs(&container, "sleep 71012").await).await;
    // Neither is there to pass the end of the other on.
    docker.kill().await;
    orphan.kill().await.unwrap();
    docker.start_again().await;
    let engine = connect(&docker.endpoint()).await;
    let container = Running { engine, ..container };
    assert!(runs(&container, "sleep 71012").await, "there is nothing to sweep");
    let mut next = program(&docker.endpoint());
    next.args(["exec", container.id.as_str(), "--", "sleep", "71013"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut next = next.spawn().unwrap();
    wait_until("the leftover is gone", Duration::from_secs(20), async || {
        !runs(&container, "sleep 71012").await
    })
    .await;
    assert!(runs(&container, "sleep 71013").await, "only the leftover");
    next.kill().await.unwrap();
    container.remove().await;
    docker.stop().await;
}
