//! `kill`.

use clap::Args;

use crate::actions::Verb;
use crate::engine::{EngineError, Signal};

use super::context::Context;
use super::each::{Did, on_containers};
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
    on_containers(
        context,
        Verb::Kill,
        &args.containers,
        |on, call, id| {
            let signal = args.signal.clone();
            async move { on.kill(&call, &id, &signal).await }
        },
        |change| Did::change(change, &format!("sent {}", args.signal), "was not running"),
    )
    .await
}
