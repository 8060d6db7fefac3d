//! What is asked on top of the screen. One dialog a file; each keeps only what is typed into it.

mod build;
mod cleanup;
mod create_container;
mod create_volume;
mod dialog;
mod engines;
mod exec_prompt;
mod help;
mod history;
mod inspect_volume;
mod kill;
mod names;
mod palette;
mod parts;
mod pull;
mod quit;
mod remove_containers;
mod remove_volume;
mod rename;
mod save_log;
mod session;
mod stop;
mod stop_build;

pub use build::build;
pub use cleanup::cleanup;
pub use create_container::create_container;
pub use create_volume::create_volume;
pub use dialog::{Answer, Dialog, Wish};
pub use engines::engines;
pub use history::history;
pub use inspect_volume::inspect_volume;
pub use kill::kill;
pub use pull::pull;
pub use quit::quit;
pub use remove_containers::remove_containers;
pub use remove_volume::remove_volume;
pub use rename::rename;
pub use save_log::save_log;
pub use session::{end_session, forget_session};
pub use stop::{restart, stop};

use super::Model;

/// Asks for a command to run in the container under the cursor, or in all marked ones. `None` where none runs.
pub fn exec_prompt(model: &Model) -> Option<Box<dyn Dialog>> {
    exec_prompt::ExecPrompt::new(model).map(|prompt| Box::new(prompt) as Box<dyn Dialog>)
}

/// Every key, what it does, and whether it does so now.
pub fn help(_model: &Model) -> Option<Box<dyn Dialog>> {
    Some(Box::new(help::Help::default()))
}

/// Every deed by its name.
pub fn palette(_model: &Model) -> Option<Box<dyn Dialog>> {
    Some(Box::new(palette::Palette::default()))
}
