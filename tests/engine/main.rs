//! The library and the program against real engines: the bench of `tests/run`.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod exec;
#[cfg(test)]
mod helpers;
