//! What earlier builds told of their tasks, kept on disk by machine and target.
//!
//! A file for each machine and target. Consoles that run side by side lose nothing of each other's: each takes the
//! directory's lock to write.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::bitbake::TaskHistory;

/// How many machines and targets are kept; of more, those go that were built longest ago.
const KEPT: usize = 64;
/// The largest file that is read. One of as many kinds of tasks as are kept has some 3 MB.
const MOST: u64 = 16 << 20;
/// How much of a machine's and a target's name is in the name of their file, in bytes.
const LONGEST_NAME: usize = 80;
/// What the names of the files end with.
const ENDING: &str = "json";

/// Where they are kept. Everything here waits for the disk.
#[derive(Debug, Clone)]
pub(crate) struct BuildHistories {
    directory: PathBuf,
}

/// What became of a history that was to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remembered {
    /// It was put to what was there.
    Merged,
    /// What was there could not be read, for this reason, and was put aside under another name.
    Anew(String),
}

impl BuildHistories {
    /// In this directory, made with the first history.
    pub(crate) fn at(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// What is known of a machine and a target; an empty history where nothing is.
    ///
    /// # Errors
    /// When the file is there and cannot be read, or is no history.
    pub(crate) fn read(&self, machine: &str, target: &str) -> io::Result<TaskHistory> {
        let path = self.path(machine, target);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(TaskHistory::default()),
            Err(error) => return Err(error),
        };
        let mut text = String::new();
        file.take(MOST + 1).read_to_string(&mut text)?;
        if text.len() as u64 > MOST {
            return Err(io::Error::other(format!("{} is too large", path.display())));
        }
        TaskHistory::read(&text).map_err(|error| io::Error::other(format!("{}: {error}", path.display())))
    }

    /// Puts what a build told to what is known.
    ///
    /// # Errors
    /// When it cannot be written; what was there before is unharmed.
    pub(crate) fn remember(
        &self,
        machine: &str,
        target: &str,
        newer: &TaskHistory,
    ) -> io::Result<Remembered> {
        super::state_dir::make(&self.directory)?;
        let _lock = super::state_dir::lock(&self.directory)?;
        let path = self.path(machine, target);
        let (mut history, remembered) = match self.read(machine, target) {
            Ok(history) => (history, Remembered::Merged),
            Err(error) => {
                // It may be of a newer console: nothing is lost that somebody may want.
                fs::rename(&path, path.with_extension("unreadable"))?;
                (TaskHistory::default(), Remembered::Anew(error.to_string()))
            }
        };
        history.merge(newer);
        let text = history.write().map_err(io::Error::other)?;
        // Readers see the whole of one or of the other. Temporary files are the user's alone.
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        file.write_all(text.as_bytes())?;
        file.persist(path).map_err(|error| error.error)?;
        self.bound();
        Ok(remembered)
    }

    /// Takes away those that were built longest ago. What cannot be looked at or taken away stays.
    fn bound(&self) {
        let Ok(entries) = fs::read_dir(&self.directory) else { return };
        let mut files: Vec<(SystemTime, PathBuf)> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == ENDING || ending == "unreadable"))
            .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
            .collect();
        files.sort_by(|a, b| b.cmp(a));
        for (_, path) in files.iter().skip(KEPT) {
            let _ = fs::remove_file(path);
        }
    }

    fn path(&self, machine: &str, target: &str) -> PathBuf {
        self.directory.join(file_name(machine, target))
    }
}

