//! The processes of the selected container.

use crate::engine::ProcessTable;
use crate::ui::{ContainerKey, Problem};

/// What is shown of them.
#[derive(Debug, Default)]
pub struct ProcessView {
    /// Whose they are, and the last the engine told, or why it could not.
    pub table: Option<(ContainerKey, Result<ProcessTable, Problem>)>,
    /// The first row shown.
    pub top: usize,
    /// The first column shown.
    pub column: usize,
}
