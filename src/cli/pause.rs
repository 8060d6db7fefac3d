//! `pause` and `unpause`.

use clap::Args;

use crate::actions::Verb;
use crate::engine::ContainerId;

use super::context::Context;
use super::each::{Did, Objects, on_each};
use super::failure::Ended;

/// What to freeze.
#[derive(Debug, Args)]
pub(crate) struct PauseArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
}

/// What to thaw.
#[derive(Debug, Args)]
pub(crate) struct UnpauseArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
}

pub(crate) async fn run(args: &PauseArgs, context: &Context) -> Ended {
    on_each(
        context,
        Objects::Containers,
        &args.containers,
        |engine, name| {
            Box::pin(async move {
                let call = context.call(Verb::Pause, name);
                engine.supervised.pause(&call, &ContainerId::from(name)).await
            })
        },
        |change| Did::change(change, "paused", "was paused"),
    )
    .await
}

pub(crate) async fn unpause(args: &UnpauseArgs, context: &Context) -> Ended {
    on_each(
        context,
        Objects::Containers,
        &args.containers,
        |engine, name| {
            Box::pin(async move {
                let call = context.call(Verb::Unpause, name);
                engine.supervised.unpause(&call, &ContainerId::from(name)).await
            })
        },
        |change| Did::change(change, "thawed", "was not paused"),
    )
    .await
}
