//! How a build was stopped, and what is left of it.

use std::fmt;
use std::time::Duration;

use crate::text::elapsed;

use super::StopStep;

/// How a build was stopped. It is over; what is left of it is here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StopEnd {
    /// The step that ended it; `None` where it had ended already.
    pub step: Option<StopStep>,
    /// How long that took, the wait for its lock included.
    pub elapsed: Duration,
    /// A server that idles, has not left in time and holds `bitbake.lock`: the next build uses it, or waits for it.
    pub server: Option<u32>,
    /// Which of `bitbake.lock` and `bitbake.sock` stay without a server: the next build ignores them.
    pub stale: Vec<&'static str>,
    /// Whether the container ended meanwhile, or was stopped at last as was asked.
    pub container: Option<ContainerEnd>,
}

/// How the container of a build ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerEnd {
    /// It was stopped, as was asked.
    Stopped,
    /// It ended while the build was being stopped.
    ByItself,
}

impl StopEnd {
    /// Whether it was killed: nothing was tidied up.
    #[must_use]
    pub fn was_killed(&self) -> bool {
        matches!(self.step, Some(StopStep::KillTasks))
    }
}

impl fmt::Display for StopEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let took = elapsed(self.elapsed);
        match self.step {
            None => write!(f, "it had ended already")?,
            Some(StopStep::FinishTasks) => {
                write!(f, "ended cleanly after {took}: its running tasks had finished")?;
            }
            Some(StopStep::StopTasks) => write!(f, "ended cleanly after {took}: its tasks were stopped")?,
            Some(StopStep::EndServer) => {
                write!(f, "ended cleanly after {took}: its server was ended, which stopped its tasks")?;
            }
            Some(StopStep::KillTasks) => write!(f, "killed after {took}: nothing was tidied up")?,
            Some(StopStep::StopContainer) => write!(f, "ended after {took} with its container")?,
        }
        if let Some(server) = self.server {
            write!(
                f,
                "; its server ({server}) idles and holds bitbake.lock: the next build uses or awaits it"
            )?;
        }
        match self.stale.as_slice() {
            [] => {}
            [one] => write!(f, "; {one} is left: the next build ignores it")?,
            more => write!(f, "; {} are left: the next build ignores them", more.join(" and "))?,
        }
        match self.container {
            Some(ContainerEnd::Stopped) => f.write_str("; the container was stopped"),
            Some(ContainerEnd::ByItself) => f.write_str("; the container ended meanwhile"),
            None => Ok(()),
        }
    }
}
