//! What goes wrong, as a scene says it.

use serde::Deserialize;

use super::Span;
use crate::engine::ErrorKind;

/// Something that goes wrong with requests. A request meets the first fault that matches it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fault {
    /// Which requests; all when empty.
    pub on: Vec<Operation>,
    /// Only those about this object, by its name as it was asked for; `*` stands for any text.
    pub object: Option<String>,
    /// Let this many such requests pass unharmed first.
    pub skip: u32,
    /// And harm only this many; all when absent.
    pub times: Option<u32>,
    /// The answer takes this long.
    pub delay: Option<Span>,
    /// The answer is this refusal.
    pub refuse: Option<Refusal>,
    /// The engine's words with it.
    pub saying: Option<String>,
    /// There is never an answer.
    pub silent: bool,
    /// What was asked happens all the same before the refusal or the silence.
    pub done_anyway: bool,
    /// A stream is cut with an error after this many items.
    pub break_after: Option<u64>,
    /// A stream ends without an error after this many items, as when the engine is killed.
    pub end_after: Option<u64>,
    /// A stream says nothing more after this many items.
    pub silent_after: Option<u64>,
}

macro_rules! operations {
    ($($name:ident),+ $(,)?) => {
        /// The requests of the port, by name; in a scene in kebab case. `exec` is the start of a command,
        /// `exec-output` the stream of what it prints.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[expect(missing_docs, reason = "they are the port's methods")]
        pub enum Operation { $($name),+ }
    };
}

operations! {
    Identify, Ping, InspectImage, Pull, ListImages, RemoveImage, List, Inspect, Create, Start, Stop, Kill,
    Restart, Pause, Unpause, Wait, Rename, Remove, Top, Exec, ExecOutput, ExecState, ExecResize, Logs, Events, Stats,
    DiskUsage, Stat, CopyOut, CopyIn, CreateVolume, ListVolumes, InspectVolume, RemoveVolume,
}

/// The refusals a scene can name; each is the [`ErrorKind`] of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are the port's kinds of error")]
pub enum Refusal {
    Unreachable,
    PermissionDenied,
    Misconfigured,
    Interrupted,
    BrokenStream,
    BadAnswer,
    NotFound,
    NotRunning,
    Busy,
    Conflict,
    Invalid,
    CommandNotFound,
    CommandNotExecutable,
    Unauthorized,
    Unavailable,
    NoSpace,
    Unsupported,
    EngineFault,
    Refused,
}

impl From<Refusal> for ErrorKind {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unreachable => Self::Unreachable,
            Refusal::PermissionDenied => Self::PermissionDenied,
            Refusal::Misconfigured => Self::Misconfigured,
            Refusal::Interrupted => Self::Interrupted,
            Refusal::BrokenStream => Self::BrokenStream,
            Refusal::BadAnswer => Self::BadAnswer,
            Refusal::NotFound => Self::NotFound,
            Refusal::NotRunning => Self::NotRunning,
            Refusal::Busy => Self::Busy,
            Refusal::Conflict => Self::Conflict,
            Refusal::Invalid => Self::Invalid,
            Refusal::CommandNotFound => Self::CommandNotFound,
            Refusal::CommandNotExecutable => Self::CommandNotExecutable,
            Refusal::Unauthorized => Self::Unauthorized,
            Refusal::Unavailable => Self::Unavailable,
            Refusal::NoSpace => Self::NoSpace,
            Refusal::Unsupported => Self::Unsupported,
            Refusal::EngineFault => Self::EngineFault,
            Refusal::Refused => Self::Refused,
        }
    }
}

impl Operation {
    /// The verb that completes "cannot …".
    pub(in crate::engine::simulated) fn verb(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Ping => "ping",
            Self::InspectImage | Self::Inspect | Self::InspectVolume => "inspect",
            Self::Pull => "pull",
            Self::ListImages => "list images",
            Self::RemoveImage | Self::Remove | Self::RemoveVolume => "remove",
            Self::List => "list containers",
            Self::Create | Self::CreateVolume => "create",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Kill => "signal",
            Self::Restart => "restart",
            Self::Pause => "pause",
            Self::Unpause => "unpause",
            Self::Wait => "wait for",
            Self::Rename => "rename",
            Self::Top => "list the processes of",
            Self::Exec => "run a command in",
            Self::ExecOutput => "read a command's output in",
            Self::ExecState => "ask for the state of",
            Self::ExecResize => "resize the terminal of",
            Self::Logs => "read the log of",
            Self::Events => "hear the events of",
            Self::Stats => "read the figures of",
            Self::DiskUsage => "measure the disk usage of",
            Self::Stat => "look into",
            Self::CopyOut => "copy out of",
            Self::CopyIn => "copy into",
            Self::ListVolumes => "list volumes",
        }
    }
}
