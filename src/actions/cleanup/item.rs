//! The things a cleanup is about, and why each goes or stays.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::{ContainerId, ContainerState, Volume};

use super::rules::{ManagedBy, Protection};

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// A container.
    Container,
    /// A volume somebody named.
    Volume,
    /// A volume the engine named, made with a container that asked for one.
    AnonymousVolume,
    /// An image no tag points to.
    Image,
    /// What is kept of a session that is over, in a container that runs.
    Session,
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Container => "container",
            Self::Volume => "volume",
            Self::AnonymousVolume => "anonymous volume",
            Self::Image => "image",
            Self::Session => "session",
        })
    }
}

/// Which thing it is, within one engine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId {
    /// Its kind.
    pub kind: ItemKind,
    /// The full id of a container or image; the name of a volume; of a session its container's id, a blank, and the path
    /// of its record.
    pub id: String,
}

/// A thing as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub id: ItemId,
    /// Its name for people.
    pub name: String,
    /// A container's state.
    pub state: Option<ContainerState>,
    /// Bytes on disk: a container's own layer, what is in a volume, an image with the layers it shares. `None`
    /// where the engine did not say, or not in time.
    pub size: Option<u64>,
    /// When it was made, where the engine says. For a volume some engines (Docker 20.10 among them) tell when
    /// its top directory last changed instead.
    pub created: Option<Timestamp>,
    /// When a container last ended.
    pub ended: Option<Timestamp>,
    /// Why it is protected, where it is.
    pub protected: Option<Protection>,
}

impl Item {
    /// How long ago it was made or, for a container that has ended, how long ago it ended.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Option<Duration> {
        let since = self.ended.max(self.created)?;
        Some(Duration::try_from(now.duration_since(since)).unwrap_or_default())
    }
}

/// Something that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// What.
    pub item: Item,
    /// Why.
    pub why: RemovalReason,
    /// The containers that use it: it only goes once they are gone.
    pub after: Vec<ContainerId>,
    /// The volume as it was, to know it again.
    pub(super) volume: Option<Volume>,
}

impl Removal {
    /// A session that is over: for whoever knows sessions to remove, for [`execute`](super::execute) leaves it alone.
    #[must_use]
    pub fn of_session(item: Item, words: String) -> Self {
        Self { item, why: RemovalReason::Over(words), after: Vec::new(), volume: None }
    }
}

/// Something that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What.
    pub item: Item,
    /// Why.
    pub why: KeepReason,
}

/// Why something goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemovalReason {
    /// A managed container that does not run.
    Stopped(ManagedBy),
    /// A managed container that runs, and running ones were asked for.
    Running(ManagedBy),
    /// A volume used by nothing but containers that go; their names.
    OnlyUsedBy(Vec<String>),
    /// A managed volume nobody uses.
    Unused(ManagedBy),
    /// An image without a tag that nothing uses.
    Untagged,
    /// A session that is over: how it ended, and what it was.
    Over(String),
}

impl fmt::Display for RemovalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped(by) => write!(f, "{by}, not running"),
            Self::Running(by) => write!(f, "{by}, running: will be stopped first"),
            Self::OnlyUsedBy(names) => write!(f, "only {} used it", in_words(names)),
            Self::Unused(by) => write!(f, "{by}, nobody uses it"),
            Self::Untagged => f.write_str("no tag, nobody uses it"),
            Self::Over(words) => f.write_str(words),
        }
    }
}

/// Why something stays.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeepReason {
    /// It is protected and was not named.
    Protected(Protection),
    /// It runs, and running ones were not asked for.
    Running(ContainerState),
    /// Containers that stay use it; their names.
    InUse(Vec<String>),
    /// Not old enough.
    TooYoung,
    /// An age was asked for and it has none that is known.
    AgeUnknown,
    /// Somebody is removing it already.
    BeingRemoved,
    /// This program does not know the state it is in.
    StateUnknown,
    /// Volumes of this kind were not asked for.
    VolumesNotWanted,
    /// It was named and is not ours to remove.
    NotManaged,
}

impl KeepReason {
    /// One word for programs to read.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Protected(_) => "protected",
            Self::Running(_) => "running",
            Self::InUse(_) => "in-use",
            Self::TooYoung => "too-young",
            Self::AgeUnknown => "age-unknown",
            Self::BeingRemoved => "being-removed",
            Self::StateUnknown => "state-unknown",
            Self::VolumesNotWanted => "volumes-not-wanted",
            Self::NotManaged => "not-managed",
        }
    }
}

impl fmt::Display for KeepReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protected(why) => why.fmt(f),
            Self::Running(state) => state.fmt(f),
            Self::InUse(by) => write!(f, "in use by {}", in_words(by)),
            Self::TooYoung => f.write_str("not old enough"),
            Self::AgeUnknown => f.write_str("nobody knows how old it is"),
            Self::BeingRemoved => f.write_str("is being removed already"),
            Self::StateUnknown => f.write_str("in a state this program does not know"),
            Self::VolumesNotWanted => f.write_str("volumes like it were not asked for"),
            Self::NotManaged => f.write_str("not managed: neither our label nor a rule of yours"),
        }
    }
}

/// At most three names, and how many more.
pub(super) fn in_words(names: &[String]) -> String {
    let shown = names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(3) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_counted() {
        let names = |n: usize| (1..=n).map(|n| format!("c{n}")).collect::<Vec<_>>();
        assert_eq!(in_words(&names(3)), "c1, c2, c3");
        assert_eq!(in_words(&names(5)), "c1, c2, c3 and 2 more");
    }
}
