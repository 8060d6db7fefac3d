//! What a build was for: the files of the deploy directory that match the file's globs.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::config::Storage;

use super::Workspace;
use super::container::HOME;

/// So many entries of the deploy directory are looked at; an image has some hundreds.
const MOST_ENTRIES: usize = 100_000;
/// What TMPDIR is called within the build directory, by the C library that is built with.
const TMP: [&str; 3] = ["tmp", "tmp-glibc", "tmp-musl"];

/// A file that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its name, from the directory it was looked for in.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// How many bytes it has, a link's target where it is one.
    pub size: u64,
    /// When it was written last.
    pub modified: Option<SystemTime>,
    /// What it is a link to, as it was written.
    pub link: Option<PathBuf>,
}

/// Why there is nothing to be found.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactProblem {
    /// It lies in a volume.
    #[error("what is built lies in {volume}, {} of a container that mounts it", directories.join(" or "))]
    InVolume {
        /// The volume, as the file names it.
        volume: String,
        /// Where that may be in a container.
        directories: Vec<String>,
    },
    /// There is no deploy directory.
    #[error("nothing was built there yet: there is no {}", directories.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", nor "))]
    NothingBuilt {
        /// Where it was looked for.
        directories: Vec<PathBuf>,
    },
    /// A glob makes no sense.
    #[error("{glob:?} is no glob")]
    BadGlob {
        /// The glob.
        glob: String,
        /// Why.
        source: globset::Error,
    },
    /// There is far more than an image has.
    #[error("{} has more than {MOST_ENTRIES} entries; name another directory in `directories.deploy`", directory.display())]
    TooMany {
        /// Where.
        directory: PathBuf,
    },
    /// It cannot be looked at.
    #[error("cannot look at {}", path.display())]
    Failed {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Workspace {
    /// The files that match one of the globs, by their names in order; those of the build file where none is given, and
    /// all where it has none. A glob without a slash is held against the last part of a name. Blocks.
    ///
    /// Looked for in `images/MACHINE` of the deploy directory, which is `directories.deploy`, else within TMPDIR; in all
    /// machines' where the file names none.
    ///
    /// # Errors
    /// When there is no such directory here, or a glob makes no sense. What vanishes meanwhile is left out.
    pub fn artifacts(&self, globs: &[String]) -> Result<Vec<Artifact>, ArtifactProblem> {
        let wanted = self.wanted_artifacts(globs)?;
        let directory = self.images()?;
        let mut found = Vec::new();
        let (mut left, mut looked_at) = (vec![directory.clone()], 0);
        while let Some(next) = left.pop() {
            let failed = |source| ArtifactProblem::Failed { path: next.clone(), source };
            let entries = match fs::read_dir(&next) {
                Err(source) if source.kind() == ErrorKind::NotFound => continue,
                entries => entries.map_err(failed)?,
            };
            for entry in entries {
                let entry = entry.map_err(failed)?;
                looked_at += 1;
                if looked_at > MOST_ENTRIES {
                    return Err(ArtifactProblem::TooMany { directory });
                }
                let path = entry.path();
                let Ok(kind) = entry.file_type() else { continue };
                if kind.is_dir() {
                    left.push(path);
                    continue;
                }
                let name = path.strip_prefix(&directory).unwrap_or(&path).to_string_lossy().into_owned();
                let (Ok(about), true) = (fs::metadata(&path), wanted.has(&name)) else { continue };
                if about.is_file() {
                    let link = kind.is_symlink().then(|| fs::read_link(&path).ok()).flatten();
                    let modified = about.modified().ok();
                    found.push(Artifact { name, path, size: about.len(), modified, link });
                }
            }
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// Which names are wanted: see [`artifacts`](Self::artifacts).
    ///
    /// # Errors
    /// When a glob makes no sense.
    pub fn wanted_artifacts(&self, globs: &[String]) -> Result<WantedArtifacts, ArtifactProblem> {
        WantedArtifacts::of(if globs.is_empty() { &self.build_file.artifacts } else { globs })
    }

    /// The directory of images, here.
    fn images(&self) -> Result<PathBuf, ArtifactProblem> {
        let directories = &self.build_file.directories;
        let machine = self.build_file.machine().unwrap_or_default();
        let absolute = |storage: &Storage, within: &[&str]| match storage {
            // Without `./` in the middle, which nobody would write.
            Storage::Directory(directory) => {
                Ok(self.directory().join(directory).components().collect::<PathBuf>())
            }
            Storage::Volume(_) => {
                let images = |within: &&str| format!("{HOME}/{within}/images/{machine}");
                let directories = within.iter().map(images);
                let directories = directories.map(|path| path.trim_end_matches('/').to_owned()).collect();
                Err(ArtifactProblem::InVolume { volume: storage.to_string(), directories })
            }
        };
        let deploys = match (&directories.deploy, &directories.tmp) {
            (Some(deploy), _) => vec![absolute(deploy, &["deploy"])?],
            (None, Some(tmp)) => vec![absolute(tmp, &["tmp/deploy"])?.join("deploy")],
            (None, None) => {
                let within = ["build/tmp/deploy", "build/tmp-glibc/deploy", "build/tmp-musl/deploy"];
                let build = absolute(&directories.build, &within)?;
                TMP.iter().map(|tmp| build.join(tmp).join("deploy")).collect()
            }
        };
        let images: Vec<PathBuf> =
            deploys.into_iter().map(|deploy| deploy.join("images").join(machine)).collect();
        // The one that was written to last, where there are several.
        let modified = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
        let newest = images.iter().filter_map(|path| Some((modified(path)?, path))).max();
        newest.map(|(_, path)| path.clone()).ok_or(ArtifactProblem::NothingBuilt { directories: images })
    }
}

/// Names of artifacts, by globs.
#[derive(Debug, Clone)]
pub struct WantedArtifacts {
    names: GlobSet,
    paths: GlobSet,
    has_all: bool,
}

impl WantedArtifacts {
    fn of(globs: &[String]) -> Result<Self, ArtifactProblem> {
        let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for glob in globs {
            let bad = |source| ArtifactProblem::BadGlob { glob: glob.clone(), source };
            let built = GlobBuilder::new(glob).literal_separator(true).build().map_err(bad)?;
            if glob.contains('/') {
                paths.add(built)
            } else {
                names.add(built)
            };
        }
        let bad = |source| ArtifactProblem::BadGlob { glob: globs.join(" "), source };
        let (names, paths) = (names.build().map_err(bad)?, paths.build().map_err(bad)?);
        Ok(Self { names, paths, has_all: globs.is_empty() })
    }

    /// Whether it is wanted, by its name from the directory of images on.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let last = name.rsplit('/').next().unwrap_or(name);
        self.has_all || self.names.is_match(last) || self.paths.is_match(name)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::config::{Variables, read_build_file};

    fn workspace(directory: &Path, text: &str) -> Workspace {
        let file = directory.join("smidr.yaml");
        let loaded = read_build_file(&file, text.as_bytes(), &Variables::default()).unwrap();
        Workspace::new(loaded.build_file, file)
    }

    const FILE: &str =
        "name: kiosk\nbuild: { machine: qemu }\ndirectories: { build: b }\nartifacts: ['*.wic', 'sub/*']\n";

    fn names(workspace: &Workspace, globs: &[&str]) -> Vec<String> {
        let globs: Vec<String> = globs.iter().map(|glob| (*glob).to_owned()).collect();
        workspace.artifacts(&globs).unwrap().into_iter().map(|artifact| artifact.name).collect()
    }

    #[test]
    fn what_matches_is_found_with_its_links() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = workspace(directory.path(), FILE);
        let problem = workspace.artifacts(&[]).unwrap_err().to_string();
        assert!(problem.contains("b/tmp/deploy/images/qemu, nor "), "{problem}");
        let images = directory.path().join("b/tmp-glibc/deploy/images/qemu");
        fs::create_dir_all(images.join("sub/deep")).unwrap();
        for name in ["a-1.wic", "a-1.manifest", "sub/x", "sub/deep/y.wic", "sub/deep/z"] {
            fs::write(images.join(name), name).unwrap();
        }
        symlink("a-1.wic", images.join("a.wic")).unwrap();
        symlink("gone", images.join("dangling.wic")).unwrap();
        assert_eq!(names(&workspace, &[]), ["a-1.wic", "a.wic", "sub/deep/y.wic", "sub/x"]);
        assert_eq!(names(&workspace, &["*.manifest"]), ["a-1.manifest"]);
        assert_eq!(names(&workspace, &["**/z"]), ["sub/deep/z"]);
        assert_eq!(names(&workspace, &["nothing"]), [""; 0]);
        let found = workspace.artifacts(&["a.wic".to_owned()]).unwrap();
        assert_eq!((found[0].size, found[0].link.as_deref()), (7, Some(Path::new("a-1.wic"))));
        assert!(matches!(workspace.artifacts(&["a[".to_owned()]), Err(ArtifactProblem::BadGlob { .. })));
    }

    #[test]
    fn a_directory_of_its_own_and_a_volume_are_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        let images = directory.path().join("out/images/qemu");
        fs::create_dir_all(&images).unwrap();
        fs::write(images.join("a.wic"), "").unwrap();
        let deploys = FILE.replace("build: b", "build: b, deploy: out");
        assert_eq!(names(&workspace(directory.path(), &deploys), &[]), ["a.wic"]);
        let relative = FILE.replace("build: b", "build: b, deploy: ./out");
        let found = workspace(directory.path(), &relative).artifacts(&[]).unwrap();
        assert_eq!(found[0].path, images.join("a.wic"), "as anybody would write it");
        let path = found[0].path.as_os_str();
        assert!(!path.to_string_lossy().contains("/./"), "{path:?}");
        let in_volume = FILE.replace("build: b", "build: volume:bb");
        let problem = workspace(directory.path(), &in_volume).artifacts(&[]).unwrap_err().to_string();
        let place = "volume:bb, /home/builder/build/tmp/deploy/images/qemu or /home/builder/build/tmp-glibc";
        assert!(problem.contains(place), "{problem}");
    }
}
