//! What every verb is given: the options, the supervisor, where to print, and the engines.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::OnceCell;

use crate::actions::{Call, Limits, Progress, Supervisor, Verb};

use super::args::Global;
use super::connect::{Engine, Engines, connect};
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::output::{Drain, Screen, Table, document, note_of};
use super::signals::Shutdown;

/// One call of the program.
#[derive(Debug)]
pub(crate) struct Context {
    /// The options of every verb.
    pub(crate) global: Global,
    /// Runs the actions.
    pub(crate) supervisor: Supervisor,
    /// The signals.
    pub(crate) shutdown: Shutdown,
    /// Where to print.
    pub(crate) screen: Arc<Screen>,
    connected: OnceLock<Instant>,
    engines: OnceCell<Engines>,
}

/// The least time what a timed out action left is looked after, however short `--timeout` is: an engine that is
/// well shows a late create within two seconds.
const LEAST_SETTLE: Duration = Duration::from_secs(3);

/// How long output that was received before a signal came may still take to be written.
const LAST_OUTPUT: Duration = Duration::from_millis(500);

impl Context {
    /// With nothing connected yet.
    pub(crate) fn new(global: Global, screen: Screen) -> Self {
        Self {
            global,
            supervisor: Supervisor::new(),
            shutdown: Shutdown::default(),
            screen: Arc::new(screen),
            connected: OnceLock::new(),
            engines: OnceCell::new(),
        }
    }

    /// On engines that are open already.
    #[cfg(test)]
    pub(crate) fn on(self, engines: Vec<Engine>) -> Self {
        Self { engines: OnceCell::new_with(Some(Engines::open(engines))), ..self }
    }

    /// The engines, found at the first asking; at least one.
    pub(crate) async fn engines(&self) -> Ended<&[Engine]> {
        Ok(self.every_engine().await?.0)
    }

    /// The engines, and how to end where one that was named did not answer: what the others say is still worth
    /// printing.
    pub(crate) async fn every_engine(&self) -> Ended<(&[Engine], Exit)> {
        let engines = self.engines.get_or_try_init(|| connect(self)).await?;
        self.connected.get_or_init(Instant::now);
        Ok((&engines.open, engines.exit))
    }

    /// The engine that something new is made on: the first one. Where there are several, says which.
    pub(crate) async fn first_engine(&self) -> Ended<&Engine> {
        let engines = self.engines().await?;
        let first = engines.first().ok_or_else(|| Failure::NoEngine(Vec::new()))?;
        if engines.len() > 1 {
            self.note(&format!(
                "on {}, the first of {} engines; --host names another",
                first.label,
                engines.len()
            ));
        }
        Ok(first)
    }

    /// How one action of this verb is bounded and cancelled; its progress is told to nobody.
    pub(crate) fn untold_call(&self, verb: Verb) -> Call {
        let call = self.supervisor.call().abandoned_by(self.shutdown.abandon.clone());
        match self.limits(verb) {
            Some(limits) => call.with_limits(limits),
            None => call,
        }
    }

    /// The same, its progress told as that of this object.
    pub(crate) fn call(&self, verb: Verb, object: &str) -> Call {
        let call = self.untold_call(verb);
        if self.global.quiet || self.global.json {
            return call;
        }
        let (screen, object) = (self.screen.clone(), object.to_owned());
        // What lasts as long as it lasts is never slow, and a note would stand in the midst of its output.
        let lasts = verb.limits().deadline.is_none();
        call.telling(Arc::new(move |progress: Progress| {
            if !(lasts && matches!(progress, Progress::Slow { .. })) {
                screen.tell(&note_of(&object, &progress));
            }
        }))
    }

    /// The limits, where `--timeout` replaces the verb's own: what is left of it.
    fn limits(&self, verb: Verb) -> Option<Limits> {
        let timeout = self.global.timeout?;
        let limits = verb.limits().with_deadline(self.left_of(timeout));
        Some(Limits { settle: limits.settle.min(timeout.max(LEAST_SETTLE)), ..limits })
    }

    /// What is left of a limit that began when the engines had been found; never nothing, so that the call is
    /// made and ends as timed out.
    pub(crate) fn left_of(&self, timeout: Duration) -> Duration {
        let spent = self.connected.get().map_or(Duration::ZERO, Instant::elapsed);
        timeout.saturating_sub(spent).max(Duration::from_millis(1))
    }

    /// Whether people read this: neither `--json` nor `--quiet`.
    pub(crate) fn is_for_people(&self) -> bool {
        !self.global.json && !self.global.quiet
    }

    /// Prints text to standard output.
    pub(crate) fn print(&self, text: &str) -> Ended<()> {
        self.screen.print(text).map_err(Failure::of_output)
    }

    /// Prints a table, or why there is nothing in it (to standard error: it is not part of the answer).
    pub(crate) fn print_table(&self, table: &Table, when_empty: &str) -> Ended<()> {
        if table.is_empty() {
            self.note(when_empty);
            return Ok(());
        }
        self.print(&table.render(self.screen.width, self.screen.coloured))
    }

    /// Prints a line for each id.
    pub(crate) fn print_ids<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Ended<()> {
        let lines: String = ids.into_iter().flat_map(|id| [id, "\n"]).collect();
        self.print(&lines)
    }

    /// Prints a JSON document on a line.
    pub(crate) fn print_json(&self, value: &impl Serialize) -> Ended<()> {
        self.print(&document(value))
    }

    /// Waits until all output is written. A reader that has stopped reading is not waited for long once a
    /// signal has come.
    pub(crate) async fn drained(&self, drain: Drain) -> Ended<()> {
        let signal = async {
            self.supervisor.call().cancel.cancelled().await;
            tokio::time::sleep(LAST_OUTPUT).await;
        };
        tokio::select! {
            biased;
            written = drain.finish() => written.map_err(Failure::of_output),
            () = signal => Ok(()),
        }
    }

    /// Says something on standard error, to people.
    pub(crate) fn note(&self, line: &str) {
        if self.is_for_people() {
            self.screen.tell(line);
        }
    }

    /// Says what went wrong on standard error; the exit code of it.
    pub(crate) fn report(&self, failure: &Failure) -> Exit {
        if failure.is_silent() {
        } else if self.global.json {
            let line = document(&serde_json::json!({ "error": failure.to_json() }));
            self.screen.tell(line.trim_end());
        } else {
            self.screen.tell(&failure.lines(self.screen.err_coloured));
        }
        failure.exit(self.shutdown.exit())
    }
}
