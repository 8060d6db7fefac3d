//! Builds of somebody else, stopped step by step.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use smidr_console::actions::{Aftermath, Call, Outcome, Report};
use smidr_console::builds::{
    ContainerEnd, Sighting, StopEnd, StopPlan, StopProgress, StopStep, look_once, stop_build,
};
use smidr_console::engine::{ContainerState, StopOptions};
use tokio::sync::Notify;

use crate::fake::{Builder, LIMIT};
use crate::support::{Bench, wait_until};

const DIRECTORY: &str = "/build";

/// A build that runs three tasks until somebody stops it.
fn three_tasks() -> String {
    let recipes = ["zlib-1.3-r0", "expat-2.6-r0", "linux-yocto-6.6-r0"];
    let started = recipes.map(|pf| format!("NOTE: recipe {pf}: task do_compile: Started\n")).concat();
    format!("NOTE: Executing Tasks\n{started}@wait /tmp/never\n")
}

async fn builds(builder: &Builder) -> Vec<Sighting> {
    let call = builder.on.supervisor.call();
    match look_once(&builder.on, &call, &builder.id).await.outcome {
        Outcome::Done(seen) => seen,
        outcome => panic!("{outcome:?}"),
    }
}

/// Somebody builds, and it runs.
async fn begin(builder: &Builder, stubborn: &str) -> Sighting {
    begin_in(builder, stubborn, DIRECTORY).await
}

async fn begin_in(builder: &Builder, stubborn: &str, directory: &str) -> Sighting {
    let words = ["core-image"];
    builder.somebody_builds_with(stubborn, directory, "20260101000000", &three_tasks(), &words).await;
    let mut found = None;
    wait_until("three tasks run", LIMIT, async || {
        found = builds(builder).await.into_iter().find(|seen| seen.id.directory == directory);
        found.as_ref().is_some_and(|seen| seen.tasks.len() == 3 && seen.server.is_some())
    })
    .await;
    found.unwrap()
}

/// What a stop comes to, and what it said. At a step's first word something may be done.
async fn stops(
    builder: &Builder,
    call: &Call,
    seen: &Sighting,
    plan: &StopPlan,
    at: impl Fn(&StopProgress, &Notify) + Send + Sync,
) -> (Report<StopEnd>, Vec<String>) {
    let (skip, told) = (Notify::new(), Mutex::new(Vec::new()));
    let last = Mutex::new(None);
    let each = |progress: StopProgress| {
        told.lock().unwrap().push(progress.to_string());
        let at_now = Some((progress.step, progress.is_leaving));
        if std::mem::replace(&mut *last.lock().unwrap(), at_now) != at_now {
            at(&progress, &skip);
        }
    };
    let report = stop_build(&builder.on, call, &builder.id, &seen.id, plan, &skip, each).await;
    (report, told.into_inner().unwrap())
}

fn done(report: Report<StopEnd>) -> StopEnd {
    match report.outcome {
        Outcome::Done(end) => end,
        outcome => panic!("{outcome:?} {:?}", report.aftermath),
    }
}

