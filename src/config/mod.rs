//! The console's settings.
mod chord;
pub use chord::{Chord, InvalidChord, Key};
