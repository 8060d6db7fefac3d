//! Which tasks ended, and what each took.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::names::{MOST_OF_A_NAME, without_version};
use super::scan::capped;

/// How many are kept, the first ones; the largest builds have about as many. About 100 bytes each.
const MOST: usize = 65_536;
/// So many together are shared by all copies of a build.
const CHUNK: usize = 256;

/// What kind of task it is, whichever version of the recipe: `zlib:do_compile`.
///
/// The version is taken off by its form alone, so that all who name a task name it alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TaskKind(Box<str>);

impl TaskKind {
    /// Of a recipe's full name and a task.
    pub(super) fn new(pf: &str, task: &str) -> Self {
        Self::of_recipe(without_version(capped(pf, MOST_OF_A_NAME)), capped(task, MOST_OF_A_NAME))
    }

    /// Of a recipe's name without version.
    pub(super) fn of_recipe(recipe: &str, task: &str) -> Self {
        Self([recipe, ":", task].concat().into())
    }

    /// The whole.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The recipe and the task of a kind.
pub(super) fn parts(kind: &str) -> (&str, &str) {
    kind.rsplit_once(':').unwrap_or((kind, ""))
}

/// A task that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EndedTask {
    pub(super) kind: TaskKind,
    /// Where it is known; no time at all for a task that had nothing to run.
    pub(super) took: Option<Duration>,
    pub(super) ended: Option<Timestamp>,
    /// Whether it did all it had to do, as far as is known.
    pub(super) well: bool,
}

impl EndedTask {
    /// Whether it had nothing to run.
    pub(super) fn is_empty(&self) -> bool {
        self.took.is_some_and(|took| took.is_zero())
    }
}

/// The tasks that ended, in their order. A copy costs little.
#[derive(Debug, Clone, Default)]
pub(super) struct EndedTasks {
    sealed: Vec<Arc<[EndedTask]>>,
    open: Vec<EndedTask>,
}

impl EndedTasks {
    pub(super) fn push(&mut self, task: EndedTask) {
        if self.len() >= MOST {
            return;
        }
        self.open.push(task);
        if self.open.len() == CHUNK {
            self.sealed.push(std::mem::take(&mut self.open).into());
        }
    }

    pub(super) fn len(&self) -> usize {
        self.sealed.len() * CHUNK + self.open.len()
    }

    /// Those after the first so many.
    pub(super) fn after(&self, count: usize) -> impl Iterator<Item = &EndedTask> {
        let within = self.sealed.iter().skip(count / CHUNK).flat_map(|chunk| chunk.iter());
        within.chain(&self.open).skip(if count / CHUNK > self.sealed.len() { CHUNK } else { count % CHUNK })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_no_version() {
        for (pf, kind) in [
            ("zlib-1.3.1-r0", "zlib:do_x"),
            ("gnu-config-native-20260629+git-r0", "gnu-config-native:do_x"),
            ("rpm-native-1_4.20.1-r0", "rpm-native:do_x"),
            ("x", "x:do_x"),
        ] {
            assert_eq!(TaskKind::new(pf, "do_x").as_str(), kind);
        }
        assert_eq!(parts("lib32-a:do_x"), ("lib32-a", "do_x"));
    }

    #[test]
    fn what_came_after_so_many_is_told_and_no_more_than_the_bound_is_kept() {
        let mut tasks = EndedTasks::default();
        for number in 0..MOST + 10 {
            let kind = TaskKind::of_recipe(&number.to_string(), "do_x");
            tasks.push(EndedTask { kind, took: None, ended: None, well: true });
            for count in [0, number / 2, number, number + 1] {
                if number % 97 == 0 {
                    let first = tasks.after(count).next().map(|task| task.kind.as_str().to_owned());
                    assert_eq!(first, (count <= number).then(|| format!("{count}:do_x")));
                }
            }
        }
        assert_eq!(tasks.len(), MOST);
        assert_eq!(tasks.after(MOST - 300).count(), 300);
    }
}
