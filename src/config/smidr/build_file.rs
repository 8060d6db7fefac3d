//! What a build file says.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::super::units::{duration_text, size_text};
use super::Storage;

/// The documented build file: it has every key.
pub const EXAMPLE: &str = include_str!("../../../assets/smidr.yaml.example");

/// The image of the build container where the file names none.
pub const DEFAULT_IMAGE: &str = "crops/yocto:ubuntu-22.04-builder";

/// Smidr's build file, checked. `assets/smidr.yaml.example` says of each key what it does; here stands what that leaves
/// open. What may be left out and is, or is empty, is `None` or an empty list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BuildFile {
    /// What the build is called; one line, never empty.
    pub name: String,
    /// What it is, in words.
    pub description: Option<String>,
    /// The release series, such as `kirkstone`.
    pub yocto_series: Option<String>,
    /// What is built on.
    pub base: Base,
    /// The layers in the order of the file; no name twice.
    #[serde(skip)]
    pub layers: Vec<Layer>,
    /// What is built.
    pub build: Build,
    /// Where things are.
    pub directories: Directories,
    /// The container it is built in.
    pub container: Container,
    /// How packages are made.
    pub packages: Packages,
    /// What the image has beside its packages.
    pub features: Features,
    /// Globs for the files of the deploy directory that are wanted.
    pub artifacts: Vec<String>,
    /// What is seldom needed.
    pub advanced: Advanced,
    /// An older form of two of the directories, which stands in where those are left out.
    pub cache: Cache,
    /// What is not known, as it was written, by its whole name such as `build.colour`.
    #[serde(skip)]
    pub other: BTreeMap<String, Value>,
}

/// What is built on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Base {
    /// Who provides it, such as `poky`.
    pub provider: Option<String>,
    /// The machine, where `build.machine` names no other.
    pub machine: Option<String>,
    /// The distribution.
    pub distro: Option<String>,
    /// The version, as it was written.
    pub version: Option<String>,
}

/// A layer. Has an address or a path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// Its name, which is one part of a path.
    pub name: String,
    /// The address it is fetched from.
    pub git: Option<String>,
    /// The branch that is fetched.
    pub branch: Option<String>,
    /// Where it is, as it was written, the home directory in its place.
    pub path: Option<PathBuf>,
    /// An older form of the address, beside a path.
    pub source: Option<String>,
    /// Where it is on this host; where that is relative, it is so to the file.
    #[serde(skip)]
    pub directory: PathBuf,
}

/// What is built.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Build {
    /// The image, which is built where no other target is named.
    pub image: Option<String>,
    /// The machine, instead of that of `base`.
    pub machine: Option<String>,
    /// Packages that are put into the image, too.
    pub extra_packages: Vec<String>,
    /// How many jobs a task may run at once.
    pub parallel_make: Option<u32>,
    /// How many tasks may run at once.
    pub bb_number_threads: Option<u32>,
    /// An older form of `directories.sstate`, kept and not used.
    pub sstate: Option<String>,
    /// An older form of `directories.tmp`, kept and not used.
    pub tmp: Option<String>,
    /// An older form of `directories.deploy`, kept and not used.
    pub deploy: Option<String>,
    /// An older form of `packages.classes`, kept and not used.
    pub package_classes: Option<String>,
    /// An older form of `features.extra_image_features`, kept and not used.
    pub extra_image_features: Option<String>,
    /// An older form of `features.inherit_classes`, kept and not used.
    pub inherit_classes: Vec<String>,
}

/// Where things are. Relative directories are relative to the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Directories {
    /// What was fetched.
    pub downloads: Storage,
    /// What was built before, by what it was built from.
    pub sstate: Storage,
    /// What builds leave on their way; within the build directory where it is left out.
    pub tmp: Option<Storage>,
    /// What builds are for; within the build directory where it is left out.
    pub deploy: Option<Storage>,
    /// Sources.
    pub source: PathBuf,
    /// The build directory.
    pub build: Storage,
    /// Where layers are that are fetched.
    pub layers: PathBuf,
}

/// The container it is built in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Container {
    /// The image.
    pub base_image: String,
    /// The most memory, in bytes, from 6 MiB to 64 TiB.
    #[serde(serialize_with = "as_size")]
    pub memory: Option<u64>,
    /// The most processors, from 1 to 4096.
    pub cpu_count: Option<u32>,
    /// The words before what is run in it; at least one.
    pub entrypoint: Vec<String>,
}

/// How packages are made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Packages {
    /// Some of `package_rpm`, `package_deb` and `package_ipk`.
    pub classes: Vec<String>,
}

/// What the image has beside its packages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Features {
    /// Features of the image.
    pub extra_image_features: Vec<String>,
    /// Classes for the user's own use.
    pub user_classes: Vec<String>,
    /// Classes that all recipes inherit.
    pub inherit_classes: Vec<String>,
}

/// What is seldom needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Advanced {
    /// `auto`, `none`, or where the hash server is.
    pub bb_hashserve: Option<String>,
    /// `OEEquivHash` or `OEBasicHash`.
    pub bb_signature_handler: Option<String>,
    /// Licences that are agreed to.
    pub license_flags: Option<String>,
    /// The version of the configuration: digits.
    pub conf_version: Option<String>,
    /// Whether the free space is watched.
    pub disk_monitoring: Option<bool>,
    /// Whether the emulator draws with SDL.
    pub qemu_sdl: Option<bool>,
    /// Whether the emulator draws with GTK.
    pub qemu_gtk: Option<bool>,
    /// Whether the licence of Freescale's binaries is agreed to.
    pub accept_fsl_eula: Option<bool>,
    /// How long a build may take, written in minutes, from one minute to 30 days; without it as long as it takes.
    #[serde(serialize_with = "as_duration")]
    pub build_timeout: Option<Duration>,
    /// Where built things may be fetched from.
    pub sstate_mirrors: Option<String>,
    /// Where sources are looked for first.
    pub premirrors: Option<String>,
    /// Whether nothing at all may be fetched.
    pub bb_no_network: Option<bool>,
    /// Whether sources may be fetched from `premirrors` only.
    pub bb_fetch_premirroronly: Option<bool>,
}

/// An older form of two of the directories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cache {
    /// Stands in for `directories.downloads`.
    pub downloads: Option<Storage>,
    /// Stands in for `directories.sstate`.
    pub sstate: Option<Storage>,
    /// For how many days things are kept.
    pub retention: Option<u32>,
}

impl Default for Container {
    fn default() -> Self {
        Self {
            base_image: DEFAULT_IMAGE.into(),
            memory: None,
            cpu_count: None,
            entrypoint: vec!["/bin/sh".into(), "-c".into()],
        }
    }
}

impl BuildFile {
    /// The machine that is built for: that of `build`, else that of `base`.
    #[must_use]
    pub fn machine(&self) -> Option<&str> {
        self.build.machine.as_deref().or(self.base.machine.as_deref())
    }
}

#[expect(clippy::ref_option, reason = "serde gives the field's own type")]
fn as_size<S: Serializer>(bytes: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    bytes.map(size_text).serialize(serializer)
}

#[expect(clippy::ref_option, reason = "serde gives the field's own type")]
fn as_duration<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    duration.map(duration_text).serialize(serializer)
}
