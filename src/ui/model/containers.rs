//! The containers of all engines: what is known of each, which are shown and in what order, which are marked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::actions::cleanup::{ManagedBy, Rules};
use crate::builds::{Limits, Memory, WatchedBuild, Worry};
use crate::engine::{Container, ContainerDetails, ContainerState, Stats};
use crate::text::{clean, fit};
use crate::ui::{ContainerKey, EngineId, Problem, VolumeKey};

use super::{Builds, Column, Cursor, Matcher, Sort, StatsHistory};

/// How often the list is put in order anew while only figures change: rows that jump cannot be read.
const REORDER: Duration = Duration::from_secs(2);

/// How old figures may be that still count.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// What is known of a container.
#[derive(Debug)]
pub struct Row {
    /// Which.
    pub key: ContainerKey,
    /// As the engine last listed it.
    pub container: Container,
    /// Why it is managed, where it is.
    pub managed: Option<ManagedBy>,
    /// Counts the changes of `container`: what was asked about an earlier one is out of date.
    pub version: u64,
    /// What it used lately.
    pub stats: StatsHistory,
    /// The builds in it.
    pub builds: Builds,
    /// All there is to know of it, where that has been asked; as old as `details_of`.
    pub details: Option<Result<Arc<ContainerDetails>, Problem>>,
    /// The `version` that `details` were asked of.
    pub details_of: u64,
}

impl Row {
    /// Whether its last run ended badly, as far as is known.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        let known = match &self.details {
            Some(Ok(details)) if self.details_of == self.version => details.exit_code,
            _ => None,
        };
        let in_words = || {
            let inside = self.container.status.split_once('(')?.1;
            inside.split_once(')')?.0.parse::<i64>().ok()
        };
        self.container.state == ContainerState::Exited
            && known.or_else(in_words).is_some_and(|code| code != 0)
    }

    /// What is known of its memory: what it uses only as long as the figures are fresh.
    fn memory(&self, now: Timestamp) -> Memory {
        let is_fresh = |stats: &&Stats| stats.time.is_none_or(|read| now.duration_since(read).abs() < FRESH);
        let used_of = self.stats.last().filter(is_fresh).map(|stats| (stats.memory.used, stats.memory.limit));
        let oom_killed = match &self.details {
            Some(Ok(details)) if self.details_of == self.version => details.oom_killed,
            _ => false,
        };
        Memory { used_of: used_of.filter(|(_, limit)| *limit > 0), oom_killed }
    }

    /// The build that tells what it is doing, or did last. One that went on when the container ended tells nothing.
    #[must_use]
    pub fn build(&self) -> Option<&WatchedBuild> {
        let build = self.builds.main()?;
        (build.ended.is_some() || self.container.state.is_alive()).then_some(&**build)
    }

    /// Whether its main process lives and can be asked for things.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.container.state == ContainerState::Running
    }
}

/// The list of containers.
#[derive(Debug, Default)]
pub struct Containers {
    rows: BTreeMap<ContainerKey, Row>,
    shown: Vec<ContainerKey>,
    /// The cursor, on the rows shown.
    pub cursor: Cursor<ContainerKey>,
    marked: BTreeSet<ContainerKey>,
    /// What is typed to narrow the list; all match an empty one.
    pub filter: String,
    /// Only the containers that use this volume of this engine.
    pub using: Option<VolumeKey>,
    /// Whether what does not run is shown.
    pub show_stopped: bool,
    /// The order.
    pub sort: Sort,
    ordered_at: Duration,
    is_stale: bool,
    /// How many containers use each volume; counted when a list comes, not when it is drawn.
    users: BTreeMap<VolumeKey, usize>,
    alive: usize,
    widest_name: usize,
    /// Whether any that is shown has a build.
    has_builds: bool,
}

