//! Which engine answers, where, and what it can do.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// The kinds of engine the port knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EngineKind {
    /// Docker Engine (moby).
    Docker,
    /// Podman, through its Docker-compatible service.
    Podman,
    /// containerd, through its own API.
    Containerd,
    /// The engine inside this program, told by a scene.
    Simulated,
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Containerd => "containerd",
            Self::Simulated => "simulated",
        })
    }
}

/// How an endpoint is reached.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// A socket in this machine's file system.
    Unix(PathBuf),
    /// Plain TCP: anyone on the way can read and change what is said.
    Tcp {
        /// Host name or address, without brackets.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// TCP under TLS.
    Tls {
        /// Host name or address, without brackets; the certificate must be for it.
        host: String,
        /// TCP port.
        port: u16,
        /// Directory with `ca.pem`, `cert.pem` and `key.pem` (each optional).
        certs: Option<PathBuf>,
        /// Whether the engine's certificate is checked. Off only where the user said so.
        verify: bool,
    },
    /// A unix socket on another host, forwarded by the user's own `ssh`.
    Ssh {
        /// `[user@]host`, as ssh takes it: an IPv6 address without brackets.
        destination: String,
        /// Port, where not ssh's own default for the host.
        port: Option<u16>,
        /// The socket's path on the far side.
        socket: PathBuf,
    },
    /// The engine inside this program.
    Simulated,
}

/// One place an engine may answer, and who said so.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// How to reach it.
    pub transport: Transport,
    /// Where this endpoint was named: `--host`, `DOCKER_HOST`, `docker context "build"`, `usual socket`, ….
    pub named_by: String,
}

impl fmt::Display for Endpoint {
    /// The endpoint as a URI people can pass back to `--host`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = |host: &str| {
            if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
        };
        match &self.transport {
            Transport::Unix(path) => write!(f, "unix://{}", path.display()),
            Transport::Tcp { host, port } => write!(f, "tcp://{}:{port}", bracketed(host)),
            // `tcp://` would ask for plain TCP wherever the environment does not ask for TLS.
            Transport::Tls { host, port, .. } => write!(f, "https://{}:{port}", bracketed(host)),
            Transport::Ssh { destination, port, socket } => {
                match destination.rsplit_once('@') {
                    Some((user, host)) => write!(f, "ssh://{user}@{}", bracketed(host))?,
                    None => write!(f, "ssh://{}", bracketed(destination))?,
                }
                if let Some(port) = port {
                    write!(f, ":{port}")?;
                }
                let path = socket.display().to_string();
                if path == "/var/run/docker.sock" { Ok(()) } else { f.write_str(&path) }
            }
            Transport::Simulated => f.write_str("simulated://"),
        }
    }
}

impl Serialize for Endpoint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What an engine said of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// Which adapter speaks to it.
    pub kind: EngineKind,
    /// The host's name, as the engine knows it.
    pub name: String,
    /// The engine's version, such as `20.10.24`.
    pub version: String,
    /// The API version in use: the lower of the engine's and ours.
    pub api_version: String,
    /// Where it answered.
    pub endpoint: Endpoint,
    /// Whether the engine runs without root.
    pub rootless: bool,
    /// The machine's operating system and architecture in Go's words, such as `linux/amd64`.
    pub platform: String,
    /// Processors the engine may use; 0 when it does not say.
    pub cpus: u64,
    /// Bytes of memory on its machine; 0 when it does not say.
    pub memory: u64,
    /// What it cannot do.
    pub capabilities: Capabilities,
}

/// Something not every engine can do. Ask [`Capabilities::supports`] before, not the engine after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Feature {
    /// Freeze and thaw a container.
    Pause,
    /// Stop with a signal chosen for this once.
    StopSignal,
    /// CPU, memory and I/O figures.
    Stats,
    /// The process list of a container.
    Top,
    /// A log that can be read back.
    Logs,
    /// Log entries stamped to the nanosecond; otherwise to the second.
    NanosecondLogs,
    /// A stream of what happens.
    Events,
    /// Tar archives in and out.
    Archive,
    /// What images, containers and volumes take on disk.
    DiskUsage,
    /// An init process the engine puts into the container.
    Init,
    /// A memory limit.
    MemoryLimit,
    /// A processor limit.
    CpuLimit,
    /// Containers that live on while the engine restarts.
    LiveRestore,
    /// An exact answer whether a container was killed for memory.
    OomFlag,
    /// Named volumes.
    Volumes,
    /// Fetching images.
    Pull,
}

/// What an engine cannot do, each with the reason; everything else it can.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Capabilities {
    missing: BTreeMap<Feature, String>,
}

impl Capabilities {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// The same, but for one feature, with the reason in words that complete "cannot …: ".
    #[must_use]
    pub fn without(mut self, feature: Feature, reason: impl Into<String>) -> Self {
        self.missing.insert(feature, reason.into());
        self
    }

    /// Whether the engine can do it.
    #[must_use]
    pub fn supports(&self, feature: Feature) -> bool {
        !self.missing.contains_key(&feature)
    }

    /// Why it cannot, where it cannot.
    #[must_use]
    pub fn why_not(&self, feature: Feature) -> Option<&str> {
        self.missing.get(&feature).map(String::as_str)
    }

    /// All that is missing, with the reasons.
    pub fn missing(&self) -> impl Iterator<Item = (Feature, &str)> {
        self.missing.iter().map(|(feature, reason)| (*feature, reason.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(transport: Transport) -> String {
        Endpoint { transport, named_by: "--host".into() }.to_string()
    }

    #[test]
    fn endpoints_print_as_uris_that_can_be_passed_back() {
        assert_eq!(shown(Transport::Unix("/run/docker.sock".into())), "unix:///run/docker.sock");
        assert_eq!(shown(Transport::Tcp { host: "::1".into(), port: 2375 }), "tcp://[::1]:2375");
        let tls = Transport::Tls { host: "build7".into(), port: 2376, certs: None, verify: true };
        assert_eq!(shown(tls), "https://build7:2376");
        let address =
            Transport::Ssh { destination: "ada@::1".into(), port: Some(22), socket: "/d.sock".into() };
        assert_eq!(shown(address), "ssh://ada@[::1]:22/d.sock");
        let ssh = |port, socket: &str| {
            shown(Transport::Ssh { destination: "ada@build7".into(), port, socket: socket.into() })
        };
        assert_eq!(ssh(None, "/var/run/docker.sock"), "ssh://ada@build7");
        assert_eq!(
            ssh(Some(2222), "/run/user/7/docker.sock"),
            "ssh://ada@build7:2222/run/user/7/docker.sock"
        );
    }

    #[test]
    fn a_missing_feature_has_its_reason() {
        let capabilities = Capabilities::all().without(Feature::Pause, "rootless on cgroup v1");
        assert!(capabilities.supports(Feature::Stats));
        assert!(!capabilities.supports(Feature::Pause));
        assert_eq!(capabilities.why_not(Feature::Pause), Some("rootless on cgroup v1"));
    }
}
