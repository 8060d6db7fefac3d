//! The verbs as a whole, on simulated engines: what they print, and how they end.

mod answers;
mod silence;

use clap::Parser;

use super::args::Cli;
use super::connect::Engine;
use super::context::Context;
use super::output::Screen;
use super::run::run_verb;
use super::test_support::Capture;
use crate::actions::Supervisor;

/// What a call of the program came to.
pub(super) struct Called {
    pub(super) exit: u8,
    pub(super) out: String,
    pub(super) err: String,
}

impl Called {
    /// Standard output as JSON.
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {:?}", self.out))
    }
}

/// Calls the program with these words, cut at spaces, on these engines.
async fn call(line: &str, engines: impl FnOnce(&Supervisor) -> Vec<Engine>) -> Called {
    call_words(&line.split(' ').collect::<Vec<_>>(), engines).await
}

pub(super) async fn call_words(words: &[&str], engines: impl FnOnce(&Supervisor) -> Vec<Engine>) -> Called {
    let cli = Cli::try_parse_from(["smidr-console"].iter().chain(words)).unwrap();
    let (out, err) = (Capture::default(), Capture::default());
    let context = Context::new(cli.global, Screen::into(out.clone(), err.clone()));
    let engines = engines(&context.supervisor);
    let exit = run_verb(&context.on(engines), cli.verb.unwrap()).await;
    Called { exit: exit.code(), out: out.text(), err: err.text() }
}
