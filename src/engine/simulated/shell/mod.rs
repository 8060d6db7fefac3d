//! The built-in shell of a simulated engine: an everyday `sh` as far as a demo needs one.
//!
//! It knows commands one after the other (`;`, `&&`, `||`), quotes and variables, some everyday commands, and all that
//! the scene's programs do. What it does not know it says, as a shell does.

mod commands;
mod editor;
mod foreground;
mod prompt;
mod run;
mod words;

pub(super) use commands::{command, is_command};
pub(super) use run::{Shell, called};

#[cfg(test)]
mod tests;
