//! Where engines are: what the user names, what docker's own settings name, and the usual sockets.
//!
//! [`candidates`] lists the endpoints, [`find`](find()) tries them. It knows no client library: an adapter's connect
//! function is passed in.

mod candidates;
mod check;
pub mod context;
mod environment;
mod find;
pub mod sockets;
pub mod uri;

pub use candidates::{Candidate, candidates};
pub use check::check_socket;
pub use environment::Environment;
pub use find::{Attempt, Found, find, open};