/// `bitbake.lock` and `bitbake.sock`, where they are there.
async fn files(builder: &Builder) -> Vec<String> {
    let listed = builder.run(&["ls", DIRECTORY]).await;
    listed.lines().filter(|name| name.starts_with("bitbake.")).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the bench: run tests/run"]
async fn stopped_builds_finish_are_stopped_or_ended_and_nothing_is_left() {
    let builder = Builder::start().await;
    let call = builder.on.supervisor.call();

    // Running tasks finish.
    let seen = begin(&builder, "").await;
    let engine = builder.on.engine.clone();
    let (id, runtime) = (builder.id.clone(), tokio::runtime::Handle::current());
    let let_finish = move |_: &StopProgress, _: &Notify| {
        let (engine, id) = (engine.clone(), id.clone());
        runtime.spawn(async move {
            use smidr_console::engine::{ContainerManagerExt, ExecRequest};
            engine.exec_collect(&id, &ExecRequest::new(["touch", "/tmp/finish"]), 100).await.unwrap();
        });
    };
    let (report, told) = stops(&builder, &call, &seen, &StopPlan::gentle(), let_finish).await;
    let end = done(report);
    assert_eq!((end.step, end.stale.len(), end.server), (Some(StopStep::FinishTasks), 0, None), "{told:?}");
    assert_eq!(told[0], "interrupt sent, waiting for 3 running tasks; tasks are stopped in 2:00");
    builder.is_empty().await;
    builder.run(&["rm", "/tmp/finish"]).await;

    // Running tasks are stopped, and that at once.
    let seen = begin(&builder, "").await;
    let (report, told) = stops(&builder, &call, &seen, &StopPlan::now(), |_, _| {}).await;
    let end = done(report);
    assert_eq!(end.step, Some(StopStep::StopTasks), "{told:?}");
    assert!(end.stale.is_empty() && !end.was_killed(), "{end:?}");
    builder.is_empty().await;

    // A client that heeds nothing: its server is ended.
    let seen = begin(&builder, "client").await;
    let skip_interrupts = |progress: &StopProgress, skip: &Notify| {
        if progress.step < StopStep::EndServer {
            skip.notify_one();
        }
    };
    let (report, told) = stops(&builder, &call, &seen, &StopPlan::gentle(), skip_interrupts).await;
    let end = done(report);
    assert_eq!((end.step, end.stale.len()), (Some(StopStep::EndServer), 0), "{told:?}");
    builder.is_empty().await;

    // A client that is gone already.
    let seen = begin(&builder, "").await;
    builder.run(&["kill", "-KILL", &seen.client.unwrap().to_string()]).await;
    let (report, told) = stops(&builder, &call, &seen, &StopPlan::gentle(), |_, _| {}).await;
    assert!(told.iter().all(|words| words.starts_with("TERM")), "{told:?}");
    assert_eq!(done(report).step, Some(StopStep::EndServer), "{told:?}");
    builder.is_empty().await;

    // A server that is meant to stay, and whose end is not waited for.
    let seen = begin(&builder, "idle").await;
    let skip_leaving = |progress: &StopProgress, skip: &Notify| {
        if progress.is_leaving {
            skip.notify_one();
        }
    };
    let (report, told) = stops(&builder, &call, &seen, &StopPlan::now(), skip_leaving).await;
    assert!(told.iter().any(|words| words.contains("holds bitbake.lock")), "{told:?}");
    assert_eq!(done(report).step, Some(StopStep::EndServer), "{told:?}");
    builder.is_empty().await;
    assert_eq!(files(&builder).await, [""; 0]);
    builder.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the bench: run tests/run"]
async fn stopped_builds_that_heed_nothing_are_killed_and_the_next_is_not_kept_from_building() {
    let builder = Builder::start().await;
    let call = builder.on.supervisor.call();
    let seen = begin(&builder, "all").await;
    let other = begin_in(&builder, "all", "/other").await;
    let begun = Instant::now();
    let (report, told) =
        stops(&builder, &call, &seen, &StopPlan::gentle(), |_, skip| skip.notify_one()).await;
    let end = done(report);
    assert!(end.was_killed() && begun.elapsed() < Duration::from_secs(20), "{told:?}");
    assert_eq!(end.stale, ["bitbake.lock", "bitbake.sock"]);
    let steps: Vec<&str> = told.iter().map(|words| words.split(' ').next().unwrap()).collect();
    for step in ["interrupt", "second", "TERM", "KILL"] {
        assert!(steps.contains(&step), "{step}: {told:?}");
    }
    // Nothing of it is left, and all of the other.
    let after = builds(&builder).await;
    assert_eq!(after.len(), 1, "{after:?}");
    assert_eq!((&after[0].id, after[0].tasks.len()), (&other.id, 3));
    let ours = builder.processes().await.into_iter().filter(|one| one.contains("/build/tmp/work")).count();
    assert_eq!(ours, 0, "no script of a task lives on");
    let (report, _) = stops(&builder, &call, &other, &StopPlan::kill(), |_, _| {}).await;
    assert!(done(report).was_killed());
    builder.is_empty().await;

    // The stale lock keeps the next from nothing.
    let seen = begin(&builder, "").await;
    let plan = StopPlan { container: Some(StopOptions::default()), ..StopPlan::now() };
    let (report, told) = stops(&builder, &call, &seen, &plan, |_, _| {}).await;
    let end = done(report);
    assert_eq!(
        (end.step, end.container),
        (Some(StopStep::StopTasks), Some(ContainerEnd::Stopped)),
        "{told:?}"
    );
    let container = builder.on.engine.inspect(&builder.id).await.unwrap();
    assert_eq!(container.state, ContainerState::Exited);
    // What has ended is not stopped again.
    let (report, told) = stops(&builder, &call, &seen, &StopPlan::kill(), |_, _| {}).await;
    assert!(told.is_empty() && done(report).step.is_none(), "{told:?}");
    builder.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the bench: run tests/run"]
async fn stopped_builds_whose_stop_is_cancelled_go_on_as_far_as_was_sent() {
    let builder = Builder::start().await;
    let seen = begin(&builder, "").await;
    let call = builder.on.supervisor.call();
    let cancel = call.cancel.clone();
    let cancelled = Arc::new(cancel);
    let at = {
        let cancel = cancelled.clone();
        move |_: &StopProgress, _: &Notify| cancel.cancel()
    };
    let (report, told) = stops(&builder, &call, &seen, &StopPlan::gentle(), at).await;
    assert!(matches!(report.outcome, Outcome::Cancelled), "{report:?}");
    let Aftermath::GoesOn(words) = &report.aftermath else { panic!("{report:?}") };
    assert!(words.starts_with("the interrupt was sent: no new task begins"), "{words}");
    assert_eq!(told.len(), 1);
    assert_eq!(builds(&builder).await[0].tasks.len(), 3, "they run");
    builder.go("/tmp/finish").await;
    builder.is_empty().await;
    builder.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the bench: run tests/run"]
async fn stopped_builds_from_the_command_line_say_what_is_waited_for() {
    let builder = Builder::start().await;
    let program = async |words: &[&str]| {
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_smidr-console"))
            .args(["--host", &Bench::get().docker, "stop-build", builder.id.as_str()])
            .args(words)
            .output()
            .await
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, out, err) = program(&[]).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(out.ends_with(": no build runs in it\n"), "{out}");

    let one = begin(&builder, "").await;
    begin_in(&builder, "all", "/other").await;
    let (code, _, err) = program(&["--now"]).await;
    assert_eq!(code, Some(5), "{err}");
    assert!(err.contains("/build") && err.contains("/other") && err.contains("--directory"), "{err}");
    let (code, out, err) = program(&["--now", "--directory", &one.id.directory]).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("ended cleanly") && out.contains("its tasks were stopped"), "{out}");
    assert!(err.contains("second interrupt sent, waiting for 3 stopping tasks"), "{err}");
    let (code, out, err) = program(&["--kill", "--json"]).await;
    assert_eq!(code, Some(0), "{err}");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let result = &told[0]["result"];
    assert_eq!((&result["step"], &result["killed"]), (&"kill-tasks".into(), &true.into()), "{told}");
    assert_eq!(result["directory"], "/other");
    assert_eq!(result["stale"], serde_json::json!(["bitbake.lock", "bitbake.sock"]));
    builder.is_empty().await;
    builder.remove().await;
}
