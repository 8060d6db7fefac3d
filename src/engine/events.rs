//! What happens at an engine.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EngineEvent {
    /// When, by the engine's clock.
    pub time: Option<Timestamp>,
    /// To what kind of thing.
    pub object: EventObject,
    /// What, in one engine's words for all: `create`, `start`, `die`, `stop`, `kill`, `pause`, `unpause`,
    /// `rename`, `remove`, `oom`, `exec_die`, `mount`, `pull`, …. Engines that say `destroy` are put right.
    pub action: String,
    /// Its full id, or a volume's name.
    pub id: String,
    /// More about it: a container's `name` and `image`, a `signal`, an `exitCode`, its labels.
    pub attributes: BTreeMap<String, String>,
}

/// The kinds of thing events are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EventObject {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A volume.
    Volume,
    /// A network.
    Network,
}

/// Which events to hear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// From this instant on, as far back as the engine remembers (Docker: the last 256, none after it
    /// restarts). From now on where `None`.
    pub since: Option<Timestamp>,
}
