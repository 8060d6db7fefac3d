//! Watching the builds of one container to their ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::task::AbortOnDropHandle;

use crate::actions::{Aftermath, Outcome, Report, Verb};
use crate::builds::{BuildNews, Histories, WatchedBuild, watch};
use crate::cli::connect::Engine;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Ended, Failure};
use crate::engine::{ContainerId, EngineError, ErrorKind, ObjectKind};

use super::exit_of;
use super::json::Place;
use super::presence::absence;
use super::show::Show;
use super::telling::Telling;

/// How many pieces of news may wait; while they do, nothing more is read of the builds.
const NEWS: usize = 64;
/// A build of which nothing was heard for so long is given up: it is looked at every five seconds.
const LOST: Duration = Duration::from_secs(120);

/// The builds of one container.
#[derive(Debug)]
pub(super) struct OfContainer<'a> {
    context: &'a Context,
    show: &'a Show<'a>,
    engine: &'a Engine,
    id: ContainerId,
    place: Place,
    /// Those that run; at most eight.
    builds: Vec<Telling<'a>>,
    is_any_seen: bool,
    /// Whether there ever were several at once.
    are_several: bool,
    /// The worst end of those that have ended.
    exit: Exit,
}

impl<'a> OfContainer<'a> {
    /// With nothing known yet.
    pub(super) fn new(
        context: &'a Context,
        show: &'a Show<'a>,
        engine: &'a Engine,
        id: ContainerId,
        name: String,
    ) -> Self {
        let place = Place { engine: engine.endpoint(), container: name, id: id.as_str().to_owned() };
        let exit = Exit::Done;
        Self {
            context,
            show,
            engine,
            id,
            place,
            builds: Vec::new(),
            is_any_seen: false,
            are_several: false,
            exit,
        }
    }

    /// How many builds run, for all that is known.
    pub(super) fn running(&self) -> usize {
        self.builds.len()
    }

    /// Watches until no build runs any more; how they ended.
    ///
    /// # Errors
    /// When none runs and none begins within `wait`, when it cannot be watched, or when nothing can be printed.
    pub(super) async fn watch(&mut self, wait: Duration, histories: Arc<dyn Histories>) -> Ended {
        let call = self.context.untold_call(Verb::Wait);
        let deadline = call.limits.and_then(|limits| limits.deadline);
        let began = Instant::now();
        tokio::select! {
            biased;
            () = call.cancel.cancelled() => Err(Failure::Cancelled),
            ended = self.through(wait, histories) => ended,
            () = until(deadline.map(|limit| began + limit)) => Err(self.timed_out(began.elapsed(), deadline)),
        }
    }

    async fn through(&mut self, wait: Duration, histories: Arc<dyn Histories>) -> Ended {
        let (told, mut news) = mpsc::channel(NEWS);
        let watching = watch(self.engine.supervised.clone(), self.id.clone(), histories, told);
        // Of its own: what is told is to be taken while it looks.
        let _watching = AbortOnDropHandle::new(tokio::spawn(watching));
        let (show, engine, id) = (self.show, self.engine, self.id.clone());
        let name = self.place.container.clone();
        let mut absent = std::pin::pin!(absence(show, engine, &id, &name, wait));
        let mut heard = Instant::now();
        loop {
            let (due, is_any_seen) = (self.due(), self.is_any_seen);
            tokio::select! {
                biased;
                told = news.recv() => match told {
                    Some(BuildNews::Printed(..)) => {}
                    Some(BuildNews::Read(build)) => {
                        heard = Instant::now();
                        self.take(build)?;
                        if self.builds.is_empty() {
                            return Ok(self.exit);
                        }
                    }
                    Some(BuildNews::Trouble(build, why)) => {
                        let known = self.builds.iter_mut().find(|known| *known.build.id() == build);
                        if let Some(known) = known {
                            known.trouble(why, &self.place)?;
                        }
                    }
                    None if self.is_any_seen => return Ok(self.exit.worst(Exit::BuildBrokeOff)),
                    None => return Err(self.failed(ErrorKind::NotFound, "").into()),
                },
                why = &mut absent, if !is_any_seen => return Err(why),
                () = until(due) => self.flush()?,
                () = sleep_until(heard + LOST), if is_any_seen => {
                    let why = "nothing has been heard of it for two minutes; for all that is known, its build goes on";
                    return Err(self.failed(ErrorKind::Unreachable, why).into());
                }
            }
        }
    }

    fn take(&mut self, build: Arc<WatchedBuild>) -> Ended<()> {
        self.is_any_seen = true;
        let at = self.builds.iter().position(|known| known.build.id() == build.id()).unwrap_or_else(|| {
            self.builds.push(Telling::new(self.show, build.clone()));
            self.builds.len() - 1
        });
        self.are_several |= self.builds.len() > 1;
        let (ended, outcome) = (build.ended, build.build.outcome());
        if let Some(known) = self.builds.get_mut(at) {
            known.take(build, &self.place, self.are_several)?;
        }
        if ended.is_some() {
            self.builds.remove(at);
            self.exit = self.exit.worst(exit_of(outcome));
        }
        Ok(())
    }

    fn due(&self) -> Option<Instant> {
        self.builds.iter().filter_map(Telling::due).min()
    }

    fn flush(&mut self) -> Ended<()> {
        self.builds.iter_mut().try_for_each(|build| build.flush(&self.place))
    }

    /// Nobody watches what runs any more.
    pub(super) fn leave(&mut self) -> Ended<()> {
        self.builds.iter_mut().try_for_each(|build| build.leave(&self.place))
    }

    fn timed_out(&self, elapsed: Duration, deadline: Option<Duration>) -> Failure {
        let aftermath = match self.running() {
            0 => Aftermath::Clear,
            1 => Aftermath::GoesOn("its build goes on".into()),
            _ => Aftermath::GoesOn("its builds go on".into()),
        };
        let object = self.place.container.clone();
        let outcome = Outcome::TimedOut;
        Failure::Action(Box::new(Report {
            verb: Verb::Wait,
            object,
            outcome,
            aftermath,
            attempts: 1,
            elapsed,
            deadline,
        }))
    }

    fn failed(&self, kind: ErrorKind, words: &str) -> EngineError {
        EngineError::new("watch", kind).on(ObjectKind::Container, &self.place.container).saying(words)
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
