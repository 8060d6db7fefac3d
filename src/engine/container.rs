//! Containers as they are: listed, inspected, their processes and their end.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::{ContainerId, ImageId};

/// The state an engine gives a container; from its `status`, never from a `running` flag, which some engines
/// clear while processes still live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ContainerState {
    /// Made and never started.
    Created,
    /// Its main process lives.
    Running,
    /// Frozen.
    Paused,
    /// Between its end and its next start.
    Restarting,
    /// Asked to stop; processes may still live.
    Stopping,
    /// On its way out.
    Removing,
    /// Its main process has ended.
    Exited,
    /// The engine could not remove it whole.
    Dead,
    /// Something this program does not know.
    Unknown,
}

impl ContainerState {
    /// Whether processes of it may be alive.
    #[must_use]
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Restarting | Self::Stopping)
    }

    /// The state of this name, as engines write it.
    #[must_use]
    pub fn from_engine(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "created" | "configured" | "initialized" => Self::Created,
            "running" => Self::Running,
            "paused" => Self::Paused,
            "restarting" => Self::Restarting,
            "stopping" => Self::Stopping,
            "removing" => Self::Removing,
            "exited" | "stopped" => Self::Exited,
            "dead" => Self::Dead,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for ContainerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Stopping => "stopping",
            Self::Removing => "removing",
            Self::Exited => "exited",
            Self::Dead => "dead",
            Self::Unknown => "unknown",
        })
    }
}

/// A container as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Container {
    /// Full id.
    pub id: ContainerId,
    /// Its name, without the leading slash some engines give it.
    pub name: String,
    /// The image as it was asked for.
    pub image: String,
    /// The image's own id, where the engine says.
    pub image_id: Option<ImageId>,
    /// The main process's command line, for show only.
    pub command: String,
    /// What it is doing.
    pub state: ContainerState,
    /// The engine's own words, such as `Up 3 hours` or `Exited (0) 3 days ago`.
    pub status: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// What is mounted into it.
    pub mounts: Vec<MountPoint>,
}

/// Something mounted into a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MountPoint {
    /// The volume's name, for a named or anonymous volume.
    pub volume: Option<String>,
    /// The directory on the engine's machine.
    pub source: String,
    /// The directory in the container.
    pub target: String,
    /// Whether the container may not write there.
    pub read_only: bool,
}

/// A container in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContainerDetails {
    /// Full id.
    pub id: ContainerId,
    /// Its name.
    pub name: String,
    /// The image as it was asked for.
    pub image: String,
    /// The image's own id.
    pub image_id: Option<ImageId>,
    /// `os/architecture` it runs as, where the engine says.
    pub platform: Option<String>,
    /// What it is doing.
    pub state: ContainerState,
    /// Its main process on the engine's machine, while it lives.
    pub pid: Option<u32>,
    /// The exit code of its last run, once ended.
    pub exit_code: Option<i64>,
    /// Whether the kernel killed it for memory, where the engine says.
    pub oom_killed: bool,
    /// The engine's own words for why it could not start or ended.
    pub error: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When its present or last run began.
    /// Noted by the engine when it hears of it: of a run of milliseconds it may be after the end.
    pub started: Option<Timestamp>,
    /// When its last run ended.
    pub finished: Option<Timestamp>,
    /// Entry point in force.
    pub entrypoint: Vec<String>,
    /// Command in force.
    pub command: Vec<String>,
    /// Environment, `NAME=value`. Values may be secrets: mask before showing.
    pub env: Vec<String>,
    /// The user it runs as; empty for the image's own.
    pub user: String,
    /// Its working directory.
    pub working_dir: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// What is mounted.
    pub mounts: Vec<MountPoint>,
    /// Memory limit in bytes.
    pub memory_limit: Option<u64>,
    /// Processor limit, in processors.
    pub cpu_limit: Option<CpuCount>,
    /// The network it is on.
    pub network_mode: String,
    /// Whether its own terminal is one: its log is then one stream, not two.
    pub tty: bool,
    /// The engine's log driver, such as `json-file`.
    pub log_driver: String,
    /// The options of that driver, such as `max-size`.
    pub log_options: BTreeMap<String, String>,
    /// How often the engine has restarted it.
    pub restarts: u64,
    /// Everything the engine said, for people to search.
    pub raw: serde_json::Value,
}

