//! `kill`.

use clap::Args;

use crate::actions::Verb;
use crate::engine::{ContainerId, EngineError, Signal};

use super::context::Context;
use super::each::{Did, Objects, on_each};
use super::failure::Ended;

/// What to signal.
#[derive(Debug, Args)]
pub(crate) struct KillArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
    /// The signal, by name or number
    #[arg(short, long, value_name = "SIGNAL", default_value = "KILL", value_parser = signal)]
    signal: Signal,
}

/// A signal by name or number.
pub(super) fn signal(text: &str) -> Result<Signal, String> {
    text.parse().map_err(|error: EngineError| error.said().unwrap_or("no such signal").to_owned())
}

pub(crate) async fn run(args: &KillArgs, context: &Context) -> Ended {
    on_each(
        context,
        Objects::Containers,
        &args.containers,
        |engine, name| {
            let signal = args.signal.clone();
            Box::pin(async move {
                let call = context.call(Verb::Kill, name);
                engine.supervised.kill(&call, &ContainerId::from(name), &signal).await
            })
        },
        |change| Did::change(change, &format!("sent {}", args.signal), "was not running"),
    )
    .await
}
