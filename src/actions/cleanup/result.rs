//! What became of each thing a cleanup was to remove.

use std::fmt;
use std::time::Duration;

use crate::actions::{Aftermath, Outcome, Report, Verb};
use crate::engine::{Change, ContainerState};

use super::item::{Item, in_words};
use super::plan::total;

/// How one item ended.
#[derive(Debug)]
pub enum Ending {
    /// The engine was to be asked: the report says with what result. Where it was never asked, the
    /// [aftermath](Report::aftermath) is [`Aftermath::NotBegun`].
    Asked(Report<Change>),
    /// It is no longer what was shown, so it stays.
    Skipped(SkipReason),
}

/// Why something shown was left alone after all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// The container has been started since.
    Started(ContainerState),
    /// The container has another name since.
    Renamed(String),
    /// The volume has changed since, or is another of the same name.
    Changed,
    /// These containers use it, which did not when it was shown.
    InUse(Vec<String>),
    /// These containers use it and have not been removed.
    UserStays(Vec<String>),
    /// A tag points to the image since.
    Tagged(String),
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started(state) => write!(f, "it has been started since: {state}"),
            Self::Renamed(name) => write!(f, "it has been renamed to {name} since"),
            Self::Changed => f.write_str("it has been changed or made anew since"),
            Self::InUse(by) if by.is_empty() => f.write_str("it is in use since"),
            Self::InUse(by) => write!(f, "{} uses it since", in_words(by)),
            Self::UserStays(by) => write!(f, "{} uses it and was not removed", in_words(by)),
            Self::Tagged(tag) => write!(f, "{tag} points to it since"),
        }
    }
}

/// An item and how it ended.
#[derive(Debug)]
pub struct ItemReport {
    /// What, as it was shown.
    pub item: Item,
    /// How it ended.
    pub ending: Ending,
}

impl ItemReport {
    /// Whether it is gone, whoever removed it.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        match &self.ending {
            Ending::Asked(report) => {
                matches!(report.outcome, Outcome::Done(_))
                    || (report.verb != Verb::Stop && matches!(report.aftermath, Aftermath::Happened(_)))
            }
            Ending::Skipped(_) => false,
        }
    }

    /// Whether this cleanup removed it.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        let was_gone = matches!(&self.ending, Ending::Asked(report) if matches!(report.outcome, Outcome::Done(Change::AlreadySo)));
        self.is_gone() && !was_gone
    }

    /// Whether the engine was never asked for it, because of a cancel.
    #[must_use]
    pub fn is_not_begun(&self) -> bool {
        matches!(&self.ending, Ending::Asked(report) if report.aftermath == Aftermath::NotBegun)
    }

    /// One word, for people and programs: `removed`, `gone` (somebody else was first), `skipped`, `not-begun`,
    /// `failed`, `timed-out` or `cancelled` (under way when the cancel came).
    #[must_use]
    pub fn word(&self) -> &'static str {
        match &self.ending {
            Ending::Skipped(_) => "skipped",
            Ending::Asked(_) if self.is_removed() => "removed",
            Ending::Asked(_) if self.is_gone() => "gone",
            Ending::Asked(_) if self.is_not_begun() => "not-begun",
            Ending::Asked(report) => match report.outcome {
                Outcome::Failed(_) => "failed",
                Outcome::TimedOut => "timed-out",
                Outcome::Done(_) | Outcome::Cancelled => "cancelled",
            },
        }
    }

    /// Everything there is to say beside the word: the reason, or the error with all its causes and what was
    /// found afterwards.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        match &self.ending {
            Ending::Skipped(why) => Some(why.to_string()),
            Ending::Asked(report) => match report.outcome {
                Outcome::Done(_) => report.aftermath.sentence().map(str::to_owned),
                Outcome::Cancelled => Some(report.aftermath.sentence().unwrap_or("cancelled").to_owned()),
                Outcome::Failed(_) | Outcome::TimedOut => Some(report.to_string()),
            },
        }
    }
}

/// A cleanup that is over: every item that was chosen, in the order of the plan.
#[derive(Debug)]
pub struct CleanupReport {
    /// A report per item.
    pub items: Vec<ItemReport>,
    /// How long it took.
    pub elapsed: Duration,
}

impl CleanupReport {
    /// Bytes of what was removed, as far as the sizes were known, and how many of them had no known size.
    #[must_use]
    pub fn freed(&self) -> (u64, usize) {
        total(self.items.iter().filter(|item| item.is_removed()).map(|item| &item.item))
    }

    /// Whether everything chosen is gone.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.items.iter().all(ItemReport::is_gone)
    }

    /// How many ended with this [word](ItemReport::word).
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        self.items.iter().filter(|item| item.word() == word).count()
    }
}
