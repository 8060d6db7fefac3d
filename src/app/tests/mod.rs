//! The console as a whole, on the simulated engine.
