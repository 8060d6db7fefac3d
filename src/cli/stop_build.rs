//! `stop-build`.

use std::sync::Mutex;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::actions::{Call, Outcome, Report, Supervised, Verb};
use crate::builds::{
    BuildId, ContainerEnd, Sighting, StopEnd, StopPlan, StopProgress, StopStep, look_once, stop_build,
};
use crate::engine::{Change, ContainerId, EngineError, ErrorKind, ObjectKind, StopOptions};
use crate::values;

use super::context::Context;
use super::each::{Did, on_containers};
use super::failure::Ended;
use super::output::clean;

/// How often it is said what is waited for while that stays the same.
const AGAIN: Duration = Duration::from_secs(15);

/// Which build to stop, and how.
///
/// First an interrupt to BitBake: no new task begins, and those that run may finish. What is still there then is
/// interrupted again, which stops the tasks; 10 seconds later its server is ended, and 10 seconds after that all of it
/// is killed. Each step comes only where the one before did not suffice. Cancelling (^C) takes no further step and
/// takes none back.
#[derive(Debug, Args)]
pub(crate) struct StopBuildArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
    /// The build directory, where several builds run in a container
    #[arg(short, long, value_name = "DIR")]
    directory: Option<String>,
    /// Stop running tasks at once
    #[arg(long)]
    now: bool,
    /// Kill all of it: nothing is tidied up
    #[arg(long, conflicts_with = "now")]
    kill: bool,
    /// How long running tasks may take to finish
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = values::duration)]
    #[arg(conflicts_with_all = ["now", "kill"])]
    finish: Duration,
    /// Stop the container, too, once the build is stopped
    #[arg(long)]
    and_container: bool,
    /// How long from the container's signal to KILL
    #[arg(short, long, value_name = "DURATION", default_value = "10s", value_parser = values::duration)]
    #[arg(requires = "and_container")]
    grace: Duration,
}

impl StopBuildArgs {
    fn plan(&self) -> StopPlan {
        let from = match (self.kill, self.now) {
            (true, _) => StopStep::KillTasks,
            (_, true) => StopStep::StopTasks,
            _ => StopStep::FinishTasks,
        };
        let container = self.and_container.then_some(StopOptions { grace: self.grace, signal: None });
        StopPlan { from, finish: self.finish, container, ..StopPlan::beginning(from) }
    }
}

/// What was stopped, for machines.
#[derive(Debug, Serialize)]
struct StoppedJson {
    directory: String,
    /// The step that ended it.
    step: Option<&'static str>,
    killed: bool,
    /// A server that stays.
    server: Option<u32>,
    /// Files that stay without one.
    stale: Vec<&'static str>,
    container: Option<&'static str>,
}

impl StoppedJson {
    fn of(build: &BuildId, end: &StopEnd) -> Self {
        Self {
            directory: build.directory.clone(),
            step: end.step.map(StopStep::name),
            killed: end.was_killed(),
            server: end.server,
            stale: end.stale.clone(),
            container: end.container.map(|container| match container {
                ContainerEnd::Stopped => "stopped",
                ContainerEnd::ByItself => "ended",
            }),
        }
    }
}

/// What was stopped; `None` where no build runs.
type Stopped = Option<(BuildId, StopEnd)>;

pub(crate) async fn run(args: &StopBuildArgs, context: &Context) -> Ended {
    let plan = &args.plan();
    on_containers(
        context,
        Verb::StopBuild,
        &args.containers,
        |on, call, id| {
            let (plan, directory) = (plan.clone(), args.directory.clone());
            let screen = context.is_for_people().then(|| context.screen.clone());
            async move {
                let said = Mutex::new(None);
                let name = clean(id.as_str()).into_owned();
                let each = |progress: StopProgress| {
                    if let (Some(screen), Some(words)) = (&screen, worth_saying(&said, &progress)) {
                        screen.tell(&format!("{name}: {words}"));
                    }
                };
                stop(&on, &call, &id, directory.as_deref(), &plan, each).await
            }
        },
        |stopped: Stopped| match stopped {
            Some((build, end)) => {
                let change = if end.step.is_some() { Change::Made } else { Change::AlreadySo };
                let words = format!("the build in {}: {end}", build.directory);
                Did { change: Some(change), ..Did::new(words).with(&StoppedJson::of(&build, &end)) }
            }
            None => Did { change: Some(Change::AlreadySo), ..Did::new("no build runs in it") },
        },
    )
    .await
}

/// Finds the one build that is meant, and stops it.
async fn stop(
    on: &Supervised,
    call: &Call,
    id: &ContainerId,
    directory: Option<&str>,
    plan: &StopPlan,
    each: impl Fn(StopProgress) + Send + Sync,
) -> Report<Stopped> {
    let mut looked = look_once(on, call, id).await;
    looked.verb = Verb::StopBuild;
    let Outcome::Done(seen) = &looked.outcome else { return looked.map(|_| None) };
    let meant = seen.iter().filter(|seen| directory.is_none_or(|directory| seen.id.directory == directory));
    let meant: Vec<Sighting> = meant.cloned().collect();
    match meant.as_slice() {
        [] => looked.map(|_| None),
        [build] => {
            let stopped = stop_build(on, call, id, &build.id, plan, &Notify::new(), each).await;
            stopped.map(|end| Some((build.id.clone(), end)))
        }
        several => {
            let directories: Vec<&str> = several.iter().map(|seen| seen.id.directory.as_str()).collect();
            let error = EngineError::new(Verb::StopBuild.as_str(), ErrorKind::Conflict)
                .on(ObjectKind::Container, id)
                .saying(format!("several builds run in it: {}", directories.join(", ")))
                .advising("--directory names one of them");
            Report { outcome: Outcome::Failed(error), ..looked.map(|_| None) }
        }
    }
}

/// What is said: whatever is new, and now and then how long it takes yet.
fn worth_saying(said: &Mutex<Option<(String, Instant)>>, progress: &StopProgress) -> Option<String> {
    let mut said = said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let doing = progress.doing();
    if said.as_ref().is_some_and(|(words, at)| *words == doing && at.elapsed() < AGAIN) {
        return None;
    }
    *said = Some((doing, Instant::now()));
    Some(progress.to_string())
}
