//! The steps by which a build is stopped, and how many of them are to be gone.

use std::time::Duration;

use crate::engine::StopOptions;

/// How long running tasks may take to finish where nobody says otherwise.
const FINISH: Duration = Duration::from_secs(120);
/// How long an idle server is waited for that still holds `bitbake.lock`: it leaves after 30 s by itself.
pub(super) const LEAVING: Duration = Duration::from_secs(35);

/// A step, the gentlest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StopStep {
    /// INT to the client: no new task begins, and those that run finish.
    FinishTasks,
    /// INT to the client once more: running tasks are stopped.
    StopTasks,
    /// TERM to the server: it stops the tasks and ends.
    EndServer,
    /// KILL to each task's process group, the worker, the server and the client.
    KillTasks,
    /// The container is stopped.
    StopContainer,
}

impl StopStep {
    /// Its name for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FinishTasks => "finish-tasks",
            Self::StopTasks => "stop-tasks",
            Self::EndServer => "end-server",
            Self::KillTasks => "kill-tasks",
            Self::StopContainer => "stop-container",
        }
    }

    /// The step after it. Stopping the container is none of those that are come to by themselves.
    pub(super) fn next(self) -> Option<Self> {
        match self {
            Self::FinishTasks => Some(Self::StopTasks),
            Self::StopTasks => Some(Self::EndServer),
            Self::EndServer => Some(Self::KillTasks),
            Self::KillTasks | Self::StopContainer => None,
        }
    }
}

/// How a build is to be stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopPlan {
    /// The step to begin with; those after it follow for as long as anything of the build is there.
    pub from: StopStep,
    /// How long running tasks may take to finish before they are stopped.
    pub finish: Duration,
    /// How many interrupts were sent to it before: none of them is sent again.
    pub interrupts: u8,
    /// How the container is stopped once the build is; `None` where it stays.
    pub container: Option<StopOptions>,
}

impl StopPlan {
    /// Running tasks finish, for at most two minutes.
    #[must_use]
    pub fn gentle() -> Self {
        Self::beginning(StopStep::FinishTasks)
    }

    /// Running tasks are stopped.
    #[must_use]
    pub fn now() -> Self {
        Self::beginning(StopStep::StopTasks)
    }

    /// All of it is killed.
    #[must_use]
    pub fn kill() -> Self {
        Self::beginning(StopStep::KillTasks)
    }

    /// Beginning with this step.
    #[must_use]
    pub fn beginning(from: StopStep) -> Self {
        Self { from, finish: FINISH, interrupts: 0, container: None }
    }

    /// How long a step waits before the next.
    pub(super) fn limit(&self, step: StopStep) -> Duration {
        match step {
            StopStep::FinishTasks => self.finish,
            StopStep::StopTasks | StopStep::EndServer => Duration::from_secs(10),
            StopStep::KillTasks => Duration::from_secs(5),
            StopStep::StopContainer => {
                self.container.as_ref().map_or(Duration::ZERO, |options| options.grace)
            }
        }
    }

    /// How long all of it takes at most, besides what the engine needs to be asked.
    #[must_use]
    pub fn longest(&self) -> Duration {
        let steps = std::iter::successors(Some(self.from), |step| step.next());
        let steps: Duration = steps.map(|step| self.limit(step)).sum();
        steps + LEAVING + self.limit(StopStep::StopContainer)
    }
}

impl Default for StopPlan {
    fn default() -> Self {
        Self::gentle()
    }
}
