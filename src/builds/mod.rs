//! Builds in containers: found wherever they run and whoever began them, followed, understood, stopped.
//!
//! BitBake keeps a console log in its build directory. A build is found by its processes, its log is followed through
//! the port, and [`crate::bitbake`] says what it tells. On the port and the supervisor alone, so every engine has them.

mod disk;
mod happening;
mod sighting;
#[cfg(test)]
mod test_build;
mod watchdog;
mod watched;

pub use disk::Disk;
pub use happening::{Happening, HappeningKind, happened};
pub use sighting::{BuildId, Sighting, TaskProcess};
pub use watchdog::{Limits, Memory, Usual, Watchdog, Worry, WorryKind};
pub use watched::{BuildNews, WatchedBuild};
