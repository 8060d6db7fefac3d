//! What every task behind the screen is given.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;

use crate::actions::cleanup::Rules;
use crate::actions::{Call, Limits, Supervisor, Verb};
use crate::builds::Histories;
use crate::logs::{Log, LogReader, LogWriter};
use crate::ui::{EngineId, Wanted};

use super::clock::Clock;
use super::connect::Opening;
use super::link::Links;
use super::outbox::Outbox;
use super::own_log::OwnLog;

/// What every task behind the screen is given. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Wires {
    /// To the loop.
    pub(crate) outbox: Outbox,
    /// The clock.
    pub(crate) clock: Clock,
    /// Over everything the engines are asked.
    pub(crate) supervisor: Supervisor,
    /// Limits of verbs that the user has set.
    pub(crate) limits: Arc<BTreeMap<Verb, Limits>>,
    /// Which containers and volumes are ours, and what is protected.
    pub(crate) rules: Arc<Rules>,
    /// How long what is kept of a session that is over stays before a cleanup takes it.
    pub(crate) keep_sessions: std::time::Duration,
    /// The most bytes kept of a log, and where.
    pub(crate) log_limit: u64,
    pub(crate) log_directory: Arc<Path>,
    /// The user's command for what happens to builds.
    pub(crate) announce: Option<Arc<str>>,
    /// The engines.
    pub(crate) links: Links,
    /// What the screen needs to be told of.
    pub(crate) wanted: watch::Receiver<Wanted>,
    /// How an endpoint is opened.
    pub(crate) open: Opening,
    /// What earlier builds took.
    pub(crate) histories: Arc<dyn Histories>,
    /// The console's own log.
    pub(crate) log: OwnLog,
}

impl Wires {
    /// A log that is gone with the program.
    pub(crate) fn new_log(&self) -> (LogWriter, LogReader) {
        Log::temporary(&self.log_directory, self.log_limit)
    }

    /// How a request of the console's own is bounded: by the limits of its verb.
    pub(crate) fn call(&self, verb: Verb) -> Call {
        let call = self.supervisor.call();
        match self.limits.get(&verb) {
            Some(limits) => call.with_limits(*limits),
            None => call,
        }
    }

    /// A line in the console's own log about an engine.
    pub(crate) fn note(&self, engine: EngineId, words: &str) {
        self.log.note(&format!("engine {}: {words}", engine.0));
    }
}
