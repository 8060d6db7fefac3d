//! What an engine's objects take on disk. Slow to ask: seconds, on a full disk minutes.

use serde::Serialize;

/// Disk space by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DiskUsage {
    /// Images, shared layers counted once.
    pub images: UsageOf,
    /// The containers' own layers.
    pub containers: UsageOf,
    /// Named and anonymous volumes.
    pub volumes: UsageOf,
    /// The builder's cache.
    pub build_cache: UsageOf,
    /// Each volume.
    pub by_volume: Vec<VolumeUsage>,
    /// Each container's own layer, by full id.
    pub by_container: Vec<(super::ContainerId, u64)>,
}

/// Count and bytes of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct UsageOf {
    /// How many there are.
    pub count: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes nothing uses just now.
    pub reclaimable: u64,
}

/// One volume's part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VolumeUsage {
    /// Its name.
    pub name: String,
    /// Bytes, where its driver can tell.
    pub bytes: Option<u64>,
    /// Containers that mount it, running or not.
    pub users: Option<u64>,
}