/// A number of processors in thousandths, so that it compares exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpuCount(u64);

impl CpuCount {
    /// From thousandths of a processor.
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Thousandths of a processor.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.0
    }

    /// Billionths, as engines count them.
    #[must_use]
    pub fn nanos(self) -> i64 {
        i64::try_from(self.0.saturating_mul(1_000_000)).unwrap_or(i64::MAX)
    }

    /// Reads `4`, `1.5`, `0.25`: more than zero, at most three decimals.
    ///
    /// # Errors
    /// The text, when it is no such number.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let wrong = || format!("{text:?} is no number of processors such as 4 or 1.5");
        let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        if part.len() > 3 || (whole.is_empty() && part.is_empty()) {
            return Err(wrong());
        }
        let digits = |text: &str| {
            if text.is_empty() {
                Some(0)
            } else {
                text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok())?
            }
        };
        let whole = digits(whole).ok_or_else(wrong)?;
        let part = digits(&format!("{part:0<3}")).ok_or_else(wrong)?;
        match whole.checked_mul(1000).and_then(|millis| millis.checked_add(part)) {
            Some(millis) if millis > 0 => Ok(Self(millis)),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for CpuCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 1000, self.0 % 1000);
        if part == 0 {
            write!(f, "{whole}")
        } else {
            write!(f, "{whole}.{}", format!("{part:03}").trim_end_matches('0'))
        }
    }
}

impl Serialize for CpuCount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Which containers to list. Every condition given must hold; an empty filter lists all, stopped ones too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Labels it must have: `name` alone, or `name` with a value.
    pub labels: Vec<(String, Option<String>)>,
    /// Part of its name.
    pub name: Option<String>,
    /// States it may be in; any when empty.
    pub states: Vec<ContainerState>,
    /// A volume it must use.
    pub volume: Option<String>,
}

/// The processes of a container, as the engine's `ps` prints them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProcessTable {
    /// Column names, such as `PID`, `USER`, `COMMAND`.
    pub titles: Vec<String>,
    /// A row a process, as long as `titles`.
    pub processes: Vec<Vec<String>>,
}

impl ProcessTable {
    /// One column, by its title without regard to case.
    pub fn column<'a>(&'a self, title: &str) -> impl Iterator<Item = &'a str> {
        let at = self.titles.iter().position(|known| known.eq_ignore_ascii_case(title));
        self.processes.iter().filter_map(move |row| row.get(at?).map(String::as_str))
    }
}

/// How a container's main process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExitStatus {
    /// Its exit code; 128 + n for a death by signal n.
    pub code: i64,
    /// The engine's own words, where it has any.
    pub error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_read_exactly() {
        let parse = |text: &str| CpuCount::parse(text).map(CpuCount::millis);
        assert_eq!(parse("4"), Ok(4000));
        assert_eq!(parse("1.5"), Ok(1500));
        assert_eq!(parse(".25"), Ok(250));
        assert_eq!(parse("0.001"), Ok(1));
        for wrong in ["", ".", "0", "0.0", "-1", "1e3", "1.2345", "four", "1.-5", "99999999999999999999"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(CpuCount::from_millis(1500).to_string(), "1.5");
        assert_eq!(CpuCount::from_millis(2000).to_string(), "2");
        assert_eq!(CpuCount::from_millis(1500).nanos(), 1_500_000_000);
    }

    #[test]
    fn a_column_is_found_whatever_its_case() {
        let table = ProcessTable {
            titles: vec!["PID".into(), "CMD".into()],
            processes: vec![vec!["7".into(), "sh".into()], vec!["8".into()]],
        };
        assert_eq!(table.column("pid").collect::<Vec<_>>(), ["7", "8"]);
        assert_eq!(table.column("cmd").collect::<Vec<_>>(), ["sh"]);
        assert_eq!(table.column("user").count(), 0);
    }
}
