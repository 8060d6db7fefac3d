//! Where the console keeps what it remembers: the XDG state directory.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// How long another console may keep a lock.
const LOCKED: Duration = Duration::from_secs(2);

/// `$XDG_STATE_HOME/smidr-console`, or the same under `~/.local/state`; `None` where there is no home. A relative
/// `XDG_STATE_HOME` does not count, as the XDG base directory specification says.
pub(crate) fn of_process() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(state.join("smidr-console"))
}

/// Makes it and what is missing above it, for the user alone.
pub(crate) fn make(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

/// Locks a directory of it against the writers of other consoles, until this is dropped. Waits for at most two seconds.
pub(crate) fn lock(directory: &Path) -> io::Result<File> {
    let path = directory.join(".lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    let begun = Instant::now();
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            // A lock tells nobody when it is free. This is a thread of its own, which may wait, and not for long.
            Err(Errno::WOULDBLOCK) if begun.elapsed() < LOCKED => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(Errno::WOULDBLOCK) => {
                return Err(io::Error::new(io::ErrorKind::WouldBlock, "another console keeps it locked"));
            }
            Err(error) => return Err(error.into()),
        }
    }
}
