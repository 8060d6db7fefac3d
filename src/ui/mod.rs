//! The screen: model, messages, update, view. No clock, no socket, no terminal: `update` is told what has happened and
//! says what is to be done, `view` draws the model at any size.

#[cfg(test)]
mod any_input_tests;
mod command;
pub mod dialogs;
mod draft;
mod ids;
pub mod keymap;
pub mod layout;
mod log_lines;
mod look;
pub mod message;
pub mod model;
mod request;
#[cfg(test)]
mod sizes_tests;
#[cfg(test)]
pub(crate) mod test_builds;
#[cfg(test)]
pub(crate) mod test_sessions;
#[cfg(test)]
pub(crate) mod test_support;
mod update;
pub mod view;
#[cfg(test)]
mod view_speed_tests;
mod wanted;

pub use command::{COPIED, Command};
pub use draft::ExecDraft;
pub use ids::{ActionId, ContainerKey, EngineId, LookId, MergeId, SessionTabId, TaskLogId, VolumeKey};
pub use keymap::{Do, KeyMap};
pub use log_lines::{LogForm, LogLines};
pub use look::Look;
pub use message::{
    ActionNews, ContainerNews, Ended, Ending, EngineNews, LogState, MergedNews, Message, Now, Problem,
    SessionLogNews, TaskLogNews, Tone, Yield,
};
pub use model::Model;
pub use request::Request;
pub use update::{LEAVE_SHELL, Mouse, contexts, update, validity};
pub use view::view;
pub use wanted::{
    Looking, Merging, STATS, SessionLogWanted, SessionsWanted, Source, TaskLogWanted, Ticks, WATCHED, Wanted,
    build_file, wanted,
};
