//! The shim as a program: run directly on this machine, on ordinary processes.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod first_process;
mod harness;
mod input;
mod kept;
mod launch;
mod tokens;
mod trees;
