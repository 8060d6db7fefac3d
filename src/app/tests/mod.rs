//! The console as a whole: the real loop with a test's keys and screen, on the simulated engine, in paused time.

mod actions;
mod harness;
mod logs;
mod logs_bench;
mod logs_out;
mod looking;
mod merging;
mod the_loop;
mod trouble;

pub(in crate::app) use harness::{engine, key};
pub(in crate::app) use logs::wires;
