//! The shim: a small static program put into a container to run one command and to end its whole process tree.
//!
//! It is compiled apart by the build script and carried by the library as bytes; nothing in the library names it
//! and it names nothing but the standard library. It needs no shell, no file besides itself and only a readable
//! `/proc`.
//!
//! `shim run` is a child subreaper: whatever the command leaves behind (a new session, a double fork, an empty
//! environment) becomes the shim's own child and can be found by walking the tree. `shim signal`, `shim guard`,
//! `shim sweep` and `shim list` are later calls that find a running shim by its token.
//!
//! `shim hold` is the first process of a container that is to be there for others.
//!
//! `shim writable` says whether whoever it runs as can write.
//!
//! `shim keep` does the same for a command that outlives whoever started it, and keeps what it prints and how it ended
//! in files; with `--main` it is the first process of a container that is there for this command alone. `shim sessions`, `shim follow` and `shim forget` read and remove these.

#![deny(unsafe_code)]
#![warn(missing_docs, rust_2018_idioms, clippy::pedantic)]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod args;
mod ending;
mod find;
mod first_process;
mod follow;
mod forget;
mod frames;
mod guard;
mod hold;
mod input;
mod json;
mod keep;
mod keep_args;
mod kept;
mod list;
mod pass;
mod place;
mod reap;
mod run;
mod sessions;
mod signals;
mod store;
mod sys;
mod tokens;
mod tree;
mod writable;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use args::Call;

/// The shim itself could not do its work: bad arguments, or no readable `/proc`. The command was not started.
const OWN_FAILURE: u8 = 125;

fn main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    let call = match args::parse(&given) {
        Ok(call) => call,
        Err(message) => return fail(&message),
    };
    if !matches!(call, Call::Version)
        && let Err(source) = tree::check_proc()
    {
        return fail(&format!(
            "/proc cannot be read, so no process tree can be followed ({source}); mount proc in the container"
        ));
    }
    let ended = match call {
        Call::Run(run) => run::run(&run),
        Call::Signal(end) => Ok(tokens::signal(&end)),
        Call::Guard(end) => Ok(guard::stand(&end)),
        Call::Sweep(end) => Ok(tokens::sweep(&end)),
        Call::List => Ok(list::list()),
        Call::Writable(directories) => Ok(writable::look(&directories)),
        Call::Hold => hold::hold(),
        Call::Keep(keep) if keep.first.is_some() => kept::keep(&keep),
        Call::Keep(_) => keep::start(&given),
        Call::Kept(keep) => kept::keep(&keep),
        Call::Sessions(asked) => sessions::list(&asked),
        Call::Follow(asked) => follow::follow(&asked),
        Call::Forget(asked) => forget::forget(&asked),
        Call::Version => {
            say("smidr-shim protocol 1");
            Ok(0)
        }
    };
    match ended {
        Ok(code) => ExitCode::from(code),
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    complain(message);
    ExitCode::from(OWN_FAILURE)
}

/// Prints one line of answer. Nobody may be listening any more, which is no reason to stop half-way.
fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Prints one line of complaint.
fn complain(message: &str) {
    let _ = writeln!(io::stderr().lock(), "smidr-shim: {message}");
}
