//! Ending everything a command started, and saying what that took and what is left.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::actions::Aftermath;
use crate::engine::{
    ContainerId, ContainerManager, ContainerManagerExt, EngineError, ErrorKind, ExecOutput, ExecRequest,
    ObjectKind, Result, chain,
};

use super::Runner;
use super::shell_wrapper::{WrapperSignal, parse_found, signal_tree_argv, survivors_argv};
use super::shim_protocol::{signal_argv, signal_code};

/// A process of the command, by its pid in the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Pid as the container sees it.
    pub pid: u32,
    /// The short name of its program.
    #[serde(rename = "comm")]
    pub name: String,
    /// For one that is left: why, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.pid, self.name)?;
        match &self.why {
            Some(why) => write!(f, " ({why})"),
            None => Ok(()),
        }
    }
}

/// What ending a command's process tree took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TreeEnd {
    /// Every process that was asked to end.
    pub signalled: Vec<Process>,
    /// Those that did not and were killed.
    pub killed: Vec<Process>,
    /// Those that live on.
    pub left: Vec<Process>,
    /// Whether processes may be left that nobody can find: without the shim, any that detached altogether.
    pub may_have_missed: bool,
}

impl fmt::Display for TreeEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named =
            |processes: &[Process]| processes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self.signalled.as_slice() {
            [] => f.write_str("no process of it was running any more")?,
            [one] => write!(f, "TERM was sent to {one}")?,
            many => write!(f, "TERM was sent to {} processes ({})", many.len(), named(many))?,
        }
        if !self.killed.is_empty() {
            write!(f, ", KILL to {}", named(&self.killed))?;
        }
        match self.left.as_slice() {
            [] if self.may_have_missed => {
                f.write_str("; none is left that can be found, but without the shim one that detached may be")
            }
            [] => f.write_str("; none is left"),
            left => write!(f, "; still there: {}", named(left)),
        }
    }
}

/// The most a report of the shim or of the wrapper takes; a process takes about 60 bytes.
const LONGEST_REPORT: usize = 1024 * 1024;
/// How often the wrapper's processes are looked at while the grace runs.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long a command is waited for that was asked for and has not appeared yet.
const MAY_APPEAR: Duration = Duration::from_secs(2);

/// The exec to end.
#[derive(Debug, Clone)]
pub(super) struct Target<'a> {
    pub(super) container: &'a ContainerId,
    pub(super) token: &'a str,
    pub(super) runner: &'a Runner,
    /// Who it runs as.
    pub(super) user: Option<&'a str>,
    pub(super) grace: Duration,
}

