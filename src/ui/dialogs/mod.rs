//! What is asked on top of the screen. One dialog a file; each keeps only what is typed into it.

mod dialog;

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
