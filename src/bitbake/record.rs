//! What ended, and when: for the rate, the history and the estimate.

use std::time::Duration;

use jiff::Timestamp;

use super::ended::{EndedTask, EndedTasks, TaskKind};
use super::names::TaskId;
use super::rate::TaskRate;
use super::running::RunningTask;

/// What ended, and when. The rate is empty where no times are known.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) tasks: EndedTasks,
    pub(super) rate: TaskRate,
}

impl Record {
    /// A task has ended.
    pub(super) fn ended(&mut self, task: &RunningTask, ended: Option<Timestamp>, well: bool) {
        if let Some(ended) = ended {
            if let Some(began) = task.began {
                self.rate.begins(began);
            }
            self.rate.ended(ended);
        }
        let kind = TaskKind::new(&task.pf, &task.task);
        self.tasks.push(EndedTask { kind, took: task.took_until(ended), ended, well });
    }

    /// A task had nothing to run.
    pub(super) fn had_nothing_to_run(&mut self, id: &str, ended: Option<Timestamp>) {
        let id = TaskId::new(id);
        let kind = TaskKind::of_recipe(&id.recipe(), id.task());
        self.tasks.push(EndedTask { kind, took: Some(Duration::ZERO), ended, well: true });
    }
}
