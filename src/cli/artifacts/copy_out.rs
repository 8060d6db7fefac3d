//! Copying artifacts to a directory, whole or not at all.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::workspace::Artifact;

/// The file of checksums, as `sha256sum --check` reads it.
pub(super) const SUMS: &str = "SHA256SUMS";
/// So much is copied at once.
const CHUNK: usize = 256 * 1024;

/// What became of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Copied {
    /// It was copied; its SHA-256.
    Whole(String),
    /// It is a link to another that was copied, too.
    Link(PathBuf),
}

/// Copies one below a directory. What it was not asked to replace it leaves. `moved` is told how many bytes were copied
/// so far. Cancelled or failed it leaves nothing that looks whole.
pub(super) fn copy_out(
    artifact: &Artifact,
    to: &Path,
    is_link_kept: bool,
    replace: bool,
    cancel: &CancellationToken,
    open: impl FnOnce() -> io::Result<Box<dyn Read>>,
    mut moved: impl FnMut(u64),
) -> io::Result<Copied> {
    let whole = to.join(&artifact.name);
    let directory = whole.parent().unwrap_or(to);
    fs::create_dir_all(directory)?;
    if !replace && fs::symlink_metadata(&whole).is_ok() {
        return Err(io::Error::new(ErrorKind::AlreadyExists, "it is there already; --force replaces it"));
    }
    let part = tempfile::Builder::new().prefix(".part-").tempdir_in(directory)?;
    let part_file = part.path().join("file");
    if let (Some(link), true) = (&artifact.link, is_link_kept) {
        std::os::unix::fs::symlink(link, &part_file)?;
        fs::rename(&part_file, &whole)?;
        return Ok(Copied::Link(link.clone()));
    }
    let mut from = open()?;
    let mut file = File::create_new(&part_file)?;
    let (mut digest, mut chunk, mut copied) = (Sha256::new(), vec![0; CHUNK], 0);
    loop {
        if cancel.is_cancelled() {
            return Err(io::Error::new(ErrorKind::Interrupted, "cancelled"));
        }
        let count = match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(source) if source.kind() == ErrorKind::Interrupted => continue,
            Err(source) => return Err(source),
        };
        let bytes = chunk.get(..count).unwrap_or_default();
        digest.update(bytes);
        file.write_all(bytes)?;
        copied += count as u64;
        moved(copied);
    }
    if copied != artifact.size {
        let words = format!("{copied} bytes came of {}", artifact.size);
        return Err(io::Error::new(ErrorKind::UnexpectedEof, words));
    }
    file.sync_all()?;
    fs::rename(&part_file, &whole)?;
    let sum = digest.finalize();
    Ok(Copied::Whole(sum.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))))
}

/// Whether a link can stay one: its target is another of these, beside it.
pub(super) fn is_link_kept(artifact: &Artifact, all: &[Artifact]) -> bool {
    let Some(link) = &artifact.link else { return false };
    let is_name = link.components().count() == 1 && link.file_name() == Some(link.as_os_str());
    let beside = Path::new(&artifact.name).with_file_name(link);
    is_name
        && all
            .iter()
            .any(|other| OsStr::new(&other.name) == beside.as_os_str() && other.name != artifact.name)
}

/// Writes the checksums of what was copied, beside those of other files that stand there already.
pub(super) fn write_sums(to: &Path, sums: &[(String, String)]) -> io::Result<()> {
    let path = to.join(SUMS);
    let earlier = match fs::read_to_string(&path) {
        Err(source) if source.kind() == ErrorKind::NotFound => String::new(),
        text => text?,
    };
    let name_of = |line: &str| line.split_once("  ").map(|(_, name)| name.to_owned());
    let is_other =
        |line: &&str| name_of(line).is_some_and(|name| sums.iter().all(|(other, _)| *other != name));
    let mut lines: Vec<String> = earlier.lines().filter(is_other).map(str::to_owned).collect();
    lines.extend(sums.iter().map(|(name, sum)| format!("{sum}  {name}")));
    let mut file = tempfile::NamedTempFile::new_in(to)?;
    file.write_all((lines.join("\n") + "\n").as_bytes())?;
    file.persist(&path).map_err(|error| error.error)?;
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(directory: &Path, name: &str, link: Option<&str>) -> Artifact {
        let path = directory.join(name);
        match link {
            Some(link) => std::os::unix::fs::symlink(link, &path).unwrap(),
            None => fs::write(&path, name).unwrap(),
        }
        let size = fs::metadata(&path).map_or(0, |found| found.len());
        Artifact { name: name.into(), size, modified: None, link: link.map(PathBuf::from), path }
    }

    fn copied(
        one: &Artifact,
        to: &Path,
        is_link_kept: bool,
        replace: bool,
        cancel: &CancellationToken,
    ) -> io::Result<Copied> {
        let open = || Ok(Box::new(File::open(&one.path)?) as Box<dyn Read>);
        copy_out(one, to, is_link_kept, replace, cancel, open, |_| ())
    }

    #[test]
    fn copies_are_whole_and_links_stay_links_where_that_leads_somewhere() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let all = [
            artifact(from.path(), "a-1.wic", None),
            artifact(from.path(), "a.wic", Some("a-1.wic")),
            artifact(from.path(), "b", Some("../elsewhere")),
        ];
        assert_eq!(all.clone().map(|one| is_link_kept(&one, &all)), [false, true, false]);
        let cancel = CancellationToken::new();
        let whole = copied(&all[0], to.path(), false, false, &cancel).unwrap();
        // printf a-1.wic | sha256sum
        let sum = Command::sum(b"a-1.wic");
        assert_eq!(whole, Copied::Whole(sum.clone()));
        copied(&all[1], to.path(), true, false, &cancel).unwrap();
        assert_eq!(fs::read_link(to.path().join("a.wic")).unwrap(), Path::new("a-1.wic"));
        let again = copied(&all[0], to.path(), false, false, &cancel).unwrap_err();
        assert_eq!(again.kind(), ErrorKind::AlreadyExists);
        copied(&all[0], to.path(), false, true, &cancel).unwrap();
        write_sums(to.path(), &[("a-1.wic".into(), sum.clone()), ("x".into(), "1".into())]).unwrap();
        write_sums(to.path(), &[("x".into(), "2".into())]).unwrap();
        let sums = fs::read_to_string(to.path().join(SUMS)).unwrap();
        assert_eq!(sums, format!("{sum}  a-1.wic\n2  x\n"));
    }

    #[test]
    fn cancelled_it_leaves_nothing() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let one = artifact(from.path(), "a", None);
        let cancel = CancellationToken::new();
        cancel.cancel();
        assert!(copied(&one, to.path(), false, false, &cancel).is_err());
        assert_eq!(fs::read_dir(to.path()).unwrap().count(), 0);
    }

    /// The system's own checksum, to compare with.
    struct Command;

    impl Command {
        fn sum(bytes: &[u8]) -> String {
            let file = tempfile::NamedTempFile::new().unwrap();
            fs::write(file.path(), bytes).unwrap();
            let output = std::process::Command::new("sha256sum").arg(file.path()).output().unwrap();
            String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
        }
    }

    #[test]
    fn one_that_comes_short_is_not_taken_for_whole() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let one = artifact(from.path(), "a.wic", None);
        let open = || Ok(Box::new(&b"a.w"[..]) as Box<dyn Read>);
        let cut = copy_out(&one, to.path(), false, false, &CancellationToken::new(), open, |_| ());
        assert_eq!(cut.unwrap_err().to_string(), "3 bytes came of 5");
        assert_eq!(fs::read_dir(to.path()).unwrap().count(), 0);
    }
}
