//! `wait`.

use clap::{Args, ValueEnum};

use crate::actions::Verb;
use crate::engine::{Signal, WaitFor};

use super::context::Context;
use super::each::{Did, on_containers};
use super::failure::Ended;

/// What to wait for.
#[derive(Debug, Args)]
pub(crate) struct WaitArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
    /// What to wait for
    #[arg(long, value_enum, default_value_t = Until::NotRunning)]
    until: Until,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Until {
    /// It does not run; at once where it does not
    NotRunning,
    /// It exits the next time, though it may not run yet
    NextExit,
    /// It is removed
    Removed,
}

impl From<Until> for WaitFor {
    fn from(until: Until) -> Self {
        match until {
            Until::NotRunning => Self::NotRunning,
            Until::NextExit => Self::NextExit,
            Until::Removed => Self::Removed,
        }
    }
}

pub(crate) async fn run(args: &WaitArgs, context: &Context) -> Ended {
    let until = WaitFor::from(args.until);
    on_containers(
        context,
        Verb::Wait,
        &args.containers,
        |on, call, id| async move { on.wait(&call, &id, until).await },
        |status| {
            let words = match Signal::name_of_exit_code(status.code) {
                Some(signal) => format!("exited with {} ({signal})", status.code),
                None => format!("exited with {}", status.code),
            };
            Did::new(words).with(&status)
        },
    )
    .await
}
