//! All engines of the console: a task for each endpoint.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::engine::Transport;
use crate::engine::discovery::Candidate;
use crate::ui::EngineId;

use super::connection::keep;
use super::demo;
use super::link::Link;
use super::wires::Wires;

/// The endpoints that are tried and kept. Dropping this ends all of it.
pub(crate) struct Engines {
    wires: Wires,
    tasks: JoinSet<()>,
    has_demo: bool,
}

impl Engines {
    /// None yet.
    pub(crate) fn new(wires: Wires) -> Self {
        Self { wires, tasks: JoinSet::new(), has_demo: false }
    }

    /// Tries an endpoint from now on, and keeps it open.
    pub(crate) fn add(&mut self, candidate: Candidate) {
        self.has_demo |=
            candidate.endpoint.as_ref().is_ok_and(|endpoint| endpoint.transport == Transport::Simulated);
        let link = self.wires.links.add();
        self.tasks.spawn(keep(self.wires.clone(), link, candidate));
    }

    /// Opens the built-in engine, once.
    pub(crate) fn add_demo(&mut self) {
        if !self.has_demo {
            self.add(demo::candidate());
        }
    }

    /// Asks an engine for everything again.
    pub(crate) fn refresh(&self, id: EngineId) {
        if let Some(link) = self.link(id) {
            link.relist.notify_one();
            link.measure.notify_one();
        }
    }

    /// Tries an endpoint again now.
    pub(crate) fn retry(&self, id: EngineId) {
        if let Some(link) = self.link(id) {
            link.retry.notify_one();
        }
    }

    fn link(&self, id: EngineId) -> Option<Arc<Link>> {
        self.wires.links.get(id)
    }
}
