//! Running shims, found by their own command line: no state file, nothing to go stale.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use crate::args::{self, Call, Run};
use crate::run::MARKER;
use crate::tree::Process;

/// A program of this name, or of this name and a suffix, is a shim.
const NAME: &str = "smidr-shim";

/// A running shim.
pub struct Shim {
    /// Its process.
    pub process: Process,
    /// What it was asked to run.
    pub run: Run,
}

/// All running shims among `all`.
pub fn shims(all: &[Process]) -> Vec<Shim> {
    let mut found: Vec<Shim> = all
        .iter()
        .filter(|process| process.is_alive)
        .filter_map(|process| Some(Shim { process: process.clone(), run: arguments(process.id.pid)? }))
        .collect();
    // Between fork and exec the command still has the shim's own arguments.
    let known: HashSet<(i32, String)> =
        found.iter().map(|shim| (shim.process.id.pid, shim.run.token.clone())).collect();
    found.retain(|shim| !known.contains(&(shim.process.parent, shim.run.token.clone())));
    found
}

/// Processes that carry the token in their environment, as far as this user may read it.
pub fn marked(all: &[Process], token: &str) -> Vec<Process> {
    let wanted = format!("{MARKER}={token}").into_bytes();
    let own = std::process::id().cast_signed();
    all.iter()
        .filter(|process| process.is_alive && process.id.pid > 1 && process.id.pid != own)
        .filter(|process| {
            fs::read(format!("/proc/{}/environ", process.id.pid))
                .is_ok_and(|environ| environ.split(|byte| *byte == 0).any(|entry| entry == wanted))
        })
        .cloned()
        .collect()
}

/// Those with this token; a token used twice is the client's fault, and both are meant.
pub fn by_token<'a>(shims: &'a [Shim], token: &'a str) -> impl Iterator<Item = &'a Shim> {
    shims.iter().filter(move |shim| shim.run.token == token)
}

fn arguments(pid: i32) -> Option<Run> {
    let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words: Vec<OsString> = line
        .strip_suffix(&[0])?
        .split(|byte| *byte == 0)
        .map(|word| OsString::from_vec(word.to_vec()))
        .collect();
    let (program, rest) = words.split_first()?;
    Path::new(program).file_name()?.to_str()?.strip_prefix(NAME)?;
    match args::parse(rest) {
        Ok(Call::Run(run)) => Some(run),
        Ok(Call::Kept(keep)) => Some(keep.run),
        Ok(Call::Keep(keep)) if keep.first.is_some() => Some(keep.run),
        _ => None,
    }
}
