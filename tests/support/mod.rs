//! What the integration tests share: where the bench's engines are, servers that misbehave on purpose, HTTP by hand.
//!
//! Knows nothing of the library's own types, so that a test of the library is not a test of the library by itself.
//! A test that needs an engine is `#[ignore = "needs the bench: run tests/run"]`: skipped in sight, never in silence.
#![allow(dead_code, unused_imports, reason = "each test program uses a part")]

pub(crate) mod bench;
pub(crate) mod flaky_registry;
pub(crate) mod http;
pub(crate) mod own_docker;
pub(crate) mod silent_engine;
pub(crate) mod wait;

pub(crate) use bench::{Bench, unique};
pub(crate) use flaky_registry::{Fault, FlakyRegistry};
pub(crate) use own_docker::OwnDocker;
pub(crate) use silent_engine::{Reply, Request, Script, SilentEngine};
pub(crate) use wait::wait_until;
