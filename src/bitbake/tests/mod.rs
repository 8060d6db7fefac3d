//! Whole outputs read, and any bytes in any pieces.

mod any_bytes;
mod estimates;
mod outcomes;
mod simulated;
mod speed;
mod terminal;

use super::*;

fn read(output: Output, chunks: &[(Stream, &[u8])]) -> BuildReader {
    let mut reader = BuildReader::new(output);
    for (stream, bytes) in chunks {
        reader.feed(*stream, None, bytes);
    }
    reader.finish();
    reader
}

fn read_text(text: &str) -> BuildReader {
    read(Output::Mixed, &[(Stream::Output, text.as_bytes())])
}

/// The beginning of a build that has come to its tasks.
const BEGUN: &str = "\
Loading cache...done.
Loaded 0 entries from dependency cache.
Parsing recipes...done.
Parsing of 3 .bb files complete (0 cached, 3 parsed). 3 targets, 0 skipped, 0 masked, 0 errors.
NOTE: Resolving any missing task queue dependencies

Build Configuration:
BB_VERSION           = \"2.8.1\"
MACHINE              = \"qemux86-64\"
meta
meta-poky            = \"scarthgap:0123456789abcdef\"

Initialising tasks...Sstate summary: Wanted 4 Local 1 Mirrors 1 Missed 2 Current 1 (50% match, 60% complete)
done.
NOTE: Executing Tasks
NOTE: Running task 1 of 9 (virtual:native:/m/zlib_1.3.bb:do_fetch)
NOTE: recipe zlib-native-1.3-r0: task do_fetch: Started
";

/// How it goes on when nothing goes wrong.
const ENDED: &str = "\
NOTE: recipe zlib-native-1.3-r0: task do_fetch: Succeeded
NOTE: Tasks Summary: Attempted 9 tasks of which 8 didn't need to be rerun and all succeeded.
";
