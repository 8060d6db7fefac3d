//! What is asked on top of the screen. One dialog a file; each keeps only what is typed into it.

mod cleanup;
mod create_container;
mod create_volume;
mod dialog;
mod engines;
mod history;
mod inspect_volume;
mod kill;
mod names;
mod parts;
mod pull;
mod quit;
mod remove_containers;
mod remove_volume;
mod rename;
mod stop;

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
pub use stop::{restart, stop};

use super::Model;

/// stub
pub fn exec_prompt(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn help(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn palette(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}
