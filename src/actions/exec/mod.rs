//! What a client says to the shim, and what does its work where it cannot run.

pub mod shell_wrapper;
pub mod shim_protocol;
