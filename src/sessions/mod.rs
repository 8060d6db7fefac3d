//! What outlives the console: durable execs, found again, followed, signalled, removed.
//!
//! A durable exec is a command in a running container whose keeper, the shim, belongs to nobody: neither the console nor
//! the engine's exec is needed once it has begun. The keeper drains what the command prints into files of the container
//! and writes down how it ended; whatever asks later reads these files. On the port and the supervisor alone, so every
//! engine has them.

mod build;
mod follow;
mod id;
mod listed;
mod loss;
mod over;
mod plan;
mod records;
mod session;
mod sessions_of;
mod shim_calls;
mod starter;

pub use build::{Build, Builds};
pub use follow::{FollowEnd, FollowNews, Followed, Stream};
pub use id::SessionId;
pub use loss::Loss;
pub use over::Over;
pub use plan::SessionPlan;
pub use session::{Gap, Kept, Session, SessionEnd, SessionState};
pub use sessions_of::{Forgotten, Sessions};
pub use starter::starter;
