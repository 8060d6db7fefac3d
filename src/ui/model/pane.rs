//! The pane: the tabs of the selected container and what each shows.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::logs::{Found, LogReader};
use crate::term::Terminal;
use crate::ui::{ActionId, ContainerKey, ExecDraft, LookId, SessionTabId};

use super::{BuildLogView, BuildsView, InspectView, LogView, MergedView, ProcessView, SessionTabs};

/// How many containers' logs are followed at once; the one looked at longest ago goes first.
pub const LOGS: usize = 8;
/// How many exec and shell tabs there may be; an ended one makes room for a new one.
pub const EXECS: usize = 32;

/// A tab of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// What its main process prints.
    #[default]
    Log,
    /// A build in it: how far, what runs, what failed.
    Build,
    /// The console log of that build.
    BuildLog,
    /// The own log of one of its tasks.
    TaskLog,
    /// The logs of several containers, this one among them, in one.
    Merged,
    /// A session in it: a durable exec, or a build.
    Session(SessionTabId),
    /// An exec or a shell: the action it is.
    Exec(ActionId),
    /// What it uses, over time.
    Stats,
    /// Everything the engine knows of it.
    Inspect,
    /// Its processes.
    Processes,
}

/// How a log is drawn, in every tab alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is switched by a key of its own")]
pub struct LogDisplay {
    /// Long lines are broken, not cut.
    pub wrap: bool,
    /// Each line has its time in front.
    pub timestamps: bool,
    /// Each line has its number in front.
    pub numbers: bool,
    /// Lines are as they came, everything written out that a terminal would act on.
    pub raw: bool,
}

/// What an exec tab shows.
#[derive(Debug)]
pub enum Output {
    /// Lines.
    Log(Box<LogView>),
    /// A terminal, which has the keys while the pane has the focus.
    Shell(Box<Terminal>),
}

/// How the command of an exec tab stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecState {
    /// It runs, or is being started or ended.
    Running,
    /// It ended so.
    Ended {
        /// In words: `exit 0`, `cancelled`, what failed.
        words: String,
        /// Whether it ended well.
        is_good: bool,
        /// How long it took.
        elapsed: Duration,
    },
}

/// The tab of an exec or a shell.
#[derive(Debug)]
pub struct ExecTab {
    /// The action it is.
    pub id: ActionId,
    /// The container.
    pub container: ContainerKey,
    /// What was run.
    pub draft: ExecDraft,
    /// When it began.
    pub begun: Duration,
    /// What it shows.
    pub output: Output,
    /// How it stands.
    pub state: ExecState,
}

impl ExecTab {
    /// Whether it may still print.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state == ExecState::Running
    }
}

/// The pane.
#[derive(Debug, Default)]
pub struct Pane {
    pub(super) tabs: BTreeMap<ContainerKey, Tab>,
    pub(super) logs: BTreeMap<ContainerKey, LogView>,
    /// The containers whose logs are followed, the one looked at last at the end.
    pub(super) recent: Vec<ContainerKey>,
    execs: Vec<ExecTab>,
    /// What is shown of builds.
    pub(super) builds: BTreeMap<ContainerKey, BuildsView>,
    /// The console logs of builds that were looked at lately, the last at the end.
    pub(super) build_logs: Vec<BuildLogView>,
    /// The number of the last task log.
    pub(super) task_logs: u64,
    /// The sessions.
    pub(super) sessions: SessionTabs,
    /// The logs that are merged.
    pub(super) merged: Option<MergedView>,
    /// The number of the last merging.
    pub(super) merges: u64,
    /// The number of the last looking through a log.
    looks: u64,
    /// How logs are drawn.
    pub display: LogDisplay,
    /// Everything about the selected container.
    pub inspect: InspectView,
    /// Its processes.
    pub processes: ProcessView,
}

impl Pane {
    /// The tab shown of a container.
    #[must_use]
    pub fn tab(&self, of: &ContainerKey) -> Tab {
        self.tabs.get(of).copied().unwrap_or_default()
    }

    /// Shows a tab of a container.
    pub fn show(&mut self, of: &ContainerKey, tab: Tab) {
        self.tabs.insert(of.clone(), tab);
    }

