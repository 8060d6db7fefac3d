//! Asking an engine for something that takes time: a slow mark, a deadline, a cancel, retries where they are
//! safe, and exactly one outcome, with a look at the engine wherever the outcome would else be unknown.
//!
//! This is the only room that knows both time and engines; the port below it knows no time at all.

mod backoff;
mod call;
pub mod cleanup;
mod copied_out;
pub mod exec;
mod one_file;
mod outcome;
pub mod shim_image;
mod supervised;
mod supervisor;
mod under_shim;
mod verb;
mod watch;

pub use backoff::Backoff;
pub use call::{Call, Progress, ProgressSink};
pub use copied_out::{Begun, CopiedOut};
pub use outcome::{Aftermath, Outcome, Report};
pub use supervised::Supervised;
pub use supervisor::{Supervisor, Unsettled};
pub use under_shim::Owned;
pub use verb::{Limits, Verb};
pub use watch::{Heartbeat, Patience};
