//! Tasks that are about to start: what joins their ids with the names they have once they run.

use std::collections::VecDeque;

use super::names::{TaskId, task_of};

/// How many are kept. A dry run starts none of them, so the oldest go.
const MOST: usize = 256;

/// Ids from "Running task" lines whose "Started" has not come.
#[derive(Debug, Clone, Default)]
pub(super) struct Pending(VecDeque<TaskId>);

impl Pending {
    pub(super) fn push(&mut self, id: &str) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(TaskId::new(id));
    }

    /// Takes the oldest that can be this task: the name fits, or else it is the only one of its kind.
    pub(super) fn take(&mut self, pf: &str, task: &str) -> Option<TaskId> {
        let is_task = |id: &TaskId| task_of(id.as_str()) == task || is_setscene_of(task, id.as_str());
        let fits = self.0.iter().position(|id| is_task(id) && id.is_of(pf));
        let at = fits.or_else(|| {
            // Recipes that name themselves otherwise than their file.
            let mut of_task = self.0.iter().enumerate().filter(|(_, id)| is_task(id));
            let (at, _) = of_task.next()?;
            of_task.next().is_none().then_some(at)
        })?;
        self.0.remove(at)
    }
}

/// Whether the id lacks the `_setscene` that the task has: some versions print it so.
fn is_setscene_of(task: &str, id: &str) -> bool {
    task.strip_suffix("_setscene").is_some_and(|task| task_of(id) == task)
}
