//! Docker Engine, over bollard and the HTTP connection under it.
//!
//! Works from engine 20.10 (API 1.41) on. Everything that makes up for a fault of the client library stands in
//! one file each, with the version it was seen in and when it can go:
//!
//! | fault of bollard 0.21.1 | made up for in |
//! |---|---|
//! | its timeout ends at the response headers and counts whole seconds | `client.rs` (switched off) |
//! | the API version is never sent | `version.rs` |
//! | credentials whose base64 has `+` or `/` are not understood by engines | `pull.rs` |
//! | a `\r\n` split at the end of a pull is an error | `json_lines.rs` |
//! | `since` of a log counts whole seconds, and terminal output is held back | `logs.rs` |
//! | terminal output that begins with bytes 0 to 2 is taken for a frame header | `exec.rs` |
//! | disk usage is silently empty below API 1.52 | `usage.rs` |
//! | whether a start or stop changed anything is not told | `lifecycle.rs` |

mod archive;
mod client;
mod connector;
mod containers;
mod convert;
mod create;
mod errors;
mod events;
mod exec;
mod frames;
mod identity;
mod images;
mod json_lines;
mod lifecycle;
mod logs;
mod manager;
mod pull;
mod stats;
mod tls;
mod tunnel;
mod usage;
mod version;
mod volumes;
mod wire;

pub use manager::{Docker, connect};
