//! Ending what attached execs of consoles that are gone have left in a container.

use serde::Deserialize;

use crate::actions::{Call, Report, Supervised, Verb};
use crate::engine::{ContainerId, ContainerManagerExt, ExecRequest, Result};

use super::shim_protocol::{list_argv, sweep_argv};
use super::token::is_orphaned;
use super::{ExecPlan, Runner, ShimUse};

/// The most a list of the shims in one container takes.
const LONGEST_LIST: usize = 1024 * 1024;

#[derive(Deserialize)]
struct Listed {
    token: String,
}

impl Supervised {
    /// Looks for attached execs in a container whose console, on this machine, is gone, and ends them. How many there
    /// were. Most die with their console; what is left are those whose end was prevented, by a hung engine for one.
    pub async fn sweep_execs(&self, call: &Call, id: &ContainerId) -> Report<usize> {
        let sweep = || async {
            let Runner::Shim(shim) = super::runner::runner(&*self.engine, id, ShimUse::Carry).await? else {
                return Ok(0);
            };
            self.sweep(id, &shim).await
        };
        let call = call.clone().with_limits(call.limits.unwrap_or_default());
        self.supervisor.read(&call, Verb::Exec, id.as_str(), sweep).await
    }

    /// The same while another command runs under the shim, for as long as that takes. Never returns: the command is
    /// what counts, and a sweep that fails is left to the next.
    pub(super) async fn sweep_beside(&self, id: &ContainerId, runner: &Runner) {
        if let Runner::Shim(shim) = runner {
            let _ = self.sweep(id, shim).await;
        }
        std::future::pending::<()>().await;
    }

    async fn sweep(&self, id: &ContainerId, shim: &str) -> Result<usize> {
        let tokens = self.orphaned(id, shim).await?;
        if !tokens.is_empty() {
            let command = sweep_argv(shim, &tokens, ExecPlan::GRACE, true);
            self.run_as_root(id, command).await?;
        }
        Ok(tokens.len())
    }

    async fn orphaned(&self, id: &ContainerId, shim: &str) -> Result<Vec<String>> {
        let listed = self.run_as_root(id, list_argv(shim)).await?;
        let tokens = listed.lines().filter_map(|line| serde_json::from_str::<Listed>(line).ok());
        Ok(tokens.map(|listed| listed.token).filter(|token| is_orphaned(token)).collect())
    }

    async fn run_as_root(&self, id: &ContainerId, command: Vec<String>) -> Result<String> {
        let request = ExecRequest { user: Some("0".into()), ..ExecRequest::new(command) };
        Ok(self.engine.exec_collect(id, &request, LONGEST_LIST).await?.stdout_text())
    }
}
