//! Running actions. For now: what an exec needs inside the container to be ended whole.

pub mod exec;
pub mod shim_image;
