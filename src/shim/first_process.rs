//! What a keeper does beside keeping where it is the first process of a container: its command is what the container is
//! for, and no other may be kept at the same place at the same time.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::keep_args::{First, Keep};
use crate::place::{self, Place, State};
use crate::sessions;
use crate::sys;

/// The longest word about who holds the lock that is repeated, in bytes.
const LONGEST_HOLDER: u64 = 512;

/// Takes the lock, for as long as the file stays open: the kernel lets go of it however this process ends.
pub fn take_lock(keep: &Keep, first: &First) -> Result<File, String> {
    let at = first.lock.display();
    let failed = |source: io::Error| format!("the lock {at} cannot be taken: {source}");
    let mut options = File::options();
    let open = options.read(true).write(true).create(true).truncate(false).mode(0o644);
    let mut file = open.open(&first.lock).map_err(failed)?;
    if !sys::try_hold(&file).map_err(failed)? {
        let mut holder = String::new();
        let _ = file.take(LONGEST_HOLDER).read_to_string(&mut holder); // it may be writing just now
        let holder: String = holder.chars().filter(|letter| !letter.is_control()).collect();
        return Err(format!("another session has the lock {at}: {holder}"));
    }
    file.set_len(0).map_err(failed)?;
    file.rewind().map_err(failed)?;
    writeln!(file, "{} by {}", keep.run.token, keep.by).map_err(failed)?;
    Ok(file)
}

/// Removes the oldest sessions that are over, until so many are left. What cannot be removed stays for the next time.
pub fn remove_oldest(keep: &Keep, first: &First) {
    let tokens = sessions::tokens(&keep.root).unwrap_or_default();
    let is_over = |token: &&String| {
        let state = place::state(&Place::of(&keep.root, token).record);
        matches!(state, Ok(State::Ended | State::Lost))
    };
    let over: Vec<&String> = tokens.iter().filter(is_over).collect();
    for token in over.iter().take(over.len().saturating_sub(first.records)) {
        remove(&keep.root, token);
    }
}

/// The record last: a removal that is broken off is begun again.
fn remove(root: &Path, token: &str) {
    let Place { record, output } = Place::of(root, token);
    let _ = fs::remove_dir_all(&output);
    if !output.exists() {
        let _ = fs::remove_dir_all(&record);
    }
}
