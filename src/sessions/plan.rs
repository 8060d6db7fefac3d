//! What a durable exec is asked for.

use std::time::Duration;

use crate::actions::exec::ExecPlan;
use crate::engine::ExecRequest;

/// A command that is to outlive whoever starts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPlan {
    /// The command. It has neither a terminal nor an input: `stdin` and `tty` are not looked at.
    pub request: ExecRequest,
    /// Who starts it, in a word for people; at most 200 bytes of it are kept.
    pub by: String,
    /// From TERM to KILL when it is ended and nobody says otherwise.
    pub grace: Duration,
    /// How many bytes of each file of output are kept: its beginning. What is beyond is dropped and counted.
    pub limit: u64,
    /// Whether standard error is kept apart from standard output.
    pub apart: bool,
}

impl SessionPlan {
    /// How much output is kept where nobody says: 4 GiB.
    pub const LIMIT: u64 = 4 << 30;

    /// With five seconds of grace, and standard output and error in one file of at most 4 GiB.
    #[must_use]
    pub fn new(request: ExecRequest) -> Self {
        Self { request, by: String::new(), grace: ExecPlan::GRACE, limit: Self::LIMIT, apart: false }
    }
}
