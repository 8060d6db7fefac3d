//! The console, which opens without a verb.

use std::error::Error;
use std::io;

use crate::app::{ConsoleError, ConsoleOptions, Leaving, NoScreen, console, vocabulary};
use crate::config::{Environment, Overrides, load};

use super::args::ConsoleArgs;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;

/// Opens it, and ends as it ended.
pub(super) async fn run(wanted: ConsoleArgs, context: &Context) -> Exit {
    if context.global.json || context.global.quiet || context.global.timeout.is_some() {
        let why = "--json, --quiet and --timeout are for verbs; without a verb the console opens";
        return context.report(&Failure::Usage(why.into()));
    }
    let options = match options(wanted, context) {
        Ok(options) => options,
        Err(failure) => return context.report(&failure),
    };
    match console(options).await {
        Ok(Leaving::Quit) => Exit::Done,
        Ok(Leaving::Signal(signal)) => signal.into(),
        Err(error) => context.report(&failure(error)),
    }
}

/// The settings, the environment, and what the command line says over both.
fn overrides(wanted: ConsoleArgs, context: &Context) -> Overrides {
    let yes = |flag: bool| flag.then_some(true);
    Overrides {
        settings: context.global.settings.clone(),
        read_only: yes(wanted.read_only),
        ascii: yes(wanted.ascii),
        mouse: wanted.no_mouse.then_some(false),
        colours: None,
    }
}

fn options(wanted: ConsoleArgs, context: &Context) -> Result<ConsoleOptions, Failure> {
    let loaded = load(&Environment::from_process(), &overrides(wanted, context), &vocabulary())?;
    Ok(ConsoleOptions {
        hosts: context.global.host.clone(),
        demo: wanted.demo,
        ..ConsoleOptions::of(&loaded)?
    })
}

fn failure(error: ConsoleError) -> Failure {
    match error {
        ConsoleError::NoScreen(why @ (NoScreen::Dumb(_) | NoScreen::NoTerminal(_))) => {
            Failure::Usage(format!("{why}; the verbs need none, see --help"))
        }
        error => {
            let source = error.source().map_or_else(String::new, |source| format!(": {source}"));
            Failure::Here {
                doing: "run the console".into(),
                source: io::Error::other(format!("{error}{source}")),
            }
        }
    }
}
