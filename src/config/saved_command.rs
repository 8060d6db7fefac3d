//! Commands kept for the exec prompt.

use std::collections::BTreeMap;

use serde::Serialize;

/// A command kept under a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SavedCommand {
    /// What it is called; no other has this name.
    pub name: String,
    /// What is given to the exec shell; may have several lines.
    pub command: String,
    /// Who runs it; without one, the container's own user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The absolute directory it runs in; without one, the container's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workdir: Option<String>,
    /// Variables it gets.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// A glob for the names of the containers it is offered for; without one, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub containers: Option<String>,
}
