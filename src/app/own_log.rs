//! The console's own log: a file, never the screen.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use jiff::Timestamp;

/// The most bytes of the file; then it becomes the one before, and a new one begins.
const MOST: u64 = 1 << 20;
/// How many lines may wait for the disk; more are dropped.
const WAITING: usize = 256;
/// The most bytes of a line.
const LONGEST: usize = 8 * 1024;

/// Where the console says what it does. A thread of its own writes, so that a slow disk holds nobody up. Clones write
/// to the same file.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnLog(Option<SyncSender<String>>);

impl OwnLog {
    /// Writes to `console.log` in this directory, which is made where it is missing; only the user may read it.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn open(directory: &Path) -> io::Result<Self> {
        super::state_dir::make(directory)?;
        let mut written = Written::open(directory.join("console.log"))?;
        let (lines, waiting): (SyncSender<String>, Receiver<String>) = sync_channel(WAITING);
        thread::Builder::new().name("own log".into()).spawn(move || {
            for line in waiting {
                // Nobody can be told: this is where it would be told.
                let _ = written.line(&line);
            }
        })?;
        Ok(Self(Some(lines)))
    }

    /// Writes a line, with the time in front.
    pub(crate) fn note(&self, words: &str) {
        let Some(lines) = &self.0 else { return };
        let mut line = format!("{} {}", Timestamp::now(), crate::text::clean(words));
        if line.len() > LONGEST {
            line = line.chars().take(LONGEST / 4).collect();
        }
        line.push('\n');
        let _ = lines.try_send(line);
    }
}

struct Written {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Written {
    fn open(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
        let bytes = file.metadata()?.len();
        Ok(Self { path, file, bytes })
    }

    fn line(&mut self, line: &str) -> io::Result<()> {
        if self.bytes > 0 && self.bytes + line.len() as u64 > MOST {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
            *self = Self::open(self.path.clone())?;
        }
        // At once and whole: another console may write to the same file.
        self.file.write_all(line.as_bytes())?;
        self.bytes += line.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_file_is_bounded_and_the_one_before_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("console.log");
        let mut written = Written::open(path.clone()).unwrap();
        let line = "x".repeat(1000) + "\n";
        for _ in 0..3000 {
            written.line(&line).unwrap();
        }
        let before = fs::metadata(directory.path().join("console.log.1")).unwrap();
        let now = fs::metadata(&path).unwrap();
        assert!(now.len() <= MOST && before.len() <= MOST && before.len() > MOST / 2);
        assert_eq!(now.permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn nothing_of_a_line_can_act_on_a_terminal_that_shows_it() {
        let directory = tempfile::tempdir().unwrap();
        let log = OwnLog::open(directory.path()).unwrap();
        log.note("a\u{1b}[2Jb\nc");
        let path = directory.path().join("console.log");
        let begun = std::time::Instant::now();
        let text = loop {
            let text = fs::read_to_string(&path).unwrap();
            if !text.is_empty() {
                break text;
            }
            assert!(begun.elapsed().as_secs() < 10, "nothing was written");
            thread::yield_now();
        };
        assert!(!text.contains('\u{1b}') && text.ends_with('\n') && text.lines().count() == 1, "{text:?}");
    }
}
