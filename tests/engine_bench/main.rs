//! The bench itself under test: the engines, registries and faulty servers that other tests rely on do what they say.
//!
//! Everything here is spoken by hand, so that a fault of a client library cannot hide a fault of the bench.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod engines;

#[cfg(test)]
mod faulty_servers;
