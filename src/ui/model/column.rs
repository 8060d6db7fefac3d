//! The columns of the list of containers: which there are, how they sort, and which go first when there is no room.

use std::cmp::Ordering;
use std::fmt;
use std::time::Duration;

use super::{Row, builds};

/// A column of the list of containers. The state's glyph stands before the first column always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// Its name. Never left out.
    Name,
    /// What it is doing: how far its build is, or the engine's own words for its state.
    Doing,
    /// How long its build will take yet. Only where any has a build.
    Eta,
    /// How many tasks of its build have failed. Only where any has a build.
    Failures,
    /// Per cent of one processor.
    Cpu,
    /// Memory in use.
    Memory,
    /// How long ago it was made.
    Age,
    /// The image.
    Image,
    /// The engine, where there are several.
    Engine,
    /// The beginning of its id.
    Id,
}

impl Column {
    /// All there are, in the order they are shown in when the settings say nothing else.
    pub const ALL: &[Self] = &[
        Self::Name,
        Self::Doing,
        Self::Eta,
        Self::Failures,
        Self::Cpu,
        Self::Memory,
        Self::Age,
        Self::Image,
        Self::Engine,
        Self::Id,
    ];

    /// The ones shown when the settings say nothing else.
    pub const SHOWN: &[Self] = &[
        Self::Name,
        Self::Doing,
        Self::Eta,
        Self::Failures,
        Self::Cpu,
        Self::Memory,
        Self::Age,
        Self::Image,
        Self::Engine,
    ];

    /// The order in which columns go when there is no room: the first goes first, and the name never.
    pub const LEAVE: &[Self] = &[
        Self::Id,
        Self::Engine,
        Self::Image,
        Self::Age,
        Self::Memory,
        Self::Cpu,
        Self::Failures,
        Self::Eta,
        Self::Doing,
    ];

    /// Its name in the settings file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Doing => "doing",
            Self::Eta => "eta",
            Self::Failures => "failures",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Age => "age",
            Self::Image => "image",
            Self::Engine => "engine",
            Self::Id => "id",
        }
    }

    /// The column of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.name() == name)
    }

    /// Whether more is more interesting: such columns sort from the highest down at first.
    #[must_use]
    pub fn sorts_down(self) -> bool {
        matches!(self, Self::Failures | Self::Cpu | Self::Memory | Self::Age)
    }

    /// How two rows compare by this column.
    #[must_use]
    pub fn compare(self, a: &Row, b: &Row) -> Ordering {
        let used = |row: &Row, of: fn(super::Reading) -> f64| row.stats.newest().map_or(-1.0, of);
        match self {
            Self::Name => a.container.name.cmp(&b.container.name),
            // The engine's words change all the time: only whether it runs sorts, and how far a build is.
            Self::Doing => {
                let build = |row: &Row| row.build().map_or(u32::MAX, builds::rank);
                rank(a).cmp(&rank(b)).then_with(|| build(a).cmp(&build(b)))
            }
            // Those of which nothing is known come last.
            Self::Eta => {
                let likely = |row: &Row| match row.build() {
                    Some(build) if build.ended.is_none() => build.remaining.map(|left| left.likely),
                    _ => None,
                };
                likely(a).unwrap_or(Duration::MAX).cmp(&likely(b).unwrap_or(Duration::MAX))
            }
            Self::Failures => {
                let failed = |row: &Row| row.build().map(|build| builds::failed(&build.build));
                failed(a).cmp(&failed(b))
            }
            Self::Cpu => used(a, |one| one.cpu).total_cmp(&used(b, |one| one.cpu)),
            #[expect(clippy::cast_precision_loss, reason = "only compared")]
            Self::Memory => used(a, |one| one.memory as f64).total_cmp(&used(b, |one| one.memory as f64)),
            // The oldest is the one with the most age.
            Self::Age => b.container.created.cmp(&a.container.created),
            Self::Image => a.container.image.cmp(&b.container.image),
            Self::Engine => a.key.engine.cmp(&b.key.engine),
            Self::Id => a.key.id.cmp(&b.key.id),
        }
    }
}

/// What runs before what does not.
fn rank(row: &Row) -> u8 {
    use crate::engine::ContainerState as S;
    match row.container.state {
        S::Running => 0,
        S::Paused | S::Restarting | S::Stopping => 1,
        S::Created => 3,
        _ => 2,
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By this column.
    pub column: Column,
    /// From the highest down.
    pub descending: bool,
}

impl Default for Sort {
    /// What runs first, each by name.
    fn default() -> Self {
        Self { column: Column::Doing, descending: false }
    }
}

impl Sort {
    /// How two rows compare. Never equal but for the same row, so that nothing jumps about.
    #[must_use]
    pub fn compare(self, a: &Row, b: &Row) -> Ordering {
        let by_column = self.column.compare(a, b);
        let by_column = if self.descending { by_column.reverse() } else { by_column };
        by_column.then_with(|| a.container.name.cmp(&b.container.name)).then_with(|| a.key.cmp(&b.key))
    }
}
