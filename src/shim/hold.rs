//! `shim hold`: a container's first process where the container has nothing to do by itself.

use std::os::fd::AsFd;

use crate::reap::Children;
use crate::signals::{self, Request};
use crate::sys;

/// Takes in whatever ends under it, until it is asked to end. What runs in the container then ends with it.
pub fn hold() -> Result<u8, String> {
    sys::become_subreaper().map_err(|source| format!("cannot adopt orphaned processes: {source}"))?;
    let (_, mut incoming) = sys::take_signals(&signals::TAKEN)
        .map_err(|source| format!("cannot listen for signals: {source}"))?;
    let mut children = Children::none();
    loop {
        children.reap();
        sys::wait_ready([Some((incoming.as_fd(), sys::POLLIN))], -1);
        while let Some(request) = signals::next(&mut incoming) {
            if matches!(request, Request::Cancel { .. }) {
                return Ok(0);
            }
        }
    }
}
