//! The commands that were run, kept on disk by the container's name.
//!
//! A file a container name, a JSON line a command, the newest last. Consoles that run side by side lose nothing of each
//! other's: each takes the directory's lock to write.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::ui::ExecDraft;

/// How many commands are kept of a container.
pub(crate) const KEPT: usize = 500;
/// So many more are let grow before the file is written anew.
const SLACK: usize = 100;
/// The largest file that is read.
const MOST: u64 = 64 << 20;
/// The longest name of a file, in bytes, before its ending.
const LONGEST_NAME: usize = 200;

/// Where it is kept. Everything here waits for the disk.
#[derive(Debug, Clone)]
pub(crate) struct History {
    directory: PathBuf,
}

impl History {
    /// In this directory, made with the first command.
    pub(crate) fn at(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The commands of a container, the newest last. Lines that cannot be understood are passed over.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub(crate) fn read(&self, container: &str) -> io::Result<Vec<ExecDraft>> {
        let path = self.path(container);
        match std::fs::metadata(&path) {
            Ok(found) if found.len() > MOST => {
                return Err(io::Error::other(format!("{} is too large", path.display())));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
        let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        let drafts: Vec<ExecDraft> =
            text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let surplus = drafts.len().saturating_sub(KEPT);
        Ok(drafts.into_iter().skip(surplus).collect())
    }

    /// Keeps another one. The same as the last one is not kept twice.
    ///
    /// # Errors
    /// When it cannot be written; what was there before is unharmed.
    pub(crate) fn remember(&self, container: &str, draft: &ExecDraft) -> io::Result<()> {
        super::state_dir::make(&self.directory)?;
        let _lock = super::state_dir::lock(&self.directory)?;
        let mut drafts = self.read(container)?;
        if drafts.last() == Some(draft) {
            return Ok(());
        }
        let path = self.path(container);
        let mut line = serde_json::to_string(draft)?;
        line.push('\n');
        if lines(&path)? < KEPT + SLACK {
            let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
            return file.write_all(line.as_bytes());
        }
        drafts.push(draft.clone());
        let surplus = drafts.len().saturating_sub(KEPT);
        let mut text = String::new();
        for draft in drafts.iter().skip(surplus) {
            text += &serde_json::to_string(draft)?;
            text.push('\n');
        }
        // Readers see the whole of one or of the other. Temporary files are the user's alone.
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        file.write_all(text.as_bytes())?;
        file.persist(path).map(drop).map_err(|error| error.error)
    }

    fn path(&self, container: &str) -> PathBuf {
        self.directory.join(file_name(container))
    }
}

/// How many lines a file has; none where there is none.
fn lines(path: &Path) -> io::Result<usize> {
    match File::open(path) {
        Ok(file) => Ok(BufReader::new(file).split(b'\n').count()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// A name that leads nowhere else, whatever the container is called.
fn file_name(container: &str) -> PathBuf {
    let mut name = String::new();
    for byte in container.bytes() {
        if byte.is_ascii_alphanumeric() || b"_-".contains(&byte) || (byte == b'.' && !name.is_empty()) {
            name.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(name, "%{byte:02x}");
        }
        if name.len() > LONGEST_NAME {
            break;
        }
    }
    Path::new(&(name + ".jsonl")).to_owned()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn draft(command: impl Into<String>) -> ExecDraft {
        ExecDraft { command: command.into(), ..ExecDraft::default() }
    }

    fn history() -> (tempfile::TempDir, History) {
        let directory = tempfile::tempdir().unwrap();
        let history = History::at(directory.path().join("history"));
        (directory, history)
    }

    #[test]
    fn what_was_run_is_there_again_the_newest_last() {
        let (_directory, history) = history();
        assert_eq!(history.read("yocto-a").unwrap(), []);
        for command in ["ls", "ls", "bitbake\nworld", "ls"] {
            history.remember("yocto-a", &draft(command)).unwrap();
        }
        let kept = history.read("yocto-a").unwrap();
        assert_eq!(kept, [draft("ls"), draft("bitbake\nworld"), draft("ls")]);
        assert_eq!(history.read("yocto-b").unwrap(), []);
        let mode = std::fs::metadata(history.path("yocto-a")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn only_the_last_are_kept() {
        let (_directory, history) = history();
        for number in 0..KEPT + SLACK + 50 {
            history.remember("a", &draft(number.to_string())).unwrap();
        }
        let kept = history.read("a").unwrap();
        assert_eq!(kept.len(), KEPT);
        assert_eq!(kept.last(), Some(&draft((KEPT + SLACK + 49).to_string())));
        let mode = std::fs::metadata(history.path("a")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn two_consoles_at_once_lose_nothing() {
        let (_directory, history) = history();
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let history = history.clone();
                std::thread::spawn(move || {
                    for number in 0..100 {
                        history.remember("a", &draft(format!("{writer}-{number}"))).unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!(history.read("a").unwrap().len(), 400);
    }

    #[test]
    fn a_line_that_cannot_be_understood_harms_no_other() {
        let (_directory, history) = history();
        history.remember("a", &draft("ls")).unwrap();
        let mut file = OpenOptions::new().append(true).open(history.path("a")).unwrap();
        file.write_all(b"{\"command\": \xff\n").unwrap();
        history.remember("a", &draft("pwd")).unwrap();
        assert_eq!(history.read("a").unwrap(), [draft("ls"), draft("pwd")]);
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        for (name, file) in [
            ("yocto-a.1", "yocto-a.1.jsonl"),
            ("../x", "%2e.%2fx.jsonl"),
            ("", ".jsonl"),
            ("é", "%c3%a9.jsonl"),
        ] {
            assert_eq!(file_name(name), Path::new(file), "{name}");
        }
        assert!(file_name(&"/".repeat(5000)).as_os_str().len() < 255);
    }
}
