//! Where the console keeps what it remembers: the XDG state directory.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

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
