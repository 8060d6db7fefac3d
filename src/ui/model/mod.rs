//! Everything the screen shows, and nothing else: no clock, no socket, no terminal.

mod actions;
mod column;
mod containers;
mod cursor;
mod engines;
mod histories;
mod inspect;
mod log_view;
mod matcher;
mod moves;
mod notices;
mod options;
mod pane;
mod processes;
mod state;
mod stats;
mod volumes;

pub use actions::{Actions, Cancel, HISTORY, Past, Running};
pub use column::{Column, Sort};
pub use containers::{Containers, Row};
pub use cursor::Cursor;
pub use engines::{Engine, Engines, Link, Measured, transport_word};
pub use histories::{Drafts, Histories, PromptDraft, PromptLine};
pub use inspect::{InspectView, LABEL, Match, Search};
pub use log_view::{LogView, Place, Spot};
pub use matcher::Matcher;
pub use moves::{Moves, Selection};
pub use notices::{Toast, Toasts};
pub use options::{Options, SavedCommand};
pub use pane::{EXECS, ExecState, ExecTab, LOGS, LogDisplay, Output, Pane, Tab};
pub use processes::ProcessView;
pub use state::{Focus, Model, Typing};
pub use stats::{READINGS, Reading, StatsHistory};
pub use volumes::{VolumeRow, Volumes, is_anonymous};
