//! What everybody may know of an engine's connection, and wish of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, broadcast, watch};

use crate::actions::Supervised;
use crate::engine::{ContainerId, Identity};
use crate::ui::EngineId;

/// How many containers may wait for those who look for sessions; who hears too late looks anew.
const SESSIONS: usize = 64;

/// An engine that answers.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    /// The engine under the console's supervisor.
    pub(crate) on: Supervised,
    /// What it said of itself.
    pub(crate) identity: Arc<Identity>,
    /// How often it was connected to, this time counted in.
    pub(crate) number: u64,
}

/// The containers of the last list, and whether each is alive.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    /// How many lists there were.
    pub(crate) number: u64,
    /// Whether each is alive, by its id.
    pub(crate) alive: Arc<HashMap<ContainerId, bool>>,
}

/// An engine's connection, as others see it.
#[derive(Debug)]
pub(crate) struct Link {
    /// Its name in the console.
    pub(crate) id: EngineId,
    /// The engine while it answers; one that has fallen silent is still there.
    pub(crate) open: watch::Sender<Option<Open>>,
    /// The last list.
    pub(crate) listed: watch::Sender<Listed>,
    /// Containers in which something may have happened to a session.
    pub(crate) sessions: broadcast::Sender<ContainerId>,
    /// Somebody wants it tried again now.
    pub(crate) retry: Notify,
    /// Somebody wants its containers and volumes listed now.
    pub(crate) relist: Notify,
    /// Somebody wants to know what everything takes on disk.
    pub(crate) measure: Notify,
}

impl Link {
    /// Not open yet.
    pub(crate) fn new(id: EngineId) -> Self {
        Self {
            id,
            open: watch::Sender::new(None),
            listed: watch::Sender::default(),
            sessions: broadcast::Sender::new(SESSIONS),
            retry: Notify::new(),
            relist: Notify::new(),
            measure: Notify::new(),
        }
    }

    /// The engine, where it answers just now.
    pub(crate) fn current(&self) -> Option<Open> {
        self.open.borrow().clone()
    }

    /// Waits for the engine.
    pub(crate) async fn opened(&self) -> Open {
        let mut open = self.open.subscribe();
        loop {
            if let Some(open) = open.borrow_and_update().clone() {
                return open;
            }
            if open.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until the connection of this number is gone.
    pub(crate) async fn closed(&self, number: u64) {
        let mut open = self.open.subscribe();
        loop {
            if open.borrow_and_update().as_ref().is_none_or(|open| open.number != number) {
                return;
            }
            if open.changed().await.is_err() {
                return;
            }
        }
    }
}

/// The connections of all engines. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links(Arc<Mutex<BTreeMap<EngineId, Arc<Link>>>>);

impl Links {
    /// One of them.
    pub(crate) fn get(&self, id: EngineId) -> Option<Arc<Link>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Another one, under the next free name.
    pub(crate) fn add(&self) -> Arc<Link> {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = links.keys().next_back().map_or(0, |last| last.0.saturating_add(1));
        let link = Arc::new(Link::new(EngineId(next)));
        links.insert(link.id, link.clone());
        link
    }
}
