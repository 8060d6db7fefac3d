//! The container-lifecycle port of Smidr, and the console that stands on it.
//!
//! The house, room by room (each may only name the rooms the table in `tests/rooms.rs` allows):
//!
//! - [`engine`]: the port. [`engine::ContainerManager`] is what every container engine looks like from here;
//!   the adapters under it (Docker, and a simulated engine for demos and tests) are the only places that
//!   know a real engine's protocol.
//! - [`actions`]: asks an engine for something with a deadline, a cancel and a stated outcome.
//! - [`sessions`]: what outlives the console: durable execs, found again, followed, signalled, removed.
//! - [`ui`]: the screen: what is known, what a key does, and how it is drawn. Neither clock nor socket.
//! - [`logs`]: what containers print: bytes in, numbered lines out, made safe to draw.
//! - [`bitbake`]: what BitBake says about its build: bytes in, how far it is and what failed out.
//! - [`builds`]: builds in containers: found wherever they run, followed, understood, stopped.
//! - [`config`]: the settings: a file, the environment, flags; what is in force and where it came from.
//! - [`app`]: the console at work: the loop, the terminal, and what goes on behind the screen.
//! - [`text`]: words for people: sizes, durations, ages.
//! - [`term`]: a terminal inside a pane: bytes of a program in, cells out; keys, mouse and paste in, bytes out.
//! - `workspace`: a build file on an engine: its containers, their names, and what is mounted in them.
//! - `values`: what people type for durations, sizes, mounts and the like, and what it means.
//! - [`cli`]: the command line.

pub mod actions;
pub mod app;
pub mod bitbake;
pub mod builds;
pub mod cli;
pub mod config;
pub mod engine;
pub mod logs;
pub mod sessions;
pub mod term;
pub mod text;
pub mod ui;
pub(crate) mod values;
pub mod workspace;
