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

impl ProcessView {
    /// Takes what the engine told of a container's processes. Those of another are looked at from the first.
    pub fn take(&mut self, of: &ContainerKey, told: Result<ProcessTable, Problem>) {
        if self.table.as_ref().is_none_or(|(whose, _)| whose != of) {
            (self.top, self.column) = (0, 0);
        }
        let count = told.as_ref().map_or(0, |table| table.processes.len());
        self.top = self.top.min(count.saturating_sub(1));
        self.table = Some((of.clone(), told));
    }
}
