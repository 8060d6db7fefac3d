//! The builds of one container: what is known of each, and how far it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::bitbake::{Build, Outcome, Phase};
use crate::builds::{BuildId, Limits, Memory, Watchdog, WatchedBuild, Worry};
use crate::ui::Problem;

/// How many builds of a container are kept.
pub const BUILDS: usize = 8;

/// The builds of a container.
#[derive(Debug, Default)]
pub struct Builds {
    /// The newest first.
    kept: Vec<Arc<WatchedBuild>>,
    /// One that could not be read, until it can.
    trouble: Option<(BuildId, Problem)>,
    /// Who watches over those that are kept.
    watched: Vec<Watched>,
    /// How many interrupts this console has sent to one, of those that are kept.
    interrupts: BTreeMap<BuildId, u8>,
}

/// A build that is watched over.
#[derive(Debug)]
struct Watched {
    id: BuildId,
    watchdog: Watchdog,
    worries: Vec<Worry>,
}

impl Builds {
    /// Takes what is known of one now. An ended one goes when another begins in its directory; of more than [`BUILDS`],
    /// the oldest goes that has ended.
    pub fn take(&mut self, build: Arc<WatchedBuild>) {
        let id = build.id().clone();
        if self.trouble.as_ref().is_some_and(|(of, _)| *of == id) {
            self.trouble = None;
        }
        self.kept.retain(|other| *other.id() != id);
        let is_here = |other: &WatchedBuild| other.id().directory == id.directory;
        let is_replaced = build.ended.is_some()
            && self.kept.iter().any(|other| is_here(other) && other.id().began > id.began);
        if is_replaced {
            return;
        }
        self.kept.retain(|other| !(is_here(other) && other.ended.is_some() && other.id().began < id.began));
        let order =
            |build: &WatchedBuild| (std::cmp::Reverse(build.id().began), build.id().directory.clone());
        let at = self.kept.partition_point(|other| order(other) < order(&build));
        self.kept.insert(at, build);
        if self.kept.len() > BUILDS {
            let oldest = self.kept.iter().rposition(|other| other.ended.is_some());
            self.kept.remove(oldest.unwrap_or(BUILDS));
        }
        let kept = &self.kept;
        self.interrupts.retain(|of, _| kept.iter().any(|build| build.id() == of));
    }

    /// At least so many interrupts are sent to one.
    pub fn interrupt(&mut self, id: &BuildId, times: u8) {
        if self.get(id).is_some() {
            let sent = self.interrupts.entry(id.clone()).or_default();
            *sent = times.max(*sent);
        }
    }

    /// How many interrupts were sent to one from here, as far as is known: the next means something else.
    #[must_use]
    pub fn interrupts(&self, id: &BuildId) -> u8 {
        self.interrupts.get(id).copied().unwrap_or_default()
    }

    /// Looks after all of them, and gives what is to be told now.
    pub fn watch(
        &mut self,
        limits: &Limits,
        memory: Memory,
        now: Timestamp,
    ) -> Vec<(Arc<WatchedBuild>, Worry)> {
        let kept = &self.kept;
        self.watched.retain(|watched| kept.iter().any(|build| *build.id() == watched.id));
        let mut news = Vec::new();
        for build in kept {
            let at = self.watched.iter().position(|watched| watched.id == *build.id());
            let at = at.unwrap_or_else(|| {
                let id = build.id().clone();
                let watchdog = Watchdog::new(limits.clone());
                self.watched.push(Watched { id, watchdog, worries: Vec::new() });
                self.watched.len() - 1
            });
            let Some(watched) = self.watched.get_mut(at) else { continue };
            watched.worries = watched.watchdog.look(build, memory, &|task| build.usual(task), now);
            let told = watched.worries.iter().filter(|worry| worry.is_news);
            news.extend(told.map(|worry| (build.clone(), worry.clone())));
        }
        news
    }

    /// What there was to worry about with one when it was last looked after, the gravest first.
    #[must_use]
    pub fn worries(&self, id: &BuildId) -> &[Worry] {
        let watched = self.watched.iter().find(|watched| watched.id == *id);
        watched.map(|watched| watched.worries.as_slice()).unwrap_or_default()
    }

    /// One cannot be read just now, for this reason.
    pub fn fail(&mut self, id: BuildId, problem: Problem) {
        self.trouble = Some((id, problem));
    }

    /// All of them, the newest first.
    #[must_use]
    pub fn all(&self) -> &[Arc<WatchedBuild>] {
        &self.kept
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: &BuildId) -> Option<&Arc<WatchedBuild>> {
        self.kept.iter().find(|build| build.id() == id)
    }

    /// The one that tells what the container is doing: the newest that goes on, else the newest.
    #[must_use]
    pub fn main(&self) -> Option<&Arc<WatchedBuild>> {
        self.kept.iter().find(|build| build.ended.is_none()).or(self.kept.first())
    }

    /// How many go on.
    #[must_use]
    pub fn running(&self) -> usize {
        self.kept.iter().filter(|build| build.ended.is_none()).count()
    }

    /// Why one cannot be read just now.
    #[must_use]
    pub fn trouble(&self, id: &BuildId) -> Option<&Problem> {
        self.trouble.as_ref().filter(|(of, _)| of == id).map(|(_, problem)| problem)
    }
}

/// How a build ended, also where nothing it printed says so; `None` while it goes on.
#[must_use]
pub fn ending(build: &WatchedBuild) -> Option<Outcome> {
    build.ended.map(|_| build.build.outcome().unwrap_or(Outcome::Crashed))
}

/// How many of its tasks have failed.
#[must_use]
pub fn failed(build: &Build) -> u64 {
    build.failures_beyond().saturating_add(build.failures().len() as u64)
}

/// How far its phase is, in whole percent, where that can be told. Not 100 before all of it is done: BitBake counts
/// tasks as they begin.
#[must_use]
pub fn percent(build: &Build) -> Option<u8> {
    let percent = match build.phase() {
        Phase::Parsing => build.parse_percent(),
        Phase::Setscene => build.setscene().percent(),
        Phase::Tasks => build.tasks().percent().map(|percent| percent.min(99)),
        Phase::Finishing | Phase::Finished => build.tasks().percent(),
        Phase::Starting | Phase::LoadingCache | Phase::Resolving | Phase::Initialising => None,
    };
    percent.map(|percent| percent.min(100))
}

/// Where a build comes in a list: what goes on before what has ended, the furthest first; of those that have ended, the
/// failed ones first.
#[must_use]
pub(super) fn rank(build: &WatchedBuild) -> u32 {
    match ending(build) {
        None => {
            let phase = build.build.phase() as u32;
            let done = phase * 101 + u32::from(percent(&build.build).unwrap_or_default());
            10_000_u32.saturating_sub(done)
        }
        Some(outcome) if outcome.is_success() => 20_002,
        Some(Outcome::Interrupted) => 20_001,
        Some(_) => 20_000,
    }
}
