//! What the console keeps on disk beyond its end.

use std::path::Path;
use std::sync::Arc;

use crate::builds::{Histories, NoHistories};

use super::build_history::BuildHistories;
use super::history::History;
use super::kept_histories::KeptHistories;
use super::own_log::OwnLog;
use super::state_dir;

/// What is kept. Without a place for it the console works all the same.
#[derive(Debug)]
pub(super) struct Kept {
    /// The commands that were run.
    pub(super) history: Option<Arc<History>>,
    /// What builds took.
    pub(super) builds: Arc<dyn Histories>,
    /// The console's own log.
    pub(super) log: OwnLog,
}

impl Kept {
    /// In the directory of the console's state.
    pub(super) fn at(state: &Path) -> Self {
        let log = OwnLog::open(state).unwrap_or_default();
        Self {
            history: Some(Arc::new(History::at(state.join("history")))),
            builds: Arc::new(KeptHistories::new(BuildHistories::at(state.join("builds")), log.clone())),
            log,
        }
    }
}

/// What earlier builds took, from where the console keeps it; nothing where there is no place for it.
pub(crate) fn kept_histories() -> Arc<dyn Histories> {
    state_dir::of_process().as_deref().map(Kept::at).unwrap_or_default().builds
}

impl Default for Kept {
    fn default() -> Self {
        Self { history: None, builds: Arc::new(NoHistories), log: OwnLog::default() }
    }
}
