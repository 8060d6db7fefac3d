//! Which key does what, where: one table feeds dispatch, help, footer, palette and the settings file.

mod context;
mod deeds;
mod map;

pub use context::Context;
pub use deeds::{DEEDS, DeedInfo, Do, Risk};
pub use map::{Clash, KeyMap};
