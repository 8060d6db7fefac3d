//! The dead man's switch of an exec on a terminal.
//!
//! A terminal's input gets no end of file when its client dies, so the shim under it cannot notice. A second, silent
//! exec without a terminal can: it ends the first one's tree when its own input ends.

use crate::engine::{ContainerId, ContainerManager, ExecRequest, ExecSession, Result};

use super::ExecPlan;
use super::shim_protocol::guard_argv;
use super::token::Token;

/// Stands guard while it is held. Dropped, it ends what is left of the exec: nothing, where that ended by itself.
pub(super) struct Guard {
    _session: ExecSession,
}

impl Guard {
    /// Posts a guard over a running exec, as the same user.
    pub(super) async fn post(
        engine: &dyn ContainerManager,
        id: &ContainerId,
        plan: &ExecPlan,
        shim: &str,
        token: &Token,
    ) -> Result<Self> {
        let command = guard_argv(shim, token.as_str(), plan.grace);
        let request =
            ExecRequest { user: plan.request.user.clone(), stdin: true, ..ExecRequest::new(command) };
        Ok(Self { _session: engine.exec(id, &request).await? })
    }
}
