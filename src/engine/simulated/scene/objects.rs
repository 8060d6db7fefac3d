//! The engine and its objects, as a scene says them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::units::scalar;
use super::{Amount, Program, Span};
use crate::engine::Feature;

/// What the engine says of itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SceneEngine {
    /// The host's name.
    pub name: String,
    /// The engine's version.
    pub version: String,
    /// The API version.
    pub api_version: String,
    /// Whether it runs without root.
    pub rootless: bool,
    /// Operating system and architecture.
    pub platform: String,
    /// Processors.
    pub cpus: u32,
    /// Memory.
    pub memory: Amount,
    /// What it cannot do, each with the reason.
    #[serde(deserialize_with = "features")]
    pub missing: BTreeMap<Feature, String>,
}

impl Default for SceneEngine {
    fn default() -> Self {
        Self {
            name: "simulated".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            api_version: "1.0".into(),
            rootless: false,
            platform: "linux/amd64".into(),
            cpus: 16,
            memory: Amount(64 << 30),
            missing: BTreeMap::new(),
        }
    }
}

/// The features by the names they are shown with.
const FEATURES: &[Feature] = &[
    Feature::Pause,
    Feature::Stats,
    Feature::Top,
    Feature::Logs,
    Feature::NanosecondLogs,
    Feature::Events,
    Feature::Archive,
    Feature::DiskUsage,
    Feature::Init,
    Feature::MemoryLimit,
    Feature::CpuLimit,
    Feature::LiveRestore,
    Feature::OomFlag,
    Feature::Volumes,
    Feature::Pull,
];

/// A feature by the name it is shown with.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct FeatureName(Feature);

impl<'de> Deserialize<'de> for FeatureName {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        scalar(from, |name| {
            let shown = |feature: &Feature| serde_json::to_value(feature).is_ok_and(|shown| shown == name);
            let known = FEATURES.iter().copied().find(shown);
            known.map(Self).ok_or_else(|| format!("there is no feature {name:?}"))
        })
    }
}

fn features<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<Feature, String>, D::Error> {
    let named = BTreeMap::<FeatureName, String>::deserialize(from)?;
    Ok(named.into_iter().map(|(name, reason)| (name.0, reason)).collect())
}

/// An image.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SceneImage {
    /// The reference that points to it; nothing does when empty.
    pub reference: String,
    /// Bytes on disk.
    pub size: Amount,
    /// How long ago it was built.
    pub created_ago: Span,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its entry point.
    pub entrypoint: Vec<String>,
    /// Its command.
    pub command: Vec<String>,
    /// Its environment, `NAME=value`.
    pub env: Vec<String>,
    /// Its user.
    pub user: String,
    /// Its working directory.
    pub working_dir: String,
    /// Its files, by absolute path.
    pub files: BTreeMap<String, String>,
}

/// An image that can be pulled.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SceneRegistryImage {
    /// The image, as it is once pulled.
    pub image: SceneImage,
    /// Its layers, fetched one after another.
    #[serde(default)]
    pub layers: Vec<SceneLayer>,
    /// Only for who gives this password.
    #[serde(default)]
    pub password: Option<String>,
}

/// A layer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SceneLayer {
    /// Its short id.
    pub id: String,
    /// Bytes to fetch.
    pub size: Amount,
    /// How long that takes.
    #[serde(default)]
    pub takes: Span,
}

/// A volume.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SceneVolume {
    /// Its name.
    pub name: String,
    /// Bytes in it.
    pub size: Amount,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// How long ago it was made.
    pub created_ago: Span,
    /// The files in it, by their path from its root.
    pub files: BTreeMap<String, String>,
}

/// A container. Not made by this program unless its labels say so.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SceneContainer {
    /// Its name.
    pub name: String,
    /// Its image, one of the scene's.
    pub image: String,
    /// Its command line; the image's own when empty.
    pub command: Vec<String>,
    /// How it is: never started, running, paused or ended.
    pub state: SceneState,
    /// How long ago it was made.
    pub created_ago: Span,
    /// How long ago it was started, where it was; its output begins then.
    pub started_ago: Span,
    /// How long ago it ended, for an ended one.
    pub ended_ago: Span,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its environment, `NAME=value`.
    pub env: Vec<String>,
    /// Its mounts.
    pub mounts: Vec<SceneMount>,
    /// What its main process does; else what `programs` has for its command line.
    pub process: Option<Program>,
    /// What commands do in it that are not what the scene's `programs` make of them.
    pub programs: Vec<Program>,
    /// What it uses while it runs.
    pub usage: Usage,
    /// Its memory limit.
    pub memory: Option<Amount>,
    /// Bytes of its own layer.
    pub size: Amount,
    /// Its files, by absolute path.
    pub files: BTreeMap<String, String>,
    /// Whether its main process has a terminal.
    pub tty: bool,
    /// Its log driver by name; of `none` no log can be read. What is said of rotation is only said.
    pub log_driver: Option<String>,
    /// The options of that driver.
    pub log_options: BTreeMap<String, String>,
}

/// How a scene's container is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SceneState {
    /// Made and never started.
    #[default]
    Created,
    /// Running.
    Running,
    /// Frozen.
    Paused,
    /// Ended, with its program's exit code.
    Exited,
}

/// A mount.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SceneMount {
    /// A volume's name, or an absolute path on the engine's machine.
    pub source: String,
    /// Where in the container.
    pub target: String,
    /// Whether the container may not write there.
    #[serde(default)]
    pub read_only: bool,
}

/// What a container uses over time. Points stand at equal distances and are joined by straight lines; after the
/// last comes the first again.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Usage {
    /// From one point to the next.
    pub every: Span,
    /// Per cent of one processor.
    pub cpu: Vec<f64>,
    /// Bytes of memory.
    pub memory: Vec<Amount>,
    /// Processes and threads.
    pub pids: u64,
    /// How much of its rates of network and disk it uses over time, 1 being all; always all when empty.
    pub io: Vec<f64>,
    /// Bytes received in a second.
    pub received: Amount,
    /// Bytes sent in a second.
    pub sent: Amount,
    /// Bytes read from disk in a second.
    pub read: Amount,
    /// Bytes written to disk in a second.
    pub written: Amount,
}

impl Default for Usage {
    /// An idle shell.
    fn default() -> Self {
        Self {
            every: Span(std::time::Duration::from_secs(5)),
            cpu: vec![0.1],
            memory: vec![Amount(1 << 20)],
            pids: 2,
            io: Vec::new(),
            received: Amount(0),
            sent: Amount(0),
            read: Amount(0),
            written: Amount(0),
        }
    }
}
