//! A container to make.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::container::CpuCount;
use super::{EngineError, ErrorKind, ObjectKind};

/// A container to make. Two specifications are the same when every field is: the fingerprint covers all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContainerSpec {
    /// The container's name; it is also what makes creating it twice the same as once.
    pub name: String,
    /// The image.
    pub image: String,
    /// The command; see [`Launch`](super::Launch) for what runs it.
    pub command: Vec<String>,
    /// The entry point to use as given; `None` leaves the choice to the rule of [`Launch`](super::Launch).
    pub entrypoint: Option<Vec<String>>,
    /// `NAME=value`.
    pub env: Vec<String>,
    /// `name`, `uid`, `name:group` or `uid:gid`; the image's own where `None`.
    pub user: Option<String>,
    /// Working directory; the image's own where `None`.
    pub working_dir: Option<String>,
    /// Labels besides [our own](super::labels).
    pub labels: BTreeMap<String, String>,
    /// Host directories and volumes.
    pub mounts: Vec<Mount>,
    /// Directories in memory.
    pub tmpfs: Vec<Tmpfs>,
    /// Memory limit in bytes; none where `None`.
    pub memory: Option<u64>,
    /// Processor limit; none where `None`.
    pub cpus: Option<CpuCount>,
    /// `bridge`, `host`, `none`, `container:NAME` or a network's name; the engine's own choice where `None`.
    pub network: Option<String>,
    /// Put the engine's init process in front of the command: it reaps what the command leaves behind.
    pub init: bool,
    /// Give the main process a terminal.
    pub tty: bool,
}

/// A directory of the engine's machine, or a volume, in a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mount {
    /// What.
    pub source: MountSource,
    /// Where in the container; absolute.
    pub target: String,
    /// Whether the container may not write there.
    pub read_only: bool,
}

/// What is mounted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MountSource {
    /// A directory or file of the engine's machine; absolute.
    Bind(PathBuf),
    /// A volume by name; made by the engine when it is not there.
    Volume(String),
}

/// A directory in memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tmpfs {
    /// Where in the container; absolute.
    pub target: String,
    /// Mount options such as `size=64m,mode=1777`; empty for the engine's own.
    pub options: String,
}

impl fmt::Display for Mount {
    /// As `--mount` takes it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            MountSource::Bind(path) => write!(f, "{}", path.display())?,
            MountSource::Volume(name) => f.write_str(name)?,
        }
        write!(f, ":{}{}", self.target, if self.read_only { ":ro" } else { "" })
    }
}

/// What is wrong with a specification, before any engine is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct InvalidSpec {
    /// The field.
    pub field: &'static str,
    /// What is wrong with its value, and what would be right.
    pub problem: String,
}

impl ContainerSpec {
    /// A container of this name from this image, everything else as the image has it.
    pub fn new(name: impl Into<String>, image: impl Into<String>) -> Self {
        Self { name: name.into(), image: image.into(), ..Self::default() }
    }

    /// Looks for what no engine would take.
    ///
    /// # Errors
    /// The first field that is wrong, with what would be right.
    pub fn check(&self) -> Result<(), InvalidSpec> {
        let wrong = |field, problem: String| Err(InvalidSpec { field, problem });
        if !is_object_name(&self.name) {
            return wrong("name", format!("{:?} is not [a-zA-Z0-9][a-zA-Z0-9_.-]+", self.name));
        }
        if self.image.trim().is_empty() || self.image.contains(char::is_whitespace) {
            return wrong("image", format!("{:?} is no image reference", self.image));
        }
        if let Some(entry) = self.env.iter().find(|entry| entry.starts_with('=') || entry.is_empty()) {
            return wrong("env", format!("{entry:?} has no name before the ="));
        }
        for mount in &self.mounts {
            if !mount.target.starts_with('/') {
                return wrong("mounts", format!("{mount}: the path in the container must be absolute"));
            }
            match &mount.source {
                MountSource::Bind(path) if !path.is_absolute() => {
                    return wrong("mounts", format!("{mount}: the path on the host must be absolute"));
                }
                MountSource::Volume(name) if !is_object_name(name) => {
                    return wrong("mounts", format!("{mount}: {name:?} is no volume name"));
                }
                _ => {}
            }
        }
        let mut targets: Vec<&str> = self.mounts.iter().map(|mount| mount.target.as_str()).collect();
        targets.extend(self.tmpfs.iter().map(|tmpfs| tmpfs.target.as_str()));
        if let Some(relative) = self.tmpfs.iter().find(|tmpfs| !tmpfs.target.starts_with('/')) {
            return wrong("tmpfs", format!("{:?}: the path must be absolute", relative.target));
        }
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = targets.into_iter().find(|target| !seen.insert(*target)) {
            return wrong("mounts", format!("two things are mounted on {twice}"));
        }
        if self.memory.is_some_and(|bytes| bytes < MINIMUM_MEMORY) {
            return wrong("memory", format!("engines take no less than {MINIMUM_MEMORY} bytes (6 MiB)"));
        }
        Ok(())
    }

