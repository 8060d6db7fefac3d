//! Stopping a build in a container, step by step: from an interrupt that lets running tasks finish, to KILL.

mod end;
mod hands;
mod ladder;
mod on_engine;
mod plan;
mod progress;
mod run;
mod sent;
mod standing;
#[cfg(test)]
mod tests;

pub use end::{ContainerEnd, StopEnd};
pub use plan::{StopPlan, StopStep};
pub use progress::StopProgress;
pub use run::stop_build;
