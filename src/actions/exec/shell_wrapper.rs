//! What is done where the shim cannot run: another processor, a root mounted `noexec` or without any way to copy a
//! file in, or a library that carries no shim. It needs a shell in the container, and `tr` and `grep` to find processes.
//!
//! It ends what is still connected to the command in some way: its group, its session, its children, and whatever kept
//! the marker in its environment. A process that left its session, lost its parent *and* has a clean environment
//! (bitbake's server is one) is not found, and so is not among the [`survivors_argv`] either. There is no dead man's
//! switch: what a lost client leaves behind is ended by token later.
//!
//! Everything here is an argument vector for an exec; nothing is run. A token is 1 to 64 letters, digits, `.`, `_` or `-`.

use super::shim_protocol::MARKER;

const RUN: &str = include_str!("wrapper_run.sh");
const TREE: &str = include_str!("wrapper_tree.sh");
const GROUP: &str = include_str!("wrapper_group.sh");
const FORGET: &str = include_str!("wrapper_forget.sh");

/// A signal the scripts send; the name has to be known to every shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrapperSignal {
    /// Interrupt.
    Int,
    /// Terminate.
    Term,
    /// Kill.
    Kill,
}

impl WrapperSignal {
    fn name(self) -> &'static str {
        match self {
            Self::Int => "INT",
            Self::Term => "TERM",
            Self::Kill => "KILL",
        }
    }
}

/// Runs `command` with its pid recorded in `/tmp` (where that can be written) and the token in its environment. It is
/// `exec`ed, so the exit code is the command's own; 127 and 126 are the shell's for one that cannot be started.
#[must_use]
pub fn run_argv(token: &str, command: &[String]) -> Vec<String> {
    let mut argv = script(RUN, token, None);
    argv.extend(command.iter().cloned());
    argv
}

/// Signals the command's process group at once. Exit code 1 when there is no record or no such group any more.
#[must_use]
pub fn signal_group_argv(token: &str, signal: WrapperSignal) -> Vec<String> {
    script(GROUP, token, Some(signal.name()))
}

/// Signals every process that can be found and prints a line `PID NAME` for each. Exit code 125 when the container
/// lacks what the search needs; the reason is on standard error.
#[must_use]
pub fn signal_tree_argv(token: &str, signal: WrapperSignal) -> Vec<String> {
    script(TREE, token, Some(signal.name()))
}

/// Prints a line `PID NAME` for every process that can still be found.
#[must_use]
pub fn survivors_argv(token: &str) -> Vec<String> {
    script(TREE, token, Some(""))
}

/// Removes the record once the command has ended.
#[must_use]
pub fn forget_argv(token: &str) -> Vec<String> {
    script(FORGET, token, None)
}

/// The environment entry every process of the command begins with.
#[must_use]
pub fn marker(token: &str) -> String {
    format!("{MARKER}={token}")
}

/// One process in the answer of [`signal_tree_argv`] or [`survivors_argv`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its pid in the container.
    pub pid: u32,
    /// The short name of its program; empty if it ended meanwhile.
    pub name: String,
}

/// Reads the answer of [`signal_tree_argv`] or [`survivors_argv`]; lines that are not of it are passed over.
#[must_use]
pub fn parse_found(stdout: &str) -> Vec<Found> {
    stdout
        .lines()
        .filter_map(|line| {
            let (pid, name) = line.split_once(' ')?;
            Some(Found { pid: pid.parse().ok()?, name: name.to_owned() })
        })
        .collect()
}

fn script(text: &str, token: &str, signal: Option<&str>) -> Vec<String> {
    let words = ["/bin/sh", "-c", text, "smidr-exec", token];
    words.into_iter().chain(signal).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