    /// Host directories to mount that are not on this machine. Only meaningful for an engine of this machine.
    #[must_use]
    pub fn missing_sources(&self) -> Vec<PathBuf> {
        let bound = self.mounts.iter().filter_map(|mount| match &mount.source {
            MountSource::Bind(path) => Some(path.as_path()),
            MountSource::Volume(_) => None,
        });
        bound.filter(|path| !exists(path)).map(Path::to_path_buf).collect()
    }

    /// Both checks as the error an adapter returns.
    ///
    /// `local` says whether the engine sees this machine's files.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] or [`ErrorKind::MissingMountSource`].
    pub fn refuse_unless_sound(&self, local: bool) -> Result<(), EngineError> {
        let refused = |kind| EngineError::new("create", kind).on(ObjectKind::Container, self.name.as_str());
        self.check().map_err(|wrong| refused(ErrorKind::Invalid).because(wrong))?;
        let missing = if local { self.missing_sources() } else { Vec::new() };
        if missing.is_empty() {
            return Ok(());
        }
        let paths = missing.iter().map(|path| path.display().to_string()).collect();
        Err(refused(ErrorKind::MissingMountSource { paths }))
    }
}

/// Docker's own lower bound for a container's memory (`linuxMinMemory` in its `daemon/daemon_unix.go`).
const MINIMUM_MEMORY: u64 = 6 * 1024 * 1024;

/// A path that cannot be looked at may still be there for the engine, which often has more rights than we.
fn exists(path: &Path) -> bool {
    match path.symlink_metadata() {
        Ok(_) => true,
        Err(error) => {
            !matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
        }
    }
}

/// Whether engines take it as the name of a container or volume: `[a-zA-Z0-9][a-zA-Z0-9_.-]+`, as Docker has it
/// (daemon/names, `RestrictedNameChars`).
#[must_use]
pub fn is_object_name(name: &str) -> bool {
    let rest_is_fine = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    name.len() >= 2 && rest_is_fine && name.starts_with(|first: char| first.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> ContainerSpec {
        ContainerSpec::new("yocto-a", "debian:12")
    }

    fn bind(source: &str, target: &str) -> Mount {
        Mount { source: MountSource::Bind(source.into()), target: target.into(), read_only: false }
    }

    #[test]
    fn what_no_engine_would_take_is_refused_by_field() {
        let field = |change: fn(&mut ContainerSpec)| {
            let mut spec = spec();
            change(&mut spec);
            spec.check().map_err(|wrong| wrong.field)
        };
        assert_eq!(field(|_| ()), Ok(()));
        assert_eq!(field(|spec| spec.name = "../etc".into()), Err("name"));
        assert_eq!(field(|spec| spec.name = "x".into()), Err("name"));
        assert_eq!(field(|spec| spec.image = " ".into()), Err("image"));
        assert_eq!(field(|spec| spec.env = vec!["=1".into()]), Err("env"));
        assert_eq!(field(|spec| spec.mounts = vec![bind("relative", "/x")]), Err("mounts"));
        assert_eq!(field(|spec| spec.mounts = vec![bind("/", "relative")]), Err("mounts"));
        assert_eq!(field(|spec| spec.mounts = vec![bind("/a", "/x"), bind("/b", "/x")]), Err("mounts"));
        assert_eq!(field(|spec| spec.memory = Some(4096)), Err("memory"));
    }

    #[test]
    fn missing_host_directories_are_all_named() {
        let mut spec = spec();
        spec.mounts = vec![bind("/", "/root-of-host"), bind("/no/such/a", "/a"), bind("/no/such/b", "/b")];
        let error = spec.refuse_unless_sound(true).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("/no/such/a") && text.contains("/no/such/b"), "{text}");
        assert!(spec.refuse_unless_sound(false).is_ok(), "a remote engine has other directories");
    }

    #[test]
    fn a_target_used_twice_is_named() {
        let mut spec = spec();
        spec.mounts = vec![bind("/a", "/work")];
        spec.tmpfs = vec![Tmpfs { target: "/work".into(), options: String::new() }];
        assert_eq!(spec.check().unwrap_err().problem, "two things are mounted on /work");
    }
}
