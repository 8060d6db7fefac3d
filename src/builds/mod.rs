//! Builds in containers: found wherever they run and whoever began them, followed, understood, stopped.
//!
//! BitBake keeps a console log in its build directory. A build is found by its processes, its log is followed through
//! the port, and [`crate::bitbake`] says what it tells. On the port and the supervisor alone, so every engine has them.

mod disk;
mod earlier_builds;
pub mod find;
mod follow;
mod followed;
mod happening;
mod histories;
mod located;
mod looks;
mod pace;
mod read;
mod sight;
mod sighting;
mod stop;
mod tasks;
#[cfg(test)]
mod test_build;
mod watch;
mod watchdog;
mod watched;
mod watching;

pub use disk::Disk;
pub use follow::{FileNews, FollowedFile, follow_file};
pub use happening::{Happening, HappeningKind, ending, failures, happened, target};
pub use histories::{Histories, NoHistories};
pub use looks::look_once;
pub use read::{FileRead, read_file};
pub use sighting::{BuildId, Sighting, TaskProcess};
pub use stop::{ContainerEnd, StopEnd, StopPlan, StopProgress, StopStep, stop_build};
pub use tasks::process_of;
pub use watch::watch;
pub use watchdog::{Limits, Memory, Usual, Watchdog, Worry, WorryKind};
pub use watched::{BuildNews, WatchedBuild};