    /// There is a build in a container: its page is shown where nobody has chosen a tab and the container's own log is
    /// empty, as it is where builds are begun by execs.
    pub fn prefer_build(&mut self, of: &ContainerKey) {
        let own_log = self.logs.get(of).and_then(|view| view.reader.as_ref()).map(LogReader::extent);
        if own_log.is_some_and(|extent| extent.first == extent.end) && !self.tabs.contains_key(of) {
            self.show(of, Tab::Build);
        }
    }

    /// The tabs of a container, in the order they are drawn.
    #[must_use]
    pub fn tabs(&self, of: &ContainerKey) -> Vec<Tab> {
        let execs = self.execs.iter().filter(|exec| exec.container == *of).map(|exec| Tab::Exec(exec.id));
        let merged = self.merged.as_ref().filter(|merged| merged.has(of)).map(|_| Tab::Merged);
        let sessions = self.session_tabs(of).into_iter().map(Tab::Session);
        [Tab::Log]
            .into_iter()
            .chain(self.build_tabs(of))
            .chain(merged)
            .chain(sessions)
            .chain(execs)
            .chain([Tab::Stats, Tab::Inspect, Tab::Processes])
            .collect()
    }

    /// Shows the tab so many further on, round and round.
    pub fn step(&mut self, of: &ContainerKey, by: isize) {
        let tabs = self.tabs(of);
        let at = tabs.iter().position(|tab| *tab == self.tab(of)).unwrap_or(0);
        let (count, at) = (tabs.len().cast_signed(), at.cast_signed());
        let next = (at + by).rem_euclid(count.max(1)).cast_unsigned();
        if let Some(tab) = tabs.get(next) {
            self.show(of, *tab);
        }
    }

    /// A container is being looked at: its log is followed from now on.
    pub fn visit(&mut self, container: &ContainerKey) {
        if self.recent.last() == Some(container) {
            return;
        }
        self.recent.retain(|other| other != container);
        self.recent.push(container.clone());
        if self.recent.len() > LOGS {
            let oldest = self.recent.remove(0);
            if !self.merged.as_ref().is_some_and(|merged| merged.has(&oldest)) {
                self.logs.remove(&oldest);
            }
        }
        self.logs.entry(container.clone()).or_default();
    }

    /// The containers whose logs are followed: those looked at last, and those whose logs are merged.
    pub fn followed(&self) -> impl Iterator<Item = &ContainerKey> {
        self.logs.keys()
    }

    /// The log of a container that is followed.
    #[must_use]
    pub fn log(&self, of: &ContainerKey) -> Option<&LogView> {
        self.logs.get(of)
    }

    /// The same, to change it.
    pub fn log_mut(&mut self, of: &ContainerKey) -> Option<&mut LogView> {
        self.logs.get_mut(of)
    }

    /// The exec and shell tabs of all containers, the oldest first.
    #[must_use]
    pub fn execs(&self) -> &[ExecTab] {
        &self.execs
    }

    /// One of them.
    #[must_use]
    pub fn exec(&self, id: ActionId) -> Option<&ExecTab> {
        self.execs.iter().find(|exec| exec.id == id)
    }

    /// The same, to change it.
    pub fn exec_mut(&mut self, id: ActionId) -> Option<&mut ExecTab> {
        self.execs.iter_mut().find(|exec| exec.id == id)
    }

