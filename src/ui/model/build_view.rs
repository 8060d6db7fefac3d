//! What the pane shows of builds: which one, where its page is looked at, its console log, and a task's own log.

use crate::bitbake::Cause;
use crate::builds::BuildId;
use crate::logs::LineNumber;
use crate::ui::{ContainerKey, LogState, TaskLogId, TaskLogWanted};

use super::builds::Builds;
use super::{LogView, PageCursor, Pane, Tab};

/// How many builds' console logs are followed at once; the one looked at longest ago goes first.
pub const BUILD_LOGS: usize = 8;
/// How many containers' task logs are kept; the one opened first goes first.
pub const TASK_LOGS: usize = 8;

/// What the pane shows of the builds of one container.
#[derive(Debug, Default)]
pub struct BuildsView {
    /// The build that is shown. It may be gone where only the log of one of its tasks is left.
    pub shown: Option<BuildId>,
    /// Whether the user has chosen it: else another takes its place when it begins.
    pub is_chosen: bool,
    /// Where its page is looked at.
    pub cursor: PageCursor,
    /// Whether its console log has a tab.
    pub has_log: bool,
    /// The log of one of its tasks.
    pub task: Option<Box<TaskLogView>>,
}

/// The console log of a build.
#[derive(Debug)]
pub struct BuildLogView {
    /// The container.
    pub container: ContainerKey,
    /// The build.
    pub id: BuildId,
    /// The line that is to be gone to, as soon as it is read.
    pub to: Option<LineNumber>,
    /// What is shown of it.
    pub log: LogView,
}

/// Which cause is to be gone to, as soon as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seek {
    /// The first.
    First,
    /// The last: known only when all is read.
    Last,
}

/// The own log of a task.
#[derive(Debug)]
pub struct TaskLogView {
    /// What it is for the app.
    pub wanted: TaskLogWanted,
    /// Which of the build's failed tasks it is, where it was opened as one.
    pub failure: Option<usize>,
    /// Why it failed, as far as is known.
    pub causes: Vec<Cause>,
    /// The one that is looked at.
    pub at: Option<usize>,
    /// The one that is to be looked at.
    pub seek: Option<Seek>,
    /// What is shown of it.
    pub log: LogView,
}

impl TaskLogView {
    /// Of this log, which is not read yet.
    #[must_use]
    pub fn new(wanted: TaskLogWanted, failure: Option<usize>, seek: Option<Seek>) -> Self {
        Self { wanted, failure, causes: Vec::new(), at: None, seek, log: LogView::default() }
    }

    /// Whether all of it is read, or cannot be.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.log.state != LogState::Open
    }
}

impl Pane {
    /// What is shown of a container's builds.
    #[must_use]
    pub fn builds(&self, of: &ContainerKey) -> Option<&BuildsView> {
        self.builds.get(of)
    }

    /// The same, to change it.
    pub fn builds_mut(&mut self, of: &ContainerKey) -> Option<&mut BuildsView> {
        self.builds.get_mut(of)
    }

    /// The log of a container's task that has a tab.
    #[must_use]
    pub fn task_log(&self, of: &ContainerKey) -> Option<&TaskLogView> {
        self.builds.get(of)?.task.as_deref()
    }

    /// The same, to change it.
    pub fn task_log_mut(&mut self, of: &ContainerKey) -> Option<&mut TaskLogView> {
        self.builds.get_mut(of)?.task.as_deref_mut()
    }

    /// The console logs of builds that are followed, the one looked at last at the end.
    #[must_use]
    pub fn build_logs(&self) -> &[BuildLogView] {
        &self.build_logs
    }

    /// The console log of a build.
    pub fn build_log_mut(&mut self, of: &ContainerKey, id: &BuildId) -> Option<&mut BuildLogView> {
        self.build_logs.iter_mut().find(|log| log.container == *of && log.id == *id)
    }

    /// The console log of the build that is shown of a container.
    #[must_use]
    pub fn shown_build_log(&self, of: &ContainerKey) -> Option<&BuildLogView> {
        let id = self.builds.get(of)?.shown.as_ref()?;
        self.build_logs.iter().find(|log| log.container == *of && log.id == *id)
    }

    /// The same, to change it.
    pub fn shown_build_log_mut(&mut self, of: &ContainerKey) -> Option<&mut BuildLogView> {
        let id = self.builds.get(of)?.shown.clone()?;
        self.build_log_mut(of, &id)
    }

    /// Shows a build of a container from now on.
    pub fn choose_build(&mut self, of: &ContainerKey, id: BuildId) {
        let view = self.builds.entry(of.clone()).or_default();
        if view.shown.as_ref() != Some(&id) {
            (view.shown, view.cursor) = (Some(id), PageCursor::default());
        }
        view.is_chosen = true;
    }

