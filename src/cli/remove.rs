//! `rm`.

use clap::Args;

use crate::actions::Verb;
use crate::engine::RemoveOptions;

use super::context::Context;
use super::each::{Did, on_containers};
use super::failure::Ended;

/// What to remove.
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
    /// Kill those that run first
    #[arg(short, long)]
    force: bool,
    /// Remove the anonymous volumes made with them, too; named volumes stay
    #[arg(short = 'v', long)]
    volumes: bool,
}

pub(crate) async fn run(args: &RemoveArgs, context: &Context) -> Ended {
    let options = RemoveOptions { force: args.force, volumes: args.volumes };
    on_containers(
        context,
        Verb::Remove,
        &args.containers,
        |on, call, id| async move { on.remove(&call, &id, options).await },
        |change| Did::change(change, "removed", "was not there"),
    )
    .await
}
