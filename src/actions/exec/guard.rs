//! The dead man's switch of an exec on a terminal.
//!
//! A terminal's input gets no end of file when its client dies, so the shim under it cannot notice. A second, silent
//! exec without a terminal can: it ends the first one's tree when its own input ends without a word.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::engine::{ContainerId, ContainerManager, ExecRequest, ExecSession, Result};

use super::ExecPlan;
use super::shim_protocol::guard_argv;
use super::token::Token;

/// Stands guard until it is dismissed. Dropped without that, as when this program dies, it ends the exec's tree, and
/// looks for it for ten seconds where it is only just starting.
pub(super) struct Guard {
    session: ExecSession,
}

/// How long the word that dismisses a guard may take; without it the guard goes by itself ten seconds later.
const DISMISSAL: Duration = Duration::from_secs(1);

impl Guard {
    /// Posts a guard over an exec that is about to start, as the same user.
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
        Ok(Self { session: engine.exec(id, &request).await? })
    }

    /// The exec has ended: there is nothing to guard.
    pub(super) async fn dismiss(mut self) {
        if let Some(input) = &mut self.session.input {
            let word = async {
                input.write_all(b".").await?;
                input.flush().await
            };
            let _ = tokio::time::timeout(DISMISSAL, word).await;
        }
    }
}
