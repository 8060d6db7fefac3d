//! The files of a container or a volume, as far as they came by copying or from the scene.

use std::collections::BTreeMap;
use std::io::Read;

use bytes::Bytes;

use crate::engine::{PathKind, PathStat};

/// What is kept of files copied into one container, or into one volume, in bytes.
pub const FILE_LIMIT: usize = 64 << 20;

/// Something at a path.
#[derive(Debug, Clone)]
enum Node {
    Directory,
    File(u32, Bytes),
    Link(String),
}

/// Why files could not be taken.
#[derive(Debug)]
pub(super) enum Untaken {
    NoDirectory,
    NoSpace,
    Unreadable(std::io::Error),
    Compressed,
}

/// A tree of files by their absolute paths.
#[derive(Debug, Clone)]
pub(super) struct Files(BTreeMap<String, Node>);

impl Default for Files {
    /// Only the root.
    fn default() -> Self {
        Self(BTreeMap::from([("/".to_owned(), Node::Directory)]))
    }
}

/// A path without `.`, `..` and doubled slashes.
pub(super) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

impl Files {
    /// The directories every image has.
    pub(super) fn of_an_image() -> Self {
        let mut files = Self::default();
        for directory in
            ["/bin", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/tmp", "/usr/bin", "/var/log"]
        {
            files.make_directory(directory);
        }
        files
    }

    pub(super) fn make_directory(&mut self, path: &str) {
        let path = clean(path);
        for (at, _) in path.match_indices('/').skip(1) {
            if let Some(above) = path.get(..at) {
                self.0.entry(above.to_owned()).or_insert(Node::Directory);
            }
        }
        self.0.entry(path).or_insert(Node::Directory);
    }

    pub(super) fn write(&mut self, path: &str, mode: u32, content: Bytes) {
        let path = clean(path);
        if let Some((above, _)) = path.rsplit_once('/') {
            self.make_directory(above);
        }
        self.0.insert(path, Node::File(mode, content));
    }

    pub(super) fn read(&self, path: &str) -> Option<Bytes> {
        match self.0.get(&clean(path)) {
            Some(Node::File(_, content)) => Some(content.clone()),
            _ => None,
        }
    }

    /// What is at a path; nobody knows when it was written.
    pub(super) fn stat(&self, path: &str) -> Option<PathStat> {
        let (kind, size, mode) = match self.0.get(&clean(path))? {
            Node::Directory => (PathKind::Directory, 0, 0o755),
            Node::File(mode, content) => (PathKind::File, content.len() as u64, mode & 0o777),
            Node::Link(to) => (PathKind::Link(to.clone()), 0, 0o777),
        };
        Some(PathStat { kind, size, mode, modified: None })
    }

    /// What is in a directory: names, whether each is a directory itself, sizes. A file lists itself, by its path.
    pub(super) fn list(&self, path: &str) -> Option<Vec<(String, bool, u64)>> {
        let path = clean(path);
        if let Node::File(_, content) = self.0.get(&path)? {
            return Some(vec![(path, false, content.len() as u64)]);
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        let directly = |at: &str| {
            at.strip_prefix(&below).filter(|name| !name.is_empty() && !name.contains('/')).map(str::to_owned)
        };
        let listed = self.0.iter().filter_map(|(at, node)| {
            let size = if let Node::File(_, content) = node { content.len() as u64 } else { 4096 };
            Some((directly(at)?, matches!(node, Node::Directory), size))
        });
        Some(listed.collect())
    }

    pub(super) fn bytes(&self) -> usize {
        let size = |node: &Node| if let Node::File(_, content) = node { content.len() } else { 0 };
        self.0.values().map(size).sum()
    }

    /// Unpacks a plain tar archive into an existing directory.
    pub(super) fn unpack(&mut self, directory: &str, archive: &[u8]) -> Result<(), Untaken> {
        let directory = clean(directory);
        if !matches!(self.0.get(&directory), Some(Node::Directory)) {
            return Err(Untaken::NoDirectory);
        }
        // gzip, bzip2 and xz by their first bytes.
        if [&[0x1f, 0x8b][..], b"BZh", b"\xfd7zXZ"].iter().any(|magic| archive.starts_with(magic)) {
            return Err(Untaken::Compressed);
        }
        let mut archive = tar::Archive::new(archive);
        for entry in archive.entries().map_err(Untaken::Unreadable)? {
            let mut entry = entry.map_err(Untaken::Unreadable)?;
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let path = format!("{directory}/{path}");
            match entry.header().entry_type() {
                tar::EntryType::Directory => self.make_directory(&path),
                tar::EntryType::Symlink => {
                    let to = entry.link_name_bytes().unwrap_or_default();
                    let to = String::from_utf8_lossy(&to).into_owned();
                    self.0.insert(clean(&path), Node::Link(to));
                }
                tar::EntryType::Regular => {
                    let mut content = Vec::new();
                    entry.read_to_end(&mut content).map_err(Untaken::Unreadable)?;
                    if self.bytes() + content.len() > FILE_LIMIT {
                        return Err(Untaken::NoSpace);
                    }
                    self.write(&path, entry.header().mode().unwrap_or(0o644), content.into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A file or a directory with all in it, as a tar archive; `None` where there is none.
    pub(super) fn pack(&self, path: &str) -> Option<std::io::Result<Vec<u8>>> {
        let path = clean(path);
        self.0.get(&path)?;
        Some(self.pack_all(&path))
    }

    fn pack_all(&self, path: &str) -> std::io::Result<Vec<u8>> {
        let above = path.rsplit_once('/').map_or(0, |(above, _)| above.len() + 1);
        let below = format!("{}/", path.trim_end_matches('/'));
        let mut builder = tar::Builder::new(Vec::new());
        for (at, node) in self.0.iter().filter(|(at, _)| *at == path || at.starts_with(&below)) {
            let name = match at.get(above..) {
                None | Some("") => "./",
                Some(name) => name,
            };
            let mut header = tar::Header::new_gnu();
            match node {
                Node::Directory => {
                    header.set_entry_type(tar::EntryType::Directory);
                    header.set_mode(0o755);
                    header.set_size(0);
                    builder.append_data(&mut header, name, std::io::empty())?;
                }
                Node::File(mode, content) => {
                    header.set_mode(*mode);
                    header.set_size(content.len() as u64);
                    builder.append_data(&mut header, name, &content[..])?;
                }
                Node::Link(to) => {
                    header.set_entry_type(tar::EntryType::Symlink);
                    header.set_mode(0o777);
                    header.set_size(0);
                    builder.append_link(&mut header, name, to)?;
                }
            }
        }
        builder.into_inner()
    }
}
