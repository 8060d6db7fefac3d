//! The library and the program against real engines: the bench of `tests/run`.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod build_sessions;
#[cfg(test)]
mod build_verb;
#[cfg(test)]
mod client_faults;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod durable;
#[cfg(test)]
mod engine_restart;
#[cfg(test)]
mod exec;
#[cfg(test)]
mod helpers;
#[cfg(test)]
mod program;
#[cfg(test)]
mod pull;
#[cfg(test)]
mod unknown_outcomes;
#[cfg(test)]
mod up;
#[cfg(test)]
mod verbs;
