//! What an engine can be asked for from the screen. Each becomes one supervised action.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::actions::Verb;
use crate::actions::cleanup::{ItemId, Plan, PlanOptions};
use crate::builds::{BuildId, StopPlan};
use crate::engine::{ContainerSpec, ExecRequest, RemoveOptions, Signal, StopOptions, TermSize, VolumeSpec};
use crate::sessions::SessionId;

use super::{ContainerKey, EngineId, VolumeKey};

/// One thing asked of one engine.
#[derive(Debug, Clone)]
pub enum Request {
    /// Start a container.
    Start(ContainerKey),
    /// Stop it: its signal, then KILL after the grace.
    Stop(ContainerKey, StopOptions),
    /// Stop a build in it, step by step.
    StopBuild {
        /// The container.
        key: ContainerKey,
        /// The build.
        build: BuildId,
        /// How.
        plan: StopPlan,
    },
    /// Stop it and start it again.
    Restart(ContainerKey, StopOptions),
    /// Signal its main process.
    Kill(ContainerKey, Signal),
    /// Freeze it.
    Pause(ContainerKey),
    /// Thaw it.
    Unpause(ContainerKey),
    /// Give it another name.
    Rename(ContainerKey, String),
    /// Remove it.
    Remove(ContainerKey, RemoveOptions),
    /// Fetch an image.
    Pull(EngineId, String),
    /// Make a container, and start it where wanted.
    Create {
        /// Where.
        engine: EngineId,
        /// What.
        spec: Box<ContainerSpec>,
        /// Whether it is started then.
        start: bool,
    },
    /// Make a volume.
    CreateVolume(EngineId, VolumeSpec),
    /// Remove a volume and all in it.
    RemoveVolume(VolumeKey),
    /// Find out what a cleanup would remove. Ends with [`Yield::Plan`](super::Yield::Plan).
    PlanCleanup(EngineId, PlanOptions),
    /// Remove what was chosen of a plan, and nothing else. Ends with [`Yield::Cleanup`](super::Yield::Cleanup).
    Cleanup {
        /// Where.
        engine: EngineId,
        /// What was shown.
        plan: Arc<Plan>,
        /// What was chosen of it.
        chosen: BTreeSet<ItemId>,
    },
    /// Run a command, its output into a log of its own. The action is the exec: cancelling it ends the command.
    Exec(ContainerKey, ExecRequest),
    /// Start a durable exec: it goes on when the console ends. Ends with [`Yield::Started`](super::Yield::Started).
    DurableExec(ContainerKey, ExecRequest),
    /// End a durable exec with everything it started: TERM, and KILL after the grace. Ends with
    /// [`Yield::SessionEnded`](super::Yield::SessionEnded).
    EndSession {
        /// The container.
        key: ContainerKey,
        /// Which.
        session: SessionId,
        /// The directory of the container it is kept in; the container's usual one where `None`.
        kept_in: Option<String>,
        /// From TERM to KILL.
        grace: Duration,
    },
    /// Remove what is kept of a session that is over.
    ForgetSession {
        /// The container.
        key: ContainerKey,
        /// Which.
        session: SessionId,
        /// As for [`EndSession`](Self::EndSession).
        kept_in: Option<String>,
    },
    /// Start a build in a container of its own. Ends with [`Yield::Started`](super::Yield::Started).
    Build {
        /// Where.
        engine: EngineId,
        /// The build file, as it was typed: `~` is the home.
        file: String,
        /// What to build; without it the image of the build file.
        target: Option<String>,
        /// Further words for BitBake.
        arguments: Vec<String>,
    },
    /// Open an interactive shell, the first of these that is there; the same, on a terminal of this size.
    Shell(ContainerKey, Vec<Vec<String>>, TermSize),
}

impl Request {
    /// What kind of action it is, for its limits.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::Start(_) => Verb::Start,
            Self::Stop(..) => Verb::Stop,
            Self::StopBuild { .. } => Verb::StopBuild,
            Self::Restart(..) => Verb::Restart,
            Self::Kill(..) => Verb::Kill,
            Self::Pause(_) => Verb::Pause,
            Self::Unpause(_) => Verb::Unpause,
            Self::Rename(..) => Verb::Rename,
            Self::Remove(..) | Self::Cleanup { .. } => Verb::Remove,
            Self::Pull(..) => Verb::Pull,
            Self::Create { .. } | Self::Build { .. } => Verb::Create,
            Self::CreateVolume(..) => Verb::CreateVolume,
            Self::RemoveVolume(_) => Verb::RemoveVolume,
            Self::PlanCleanup(..) => Verb::DiskUsage,
            Self::Exec(..)
            | Self::Shell(..)
            | Self::DurableExec(..)
            | Self::EndSession { .. }
            | Self::ForgetSession { .. } => Verb::Exec,
        }
    }

    /// Whether it starts, ends or removes a durable exec.
    #[must_use]
    pub fn is_about_session(&self) -> bool {
        matches!(self, Self::DurableExec(..) | Self::EndSession { .. } | Self::ForgetSession { .. })
    }

    /// In one word or two, as the strip and the history show it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Cleanup { .. } => "clean up",
            Self::PlanCleanup(..) => "plan cleanup",
            Self::StopBuild { .. } => "stop build",
            Self::Exec(..) => "exec",
            Self::DurableExec(..) => "durable exec",
            Self::EndSession { .. } => "end session",
            Self::ForgetSession { .. } => "remove session",
            Self::Build { .. } => "build",
            Self::Shell(..) => "shell",
            Self::CreateVolume(..) => "create volume",
            Self::RemoveVolume(_) => "remove volume",
            _ => self.verb().as_str(),
        }
    }

    /// The engine it is asked of.
    #[must_use]
    pub fn engine(&self) -> EngineId {
        match self {
            Self::Pull(engine, _)
            | Self::Create { engine, .. }
            | Self::CreateVolume(engine, _)
            | Self::Build { engine, .. }
            | Self::PlanCleanup(engine, _)
            | Self::Cleanup { engine, .. } => *engine,
            Self::RemoveVolume(volume) => volume.engine,
            _ => self.container().map_or(EngineId(0), |key| key.engine),
        }
    }

    /// The container it is about, where it is about one that exists.
    #[must_use]
    pub fn container(&self) -> Option<&ContainerKey> {
        match self {
            Self::Start(key)
            | Self::Stop(key, _)
            | Self::StopBuild { key, .. }
            | Self::Restart(key, _)
            | Self::Kill(key, _)
            | Self::Pause(key)
            | Self::Unpause(key)
            | Self::Rename(key, _)
            | Self::Remove(key, _)
            | Self::Exec(key, _)
            | Self::DurableExec(key, _)
            | Self::EndSession { key, .. }
            | Self::ForgetSession { key, .. }
            | Self::Shell(key, ..) => Some(key),
            _ => None,
        }
    }
}
