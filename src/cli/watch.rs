//! `watch`.

use std::collections::BTreeSet;
use std::time::Duration;

use clap::Args;
use futures_util::future::join_all;

use crate::actions::Verb;
use crate::app::kept_histories;
use crate::bitbake::Outcome;
use crate::engine::ContainerId;
use crate::values;

use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::find::engine_of_container;
use of_container::OfContainer;
use show::Show;

mod changes;
mod json;
mod of_container;
mod presence;
mod show;
mod telling;
#[cfg(test)]
mod test_builds;
mod words;

/// Whose builds, and how long to wait for one.
///
/// Finds the BitBake builds that run in these containers, whoever began them, shows how far they are, and ends when all
/// have ended; a build that begins while another runs is watched, too. On a terminal there is a bar for each build;
/// elsewhere a line for each phase, each tenth of it and each failed task.
///
/// It ends with 0 where all builds succeeded. As BitBake's own, the exit code is 1 where all was built but errors were
/// told; 1 is also a build that failed, and other ends have codes of their own. ^C stops watching and nothing else: the
/// builds go on.
#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
    /// How long to wait for a build to begin where none runs; 0 for not at all
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = values::duration)]
    wait: Duration,
}

pub(crate) async fn run(args: &WatchArgs, context: &Context) -> Ended {
    let (mut exit, mut watched, mut known) = (Exit::Done, Vec::new(), BTreeSet::new());
    let show = Show::new(context);
    let histories = kept_histories();
    for name in &args.containers {
        match container(context, name).await {
            Ok((engine, id, name)) if known.insert((engine.endpoint(), id.clone())) => {
                watched.push(OfContainer::new(context, &show, engine, id, name));
            }
            Ok(_) => {}
            Err(failure) => exit = exit.worst(context.report(&failure)),
        }
    }
    let ends = join_all(watched.iter_mut().map(async |container| {
        let end = container.watch(args.wait, histories.clone()).await;
        if let Err(failure) = &end {
            if is_of_output(failure) {
                // Whoever read of the other containers has gone, too.
                context.supervisor.cancel_all();
            } else {
                return Ok(show.report(failure));
            }
        }
        end
    }))
    .await;
    let left = watched.iter().map(OfContainer::running).sum();
    let cut_off = ends.iter().any(|end| matches!(end, Err(failure) if is_of_output(failure)));
    for container in &mut watched {
        if !cut_off {
            container.leave()?;
        }
    }
    drop(watched);
    show.clear();
    for end in ends {
        exit = exit.worst(end?);
    }
    if context.shutdown.has_come() {
        context.note(&words::left(left));
    }
    Ok(exit)
}

/// Whether our own output is what failed.
fn is_of_output(failure: &Failure) -> bool {
    matches!(failure, Failure::OutputClosed | Failure::Here { .. })
}

async fn container<'a>(
    context: &'a Context,
    name: &str,
) -> Ended<(&'a super::connect::Engine, ContainerId, String)> {
    let engine = engine_of_container(context, name).await?;
    let id = ContainerId::from(name);
    let call = context.call(Verb::Inspect, name);
    let read = engine.supervised.read(&call, Verb::Inspect, name, |engine| engine.inspect(&id)).await;
    let found = read.into_result()?;
    Ok((engine, found.id, found.name))
}

/// How to end where a build has ended so; `None` is one of which nothing could be read.
fn exit_of(outcome: Option<Outcome>) -> Exit {
    match outcome {
        Some(Outcome::Success) => Exit::Done,
        Some(
            Outcome::SuccessWithErrors
            | Outcome::Failed
            | Outcome::NoProvider
            | Outcome::ParseError
            | Outcome::ConfigError,
        ) => Exit::Failed,
        Some(Outcome::Interrupted) => Exit::BuildInterrupted,
        Some(Outcome::Halted) => Exit::BuildHalted,
        Some(Outcome::Crashed) | None => Exit::BuildBrokeOff,
    }
}

#[cfg(test)]
mod tests;
