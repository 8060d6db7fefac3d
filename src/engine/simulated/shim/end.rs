//! Ending what runs under a token, and the report of it.

use std::time::Duration;

use serde::Serialize;

use crate::engine::Signal;
use crate::engine::simulated::execs::KeptExec;
use crate::engine::simulated::process::Below;
use crate::engine::simulated::state::{Shared, State};

/// A process in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Named {
    pub(super) pid: u32,
    pub(super) comm: String,
}

/// What an end took, as the shim says it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Report {
    pub(super) token: String,
    pub(super) found: bool,
    pub(super) forwarded: bool,
    pub(super) refused: bool,
    pub(super) signal: String,
    pub(super) grace_ms: u128,
    pub(super) signalled: Vec<Named>,
    pub(super) killed: Vec<Named>,
    pub(super) left: Vec<Named>,
}

impl KeptExec {
    /// Its command's processes; the shim is none of them.
    pub(super) fn members(&self) -> Vec<Named> {
        let own = Below { pid: self.pid, parent: 0, command: self.command.clone() };
        let own = (!self.by_shim).then_some(&own).into_iter();
        own.chain(&self.below).map(|below| Named { pid: below.pid, comm: below.name() }).collect()
    }
}

impl State {
    /// What runs in a container under a token.
    pub(super) fn under(&self, container: &str, token: &str) -> Option<&KeptExec> {
        let is_it = |exec: &&KeptExec| {
            exec.container == container && exec.token.as_deref() == Some(token) && exec.exit_code.is_none()
        };
        self.execs.iter().find(is_it)
    }

    fn running(&self, exec: &str) -> Option<&KeptExec> {
        self.execs.iter().find(|kept| kept.id == exec && kept.exit_code.is_none())
    }
}

impl Shared {
    pub(super) async fn exec_over(&self, exec: &str) {
        self.until(|state| state.running(exec).is_none().then_some(())).await;
    }

    /// Signals an exec. Its processes.
    pub(super) fn signal_exec(&self, exec: &str, signal: &Signal) -> Vec<Named> {
        let state = self.lock();
        let Some(kept) = state.running(exec) else { return Vec::new() };
        kept.control.signal(signal);
        kept.members()
    }

    /// The signal to all of an exec, KILL after the grace. Who was signalled, and who was killed.
    pub(super) async fn end_exec(
        &self,
        exec: &str,
        signal: &Signal,
        grace: Duration,
    ) -> (Vec<Named>, Vec<Named>) {
        let mut signalled = Vec::new();
        if signal.as_str() != "KILL" && !grace.is_zero() {
            signalled = self.signal_exec(exec, signal);
            if tokio::time::timeout(grace, self.exec_over(exec)).await.is_ok() {
                return (signalled, Vec::new());
            }
        }
        let killed = self.signal_exec(exec, &Signal::kill());
        let known: Vec<u32> = signalled.iter().map(|named: &Named| named.pid).collect();
        signalled.extend(killed.iter().filter(|named| !known.contains(&named.pid)).cloned());
        self.exec_over(exec).await;
        (signalled, killed)
    }
}
