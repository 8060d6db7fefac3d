//! The console at work: the loop, the terminal, and everything that goes on behind the screen. The only room that both
//! waits and draws.
//!
//! The loop (`run`) is told what happens by bounded channels and hands commands on without waiting. Behind it are a
//! task for each endpoint (`connection`), one for each action (`supervise`), and one for each thing that the screen
//! needs to be told of (`subscriptions`).

mod announce;
mod backstage;
mod budget;
mod build_errand;
mod build_history;
mod clipboard;
mod clock;
pub(crate) mod connect;
mod connection;
mod console;
mod demo;
pub(crate) mod drain;
mod earlier;
mod ending;
mod engines;
mod errands;
mod events;
mod figures;
mod follow_log;
mod frames;
mod hand_over;
mod happenings;
mod heartbeat;
mod history;
mod kept;
mod kept_histories;
mod key_sequences;
mod link;
mod listing;
mod log_keeping;
mod log_lines;
mod log_pieces;
mod look_through;
mod looks;
mod measuring;
mod merge_logs;
mod mistake;
mod notify;
mod outbox;
mod own_log;
pub(crate) mod own_terminal;
mod pager;
mod pull_steps;
pub(crate) mod resume;
mod run;
mod running;
mod save_log;
mod seam;
mod session_errands;
mod session_gaps;
mod session_log;
mod sessions_over;
mod settings;
mod shells;
pub(crate) mod signals;
mod sixteen;
mod state_dir;
mod subscriptions;
mod supervise;
mod sweeping;
mod task_log;
mod terminal;
mod terminal_events;
#[cfg(test)]
mod tests;
mod watch_builds;
mod watch_sessions;
mod wires;

pub(crate) use kept::kept_histories;

pub use console::{ConsoleError, ConsoleOptions, Leaving, console};
pub use settings::vocabulary;
pub use signals::EndSignal;
pub use terminal::NoScreen;
