//! `stop` and `restart`.

use std::time::Duration;

use clap::Args;

use crate::actions::Verb;
use crate::engine::{Signal, StopOptions};

use super::context::Context;
use super::each::{Did, on_containers};
use super::failure::Ended;
use super::kill::signal;
use crate::values;

/// What to stop, and how.
#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
    #[command(flatten)]
    how: HowArgs,
}

/// What to restart, and how.
#[derive(Debug, Args)]
pub(crate) struct RestartArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
    #[command(flatten)]
    how: HowArgs,
}

#[derive(Debug, Args)]
struct HowArgs {
    /// How long from the signal to KILL; engines count whole seconds, a part of one counts as one
    #[arg(short, long, value_name = "DURATION", default_value = "10s", value_parser = values::duration)]
    grace: Duration,
    /// The signal sent first, instead of the image's own (or TERM)
    #[arg(short, long, value_name = "SIGNAL", value_parser = signal)]
    signal: Option<Signal>,
}

impl HowArgs {
    fn options(&self) -> StopOptions {
        StopOptions { signal: self.signal.clone(), grace: self.grace }
    }
}

pub(crate) async fn run(args: &StopArgs, context: &Context) -> Ended {
    let options = &args.how.options();
    on_containers(
        context,
        Verb::Stop,
        &args.containers,
        |on, call, id| {
            let options = options.clone();
            async move { on.stop(&call, &id, &options).await }
        },
        |change| Did::change(change, "stopped", "was not running"),
    )
    .await
}

pub(crate) async fn restart(args: &RestartArgs, context: &Context) -> Ended {
    let options = &args.how.options();
    on_containers(
        context,
        Verb::Restart,
        &args.containers,
        |on, call, id| {
            let options = options.clone();
            async move { on.restart(&call, &id, &options).await }
        },
        |()| Did::new("restarted"),
    )
    .await
}
