//! `shim follow`: after a line of its own prints what a session printed, from an offset on, until it is over and all was printed; then says on
//! standard error how much that is in all.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::thread::sleep;
use std::time::Duration;

use crate::keep_args::Follow;
use crate::place::{self, Place, State};

/// The first and the longest pause between two looks at a file that does not grow.
const PAUSES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(100));
/// So much is read at once.
const CHUNK: usize = 128 * 1024;

/// The session ended, and all of it was printed.
const ENDED: u8 = 0;
/// There is no such session.
const NOT_FOUND: u8 = 1;
/// The session was lost, and all that was kept of it was printed.
const LOST: u8 = 2;

/// Prints; the answer is the code to exit with.
pub fn follow(asked: &Follow) -> Result<u8, String> {
    let Place { record, output } = Place::of(&asked.root, &asked.token);
    let name = if asked.errors { "errors" } else { "output" };
    let mut file = match File::open(output.join(name)) {
        Err(source) if source.kind() == ErrorKind::NotFound => return Ok(NOT_FOUND),
        file => file.map_err(|source| format!("cannot open what was kept: {source}"))?,
    };
    file.seek(SeekFrom::Start(asked.from))
        .map_err(|source| format!("cannot go to {}: {source}", asked.from))?;
    // What cannot begin is explained by an engine at this very place: so whoever reads has to know where it begins.
    crate::say("smidr-shim follow");
    let mut chunk = vec![0; CHUNK].into_boxed_slice();
    let mut pause = PAUSES.0;
    loop {
        // Looked at first: all that is printed of it is in the file before its end is written down.
        let state = match place::state(&record) {
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(NOT_FOUND),
            state => state.map_err(|source| format!("cannot read the record: {source}"))?,
        };
        if print_all(&mut file, &mut chunk)? {
            pause = PAUSES.0;
        }
        let code = match state {
            State::Ended => Some(ENDED),
            State::Lost => Some(LOST),
            State::Running => None,
        };
        if let Some(code) = code {
            let size =
                file.metadata().map_err(|source| format!("cannot look at what was kept: {source}"))?.len();
            // So that whoever reads can tell that nothing was cut off on the way.
            let _ = writeln!(io::stderr().lock(), r#"{{"size":{size}}}"#);
            return Ok(code);
        }
        sleep(pause);
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Prints to the present end of the file; whether there was anything.
fn print_all(file: &mut File, chunk: &mut [u8]) -> Result<bool, String> {
    let mut stdout = io::stdout().lock();
    let mut any = false;
    loop {
        let count = match file.read(chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(source) if source.kind() == ErrorKind::Interrupted => continue,
            Err(source) => return Err(format!("cannot read what was kept: {source}")),
        };
        any = true;
        stdout
            .write_all(chunk.get(..count).unwrap_or_default())
            .map_err(|source| format!("nobody reads: {source}"))?;
    }
    stdout.flush().map_err(|source| format!("nobody reads: {source}"))?;
    Ok(any)
}
