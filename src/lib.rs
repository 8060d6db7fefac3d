//! The container-lifecycle port of Smidr, and the console that stands on it.
//!
//! The house, room by room (each may only name the rooms the table in `tests/rooms.rs` allows):
//!
//! - [`engine`]: the port. [`engine::ContainerManager`] is what every container engine looks like from here;
//!   the adapters under it (Docker, and a simulated engine for demos and tests) are the only places that
//!   know a real engine's protocol.
//! - [`actions`]: asks an engine for something with a deadline, a cancel and a stated outcome.
//! - [`ui`]: the screen: what is known, what a key does, and how it is drawn. Neither clock nor socket.
//! - [`text`]: words for people: sizes, durations, ages.
//! - [`term`]: a terminal inside a pane: bytes of a program in, cells out; keys, mouse and paste in, bytes out.
//! - [`cli`]: the command line.

pub mod actions;
pub mod cli;
pub mod config;
pub mod engine;
pub mod logs;
pub mod term;
pub mod text;
pub mod ui;
