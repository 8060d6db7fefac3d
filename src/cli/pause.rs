//! `pause` and `unpause`.

use clap::Args;

use crate::actions::Verb;

use super::context::Context;
use super::each::{Did, on_containers};
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
    on_containers(
        context,
        Verb::Pause,
        &args.containers,
        |on, call, id| async move { on.pause(&call, &id).await },
        |change| Did::change(change, "paused", "was paused"),
    )
    .await
}

pub(crate) async fn unpause(args: &UnpauseArgs, context: &Context) -> Ended {
    on_containers(
        context,
        Verb::Unpause,
        &args.containers,
        |on, call, id| async move { on.unpause(&call, &id).await },
        |change| Did::change(change, "thawed", "was not paused"),
    )
    .await
}
