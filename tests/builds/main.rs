//! Builds in containers: of the simulated engine, and of a real one with a stand-in for BitBake that somebody else starts.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod found;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod stopped;
#[cfg(test)]
mod watched;
