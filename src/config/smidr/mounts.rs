//! What a build container has of this host and of the engine.

use std::path::Path;

use serde::Serialize;

use super::storage::cleaned;
use super::{BuildFile, Storage};

/// The home directory of the user who builds, in the container.
const HOME: &str = "/home/builder";

/// A directory or volume in the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BuildMount {
    /// What is mounted; a directory is absolute.
    pub from: Storage,
    /// Where in the container, absolute.
    pub target: String,
    /// Whether nothing can be written there.
    pub read_only: bool,
}

impl BuildFile {
    /// What is mounted where, as Smidr's builds expect it: the caches, the build directory and, where the file has one
    /// of its own, the temporary directory, each writable; then each layer, read-only. `file_directory` is the absolute
    /// directory the file is in.
    #[must_use]
    pub fn mounts(&self, file_directory: &Path) -> Vec<BuildMount> {
        let absolute = |directory: &Path| Storage::Directory(cleaned(&file_directory.join(directory)));
        let writable = |storage: &Storage, target: &str| BuildMount {
            from: storage.directory().map_or_else(|| storage.clone(), absolute),
            target: format!("{HOME}/{target}"),
            read_only: false,
        };
        let directories = &self.directories;
        let mut mounts = vec![
            writable(&directories.downloads, "downloads"),
            writable(&directories.sstate, "sstate-cache"),
            writable(&directories.build, "build"),
        ];
        mounts.extend(directories.tmp.as_ref().map(|tmp| writable(tmp, "tmp")));
        mounts.extend(self.layers.iter().map(|layer| BuildMount {
            from: absolute(&layer.directory),
            target: format!("{HOME}/layers/{}", layer.name),
            read_only: true,
        }));
        mounts
    }
}