    /// The build that is shown is being looked at: its console log is followed from now on.
    pub fn visit_build(&mut self, of: &ContainerKey) {
        let Some(id) = self.builds.get(of).and_then(|view| view.shown.clone()) else { return };
        let is_it = |log: &BuildLogView| log.container == *of && log.id == id;
        if self.build_logs.last().is_some_and(is_it) {
            return;
        }
        let log = match self.build_logs.iter().position(is_it) {
            Some(at) => self.build_logs.remove(at),
            None => BuildLogView { container: of.clone(), id, to: None, log: LogView::default() },
        };
        self.build_logs.push(log);
        if self.build_logs.len() > BUILD_LOGS {
            self.build_logs.remove(0);
        }
    }

    /// Opens the log of a task in place of the one that is open of this container, and shows it.
    pub fn open_task_log(&mut self, task: TaskLogView) {
        let of = task.wanted.key.clone();
        self.builds.entry(of.clone()).or_default().task = Some(Box::new(task));
        self.show(&of, Tab::TaskLog);
        let open = self.builds.values().filter_map(|view| view.task.as_ref().map(|task| task.wanted.id));
        let open: Vec<TaskLogId> = open.collect();
        if open.len() > TASK_LOGS
            && let Some(oldest) = open.into_iter().min()
        {
            let is_oldest =
                |view: &&mut BuildsView| view.task.as_ref().is_some_and(|task| task.wanted.id == oldest);
            if let Some(view) = self.builds.values_mut().find(is_oldest) {
                view.task = None;
            }
        }
    }

    /// The number of the next task log.
    pub fn next_task_log(&mut self) -> TaskLogId {
        self.task_logs += 1;
        TaskLogId(self.task_logs)
    }

    /// Closes the log of a container's task, or of its build; the page of the build is shown in its place.
    pub fn close_build_tab(&mut self, of: &ContainerKey) {
        let tab = self.tab(of);
        if let Some(view) = self.builds.get_mut(of) {
            match tab {
                Tab::TaskLog => view.task = None,
                Tab::BuildLog => view.has_log = false,
                _ => return,
            }
            self.show(of, Tab::Build);
        }
    }

    /// Takes over which builds a container has: one of them is shown, where it has any, and a tab that has nothing to
    /// show any more is left.
    pub fn settle_builds(&mut self, of: &ContainerKey, builds: Option<&Builds>) {
        let main = builds.and_then(|builds| builds.main()).map(|build| build.id());
        if main.is_some() || self.builds.contains_key(of) {
            let view = self.builds.entry(of.clone()).or_default();
            let is_there = |id: &BuildId| builds.is_some_and(|builds| builds.get(id).is_some());
            view.is_chosen &= view.shown.as_ref().is_some_and(is_there);
            if !view.is_chosen && view.shown.as_ref() != main {
                (view.shown, view.cursor) = (main.cloned(), PageCursor::default());
            }
            if view.shown.is_none() && view.task.is_none() {
                self.builds.remove(of);
            }
        }
        let is_there = |id: &BuildId| builds.is_some_and(|builds| builds.get(id).is_some());
        self.build_logs.retain(|log| log.container != *of || is_there(&log.id));
        for log in self.build_logs.iter_mut().filter(|log| log.container == *of) {
            let has_ended =
                builds.and_then(|builds| builds.get(&log.id)).is_some_and(|one| one.ended.is_some());
            log.log.state = if has_ended { LogState::Ended } else { LogState::Open };
        }
        let tab = self.tab(of);
        if matches!(tab, Tab::Build | Tab::BuildLog | Tab::TaskLog) {
            let tabs = self.tabs(of);
            if !tabs.contains(&tab) {
                self.show(of, if tabs.contains(&Tab::Build) { Tab::Build } else { Tab::Log });
            } else if tab != Tab::TaskLog {
                self.visit_build(of);
            }
        }
    }

    /// The tabs of a container's builds.
    pub(super) fn build_tabs(&self, of: &ContainerKey) -> impl Iterator<Item = Tab> {
        let view = self.builds.get(of);
        let page = view.filter(|view| view.shown.is_some());
        let log = page.filter(|view| view.has_log);
        let task = view.filter(|view| view.task.is_some());
        let tabs = [page.map(|_| Tab::Build), log.map(|_| Tab::BuildLog), task.map(|_| Tab::TaskLog)];
        tabs.into_iter().flatten()
    }

    /// Forgets the builds of containers that are gone, and the console logs of builds that are.
    pub(super) fn forget_missing_builds(&mut self, exists: impl Fn(&ContainerKey) -> bool) {
        self.builds.retain(|key, _| exists(key));
        self.build_logs.retain(|log| exists(&log.container));
    }
}
