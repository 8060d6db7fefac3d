//! What the screen needs to be told of just now. The loop compares it with what is being listened to, and begins and
//! ends streams accordingly: nothing is asked for that nobody sees.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::builds::BuildId;
use crate::engine::{Feature, labels};
use crate::logs::{LineNumber, LogReader, Query};
use crate::sessions::{Build, SessionId};

use super::layout::Layout;
use super::model::{Containers, LogView, MergedView, Model, Tab};
use super::{ContainerKey, EngineId, LookId, MergeId, SessionTabId, TaskLogId};

/// How many streams of figures are open at once; each costs its engine a little.
pub const STATS: usize = 24;
/// How many containers are watched for builds at once; each costs its engine a little.
pub const WATCHED: usize = 64;

/// What the screen needs to be told of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What these use, once a second.
    pub stats: BTreeSet<ContainerKey>,
    /// The logs of these, followed.
    pub logs: BTreeSet<ContainerKey>,
    /// Everything about this one, as it is since its `version` changed last.
    pub details: Option<(ContainerKey, u64)>,
    /// The processes of this one, again and again.
    pub processes: Option<ContainerKey>,
    /// What things take on disk at these.
    pub sizes: BTreeSet<EngineId>,
    /// The commands that were run in containers of this name, and what was built of this build file.
    pub histories: BTreeSet<String>,
    /// What the log that is shown is to be looked through for: a search and a filter at most.
    pub looking: Vec<Looking>,
    /// Logs that are to be merged by time.
    pub merged: Option<Merging>,
    /// The containers that are watched for builds, at most [`WATCHED`].
    pub builds: BTreeSet<ContainerKey>,
    /// The builds whose console logs are kept in a log.
    pub build_logs: BTreeSet<(ContainerKey, BuildId)>,
    /// A task's own log, until all of it is read.
    pub task_log: Option<TaskLogWanted>,
    /// The containers whose sessions are looked for, at most [`WATCHED`].
    pub sessions: BTreeSet<SessionsWanted>,
    /// The sessions whose output is read, until all of it is.
    pub session_logs: BTreeSet<SessionLogWanted>,
    /// How often time is to be told: while something moves, while something counts seconds, or not at all.
    pub ticks: Ticks,
}

/// A task's own log that is to be read. It is told as [`ContainerNews::TaskLog`](super::ContainerNews::TaskLog).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLogWanted {
    /// Another each time one is opened.
    pub id: TaskLogId,
    /// The container, running or not.
    pub key: ContainerKey,
    /// The build.
    pub build: BuildId,
    /// Where it lies in the container, where that is known.
    pub path: Option<String>,
    /// Name, version and revision of the recipe, as far as they are known.
    pub pf: Option<String>,
    /// The task; without `do_`, and perhaps cut off, where only its process is known.
    pub task: String,
    /// Its process in the container, where it runs and that is known.
    pub process: Option<u32>,
    /// Whether what it goes on to write is told, too; else it has ended.
    pub follow: bool,
}

/// A container whose sessions are looked for. They are told as
/// [`ContainerNews::Sessions`](super::ContainerNews::Sessions).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionsWanted {
    /// The container.
    pub key: ContainerKey,
    /// The directory of it that they are kept in; its usual one where `None`.
    pub kept_in: Option<String>,
    /// One that is there in any case, though it may not be written down yet.
    pub expected: Option<SessionId>,
    /// Whether it runs: in one that does not no more begin, and none goes on.
    pub runs: bool,
}

/// A session whose output is to be read. It is told as
/// [`ContainerNews::SessionLog`](super::ContainerNews::SessionLog).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionLogWanted {
    /// Its tab.
    pub id: SessionTabId,
    /// The container, running or not.
    pub key: ContainerKey,
    /// Which.
    pub session: SessionId,
    /// The directory of the container it is kept in; its usual one where `None`.
    pub kept_in: Option<String>,
    /// Whether its standard error is kept apart, and is to be read, too.
    pub apart: bool,
}

