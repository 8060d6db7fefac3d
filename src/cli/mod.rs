//! The command line: what each verb is asked for, and what it prints.
//!
//! Every verb goes through the supervisor ([`actions`](crate::actions)): each has a deadline and a cancel. What
//! is printed to standard output is the answer; everything about it goes to standard error.

mod args;
mod artifacts;
mod build;
mod check;
mod cleanup;
mod completions;
mod config;
mod connect;
mod console;
mod context;
mod copy;
mod create;
mod df;
mod doctor;
mod durable;
mod each;
mod events;
mod exec;
mod exit;
mod failure;
mod find;
mod images;
mod inspect;
mod kill;
mod logs;
mod man;
mod output;
mod pause;
mod printed;
mod ps;
mod pull;
mod remove;
mod rename;
mod report;
mod run;
mod sessions;
mod sift;
mod signals;
mod start;
mod stats;
mod stop;
mod stop_build;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
mod top;
mod up;
mod volume;
mod wait;
mod watch;
mod workspace;

pub use args::Cli;
pub use exit::Exit;
pub use run::run;