/// Ends it. An exec whose start was under way when it was given up may appear a moment later: it is waited for.
pub(super) async fn end_tree(engine: &dyn ContainerManager, target: &Target<'_>) -> Aftermath {
    let until = tokio::time::Instant::now() + MAY_APPEAR;
    loop {
        let ended = match target.runner {
            Runner::Shim(path) => by_shim(engine, target, path).await,
            Runner::Wrapper(_) => by_wrapper(engine, target).await,
        };
        match ended {
            Ok(end)
                if end.signalled.is_empty() && end.left.is_empty() && tokio::time::Instant::now() < until =>
            {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Ok(end) => return Aftermath::Ended(end.to_string(), end),
            // With its container every process of it is gone.
            Err(error) if matches!(error.kind(), ErrorKind::NotRunning | ErrorKind::NotFound) => {
                return Aftermath::DidNotHappen(
                    "its container does not run any more, so nothing of it does".into(),
                );
            }
            Err(error) => {
                return Aftermath::Unknown(format!("what is left of it is unknown: {}", chain(&error)));
            }
        }
    }
}

/// What the shim prints about one token.
#[derive(Deserialize)]
struct ShimReport {
    signalled: Vec<Process>,
    killed: Vec<Process>,
    left: Vec<Process>,
}

async fn by_shim(engine: &dyn ContainerManager, target: &Target<'_>, path: &str) -> Result<TreeEnd> {
    let command = signal_argv(path, target.token, "TERM", target.grace, true);
    let mut answer = run_as(engine, target, &command, target.user).await?;
    if matches!(answer.exit_code, signal_code::REFUSED | signal_code::LEFT) {
        // Whoever it has become, root may end it; where it may not, the report says so.
        answer = run_as(engine, target, &command, Some("0")).await?;
    }
    let failed = |why: String| {
        EngineError::new("end the command in", ErrorKind::BadAnswer)
            .on(ObjectKind::Container, target.container)
            .saying(why)
    };
    if answer.exit_code == signal_code::NOT_FOUND {
        return Ok(TreeEnd::default());
    }
    let report: ShimReport = serde_json::from_slice(answer.stdout.trim_ascii()).map_err(|error| {
        failed(format!("the shim said {:?}", answer.stdout_text() + &answer.stderr_text())).because(error)
    })?;
    Ok(TreeEnd {
        signalled: report.signalled,
        killed: report.killed,
        left: report.left,
        may_have_missed: false,
    })
}

async fn by_wrapper(engine: &dyn ContainerManager, target: &Target<'_>) -> Result<TreeEnd> {
    let found = |output: ExecOutput| -> Result<Vec<Process>> {
        if output.exit_code != 0 {
            return Err(EngineError::new("end the command in", ErrorKind::Refused)
                .on(ObjectKind::Container, target.container)
                .saying(output.stderr_text()));
        }
        let process =
            |found: super::shell_wrapper::Found| Process { pid: found.pid, name: found.name, why: None };
        Ok(parse_found(&output.stdout_text()).into_iter().map(process).collect())
    };
    // Root sees and may signal every process, whoever it has become.
    let run = |command: Vec<String>| async move { run_as(engine, target, &command, Some("0")).await };
    let signalled = found(run(signal_tree_argv(target.token, WrapperSignal::Term)).await?)?;
    let kill_at = tokio::time::Instant::now() + target.grace;
    let mut left = found(run(survivors_argv(target.token)).await?)?;
    while !left.is_empty() && tokio::time::Instant::now() < kill_at {
        tokio::time::sleep(LOOK_EVERY).await;
        left = found(run(survivors_argv(target.token)).await?)?;
    }
    let mut killed = Vec::new();
    if !left.is_empty() {
        killed = found(run(signal_tree_argv(target.token, WrapperSignal::Kill)).await?)?;
        left = found(run(survivors_argv(target.token)).await?)?;
    }
    Ok(TreeEnd { signalled, killed, left, may_have_missed: true })
}

async fn run_as(
    engine: &dyn ContainerManager,
    target: &Target<'_>,
    command: &[String],
    user: Option<&str>,
) -> Result<ExecOutput> {
    let request = ExecRequest { user: user.map(str::to_owned), ..ExecRequest::new(command) };
    engine.exec_collect(target.container, &request, LONGEST_REPORT).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: u32, name: &str, why: Option<&str>) -> Process {
        Process { pid, name: name.into(), why: why.map(str::to_owned) }
    }

    #[test]
    fn the_sentence_says_what_was_signalled_and_what_is_left() {
        let mut end = TreeEnd { signalled: vec![process(7, "sh", None)], ..TreeEnd::default() };
        assert_eq!(end.to_string(), "TERM was sent to 7 sh; none is left");
        end.signalled.push(process(8, "make", None));
        end.killed = vec![process(8, "make", None)];
        end.left = vec![process(9, "sshd", Some("not permitted"))];
        assert_eq!(
            end.to_string(),
            "TERM was sent to 2 processes (7 sh, 8 make), KILL to 8 make; still there: 9 sshd (not permitted)"
        );
        let blind = TreeEnd { may_have_missed: true, ..TreeEnd::default() };
        assert!(blind.to_string().contains("without the shim"), "{blind}");
    }
}
