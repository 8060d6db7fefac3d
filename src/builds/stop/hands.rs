//! What climbing the ladder needs of the world: looks, signals, and the end of the container.

use std::future::Future;

use crate::engine::{Result, StopOptions};

use super::standing::{Process, Standing};

/// A signal to one process or to a task's whole group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) signal: &'static str,
    pub(super) to: Process,
    pub(super) is_group: bool,
}

impl Order {
    pub(super) fn one(signal: &'static str, to: &Process) -> Self {
        Self { signal, to: to.clone(), is_group: false }
    }

    pub(super) fn group(signal: &'static str, to: &Process) -> Self {
        Self { signal, to: to.clone(), is_group: true }
    }
}

/// What came of orders, and what stands in the build's directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sending {
    /// The processes that were signalled. Others were not what they had been any more.
    pub(super) sent: Vec<u32>,
    /// Those that were there and may not be signalled.
    pub(super) refused: Vec<u32>,
    /// `bitbake.lock` and `bitbake.sock`, where they are there.
    pub(super) files: Vec<&'static str>,
}

/// The world.
pub(super) trait Hands: Send {
    /// What of the build is there: about a second after it was last asked. May be dropped and asked again.
    fn look(&mut self) -> impl Future<Output = Result<Standing>> + Send;

    /// Signals these, in this order, each only while it still is what was seen.
    fn send(&mut self, orders: &[Order]) -> impl Future<Output = Result<Sending>> + Send;

    /// Stops the container.
    fn stop_container(&mut self, options: &StopOptions) -> impl Future<Output = Result<()>> + Send;
}
