//! What is asked on top of the screen. One dialog a file; each keeps only what is typed into it.

mod dialog;
mod exec_prompt;
mod help;
mod palette;

pub use dialog::{Answer, Dialog, Wish};

use super::Model;

/// stub
pub fn stop(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn restart(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn kill(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn remove_containers(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn remove_volume(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn rename(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn create_container(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn create_volume(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn pull(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn cleanup(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

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

/// stub
pub fn history(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn engines(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn inspect_volume(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}

/// stub
pub fn quit(_model: &Model) -> Option<Box<dyn Dialog>> {
    None
}
