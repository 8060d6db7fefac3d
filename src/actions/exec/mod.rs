//! Running a command in a container so that it can be ended whole.
//!
//! An engine offers no way to end an exec, and what a command leaves behind in sessions of its own nobody finds
//! again. So the command runs under the *shim*: a small static program copied into the container (one file,
//! [`SHIM_DIRECTORY`]), which adopts everything the command starts and ends it on demand, or when the client is
//! gone. Where the shim cannot run, a shell wrapper does what it can and the report says what it cannot.

mod command;
mod end_tree;
mod guard;
mod plan;
mod run;
mod runner;
mod session;
pub mod shell_wrapper;
pub mod shim_protocol;
mod sweep;
mod token;

pub use command::Command;
pub use end_tree::{Process, TreeEnd};
pub use plan::{ExecEnd, ExecIo, ExecPlan, LocalInput, ShimUse};
pub(super) use runner::put_shim;
pub use runner::{Runner, SHIM_DIRECTORY, shim_path_in_container};