/// A log that is to be looked through, also what comes later. What is found is told as
/// [`Message::Found`](super::Message::Found).
#[derive(Debug, Clone)]
pub struct Looking {
    /// Another for all else that is looked for, and for another log.
    pub id: LookId,
    /// The log.
    pub reader: LogReader,
    /// Which lines of it.
    pub query: Query,
    /// What has been looked through before; where it is empty, where to begin.
    pub covered: Range<LineNumber>,
}

/// How far it was looked does not make it another.
impl PartialEq for Looking {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Looking {}

/// Logs that are to be merged by time, also what comes later. It is told as [`Message::Merged`](super::Message::Merged).
#[derive(Debug, Clone)]
pub struct Merging {
    /// Which tab it is for.
    pub id: MergeId,
    /// The logs that are being read.
    pub sources: Vec<Source>,
}

/// One of several logs that are merged.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its number: its lines are marked with it. 1 or more.
    pub number: u8,
    /// Whose it is.
    pub name: String,
    /// The log.
    pub reader: LogReader,
}

/// The same logs for the same tab.
impl PartialEq for Merging {
    fn eq(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&Source, &Source)| {
            one.number == other.number && one.reader.is_same(&other.reader)
        };
        self.id == other.id
            && self.sources.len() == other.sources.len()
            && self.sources.iter().zip(&other.sources).all(is_same)
    }
}

impl Eq for Merging {}

/// How often time is to be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ticks {
    /// Something on the screen says how long ago it was.
    #[default]
    Seconds,
    /// Something turns.
    Motion,
}

/// What the screen of this model needs to be told of.
#[must_use]
pub fn wanted(model: &Model) -> Wanted {
    let layout = Layout::of(model);
    let is_open = |engine: EngineId| model.engines.get(engine).is_some_and(super::model::Engine::is_open);
    let can = |engine: EngineId, feature: Feature| {
        is_open(engine) && model.engines.why_not(engine, feature).is_none()
    };
    let selected = model.containers.selected();

    let rows = layout.container_rows();
    let visible = model.containers.shown().iter().skip(model.containers.cursor.offset()).take(rows);
    let stats = selected
        .map(|row| &row.key)
        .into_iter()
        .chain(visible)
        .filter(|key| model.containers.get(key).is_some_and(super::model::Row::is_running))
        .filter(|key| can(key.engine, Feature::Stats))
        .take(STATS)
        .cloned()
        .collect();
    // A log that is being followed goes on while its engine is silent or lost: whoever follows it resumes.
    let logs = model.pane.followed().filter(|key| model.engines.why_not(key.engine, Feature::Logs).is_none());
    let details = selected
        .filter(|row| is_open(row.key.engine) && !(row.details.is_some() && row.details_of == row.version))
        .map(|row| (row.key.clone(), row.version));
    let processes = selected
        .filter(|row| model.pane.tab(&row.key) == Tab::Processes && layout.pane.width > 0 && row.is_running())
        .filter(|row| can(row.key.engine, Feature::Top))
        .map(|row| row.key.clone());
    let sizes =
        model.engines.known().map(|engine| engine.id).filter(|engine| can(*engine, Feature::DiskUsage));
    let shown = selected.and_then(|row| model.pane.shown_log(&row.key)).filter(|_| layout.pane.width > 0);
    let task_log = selected
        .filter(|row| layout.pane.width > 0 && model.pane.tab(&row.key) == Tab::TaskLog)
        .and_then(|row| model.pane.task_log(&row.key))
        .filter(|task| task.log.state != super::LogState::Ended && is_open(task.wanted.key.engine));
    let moves = model.actions.running().next().is_some()
        || model.engines.all().any(|engine| matches!(engine.link, super::model::Link::Connecting(_)));
    Wanted {
        stats,
        logs: logs.cloned().collect(),
        details,
        processes,
        sizes: if layout.volumes.width > 0 { sizes.collect() } else { BTreeSet::new() },
        histories: histories(model),
        looking: shown.map(LogView::looking).unwrap_or_default(),
        merged: model.pane.merged().map(MergedView::merging),
        builds: watched(model, layout.container_rows(), |key| can(key.engine, Feature::Top)),
        build_logs: build_logs(model),
        task_log: task_log.map(|task| task.wanted.clone()),
        sessions: sessions(model, layout.container_rows(), |key| can(key.engine, Feature::Archive)),
        session_logs: session_logs(model),
        ticks: if moves { Ticks::Motion } else { Ticks::Seconds },
    }
}

