//! Failed tasks, put together from the lines that tell of them: up to five, on two streams, in any order.

use super::log_path::LogPath;
use super::names::{MOST_OF_A_NAME, Subject, TaskId, is_of, recipe_of};
use super::scan::capped;

/// How many failed tasks are kept; the first ones.
const MOST: usize = 1000;

/// A task that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// Its id, where it is told.
    pub id: Option<TaskId>,
    /// Name, version and revision of the recipe, where they are told.
    pub pf: Option<String>,
    /// The task.
    pub task: String,
    /// Its log, as a path in the container.
    pub log: Option<String>,
    /// The log's lines, where they are printed in the output, too.
    pub log_data: Option<FailureLog>,
    /// How its process ended; negative: by that signal.
    pub exit_code: Option<i64>,
    /// In one line why it failed, as far as the output says.
    pub cause: Option<String>,
    /// The first line that tells of it.
    pub line: u64,
    /// Whether its own end was told, not only that the scheduler counts it as failed.
    pub(super) is_reported: bool,
    told: u8,
    rank: u8,
}

/// Where a failed task's log stands in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureLog {
    /// The line before its first one.
    pub line: u64,
}

impl Failure {
    /// The recipe's name.
    #[must_use]
    pub fn recipe(&self) -> Option<String> {
        let hint = self.id.as_ref().map(TaskId::recipe);
        match (&self.pf, self.log.as_deref().and_then(LogPath::read)) {
            // The work directory has the recipe's own name for itself.
            (Some(pf), Some(path)) if is_of(pf, path.recipe) => Some(path.recipe.to_owned()),
            (Some(pf), _) => Some(recipe_of(pf, hint.as_deref())),
            (None, Some(path)) => Some(path.recipe.to_owned()),
            (None, None) => hint,
        }
    }

    fn fits(&self, task: &str, name: Name<'_>) -> bool {
        if self.task != task {
            return false;
        }
        let path = self.log.as_deref().and_then(LogPath::read);
        match (name, &self.pf, &self.id, path) {
            (Name::Full(pf), Some(own), ..) => pf == own,
            (Name::Full(pf), None, _, Some(path)) => is_of(pf, path.recipe),
            (Name::Full(pf), None, Some(id), None) => id.is_of(pf),
            (Name::Recipe(recipe), Some(own), ..) => is_of(own, recipe),
            (Name::Recipe(recipe), None, _, Some(path)) => recipe == path.recipe,
            (Name::Recipe(recipe), None, Some(id), None) => recipe == id.recipe(),
            (_, None, None, None) => true,
        }
    }

