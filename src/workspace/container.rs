//! What the containers of a build file have in common.

use std::collections::BTreeMap;

use crate::config::{BuildMount, Storage};
use crate::engine::{ContainerSpec, CpuCount, Mount, MountSource, labels};

use super::Workspace;

/// The user who builds, in the container: BitBake refuses to run as root.
pub const BUILDER: &str = "1000:1000";
/// The same as a number, which is that of the group, too.
pub const BUILDER_ID: u32 = 1000;
/// That user's home directory in the container.
pub const HOME: &str = "/home/builder";
/// The build directory in the container.
pub(super) const BUILD_DIRECTORY: &str = "/home/builder/build";

impl Workspace {
    /// What every container of this file has: image, limits, user and mounts. The caller adds what runs in it.
    /// `owner` is who has it made, in a word for people.
    #[must_use]
    pub fn container(&self, name: String, role: &str, owner: &str) -> ContainerSpec {
        let container = &self.build_file.container;
        let own = [
            (labels::ROLE, role.to_owned()),
            (labels::FILE, self.file.display().to_string()),
            (labels::OWNER, owner.to_owned()),
        ];
        ContainerSpec {
            env: vec![format!("HOME={HOME}")],
            user: Some(BUILDER.to_owned()),
            labels: own.map(|(name, value)| (name.to_owned(), value)).into_iter().collect::<BTreeMap<_, _>>(),
            mounts: self.mounts().iter().map(mount).collect(),
            memory: container.memory,
            cpus: container.cpu_count.map(|count| CpuCount::from_millis(u64::from(count) * 1000)),
            ..ContainerSpec::new(name, container.base_image.clone())
        }
    }

    /// What is mounted where.
    #[must_use]
    pub fn mounts(&self) -> Vec<BuildMount> {
        self.build_file.mounts(self.directory())
    }

    /// The directories in its containers that are to be the builder's: its home, and volumes, which are root's at first.
    #[must_use]
    pub fn owned_directories(&self) -> Vec<String> {
        let volumes = self.mounts().into_iter().filter(|mount| matches!(mount.from, Storage::Volume(_)));
        let volumes = volumes.filter(|mount| !mount.read_only).map(|mount| mount.target);
        [HOME.to_owned()].into_iter().chain(volumes).collect()
    }

    /// The build directory and where it is in the container.
    #[must_use]
    pub fn build_directory(&self) -> BuildMount {
        let build = self.mounts().into_iter().find(|mount| mount.target == BUILD_DIRECTORY);
        build.unwrap_or_else(|| BuildMount {
            from: self.build_file.directories.build.clone(),
            target: BUILD_DIRECTORY.to_owned(),
            read_only: false,
        })
    }
}

fn mount(mount: &BuildMount) -> Mount {
    let source = match &mount.from {
        Storage::Directory(directory) => MountSource::Bind(directory.clone()),
        Storage::Volume(name) => MountSource::Volume(name.clone()),
    };
    Mount { source, target: mount.target.clone(), read_only: mount.read_only }
}
