//! Builds in containers of a real engine, with a stand-in for BitBake that somebody else has started.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod found;
#[cfg(test)]
mod stopped;
