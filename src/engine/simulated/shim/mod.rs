//! The engine's double of the shim, the static program that runs commands in containers so that they can be ended
//! whole, and of the shell wrapper that stands in for it: the same command lines, frames and reports.

mod answer;
mod call;
mod end;
mod frames;
mod relay;

pub(super) use answer::answer;
pub(super) use call::{Call, Run, StdinMode};
pub(super) use relay::relay;
