//! `shim keep`: starts a keeper that is nobody's child any more, and waits until the command has begun.

use std::env;
use std::ffi::OsString;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// The program itself, also where its file was replaced.
const ITSELF: &str = "/proc/self/exe";

/// Starts the keeper with the same arguments; the answer is the code to exit with. What the keeper says before it lets go
/// is one line of JSON; where it says nothing it has failed, and its code is ours.
pub fn start(given: &[OsString]) -> Result<u8, String> {
    // A running shim is found by the name it was started by.
    let name = env::args_os().next().unwrap_or_else(|| "smidr-shim".into());
    let mut keeper = Command::new(ITSELF)
        .arg0(name)
        .arg("kept")
        .args(given.iter().skip(1))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|source| format!("cannot start the keeper: {source}"))?;
    let mut said = String::new();
    if let Some(mut stdout) = keeper.stdout.take() {
        stdout.read_to_string(&mut said).map_err(|source| format!("cannot hear the keeper: {source}"))?;
    }
    if said.is_empty() {
        let status = keeper.wait().map_err(|source| format!("cannot wait for the keeper: {source}"))?;
        return Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(crate::OWN_FAILURE));
    }
    crate::say(said.trim_end());
    Ok(0)
}
