//! `start`.

use clap::Args;

use crate::actions::Verb;
use crate::engine::ContainerId;

use super::context::Context;
use super::each::{Did, Objects, on_each};
use super::failure::Ended;

/// What to start.
#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
}

pub(crate) async fn run(args: &StartArgs, context: &Context) -> Ended {
    on_each(
        context,
        Objects::Containers,
        &args.containers,
        |engine, name| {
            Box::pin(async move {
                let call = context.call(Verb::Start, name);
                engine.supervised.start(&call, &ContainerId::from(name)).await
            })
        },
        |change| Did::change(change, "started", "was running"),
    )
    .await
}
