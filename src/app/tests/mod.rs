//! The console as a whole: the real loop with a test's keys and screen, on the simulated engine, in paused time.

mod actions;
mod harness;
mod logs;
mod logs_out;
mod looking;
mod the_loop;
mod trouble;
