//! The console, which opens without a verb.

use std::error::Error;
use std::io;

use crate::app::{ConsoleError, ConsoleOptions, Leaving, NoScreen, console};

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
    match console(options(wanted, context)).await {
        Ok(Leaving::Quit) => Exit::Done,
        Ok(Leaving::Signal(signal)) => signal.into(),
        Err(error) => context.report(&failure(error)),
    }
}

fn options(wanted: ConsoleArgs, context: &Context) -> ConsoleOptions {
    let mut options =
        ConsoleOptions { hosts: context.global.host.clone(), demo: wanted.demo, ..ConsoleOptions::default() };
    options.options.read_only = wanted.read_only;
    options.options.mouse = !wanted.no_mouse;
    options.look.is_ascii = wanted.ascii;
    // See no-color.org: any value counts but the empty one.
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        options.look = options.look.without_colours();
    }
    options
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