/// The histories that are needed and not told yet.
fn histories(model: &Model) -> BTreeSet<String> {
    let name = model.containers.selected().map(|row| row.container.name.as_str());
    let file = model.dialogs.last().map(|_| build_file(model));
    let names = name.map(str::to_owned).into_iter().chain(file);
    names.filter(|name| !model.histories.is_told(name)).collect()
}

/// The build file that a build begins with: that of the container under the cursor, where it belongs to one.
#[must_use]
pub fn build_file(model: &Model) -> String {
    let row = model.containers.selected();
    let named = row.and_then(|row| row.container.labels.get(labels::FILE));
    named.unwrap_or(&model.options.build_file).clone()
}

/// All containers, those first that are seen first.
fn by_sight(list: &Containers, rows: usize) -> impl Iterator<Item = &ContainerKey> {
    let shown = || list.shown().iter();
    let ordered = list.cursor.selected().into_iter().chain(shown().skip(list.cursor.offset()).take(rows));
    ordered.chain(shown()).chain(list.all().map(|row| &row.key))
}

/// The containers to be watched for builds, those that are seen first: one that runs may have a build at any time.
fn watched(model: &Model, rows: usize, can: impl Fn(&ContainerKey) -> bool) -> BTreeSet<ContainerKey> {
    let list = &model.containers;
    let mut watched = BTreeSet::new();
    for key in by_sight(list, rows) {
        if watched.len() == WATCHED {
            break;
        }
        if list.get(key).is_some_and(super::model::Row::is_running) && can(key) {
            watched.insert(key.clone());
        }
    }
    watched
}

/// The containers that may have sessions: those that run, those that are there for a build, and the one in the pane.
fn sessions(model: &Model, rows: usize, can: impl Fn(&ContainerKey) -> bool) -> BTreeSet<SessionsWanted> {
    let list = &model.containers;
    let mut wanted = BTreeSet::new();
    for key in by_sight(list, rows) {
        if wanted.len() == WATCHED {
            break;
        }
        let Some(row) = list.get(key).filter(|row| can(&row.key)) else { continue };
        let build = Build::of(&row.container);
        let is_over = !row.container.state.is_alive();
        if row.is_running() || (is_over && (build.is_some() || list.cursor.selected() == Some(key))) {
            wanted.insert(SessionsWanted {
                key: key.clone(),
                kept_in: build.as_ref().map(|build| build.kept_in.clone()),
                expected: build.map(|build| build.session).filter(|_| !is_over),
                runs: !is_over,
            });
        }
    }
    wanted
}

/// The sessions that have been looked at lately and are not read to their ends. Reading goes on while an engine is
/// silent or lost: whoever reads resumes.
fn session_logs(model: &Model) -> BTreeSet<SessionLogWanted> {
    let followed = model.pane.followed_sessions().filter(|tab| tab.log.state != super::LogState::Ended);
    let wanted = followed.map(|tab| SessionLogWanted {
        id: tab.id,
        key: tab.container.clone(),
        session: tab.session.id.clone(),
        kept_in: tab.kept_in.clone(),
        apart: tab.has_errors(),
    });
    wanted.collect()
}

/// The console logs that have been looked at lately, of builds that are still known.
fn build_logs(model: &Model) -> BTreeSet<(ContainerKey, BuildId)> {
    let is_known = |key: &ContainerKey, id: &BuildId| {
        model.containers.get(key).is_some_and(|row| row.builds.get(id).is_some())
    };
    let logs = model.pane.build_logs().iter().filter(|log| is_known(&log.container, &log.id));
    logs.map(|log| (log.container.clone(), log.id.clone())).collect()
}
