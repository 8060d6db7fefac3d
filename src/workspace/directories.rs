//! The directories of this machine that the containers of a build file write to.

use std::fs::{self, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use crate::config::Storage;

use super::Workspace;
use super::container::BUILDER_ID;

/// The name of a file's access list among its attributes, see acl(5).
const ACCESS_LIST: &str = "system.posix_acl_access";

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prepared {
    /// Directories that were missing.
    pub made: Vec<PathBuf>,
    /// Directories that were there, empty, and now belong to the builder.
    pub given: Vec<PathBuf>,
}

/// Why a directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryProblem {
    /// A layer is not there.
    #[error("layer {name} is not there: {}", path.display())]
    NoLayer {
        /// The layer.
        name: String,
        /// Where it should be.
        path: PathBuf,
    },
    /// It is something else.
    #[error("{} is no directory", path.display())]
    NoDirectory {
        /// What.
        path: PathBuf,
    },
    /// The builder may not write there, and it is not for us to change that.
    #[error(
        "the builder in the container (uid {BUILDER_ID}) may not write to {}, which belongs to {owner}:{group}, \
         mode {mode:o}",
        path.display()
    )]
    NotWritable {
        /// Where.
        path: PathBuf,
        /// Its owner's number.
        owner: u32,
        /// Its group's number.
        group: u32,
        /// Its permissions.
        mode: u32,
    },
    /// It cannot be looked at, made or given away.
    #[error("cannot {doing} {}", path.display())]
    Failed {
        /// What, completing "cannot ...".
        doing: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl DirectoryProblem {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoLayer { .. } => Some("fetch it, or say in `layers` where it is".into()),
            Self::NotWritable { path, .. } => Some(format!(
                "sudo setfacl -m u:{BUILDER_ID}:rwx {0}  (or, where nobody else uses it: sudo chown {BUILDER_ID} {0})",
                path.display()
            )),
            Self::NoDirectory { .. } | Self::Failed { .. } => None,
        }
    }
}

impl Workspace {
    /// Makes the directories that are missing, for the builder to write to, and sees that it can in those that are
    /// there. Nothing that has anything in it is changed. Blocks: for an engine of this machine only.
    ///
    /// # Errors
    /// The first directory that cannot be used. What was made before stays.
    pub fn prepare_directories(&self) -> Result<Prepared, DirectoryProblem> {
        let mut prepared = Prepared::default();
        for mount in self.mounts() {
            let Storage::Directory(path) = mount.from else { continue };
            if mount.read_only {
                let name = mount.target.rsplit('/').next().unwrap_or_default().to_owned();
                match fs::metadata(&path) {
                    Ok(found) if found.is_dir() => {}
                    Ok(_) => return Err(DirectoryProblem::NoDirectory { path }),
                    Err(source) if source.kind() == ErrorKind::NotFound => {
                        return Err(DirectoryProblem::NoLayer { name, path });
                    }
                    Err(source) => return Err(failed("look at", &path, source)),
                }
            } else {
                prepare(&path, &mut prepared)?;
            }
        }
        Ok(prepared)
    }
}

fn prepare(path: &Path, prepared: &mut Prepared) -> Result<(), DirectoryProblem> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(source) if source.kind() == ErrorKind::NotFound => {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|source| failed("make", parent, source))?;
            }
            // Made by somebody else meanwhile is as good.
            match fs::create_dir(path) {
                Err(source) if source.kind() != ErrorKind::AlreadyExists => {
                    return Err(failed("make", path, source));
                }
                _ => {}
            }
            let private = Permissions::from_mode(0o755);
            fs::set_permissions(path, private).map_err(|source| failed("set the mode of", path, source))?;
            prepared.made.push(path.to_owned());
            fs::metadata(path).map_err(|source| failed("look at", path, source))?
        }
        Err(source) => return Err(failed("look at", path, source)),
    };
    if !found.is_dir() {
        return Err(DirectoryProblem::NoDirectory { path: path.to_owned() });
    }
    if may_write(&found) || has_access_list(path) {
        return Ok(());
    }
    let is_empty = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    if geteuid().is_root() && is_empty {
        chown(path, Some(BUILDER_ID), Some(BUILDER_ID))
            .map_err(|source| failed("give the builder", path, source))?;
        if prepared.made.last().is_none_or(|made| made != path) {
            prepared.given.push(path.to_owned());
        }
        return Ok(());
    }
    Err(DirectoryProblem::NotWritable {
        path: path.to_owned(),
        owner: found.uid(),
        group: found.gid(),
        mode: found.mode() & 0o7777,
    })
}