impl Containers {
    /// Takes all containers of an engine. What is known of those that are still there stays.
    pub fn replace(&mut self, engine: EngineId, listed: Vec<Container>, rules: &Rules) {
        let mut before = std::mem::take(&mut self.rows);
        let (mut of_engine, others): (BTreeMap<_, _>, BTreeMap<_, _>) = {
            let is_of_engine = |key: &ContainerKey| key.engine == engine;
            let keys: Vec<_> = before.keys().filter(|key| is_of_engine(key)).cloned().collect();
            let of_engine = keys.iter().filter_map(|key| before.remove_entry(key)).collect();
            (of_engine, before)
        };
        self.rows = others;
        for container in listed {
            let key = ContainerKey { engine, id: container.id.clone() };
            let managed = rules.managed_container(&container);
            let row = match of_engine.remove(&key) {
                Some(mut row) => {
                    if row.container != container {
                        // The engine's words for how long it has been running are no change of it.
                        let differs = Container { status: container.status.clone(), ..row.container.clone() };
                        row.version +=
                            u64::from(differs != container || row.container.state != container.state);
                        if !container.state.is_alive() {
                            row.stats.clear();
                        }
                        row.container = container;
                    }
                    Row { managed, ..row }
                }
                None => Row {
                    key: key.clone(),
                    container,
                    managed,
                    version: 1,
                    stats: StatsHistory::default(),
                    builds: Builds::default(),
                    details: None,
                    details_of: 0,
                },
            };
            self.rows.insert(key, row);
        }
        let rows = &self.rows;
        self.marked.retain(|key| rows.contains_key(key));
        self.is_stale = true;
        self.count_up();
    }

    fn count_up(&mut self) {
        self.alive = self.rows.values().filter(|row| row.container.state.is_alive()).count();
        self.users.clear();
        for row in self.rows.values() {
            let names: BTreeSet<&String> =
                row.container.mounts.iter().filter_map(|mount| mount.volume.as_ref()).collect();
            for name in names {
                let key = VolumeKey { engine: row.key.engine, name: name.clone() };
                *self.users.entry(key).or_default() += 1;
            }
        }
    }

    /// Takes what is known of one.
    pub fn set_details(&mut self, key: &ContainerKey, details: Result<Box<ContainerDetails>, Problem>) {
        if let Some(row) = self.rows.get_mut(key) {
            row.details = Some(details.map(Arc::from));
            row.details_of = row.version;
        }
    }

    /// Takes a reading.
    pub fn push_stats(&mut self, key: &ContainerKey, stats: Stats) {
        if let Some(row) = self.rows.get_mut(key)
            && row.container.state.is_alive()
        {
            row.stats.push(stats);
        }
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, key: &ContainerKey) -> Option<&Row> {
        self.rows.get(key)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// How many there are, shown or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// How many of them are alive.
    #[must_use]
    pub fn alive(&self) -> usize {
        self.alive
    }

    /// How many use a volume, running or not.
    #[must_use]
    pub fn users(&self, volume: &VolumeKey) -> usize {
        self.users.get(volume).copied().unwrap_or(0)
    }

    /// Cells of the longest name that is shown.
    #[must_use]
    pub fn widest_name(&self) -> usize {
        self.widest_name
    }

    /// Whether any that is shown has a build.
    #[must_use]
    pub fn has_builds(&self) -> bool {
        self.has_builds
    }

    /// How many builds go on in all of them.
    #[must_use]
    pub fn running_builds(&self) -> usize {
        let alive = self.rows.values().filter(|row| row.container.state.is_alive());
        alive.map(|row| row.builds.running()).sum()
    }

    /// Looks after the builds of those that run, and gives what is to be told now: the container's name, the build and
    /// what there is to worry about.
    pub fn watch(&mut self, limits: &Limits, now: Timestamp) -> Vec<(String, Arc<WatchedBuild>, Worry)> {
        let mut news = Vec::new();
        for row in self.rows.values_mut().filter(|row| !row.builds.all().is_empty()) {
            let memory = row.memory(now);
            let told = row.builds.watch(limits, memory, now);
            news.extend(told.into_iter().map(|(build, worry)| (row.container.name.clone(), build, worry)));
        }
        news
    }

    /// The builds of one, to change them: which are shown, and in what order, may change with them.
    pub fn builds_mut(&mut self, key: &ContainerKey) -> Option<&mut Builds> {
        let builds = &mut self.rows.get_mut(key)?.builds;
        self.is_stale |= builds.all().is_empty();
        Some(builds)
    }

    /// The one of this name at an engine.
    #[must_use]
    pub fn named(&self, engine: EngineId, name: &str) -> Option<&Row> {
        self.rows.values().find(|row| row.key.engine == engine && row.container.name == name)
    }

    /// The ones shown, in order.
    #[must_use]
    pub fn shown(&self) -> &[ContainerKey] {
        &self.shown
    }

    /// The one under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<&Row> {
        self.rows.get(self.cursor.selected()?)
    }

