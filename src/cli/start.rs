//! `start`.

use clap::Args;

use crate::actions::Verb;

use super::context::Context;
use super::each::{Did, on_containers};
use super::failure::Ended;

/// What to start.
#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
}

pub(crate) async fn run(args: &StartArgs, context: &Context) -> Ended {
    on_containers(
        context,
        Verb::Start,
        &args.containers,
        |on, call, id| async move { on.start(&call, &id).await },
        |change| Did::change(change, "started", "was running"),
    )
    .await
}
