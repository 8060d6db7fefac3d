//! What every engine must do alike, as functions an adapter's tests run against a real engine.
//!
//! Each rule is one function over a [`Bench`]; [`ALL`] names them. An adapter's test module says
//!
//! ```text
//! smidr_console::conformance_tests!([#[tokio::test]] bench);
//! ```
//!
//! and has one test for each rule. A rule asserts; it removes what it made, also after a failed assertion. It
//! waits for conditions, never for a time, and is given up after [`RULE_LIMIT`].

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a rule is a test: it fails by panicking"
)]

mod bench;
mod copy;
mod create;
mod drops;
mod errors;
mod events;
mod exec;
mod figures;
mod images;
mod lifecycle;
mod list;
mod logs;
mod rules;
pub mod scripts;
mod streams;
mod volumes;

pub use bench::{Bench, MakeForeign, RULE_LIMIT};
pub use rules::{ALL, Rule, run};