/// A name that leads nowhere else and is that of no other pair, whatever they are called: as much of both as is
/// readable, and a digest.
fn file_name(machine: &str, target: &str) -> PathBuf {
    let readable = |name: &str| -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "_-".contains(c) { c } else { '_' };
        name.chars().take(LONGEST_NAME).map(plain).collect()
    };
    let mut digest = Sha256::new();
    digest.update(machine);
    digest.update([0]);
    digest.update(target);
    let mut name = format!("{}-{}-", readable(machine), readable(target));
    for byte in digest.finalize().iter().take(8) {
        // Writing to a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    Path::new(&name).with_extension(ENDING)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::bitbake::BuildStats;

    fn build(recipe: &str, ended: u32, seconds: u32) -> TaskHistory {
        let mut stats = BuildStats::default();
        let text = format!("Elapsed time: {seconds} seconds\nStatus: PASSED\nEnded: {ended}\n");
        assert!(stats.take(&format!("{recipe}-1.0-r0"), "do_compile", &text));
        stats.history(true).unwrap()
    }

    fn histories() -> (tempfile::TempDir, BuildHistories) {
        let directory = tempfile::tempdir().unwrap();
        let histories = BuildHistories::at(directory.path().join("builds"));
        (directory, histories)
    }

    #[test]
    fn what_builds_told_is_there_again() {
        let (_directory, histories) = histories();
        assert!(histories.read("qemu", "image").unwrap().is_empty());
        for (ended, seconds) in [(1000, 10), (2000, 10), (3000, 20)] {
            let remembered = histories.remember("qemu", "image", &build("zlib", ended, seconds)).unwrap();
            assert_eq!(remembered, Remembered::Merged);
        }
        let history = histories.read("qemu", "image").unwrap();
        assert_eq!(history.builds(), 3);
        assert_eq!(history.seconds("zlib-1.1-r0", "do_compile"), Some(14.0));
        assert!(histories.read("qemu", "other").unwrap().is_empty());
        let mode = fs::metadata(histories.path("qemu", "image")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn two_consoles_at_once_lose_nothing() {
        let (_directory, histories) = histories();
        let writers: Vec<_> = (0..4)
            .map(|writer: u32| {
                let histories = histories.clone();
                std::thread::spawn(move || {
                    for number in 0..25 {
                        let build = build(&format!("r{writer}x{number}"), 1000 * (writer * 25 + number), 5);
                        histories.remember("m", "t", &build).unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        let history = histories.read("m", "t").unwrap();
        assert_eq!(history.builds(), 100);
        for (writer, number) in [(0, 0), (1, 24), (3, 13)] {
            assert!(history.write().unwrap().contains(&format!("\"r{writer}x{number}:do_compile\"")));
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_said_and_put_aside() {
        let (_directory, histories) = histories();
        histories.remember("m", "t", &build("a", 1000, 5)).unwrap();
        let path = histories.path("m", "t");
        fs::write(&path, b"{\"version\": 77}").unwrap();
        let error = histories.read("m", "t").unwrap_err().to_string();
        assert!(error.contains("form 77") && error.contains(".json"), "{error}");
        let remembered = histories.remember("m", "t", &build("a", 2000, 5)).unwrap();
        assert!(matches!(remembered, Remembered::Anew(why) if why.contains("form 77")));
        assert_eq!(histories.read("m", "t").unwrap().builds(), 1);
        assert_eq!(fs::read(path.with_extension("unreadable")).unwrap(), b"{\"version\": 77}");
    }

    #[test]
    fn only_so_many_are_kept_the_oldest_go() {
        let (_directory, histories) = histories();
        for number in 0..KEPT + 5 {
            let target = format!("t{number}");
            histories.remember("m", &target, &build("a", 1000, 5)).unwrap();
            // The clock of the file system is coarse.
            let age = Duration::from_secs(1000 - number as u64);
            let file = File::options().write(true).open(histories.path("m", &target)).unwrap();
            file.set_modified(SystemTime::now().checked_sub(age).unwrap()).unwrap();
        }
        let kept = |number: usize| !histories.read("m", &format!("t{number}")).unwrap().is_empty();
        assert_eq!(
            (0..KEPT + 5).map(kept).collect::<Vec<_>>(),
            (0..KEPT + 5).map(|n| n >= 5).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_name_leads_nowhere_else_and_is_no_other() {
        let name = |machine: &str, target: &str| file_name(machine, target).to_str().unwrap().to_owned();
        assert!(name("../x", "a/b c").starts_with("___x-a_b_c-"));
        assert!(name(&"/".repeat(5000), &"é".repeat(5000)).len() < 255);
        let names = [name("a", "b"), name("a-b", ""), name("ab", ""), name("a", "b "), name("", "a-b")];
        assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), names.len());
    }
}
