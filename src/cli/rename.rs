//! `rename`.

use clap::Args;

use crate::actions::Verb;
use crate::engine::ContainerId;

use super::context::Context;
use super::each::{Did, Objects, on_each};
use super::failure::Ended;

/// What to rename.
#[derive(Debug, Args)]
pub(crate) struct RenameArgs {
    /// Name or id
    container: String,
    /// The new name
    name: String,
}

pub(crate) async fn run(args: &RenameArgs, context: &Context) -> Ended {
    on_each(
        context,
        Objects::Containers,
        std::slice::from_ref(&args.container),
        |engine, container| {
            Box::pin(async move {
                let call = context.call(Verb::Rename, container);
                engine.supervised.rename(&call, &ContainerId::from(container), &args.name).await
            })
        },
        |()| Did::new(format!("renamed to {}", args.name)),
    )
    .await
}
