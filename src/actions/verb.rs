//! What can be asked, how long each may take, and what may be asked twice.

use std::fmt;
use std::time::Duration;

/// The things an engine is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the method of the port of that name")]
#[non_exhaustive]
pub enum Verb {
    Connect,
    Ping,
    InspectImage,
    Pull,
    ListImages,
    RemoveImage,
    List,
    Inspect,
    Create,
    Start,
    Stop,
    StopBuild,
    Kill,
    Restart,
    Pause,
    Unpause,
    Wait,
    Rename,
    Remove,
    Top,
    Exec,
    Logs,
    Events,
    Stats,
    DiskUsage,
    CopyOut,
    CopyIn,
    CreateVolume,
    ListVolumes,
    InspectVolume,
    RemoveVolume,
}

impl Verb {
    /// The verb in words that complete "could not …".
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect to",
            Self::Ping => "ping",
            Self::InspectImage => "inspect image",
            Self::Pull => "pull",
            Self::ListImages => "list images",
            Self::RemoveImage => "remove image",
            Self::List => "list containers",
            Self::Inspect => "inspect",
            Self::Create => "create",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::StopBuild => "stop the build in",
            Self::Kill => "kill",
            Self::Restart => "restart",
            Self::Pause => "pause",
            Self::Unpause => "unpause",
            Self::Wait => "wait for",
            Self::Rename => "rename",
            Self::Remove => "remove",
            Self::Top => "list the processes of",
            Self::Exec => "run a command in",
            Self::Logs => "read the log of",
            Self::Events => "listen for events",
            Self::Stats => "read the figures of",
            Self::DiskUsage => "measure disk usage",
            Self::CopyOut => "copy out of",
            Self::CopyIn => "copy into",
            Self::CreateVolume => "create volume",
            Self::ListVolumes => "list volumes",
            Self::InspectVolume => "inspect volume",
            Self::RemoveVolume => "remove volume",
        }
    }

    /// Whether asking again after an unknown outcome changes nothing that once would not have: reads, and
    /// pulls, which engines take up from what is there.
    #[must_use]
    pub fn is_repeatable(self) -> bool {
        matches!(
            self,
            Self::Connect
                | Self::Ping
                | Self::InspectImage
                | Self::Pull
                | Self::ListImages
                | Self::List
                | Self::Inspect
                | Self::Top
                | Self::DiskUsage
                | Self::ListVolumes
                | Self::InspectVolume
        )
    }

    /// The limits used where the user has not set others.
    #[must_use]
    pub fn limits(self) -> Limits {
        let seconds = |slow, deadline| Limits {
            slow: Some(Duration::from_secs(slow)),
            deadline: Some(Duration::from_secs(deadline)),
            ..Limits::default()
        };
        match self {
            Self::Ping => seconds(1, 3),
            Self::Connect => seconds(2, 10),
            Self::List
            | Self::Inspect
            | Self::Top
            | Self::Stats
            | Self::InspectImage
            | Self::ListImages
            | Self::ListVolumes
            | Self::InspectVolume
            | Self::Kill
            | Self::Pause
            | Self::Unpause
            | Self::Rename => seconds(2, 15),
            Self::Create | Self::CreateVolume | Self::Start => seconds(5, 60),
            // On top of the grace: see `Supervised::stop`.
            Self::Stop | Self::Restart => seconds(15, 30),
            // On top of its steps, which tell themselves how long they last: see `builds::stop_build`.
            Self::StopBuild => {
                Limits { slow: None, deadline: Some(Duration::from_secs(60)), ..Limits::default() }
            }
            // These read or delete files, and a build directory has millions.
            Self::Remove | Self::RemoveVolume | Self::RemoveImage | Self::DiskUsage => seconds(10, 300),
            Self::Pull => seconds(60, 3600),
            Self::CopyIn | Self::CopyOut => seconds(30, 3600),
            // These last as long as what they watch.
            Self::Exec | Self::Logs | Self::Events | Self::Wait => {
                Limits { slow: None, deadline: None, ..Limits::default() }
            }
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How long an action may take, and how often it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From here on it is called slow; never, where it lasts as long as what it watches.
    pub slow: Option<Duration>,
    /// Here it ends, all attempts and the waits between them included; never, where `None`.
    pub deadline: Option<Duration>,
    /// How long the look afterwards may take, and the mending with it.
    pub settle: Duration,
    /// How often it is asked at most, where [`Verb::is_repeatable`].
    pub attempts: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            slow: Some(Duration::from_secs(5)),
            deadline: Some(Duration::from_secs(30)),
            settle: Duration::from_secs(10),
            attempts: 3,
        }
    }
}

impl Limits {
    /// The same with another deadline; the slow mark moves before it where it would lie behind.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), slow: self.slow.map(|slow| slow.min(deadline / 2)), ..self }
    }
}
