//! The room that is left where a build writes.

/// The room that is left on the file system of a build directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Disk {
    /// Bytes that can still be written.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
    /// Files that can still be made, where the file system counts them.
    pub free_inodes: Option<u64>,
}
