//! The container-lifecycle port and the console on it.

pub mod actions;