/// Whether the permissions let the builder make files there.
fn may_write(found: &Metadata) -> bool {
    let shift = if found.uid() == BUILDER_ID {
        6
    } else if found.gid() == BUILDER_ID {
        3
    } else {
        0
    };
    (found.mode() >> shift) & 0o3 == 0o3
}

/// With an access list the permissions do not say it all: the check from within the container will.
fn has_access_list(path: &Path) -> bool {
    let mut none: [u8; 0] = [];
    rustix::fs::getxattr(path, ACCESS_LIST, &mut none).is_ok_and(|size| size > 0)
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> DirectoryProblem {
    DirectoryProblem::Failed { doing, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Variables, read_build_file};

    fn workspace(directory: &Path) -> Workspace {
        let file = directory.join("smidr.yaml");
        let text = "name: kiosk\nlayers: [{ name: poky, path: ./poky }]\n\
                    directories: { downloads: a/dl, sstate: volume:sstate, build: b }\n";
        let loaded = read_build_file(&file, text.as_bytes(), &Variables::default()).unwrap();
        Workspace::new(loaded.build_file, file)
    }

    fn owner_and_mode(path: &Path) -> (u32, u32) {
        let found = fs::metadata(path).unwrap();
        (found.uid(), found.mode() & 0o7777)
    }

    #[test]
    fn what_is_missing_is_made_once_for_the_builder_alone() {
        assert!(geteuid().is_root(), "directories are given away here: run it as root");
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let workspace = workspace(directory.path());
        let problem = workspace.prepare_directories().unwrap_err();
        assert!(matches!(problem, DirectoryProblem::NoLayer { .. }), "{problem}");
        fs::create_dir_all(at("poky")).unwrap();
        let prepared = workspace.prepare_directories().unwrap();
        assert_eq!(prepared, Prepared { made: Vec::new(), given: Vec::new() }, "the first call made them");
        assert_eq!(owner_and_mode(&at("a/dl")), (1000, 0o755));
        assert_eq!(owner_and_mode(&at("b")), (1000, 0o755));
        assert_eq!(owner_and_mode(&at("a")).0, 0);
    }

    #[test]
    fn what_is_there_is_only_given_away_empty_and_never_loosened() {
        assert!(geteuid().is_root(), "directories are given away here: run it as root");
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for name in ["poky", "a/dl", "b"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        fs::set_permissions(at("a/dl"), Permissions::from_mode(0o700)).unwrap();
        fs::set_permissions(at("b"), Permissions::from_mode(0o1777)).unwrap();
        let workspace = workspace(directory.path());
        let prepared = workspace.prepare_directories().unwrap();
        assert_eq!((prepared.made, prepared.given), (Vec::new(), vec![at("a/dl")]));
        assert_eq!(owner_and_mode(&at("a/dl")), (1000, 0o700));
        assert_eq!(owner_and_mode(&at("b")), (0, 0o1777), "everybody may write there already");

        chown(at("a/dl"), Some(0), Some(0)).unwrap();
        fs::write(at("a/dl/one"), "").unwrap();
        let problem = workspace.prepare_directories().unwrap_err();
        assert!(problem.to_string().contains("belongs to 0:0, mode 700"), "{problem}");
        assert!(problem.hint().unwrap().contains("setfacl"));
        assert_eq!(owner_and_mode(&at("a/dl")), (0, 0o700));
        fs::remove_dir_all(at("a")).unwrap();
        fs::write(at("a"), "").unwrap();
        assert!(matches!(workspace.prepare_directories(), Err(DirectoryProblem::Failed { .. })));
    }
}
