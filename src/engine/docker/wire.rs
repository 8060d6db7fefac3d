//! The answers that must be read whatever words a newer engine, or a relative of Docker, puts into them:
//! bollard's models turn a state they do not know into an error for the whole list.

use std::collections::HashMap;

use serde::Deserialize;

/// `GET /containers/json`, one entry.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
pub(super) struct ListedContainer {
    pub id: String,
    pub names: Vec<String>,
    pub image: String,
    #[serde(rename = "ImageID")]
    pub image_id: Option<String>,
    pub command: Option<String>,
    pub created: i64,
    pub state: String,
    pub status: String,
    pub labels: Option<HashMap<String, String>>,
    pub mounts: Option<Vec<MountedPoint>>,
}

/// A mount of a listed or inspected container.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct MountedPoint {
    #[serde(rename = "Type")]
    pub kind: String,
    pub name: Option<String>,
    pub source: Option<String>,
    pub destination: String,
    #[serde(rename = "RW")]
    pub writable: bool,
}

/// `GET /containers/ID/json`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InspectedContainer {
    pub id: String,
    pub name: String,
    pub image: Option<String>,
    pub platform: Option<String>,
    pub created: Option<String>,
    pub restart_count: i64,
    pub state: InspectedState,
    pub config: InspectedConfig,
    pub host_config: InspectedHost,
    pub mounts: Option<Vec<MountedPoint>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InspectedState {
    pub status: String,
    pub pid: i64,
    pub exit_code: i64,
    #[serde(rename = "OOMKilled")]
    pub oom_killed: bool,
    pub error: Option<String>,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InspectedConfig {
    pub image: String,
    pub entrypoint: Option<Words>,
    pub cmd: Option<Words>,
    pub env: Option<Vec<String>>,
    pub user: Option<String>,
    pub working_dir: Option<String>,
    pub labels: Option<HashMap<String, String>>,
    pub tty: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InspectedHost {
    pub memory: i64,
    pub nano_cpus: i64,
    pub network_mode: Option<String>,
    pub log_config: LogConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct LogConfig {
    #[serde(rename = "Type")]
    pub driver: String,
    pub config: Option<HashMap<String, String>>,
}

/// A command line: a list, or a single string from old images and from Podman.
#[derive(Debug)]
pub(super) struct Words(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Words;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Words, E> {
                Ok(Words(vec![text.to_owned()]))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut words: A) -> Result<Words, A::Error> {
                let mut found = Vec::new();
                while let Some(word) = words.next_element()? {
                    found.push(word);
                }
                Ok(Words(found))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// `GET /info`, what we need of it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "they are the engine's own fields")]
pub(super) struct Info {
    pub name: String,
    #[serde(rename = "OSType")]
    pub os_type: String,
    pub architecture: String,
    #[serde(rename = "NCPU")]
    pub cpus: i64,
    pub mem_total: i64,
    pub security_options: Option<Vec<String>>,
    pub live_restore_enabled: bool,
    pub memory_limit: bool,
    #[serde(rename = "CpuCfsQuota")]
    pub cpu_quota: bool,
    pub rootless: bool,
}

/// `GET /version`, what we need of it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct About {
    pub version: String,
    pub api_version: Option<String>,
    pub os: String,
    pub arch: String,
    pub components: Option<Vec<Component>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Component {
    pub name: String,
}

/// `GET /events`, one entry.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Event {
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(rename = "Action")]
    pub action: String,
    #[serde(rename = "Actor")]
    pub actor: Actor,
    #[serde(rename = "timeNano")]
    pub time_nano: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Actor {
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "Attributes")]
    pub attributes: Option<HashMap<String, String>>,
}

/// `POST /images/create`, one message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PullMessage {
    pub id: Option<String>,
    pub status: Option<String>,
    pub error: Option<String>,
    #[serde(rename = "progressDetail")]
    pub progress: Option<PullProgress>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PullProgress {
    pub current: Option<i64>,
    pub total: Option<i64>,
}

/// `GET /system/df`, as versions up to 1.51 give it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Usage {
    pub layers_size: i64,
    pub images: Option<Vec<UsedImage>>,
    pub containers: Option<Vec<UsedContainer>>,
    pub volumes: Option<Vec<UsedVolume>>,
    pub build_cache: Option<Vec<UsedCache>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct UsedImage {
    pub size: i64,
    pub shared_size: i64,
    pub containers: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct UsedContainer {
    pub id: String,
    pub size_rw: i64,
    pub state: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct UsedVolume {
    pub name: String,
    pub usage_data: Option<VolumeData>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VolumeData {
    pub size: i64,
    pub ref_count: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct UsedCache {
    pub size: i64,
    pub in_use: bool,
    pub shared: bool,
}

/// `POST /containers/ID/wait`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Waited {
    pub status_code: i64,
    pub error: Option<WaitError>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct WaitError {
    pub message: String,
}
