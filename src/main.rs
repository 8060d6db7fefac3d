//! The program: installs the hooks, reads the command line, hands over.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use smidr_console::cli::{Cli, run};

/// How long threads that cannot be interrupted (a read of standard input, a user's credential helper) may hold
/// the program up after everything else has ended.
const STRAGGLERS: Duration = Duration::from_millis(100);

/// How much nicer the other threads are.
const BEHIND_KEYS: i32 = 10;

/// How many threads the console reads on. A second one takes half as much again of the processors for the same log: what
/// one half of a connection passes to the other then wakes another thread with every line. Whatever works for long has
/// a thread of its own.
const READING: usize = 1;

fn main() -> color_eyre::Result<ExitCode> {
    color_eyre::install()?;
    let cli = Cli::parse();
    // A verb has one thread: what one call does is waiting, and passing chunks between threads costs more than it saves.
    // The console draws on one while another reads.
    let mut runtime = if cli.opens_console() {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    runtime.worker_threads(READING);
    // The loop of the console, which answers the keys, is on the first thread: it comes before whatever floods in.
    let behind = || {
        let _ = rustix::process::nice(BEHIND_KEYS);
    };
    let runtime = runtime.on_thread_start(behind).enable_all().build()?;
    let exit = runtime.block_on(run(cli));
    runtime.shutdown_timeout(STRAGGLERS);
    Ok(exit.into())
}
