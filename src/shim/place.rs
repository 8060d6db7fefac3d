//! Where sessions are kept: the directories and the small files in them.
//!
//! `ROOT/records/TOKEN` has what is small (`command`, `started`, `process`, `ended`, `dropped`, each one line of JSON,
//! and `lock`), `ROOT/output/TOKEN` what is large (`output` and, where it is kept apart, `errors`): the records of a
//! container that has stopped can be copied out of it without its gigabytes of output.
//!
//! A record appears whole, by a rename, after its `lock` was taken; whoever keeps the session holds that for as long as
//! it lives. So a record without `ended` whose lock nobody holds is of a session that was lost.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::sys;

/// So many bytes are set aside for a file that has to be written when the disk is full.
const SET_ASIDE: usize = 4096;

/// Where one session is kept.
pub struct Place {
    /// Its record.
    pub record: PathBuf,
    /// What it printed.
    pub output: PathBuf,
}

impl Place {
    /// Under this root, by its token.
    pub fn of(root: &Path, token: &str) -> Self {
        Self { record: records(root).join(token), output: outputs(root).join(token) }
    }

    /// Where its record is made before it appears.
    pub fn in_making(root: &Path, token: &str) -> PathBuf {
        records(root).join(format!("{IN_MAKING}{token}"))
    }
}

/// Where all records are.
pub fn records(root: &Path) -> PathBuf {
    root.join("records")
}

/// Where all output is.
pub fn outputs(root: &Path) -> PathBuf {
    root.join("output")
}

/// What the name of a record that is being made begins with.
const IN_MAKING: &str = ".new-";
/// How long that takes at most: a few files are written.
const MAKING: Duration = Duration::new(60, 0);

/// For every user of a container to keep sessions in.
pub const SHARED: u32 = 0o1777;
/// For the sessions of one user.
pub const OWN: u32 = 0o755;

/// Makes the directories that are missing, with this mode.
pub fn prepare(root: &Path, mode: u32) -> io::Result<()> {
    if let Some(parent) = root.parent() {
        fs::create_dir_all(parent)?;
    }
    for directory in [root.to_owned(), records(root), outputs(root)] {
        match fs::create_dir(&directory) {
            Ok(()) => fs::set_permissions(&directory, Permissions::from_mode(mode))?,
            Err(source) if source.kind() == ErrorKind::AlreadyExists => {
                if !fs::symlink_metadata(&directory)?.is_dir() {
                    return Err(io::Error::new(ErrorKind::NotADirectory, "it is no directory"));
                }
            }
            Err(source) => return Err(source),
        }
    }
    sweep(root);
    Ok(())
}

/// Removes what keepers have left that were killed while they made a record. Where that is refused it stays.
fn sweep(root: &Path) {
    let Ok(entries) = fs::read_dir(records(root)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(token) = name.to_str().and_then(|name| name.strip_prefix(IN_MAKING)) else { continue };
        let modified = entry.metadata().and_then(|found| found.modified());
        let is_old = modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age >= MAKING));
        let is_held =
            File::open(entry.path().join("lock")).and_then(|lock| sys::is_held(&lock)).unwrap_or(false);
        if is_old && !is_held {
            let _ = fs::remove_dir_all(outputs(root).join(token));
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Makes a directory that nobody else may look into; it must not be there.
pub fn make_own(directory: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(directory)
}

/// Makes a file that nobody else may look into, to be written at its end.
pub fn make_file(path: &Path) -> io::Result<File> {
    File::options().append(true).create(true).mode(0o600).open(path)
}

/// Makes the lock of a record and holds it.
pub fn lock(record: &Path) -> io::Result<File> {
    let file = make_file(&record.join("lock"))?;
    sys::hold(&file)?;
    Ok(file)
}

/// Sets room aside for a file that is to be written later, whole, also when the disk is full by then.
pub fn set_aside(record: &Path, name: &str) -> io::Result<()> {
    let mut file = make_file(&record.join(format!(".{name}")))?;
    file.write_all(&[b' '; SET_ASIDE])?;
    file.sync_all()
}

/// Writes a line that is there whole or not at all, however this process or the machine ends.
pub fn write_whole(record: &Path, name: &str, line: &str) -> io::Result<()> {
    let part = record.join(format!(".{name}"));
    let mut file = File::options().write(true).create(true).truncate(false).mode(0o600).open(&part)?;
    let line = format!("{line}\n");
    file.write_all(line.as_bytes())?;
    file.set_len(line.len() as u64)?;
    file.sync_all()?;
    fs::rename(&part, record.join(name))?;
    File::open(record)?.sync_all()
}

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Somebody keeps it.
    Running,
    /// Its end was written down.
    Ended,
    /// Nobody keeps it, and its end was not written down.
    Lost,
}

impl State {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ended => "ended",
            Self::Lost => "lost",
        }
    }
}

/// How the session of this record stands. Fails where the record is not there or cannot be read.
pub fn state(record: &Path) -> io::Result<State> {
    let lock = File::open(record.join("lock"))?;
    let is_held = sys::is_held(&lock)?;
    // Looked for after the lock: the end is written before it is let go.
    match fs::symlink_metadata(record.join("ended")) {
        Ok(_) => Ok(State::Ended),
        Err(source) if source.kind() == ErrorKind::NotFound => {
            Ok(if is_held { State::Running } else { State::Lost })
        }
        Err(source) => Err(source),
    }
}

/// What tells this boot of the machine from every other.
pub fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

/// Milliseconds since 1970.
pub fn now_ms() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis())
}
