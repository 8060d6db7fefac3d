//! The engines a call talks to.

use std::fmt;

use crate::actions::{Limits, Supervised, Verb};
use crate::app::connect::{open_any, reach};
use crate::engine::discovery::sockets::is_usual;
use crate::engine::discovery::{Attempt, Environment, candidates, find};
use crate::engine::{EngineKind, ErrorKind, Identity, chain};

use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};

/// An engine that answers.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    /// The engine under the call's supervisor.
    pub(crate) supervised: Supervised,
    /// What it said of itself.
    pub(crate) identity: Identity,
    /// What people tell it by: its kind, with the endpoint where another is of the same kind.
    pub(crate) label: String,
}

impl Engine {
    /// With its kind as the label.
    pub(crate) fn new(supervised: Supervised, identity: Identity) -> Self {
        let label = identity.kind.to_string();
        Self { supervised, identity, label }
    }

    /// Its endpoint, as JSON names it.
    pub(crate) fn endpoint(&self) -> String {
        self.identity.endpoint.to_string()
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.identity.endpoint.fmt(f)
    }
}

/// All engines of a call.
#[derive(Debug)]
pub(crate) struct Engines {
    /// Those that answer, in the order they were named; at least one.
    pub(crate) open: Vec<Engine>,
    /// How a list of all ends where one that was named did not answer.
    pub(crate) exit: Exit,
}

impl Engines {
    /// These answer.
    pub(crate) fn open(mut engines: Vec<Engine>) -> Self {
        let kinds: Vec<EngineKind> = engines.iter().map(|engine| engine.identity.kind).collect();
        for engine in &mut engines {
            if kinds.iter().filter(|kind| **kind == engine.identity.kind).count() > 1 {
                engine.label = format!("{} {}", engine.identity.kind, engine.identity.endpoint);
            }
        }
        Self { open: engines, exit: Exit::Done }
    }
}

/// Finds the engines. One that was named and does not answer is told, and so is one that is there and may not
/// be used; the others are used all the same.
///
/// # Errors
/// [`Failure::NoEngine`] when none answers.
pub(crate) async fn connect(context: &Context) -> Ended<Engines> {
    let (mut open, mut failed) = (Vec::new(), Vec::new());
    for attempt in attempts(context).await {
        match attempt.result {
            Ok(found) => {
                let supervised = Supervised::new(found.manager, context.supervisor.clone());
                open.push(Engine::new(supervised, found.identity));
            }
            Err(error) => {
                let endpoint = attempt.endpoint.map(|endpoint| endpoint.to_string());
                failed.push((endpoint.unwrap_or(attempt.named_by), error));
            }
        }
    }
    if open.is_empty() {
        return Err(if context.shutdown.has_come() { Failure::Cancelled } else { Failure::NoEngine(failed) });
    }
    let mut engines = Engines::open(open);
    for (endpoint, error) in failed {
        if !context.global.host.is_empty() {
            engines.exit = engines.exit.worst(context.report(&Failure::Engine(error)));
        } else if *error.kind() != ErrorKind::Unreachable {
            context.note(&format!("{endpoint} is left out: {}", chain(&error)));
        }
    }
    Ok(engines)
}

/// Tries every endpoint there is to try, all at once, each within the limits of connecting.
pub(crate) async fn attempts(context: &Context) -> Vec<Attempt> {
    // Reads docker's config files, which are small and the user's own.
    let candidates = candidates(&context.global.host, &Environment::from_process());
    find(candidates, |endpoint| async move {
        // Told by nobody: several are tried at once, and most are expected not to be there.
        let call = context.untold_call(Verb::Connect);
        // One that nobody named is mostly not there at all: asking again would only make every call slower.
        let attempts = if is_usual(&endpoint) { 1 } else { call.limits_for(Verb::Connect).attempts };
        let call = call.clone().with_limits(Limits { attempts, ..call.limits_for(Verb::Connect) });
        reach(&context.supervisor, &call, &endpoint, open_any).await
    })
    .await
}