    /// Whether there is room for another exec tab: fewer than [`EXECS`], or one that has ended.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.execs.len() < EXECS || self.execs.iter().any(|exec| !exec.is_running())
    }

    /// Opens a tab and shows it. The oldest ended one makes room where there are too many.
    pub fn open(&mut self, exec: ExecTab) {
        if self.execs.len() >= EXECS
            && let Some(oldest) = self.execs.iter().find(|exec| !exec.is_running()).map(|exec| exec.id)
        {
            self.close(oldest);
        }
        self.show(&exec.container.clone(), Tab::Exec(exec.id));
        self.execs.push(exec);
    }

    /// Closes a tab; the one before it is shown in its place.
    pub fn close(&mut self, id: ActionId) {
        let Some(container) = self.exec(id).map(|exec| exec.container.clone()) else { return };
        if self.tab(&container) == Tab::Exec(id) {
            self.step(&container, -1);
        }
        self.execs.retain(|exec| exec.id != id);
    }

    /// The log that a tab of a container shows, where it shows one.
    #[must_use]
    pub fn shown_log(&self, of: &ContainerKey) -> Option<&LogView> {
        match self.tab(of) {
            Tab::Log => self.log(of),
            Tab::BuildLog => self.shown_build_log(of).map(|one| &one.log),
            Tab::TaskLog => self.task_log(of).map(|task| &task.log),
            Tab::Merged => self.merged.as_ref().map(|merged| &merged.log),
            Tab::Session(id) => self.session(id).map(|tab| &tab.log),
            Tab::Exec(id) => match &self.exec(id)?.output {
                Output::Log(view) => Some(view),
                Output::Shell(_) => None,
            },
            _ => None,
        }
    }

    /// The same, to move in it.
    pub fn shown_log_mut(&mut self, of: &ContainerKey) -> Option<&mut LogView> {
        match self.tab(of) {
            Tab::Log => self.log_mut(of),
            Tab::BuildLog => self.shown_build_log_mut(of).map(|one| &mut one.log),
            Tab::TaskLog => self.task_log_mut(of).map(|task| &mut task.log),
            Tab::Merged => self.merged.as_mut().map(|merged| &mut merged.log),
            Tab::Session(id) => self.session_mut(id).map(|tab| &mut tab.log),
            Tab::Exec(id) => match &mut self.exec_mut(id)?.output {
                Output::Log(view) => Some(view),
                Output::Shell(_) => None,
            },
            _ => None,
        }
    }

    /// Names what the log that a tab shows is looked through for.
    pub fn name_looks(&mut self, of: &ContainerKey) {
        let mut looks = self.looks;
        if let Some(view) = self.shown_log_mut(of) {
            view.name_looks(&mut looks);
        }
        self.looks = looks;
    }

    /// Takes what was found in a log, whether it is shown or not.
    pub fn take_found(&mut self, id: LookId, found: &Found) {
        let _ = self.all_logs_mut().any(|view| view.take(id, found));
    }

    fn all_logs_mut(&mut self) -> impl Iterator<Item = &mut LogView> {
        let outputs = self.execs.iter_mut().filter_map(|exec| match &mut exec.output {
            Output::Log(view) => Some(&mut **view),
            Output::Shell(_) => None,
        });
        let merged = self.merged.iter_mut().map(|merged| &mut merged.log);
        let builds = self.build_logs.iter_mut().map(|one| &mut one.log);
        let tasks = self.builds.values_mut().filter_map(|view| Some(&mut view.task.as_mut()?.log));
        let sessions = self.sessions.logs_mut();
        self.logs.values_mut().chain(outputs).chain(merged).chain(builds).chain(tasks).chain(sessions)
    }

    /// Older lines may have been put before those of a log: numbers go with them.
    pub fn settle_logs(&mut self) {
        self.settle_merged();
        for view in self.all_logs_mut() {
            if let Some(extent) = view.reader.as_ref().map(LogReader::extent) {
                view.settle(&extent);
            }
        }
    }

    /// The shell that a container's tab shows, where it shows one.
    #[must_use]
    pub fn shown_shell(&self, of: &ContainerKey) -> Option<&ExecTab> {
        let Tab::Exec(id) = self.tab(of) else { return None };
        self.exec(id).filter(|exec| matches!(exec.output, Output::Shell(_)))
    }

    /// Takes the log an exec prints into.
    pub fn set_output(&mut self, id: ActionId, reader: LogReader) {
        if let Some(ExecTab { output: Output::Log(view), .. }) = self.exec_mut(id) {
            view.set_reader(reader);
        }
    }

    /// Forgets what belongs to containers that are gone, but for tabs whose output may still be wanted.
    pub fn forget_missing(&mut self, exists: impl Fn(&ContainerKey) -> bool) {
        let execs = &self.execs;
        let is_kept = |key: &ContainerKey| exists(key) || execs.iter().any(|exec| exec.container == *key);
        self.tabs.retain(|key, _| is_kept(key));
        self.logs.retain(|key, _| exists(key));
        self.forget_missing_builds(&exists);
        self.forget_missing_sessions(&exists);
        self.recent.retain(|key| exists(key));
        if self.merged.as_ref().is_some_and(|merged| !merged.of.iter().any(|one| exists(&one.key))) {
            self.close_merged();
        }
    }
}
