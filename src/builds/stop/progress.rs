//! Where a stop is, in words.

use std::fmt;
use std::time::Duration;

use crate::text::count;

use super::StopStep;

/// Where a stop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopProgress {
    /// The step it is at.
    pub step: StopStep,
    /// How many tasks run.
    pub tasks: usize,
    /// Whether nothing is left but a server that idles and holds `bitbake.lock`.
    pub is_leaving: bool,
    /// How long this step waits yet.
    pub left: Duration,
}

impl StopProgress {
    /// What was done and what is waited for: without the time that is left.
    #[must_use]
    pub fn doing(&self) -> String {
        if self.is_leaving {
            return "the build has stopped; its server is leaving and holds bitbake.lock".to_owned();
        }
        let tasks = |of: &str| match self.tasks {
            0 => "the build to end".to_owned(),
            tasks => count(tasks, of),
        };
        match self.step {
            StopStep::FinishTasks => format!("interrupt sent, waiting for {}", tasks("running task")),
            StopStep::StopTasks => format!("second interrupt sent, waiting for {}", tasks("stopping task")),
            StopStep::EndServer => format!("TERM sent to the server, waiting for {}", tasks("stopping task")),
            StopStep::KillTasks => format!("KILL sent, waiting for {}", tasks("killed task")),
            StopStep::StopContainer => "stopping the container".to_owned(),
        }
    }

    /// What comes when the time is over.
    fn next(&self) -> &'static str {
        match self.step {
            _ if self.is_leaving => "it is left",
            StopStep::FinishTasks => "tasks are stopped",
            StopStep::StopTasks => "the server is ended",
            StopStep::EndServer => "all is killed",
            StopStep::KillTasks => "it is given up",
            StopStep::StopContainer => "KILL comes",
        }
    }
}

impl fmt::Display for StopProgress {
    /// `interrupt sent, waiting for 3 running tasks; tasks are stopped in 1:42`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The second that has begun counts.
        let seconds = self.left.as_millis().div_ceil(1000);
        write!(f, "{}; {} in {}:{:02}", self.doing(), self.next(), seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_says_what_is_waited_for_and_what_comes_next() {
        let at = |step, tasks, millis| {
            let left = Duration::from_millis(millis);
            StopProgress { step, tasks, is_leaving: false, left }.to_string()
        };
        assert_eq!(
            at(StopStep::FinishTasks, 3, 101_001),
            "interrupt sent, waiting for 3 running tasks; tasks are stopped in 1:42"
        );
        assert_eq!(
            at(StopStep::StopTasks, 1, 8000),
            "second interrupt sent, waiting for 1 stopping task; the server is ended in 0:08"
        );
        assert_eq!(
            at(StopStep::EndServer, 0, 0),
            "TERM sent to the server, waiting for the build to end; all is killed in 0:00"
        );
        let leaving = StopProgress {
            step: StopStep::StopTasks,
            tasks: 0,
            is_leaving: true,
            left: Duration::from_secs(31),
        };
        assert_eq!(
            leaving.to_string(),
            "the build has stopped; its server is leaving and holds bitbake.lock; it is left in 0:31"
        );
    }
}
