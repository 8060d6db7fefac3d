//! An engine inside this program, told by a scene.
//!
//! A scene is a YAML file ([`Scene`]): which images, volumes and containers there are, what each program prints
//! and when, how it takes signals, and what goes wrong ([`Fault`]). The engine behaves as the port's contract
//! says and passes the same conformance rules as a real one. Its clock is tokio's, so a test in paused time sees
//! hours pass in an instant.
//!
//! A scene may have a built-in shell, so that people can type everyday commands and get honest answers, and what is
//! run under the shim or the shell wrapper is run, signalled and reported as by the real ones. [`demo_scene`] is the
//! scene this program carries.
//!
//! What it keeps is bounded: of each container's log the last [`LOG_LIMIT`] bytes, of what happened the last
//! [`EVENT_LIMIT`] events, of ended execs the last [`EXEC_LIMIT`], and of files copied in [`FILE_LIMIT`] bytes a
//! container or volume.

mod clock;
mod containers;
mod demo;
mod engine;
mod execs;
mod faults;
mod figures;
mod files;
mod images;
mod lifecycle;
mod log;
mod process;
mod reply;
pub mod scene;
mod script;
mod shell;
mod shim;
mod state;
mod streams;
#[cfg(test)]
mod tests;
mod volumes;
mod work;

pub use demo::demo_scene;
pub use engine::Simulated;
pub use execs::EXEC_LIMIT;
pub use files::FILE_LIMIT;
pub use log::LOG_LIMIT;
pub use scene::{Fault, Scene, SceneError};
pub use state::EVENT_LIMIT;