    /// A line says why; of several the one that says most counts.
    fn because(&mut self, cause: &str, rank: u8) {
        if rank > self.rank && !cause.trim().is_empty() {
            self.rank = rank;
            self.cause = Some(capped(cause.trim(), MOST_OF_A_NAME).to_owned());
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Name<'a> {
    Full(&'a str),
    Recipe(&'a str),
}

/// The lines that tell of a failure; each tells of one failure only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Told {
    Ended = 1,
    Log = 2,
    Counted = 4,
    Listed = 8,
}

/// What was said about a task before it was known to fail.
#[derive(Debug, Clone)]
struct Said {
    pf: String,
    task: String,
    cause: String,
    rank: u8,
}

/// How many of those are kept; tasks fail soon after they say why.
const MOST_SAID: usize = 64;

/// How much the sentence of BitBake itself says: only that a command failed.
const COMMAND: u8 = 1;
/// How much the first error in the printed log says.
const IN_LOG: u8 = 2;
/// How much an error the task itself tells says.
const TOLD: u8 = 3;
/// How much the exception behind a Python failure says.
const EXCEPTION: u8 = 4;

/// All failed tasks.
#[derive(Debug, Clone, Default)]
pub(super) struct Failures {
    tasks: Vec<Failure>,
    /// The ids in the order in which the scheduler told them.
    ids: Vec<TaskId>,
    said: Vec<Said>,
    /// The printed log that nobody has claimed yet.
    open_log: Option<OpenLog>,
    beyond: u64,
}

#[derive(Debug, Clone, Default)]
struct OpenLog {
    line: u64,
    first_error: Option<String>,
    owner: Option<usize>,
}

impl Failures {
    pub(super) fn tasks(&self) -> &[Failure] {
        &self.tasks
    }

    pub(super) fn ids(&self) -> &[TaskId] {
        &self.ids
    }

    /// How many failed beyond those that are kept.
    pub(super) fn beyond(&self) -> u64 {
        self.beyond
    }

    /// `recipe PF: task do_x: Failed`; `id` is what it was started as.
    pub(super) fn ended(&mut self, line: u64, pf: &str, task: &str, id: Option<&TaskId>) {
        let Some(at) = self.find(Told::Ended, line, task, Name::Full(pf), id) else { return };
        if let Some(failure) = self.tasks.get_mut(at) {
            failure.is_reported = true;
            failure.pf = Some(capped(pf, MOST_OF_A_NAME).to_owned());
            if failure.id.is_none() {
                failure.id = id.cloned();
            }
        }
        self.recall(at, pf, task);
        if let Some(open) = &mut self.open_log
            && open.owner.is_none()
        {
            open.owner = Some(at);
            self.claim();
        }
        self.open_log = None;
    }

    /// `Logfile of failure stored in: …`; `pf` where the process is known.
    pub(super) fn log(&mut self, line: u64, path: &str, pf: Option<&str>) {
        let Some(LogPath { recipe, task, .. }) = LogPath::read(path) else { return };
        let told = pf.map(str::to_owned).or_else(|| self.teller(recipe, task));
        let name = told.as_deref().map_or(Name::Recipe(recipe), Name::Full);
        let Some(at) = self.find(Told::Log, line, task, name, None) else { return };
        if let Some(failure) = self.tasks.get_mut(at) {
            failure.is_reported = true;
            failure.log = Some(capped(path, 4096).to_owned());
            if failure.pf.is_none() {
                failure.pf.clone_from(&told);
            }
        }
        if let Some(pf) = told {
            self.recall(at, &pf, task);
        }
    }

    /// `Task (<id>) failed with exit code 'N'`
    pub(super) fn counted(&mut self, line: u64, id: &TaskId, exit_code: Option<i64>) {
        if self.ids.len() < MOST && !self.ids.contains(id) {
            self.ids.push(id.clone());
        }
        let Some(at) = self.find(Told::Counted, line, id.task(), Name::Recipe(&id.recipe()), Some(id)) else {
            return;
        };
        if let Some(failure) = self.tasks.get_mut(at) {
            failure.id = Some(id.clone());
            failure.exit_code = exit_code;
        }
    }

    /// A task in the list of the last words.
    pub(super) fn listed(&mut self, line: u64, id: &TaskId) {
        if self.ids.len() < MOST && !self.ids.contains(id) {
            self.ids.push(id.clone());
        }
        if let Some(at) = self.find(Told::Listed, line, id.task(), Name::Recipe(&id.recipe()), Some(id))
            && let Some(failure) = self.tasks.get_mut(at)
        {
            failure.id = Some(id.clone());
        }
    }

    /// Its log in the last words.
    pub(super) fn listed_log(&mut self, id: &TaskId, path: &str) {
        let Some(failure) = self.tasks.iter_mut().find(|failure| failure.id.as_ref() == Some(id)) else {
            return;
        };
        failure.is_reported = true;
        if failure.log.is_none() {
            failure.log = Some(capped(path, 4096).to_owned());
        }
    }

    /// An error a task tells.
    pub(super) fn error(&mut self, subject: Subject<'_>, text: &str) {
        let is_command = text.starts_with("Execution of '") || text.starts_with("ExecutionError(");
        let is_python = text.starts_with("Error executing a python function");
        self.says(subject, text, if is_command || is_python { COMMAND } else { TOLD });
    }

    /// A further line of it.
    pub(super) fn error_goes_on(&mut self, subject: Subject<'_>, text: &str) {
        if let Some(exception) = text.strip_prefix("Exception: ") {
            self.says(subject, exception, EXCEPTION);
        }
    }

    fn says(&mut self, subject: Subject<'_>, cause: &str, rank: u8) {
        let Subject { pf, task, .. } = subject;
        // The other stream may have told of the failure before; only just before.
        let mut late = self.tasks.iter_mut().rev().take(MOST_SAID);
        if let Some(failure) = late.find(|failure| failure.fits(task, Name::Full(pf))) {
            failure.because(cause, rank);
            failure.pf.get_or_insert_with(|| capped(pf, MOST_OF_A_NAME).to_owned());
            return;
        }
        if self.said.len() == MOST_SAID {
            self.said.remove(0);
        }
        let owned = |text: &str| capped(text, MOST_OF_A_NAME).to_owned();
        self.said.push(Said { pf: owned(pf), task: owned(task), cause: owned(cause), rank });
    }

    /// `Log data follows:`; `follows_its_log` where the order of lines is exact.
    pub(super) fn log_data_begins(&mut self, line: u64, follows_its_log: bool) {
        let owner =
            self.tasks.iter().rposition(|failure| failure.log.is_some() && failure.log_data.is_none());
        self.open_log = Some(OpenLog { line, first_error: None, owner: owner.filter(|_| follows_its_log) });
        self.claim();
    }

    /// A line of a printed log.
    pub(super) fn log_data(&mut self, text: &str) {
        let Some(open) = &mut self.open_log else { return };
        if open.first_error.is_none() && is_like_an_error(text) {
            open.first_error = Some(capped(text.trim(), MOST_OF_A_NAME).to_owned());
            self.claim();
        }
    }

    /// Nothing more comes: a log nobody has claimed belongs to the last failure that has none.
    pub(super) fn finish(&mut self) {
        if let Some(open) = &mut self.open_log
            && open.owner.is_none()
        {
            open.owner = self.tasks.iter().rposition(|failure| failure.log_data.is_none());
            self.claim();
        }
        self.open_log = None;
        self.said = Vec::new();
    }

    fn claim(&mut self) {
        let Some(open) = &self.open_log else { return };
        let Some(failure) = open.owner.and_then(|at| self.tasks.get_mut(at)) else { return };
        failure.log_data = Some(FailureLog { line: open.line });
        if let Some(error) = &open.first_error {
            failure.because(error, IN_LOG);
        }
    }

    /// Who told an error that can be of this recipe's task: the name the path does not have in full.
    fn teller(&self, recipe: &str, task: &str) -> Option<String> {
        let said = self.said.iter().rev().find(|said| said.task == task && is_of(&said.pf, recipe));
        said.map(|said| said.pf.clone())
    }

    /// What was said before about a task that is now known to have failed.
    fn recall(&mut self, at: usize, pf: &str, task: &str) {
        let Some(failure) = self.tasks.get_mut(at) else { return };
        self.said.retain(|said| {
            let is_it = said.task == task && said.pf == pf;
            if is_it {
                failure.because(&said.cause, said.rank);
            }
            !is_it
        });
    }

    /// The failure a line tells of: one it has not told of yet, or a new one.
    fn find(
        &mut self,
        told: Told,
        line: u64,
        task: &str,
        name: Name<'_>,
        id: Option<&TaskId>,
    ) -> Option<usize> {
        let is_open = |failure: &Failure| failure.told & told as u8 == 0;
        let same = self.tasks.iter().position(|failure| id.is_some() && failure.id.as_ref() == id);
        let at = same.or_else(|| {
            self.tasks.iter().position(|failure| {
                is_open(failure) && (id.is_none() || failure.id.is_none()) && failure.fits(task, name)
            })
        });
        let at = at.or_else(|| {
            if self.tasks.len() == MOST {
                self.beyond += 1;
                return None;
            }
            let task = capped(task, MOST_OF_A_NAME).to_owned();
            self.tasks.push(Failure { task, line, ..Failure::default() });
            Some(self.tasks.len() - 1)
        })?;
        self.tasks.get_mut(at)?.told |= told as u8;
        Some(at)
    }
}

/// Whether a line of a log looks like what went wrong.
fn is_like_an_error(text: &str) -> bool {
    [
        "error:",
        "ERROR:",
        "Error:",
        "fatal:",
        "FAILED:",
        "undefined reference to ",
        "No such file or directory",
    ]
    .iter()
    .any(|word| text.contains(word))
}

#[cfg(test)]
mod tests;
