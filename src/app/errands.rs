//! Everything that is asked of an engine but commands: each request as one or more supervised calls.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::actions::cleanup::{CleanupReport, ItemId, ItemReport, Plan, PlanOptions, execute};
use crate::actions::{Supervised, Verb};
use crate::builds::{StopProgress, stop_build};
use crate::engine::credentials::{docker_config_dir, from_docker_config};
use crate::engine::{ContainerSpec, PullRequest};
use crate::ui::{Ended, Ending, Problem, Request, Yield};

use super::ending::{ended, not_begun, of_change};
use super::pull_steps::PullSteps;
use super::supervise::Errand;
use super::{build_errand, session_errands, sessions_over};

/// Runs one to its end.
pub(super) async fn run(errand: &Errand, on: &Supervised, request: Request) -> Ended {
    let call = errand.call(request.verb());
    match request {
        Request::Start(key) => ended(on.start(&call, &key.id).await, of_change),
        Request::Stop(key, options) => ended(on.stop(&call, &key.id, &options).await, of_change),
        Request::StopBuild { key, build, plan } => {
            let each = |progress: StopProgress| errand.step(progress.to_string());
            let stopped = stop_build(on, &call, &key.id, &build, &plan, &errand.skip, each).await;
            ended(stopped, Yield::BuildStopped)
        }
        Request::Restart(key, options) => ended(on.restart(&call, &key.id, &options).await, nothing),
        Request::Kill(key, signal) => ended(on.kill(&call, &key.id, &signal).await, of_change),
        Request::Pause(key) => ended(on.pause(&call, &key.id).await, of_change),
        Request::Unpause(key) => ended(on.unpause(&call, &key.id).await, of_change),
        Request::Rename(key, name) => ended(on.rename(&call, &key.id, &name).await, nothing),
        Request::Remove(key, options) => ended(on.remove(&call, &key.id, options).await, of_change),
        Request::Pull(_, reference) => pull(errand, on, reference).await,
        Request::Create { spec, start, .. } => create(errand, on, &spec, start).await,
        Request::CreateVolume(_, spec) => {
            ended(on.create_volume(&call, &spec).await, |(_, change)| of_change(change))
        }
        Request::RemoveVolume(key) => ended(on.remove_volume(&call, &key.name).await, of_change),
        Request::PlanCleanup(_, options) => plan(errand, on, &options).await,
        Request::Cleanup { plan, chosen, .. } => clean_up(errand, on, &plan, &chosen).await,
        Request::DurableExec(key, request) => session_errands::start(errand, on, &key.id, request).await,
        Request::EndSession { key, session, kept_in, grace } => {
            session_errands::end(errand, on, &key.id, &session, kept_in.as_deref(), grace).await
        }
        Request::ForgetSession { key, session, kept_in } => {
            session_errands::forget(errand, on, &key.id, session, kept_in.as_deref()).await
        }
        Request::Build { file, target, arguments, .. } => {
            build_errand::start(errand, on, &file, target, arguments).await
        }
        Request::Exec(..) | Request::Shell(..) => not_begun("a command runs elsewhere"),
    }
}

fn nothing(_: ()) -> Yield {
    Yield::Nothing
}

pub(super) async fn pull(errand: &Errand, on: &Supervised, reference: String) -> Ended {
    let call = errand.call(Verb::Pull);
    let credentials = match docker_config_dir() {
        // A credential helper is a program of the user's, so it gets the pull's own deadline and cancel.
        Some(dir) => {
            let read = on
                .supervisor
                .read(&call, Verb::Pull, reference.as_str(), || from_docker_config(&dir, &reference));
            match read.await.into_result() {
                Ok(credentials) => credentials,
                Err(report) => return ended(*report, nothing),
            }
        }
        None => None,
    };
    let request = PullRequest { credentials, ..PullRequest::new(reference) };
    let steps = Mutex::new(PullSteps::default());
    let each = |event| {
        let words = steps.lock().unwrap_or_else(PoisonError::into_inner).hear(&event);
        if let Some(words) = words {
            errand.step(words);
        }
    };
    ended(on.pull(&call, &request, each).await, nothing)
}

async fn create(errand: &Errand, on: &Supervised, spec: &ContainerSpec, start: bool) -> Ended {
    let made = match on.create(&errand.call(Verb::Create), spec).await.into_result() {
        Ok(made) => made,
        Err(report) => return ended(*report, nothing),
    };
    if !start {
        return Ended { yielded: Yield::Created(made.id), ..just_done() };
    }
    errand.step("made; starting it".into());
    let mut started = ended(on.start(&errand.call(Verb::Start), &made.id).await, of_change);
    if started.ending == Ending::Done {
        started.yielded = Yield::Created(made.id);
    } else {
        let there = format!("the container was made and is there ({})", made.id.short());
        started.aftermath = Some(match started.aftermath {
            Some(words) => format!("{there}; {words}"),
            None => there,
        });
    }
    started
}

pub(super) fn just_done() -> Ended {
    Ended {
        ending: Ending::Done,
        elapsed: std::time::Duration::ZERO,
        attempts: 1,
        problem: None,
        aftermath: None,
        yielded: Yield::Nothing,
    }
}

async fn plan(errand: &Errand, on: &Supervised, options: &PlanOptions) -> Ended {
    let begun = tokio::time::Instant::now();
    let call = errand.call(Verb::DiskUsage);
    let (plan, over) = tokio::join!(
        Plan::make(on, &call, &errand.wires.rules, options),
        sessions_over::removals(errand, on),
    );
    match plan {
        Ok(plan) => {
            let plan = Arc::new(plan.and(over));
            Ended { yielded: Yield::Plan(plan), elapsed: begun.elapsed(), ..just_done() }
        }
        Err(report) => ended(*report, nothing),
    }
}

async fn clean_up(errand: &Errand, on: &Supervised, plan: &Plan, chosen: &BTreeSet<ItemId>) -> Ended {
    let over = AtomicUsize::new(0);
    let each = |item: &ItemReport| {
        let over = over.fetch_add(1, Ordering::Relaxed) + 1;
        errand.step(format!("{over} of {}: {} {}", chosen.len(), item.item.name, item.word()));
    };
    let mut report = execute(on, &errand.call(Verb::Remove), plan, chosen, each).await;
    sessions_over::remove(errand, on, plan, chosen, &mut report, each).await;
    let (ending, problem) = if report.is_complete() {
        (Ending::Done, None)
    } else if errand.is_cancelled() {
        (Ending::Cancelled, None)
    } else {
        (Ending::Failed, Some(what_stays(&report)))
    };
    let elapsed = report.elapsed;
    Ended { ending, problem, elapsed, yielded: Yield::Cleanup(Arc::new(report)), ..just_done() }
}

fn what_stays(report: &CleanupReport) -> Problem {
    let staying = || report.items.iter().filter(|item| !item.is_gone());
    let why = staying().next().map(|item| {
        let word = item.sentence().unwrap_or_else(|| item.word().to_owned());
        format!(": {}: {word}", item.item.name)
    });
    let of = crate::text::count(report.items.len(), "thing");
    Problem::new(format!("{} of {of} stayed{}", staying().count(), why.unwrap_or_default()))
}
