//! The screens pictures are made of.

use crate::pictures::Picture;

/// All of them, in the order they are made. Each must come out the same at every call, on every machine.
// The console's screens come here, drawn from the simulated engine.
pub(crate) fn scenes() -> Vec<Picture> {
    Vec::new()
}
