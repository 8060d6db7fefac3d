//! What ended, and when: for the rate, the history and the estimate.

use jiff::Timestamp;

use super::ended::{EndedTask, EndedTasks, TaskKind};
use super::names::TaskId;
use super::rate::TaskRate;
use super::running::RunningTask;

/// What ended, and when. Where no times are known it is empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) tasks: EndedTasks,
    pub(super) rate: TaskRate,
}

impl Record {
    /// A task has ended.
    pub(super) fn ended(&mut self, task: &RunningTask, end: Option<Timestamp>, well: bool) {
        let Some(ended) = end else { return };
        if let Some(began) = task.began {
            self.rate.begins(began);
        }
        self.rate.ended(ended);
        if let Some(took) = task.took_until(end) {
            self.tasks.push(EndedTask { kind: TaskKind::new(&task.pf, &task.task), took, ended, well });
        }
    }

    /// A task had nothing to run.
    pub(super) fn had_nothing_to_run(&mut self, id: &str, time: Option<Timestamp>) {
        let Some(ended) = time else { return };
        let id = TaskId::new(id);
        let kind = TaskKind::of_recipe(&id.recipe(), id.task());
        self.tasks.push(EndedTask { kind, took: std::time::Duration::ZERO, ended, well: true });
    }
}
