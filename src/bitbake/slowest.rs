//! Which tasks took longest.

use std::time::Duration;

/// How many are kept.
const MOST: usize = 20;

/// How long a task took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskTime {
    /// Name, version and revision of the recipe.
    pub pf: String,
    /// The task.
    pub task: String,
    /// From its beginning to its end; in a terminal as last shown, in whole seconds.
    pub took: Duration,
}

/// Takes a task into the list of the slowest, longest first.
pub(super) fn insert(slowest: &mut Vec<TaskTime>, pf: &str, task: &str, took: Duration) {
    let at = slowest.partition_point(|other| other.took >= took);
    if at < MOST {
        slowest.truncate(MOST - 1);
        slowest.insert(at, TaskTime { pf: pf.to_owned(), task: task.to_owned(), took });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_stay() {
        let mut slowest = Vec::new();
        for seconds in (0..50).chain((50..100).rev()) {
            insert(&mut slowest, "a-1-r0", "do_x", Duration::from_secs(seconds));
        }
        let seconds: Vec<u64> = slowest.iter().map(|time| time.took.as_secs()).collect();
        assert_eq!(seconds, (80..100).rev().collect::<Vec<_>>());
    }
}