    /// What an action is about: all that are marked, else the one under the cursor.
    #[must_use]
    pub fn targets(&self) -> Vec<&Row> {
        let marked: Vec<&Row> = self.marked.iter().filter_map(|key| self.rows.get(key)).collect();
        if marked.is_empty() { self.selected().into_iter().collect() } else { marked }
    }

    /// Whether one is marked.
    #[must_use]
    pub fn is_marked(&self, key: &ContainerKey) -> bool {
        self.marked.contains(key)
    }

    /// How many are marked.
    #[must_use]
    pub fn marked(&self) -> usize {
        self.marked.len()
    }

    /// Marks or unmarks the one under the cursor.
    pub fn toggle_mark(&mut self) {
        if let Some(key) = self.cursor.selected().cloned()
            && !self.marked.remove(&key)
        {
            self.marked.insert(key);
        }
    }

    /// Marks all that are shown; where all of them are marked, unmarks them.
    pub fn mark_all(&mut self) {
        if self.shown.iter().all(|key| self.marked.contains(key)) {
            self.marked.clear();
        } else {
            self.marked.extend(self.shown.iter().cloned());
        }
    }

    /// Marks what is shown and not marked, and unmarks what is.
    pub fn invert_marks(&mut self) {
        let inverted = self.shown.iter().filter(|key| !self.marked.contains(*key)).cloned().collect();
        self.marked = inverted;
    }

    /// Unmarks all.
    pub fn clear_marks(&mut self) {
        self.marked.clear();
    }

    /// Moves the cursor.
    pub fn step(&mut self, by: isize) {
        self.cursor.step(&self.shown, by);
    }

    /// Moves what is shown.
    pub fn scroll(&mut self, by: isize, height: usize) {
        self.cursor.scroll(&self.shown, by, height);
    }

    /// Something that decides which are shown, or in what order, has changed.
    pub fn touch(&mut self) {
        self.is_stale = true;
    }

    /// Puts the list in order where it is due, and the cursor in it.
    pub fn settle(&mut self, now: Duration, height: usize, matcher: &Matcher) {
        let builds =
            self.has_builds && matches!(self.sort.column, Column::Doing | Column::Eta | Column::Failures);
        let figures = builds || matches!(self.sort.column, Column::Cpu | Column::Memory);
        if self.is_stale || (figures && now.saturating_sub(self.ordered_at) >= REORDER) {
            let is_shown = |row: &Row| {
                (self.show_stopped || row.container.state.is_alive())
                    && self.using.as_ref().is_none_or(|volume| {
                        row.key.engine == volume.engine
                            && row
                                .container
                                .mounts
                                .iter()
                                .any(|mount| mount.volume.as_ref() == Some(&volume.name))
                    })
                    && matcher.is_match(
                        &self.filter,
                        &[&row.container.name, &row.container.image, &row.container.status],
                    )
            };
            let mut shown: Vec<&Row> = self.rows.values().filter(|row| is_shown(row)).collect();
            shown.sort_by(|a, b| self.sort.compare(a, b));
            self.widest_name =
                shown.iter().map(|row| fit::width(&clean(&row.container.name))).max().unwrap_or(0);
            self.has_builds = shown.iter().any(|row| row.build().is_some());
            self.shown = shown.into_iter().map(|row| row.key.clone()).collect();
            self.is_stale = false;
            self.ordered_at = now;
        }
        self.cursor.settle(&self.shown, height);
    }
}
