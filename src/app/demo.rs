//! The built-in engine.

use std::sync::Arc;

use crate::engine::discovery::{Candidate, Found};
use crate::engine::simulated::{Simulated, demo_scene};
use crate::engine::{ContainerManager, Endpoint, Result, Transport};

/// Its endpoint.
pub(crate) fn candidate() -> Candidate {
    let named_by = "--demo".to_owned();
    let endpoint = Endpoint { transport: Transport::Simulated, named_by: named_by.clone() };
    Candidate { named_by, endpoint: Ok(endpoint) }
}

/// Opens it, at the beginning of its scene.
pub(crate) async fn open(endpoint: Endpoint) -> Result<Found> {
    let manager = Arc::new(Simulated::new(demo_scene(), endpoint.named_by));
    let identity = manager.identify().await?;
    Ok(Found { manager, identity })
}
