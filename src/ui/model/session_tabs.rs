//! The sessions of containers, each in a tab of its own: those that run, those that ended while the console looked on,
//! and the last that ended before.

use crate::logs::LogReader;
use crate::sessions::{Session, SessionId, SessionState};
use crate::ui::{ContainerKey, LogState, SessionTabId};

use super::{LogView, Pane, Tab};

/// How many sessions of all containers are followed at once; the one looked at longest ago goes first.
pub const SESSION_LOGS: usize = 8;
/// How many sessions of a container have a tab; the newest.
pub const SESSION_TABS: usize = 16;
/// How many of those have one that had ended before the console saw them; the newest.
const ENDED_BEFORE: usize = 3;

/// The tab of a session.
#[derive(Debug)]
pub struct SessionTab {
    /// Which tab.
    pub id: SessionTabId,
    /// The container.
    pub container: ContainerKey,
    /// The session, as it was found last.
    pub session: Session,
    /// The directory of the container it is kept in; the container's usual one where `None`.
    pub kept_in: Option<String>,
    /// What it is called: what is built, or the command.
    pub title: String,
    /// Whether it is what its container is there for.
    pub is_build: bool,
    /// How many hundredths are read of what it had printed when reading began, while that is being read.
    pub read: Option<u8>,
    /// What is shown of what it prints.
    pub log: LogView,
    /// Whether it has been seen running.
    ran: bool,
    /// Whether the user has closed it.
    is_closed: bool,
}

impl SessionTab {
    /// Whether it runs, as far as is known.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.session.state == SessionState::Running
    }

    /// Whether it ended, and with 0.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(&self.session.state, SessionState::Ended(end) if end.exit_code() == 0 && !end.deadline)
    }

    /// Whether it has printed anything on standard error that is kept apart.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.session.errors.is_some()
    }
}

/// The tabs of all sessions.
#[derive(Debug, Default)]
pub struct SessionTabs {
    /// By container, those of one in the order they began.
    all: Vec<SessionTab>,
    /// Those that are followed, the one looked at last at the end.
    recent: Vec<SessionTabId>,
    /// The number of the last tab.
    last: u64,
    /// One that was started from here: it is shown as soon as it is found.
    awaited: Option<(ContainerKey, SessionId)>,
}

impl SessionTabs {
    /// What is shown of all of them.
    pub(super) fn logs_mut(&mut self) -> impl Iterator<Item = &mut LogView> {
        self.all.iter_mut().map(|one| &mut one.log)
    }
}

impl Pane {
    /// All sessions of a container, the oldest first, whether they have a tab or not.
    #[must_use]
    pub fn sessions(&self, of: &ContainerKey) -> impl DoubleEndedIterator<Item = &SessionTab> {
        self.sessions.all.iter().filter(move |one| one.container == *of)
    }

    /// One of them.
    #[must_use]
    pub fn session(&self, id: SessionTabId) -> Option<&SessionTab> {
        self.sessions.all.iter().find(|one| one.id == id)
    }

    /// The same, to change it.
    pub fn session_mut(&mut self, id: SessionTabId) -> Option<&mut SessionTab> {
        self.sessions.all.iter_mut().find(|one| one.id == id)
    }

    /// Those that are to be followed.
    pub fn followed_sessions(&self) -> impl Iterator<Item = &SessionTab> {
        self.sessions.recent.iter().filter_map(|id| self.session(*id))
    }

    /// The tabs of a container's sessions, the oldest first.
    pub(super) fn session_tabs(&self, of: &ContainerKey) -> Vec<SessionTabId> {
        let (mut tabs, mut ended) = (Vec::new(), 0);
        for one in self.sessions(of).rev() {
            let is_old = !one.is_running() && !one.ran;
            ended += usize::from(is_old);
            let is_left_out = one.is_closed || (is_old && ended > ENDED_BEFORE);
            if !is_left_out && tabs.len() < SESSION_TABS {
                tabs.push(one.id);
            }
        }
        tabs.reverse();
        tabs
    }

    /// Takes what was found in a container: all its sessions. `about` says of one what it is called, and whether it is
    /// what the container is there for.
    pub fn take_sessions(
        &mut self,
        of: &ContainerKey,
        found: Vec<Session>,
        kept_in: Option<&str>,
        about: impl Fn(&Session) -> (String, bool),
    ) {
        let mut before: Vec<SessionTab> =
            self.sessions.all.extract_if(.., |one| one.container == *of).collect();
        for session in found {
            let known = before.iter().position(|one| one.session.id == session.id);
            let mut tab = match known.map(|at| before.swap_remove(at)) {
                Some(tab) => SessionTab { session, ..tab },
                None => self.new_session_tab(of, session, kept_in, &about),
            };
            tab.ran |= tab.is_running();
            self.sessions.all.push(tab);
        }
        let mut shown = None;
        if let Some((awaited, id)) = &self.sessions.awaited
            && awaited == of
        {
            shown = self.sessions(of).find(|one| one.session.id == *id).map(|one| one.id);
        }
        if let Some(id) = shown {
            self.sessions.awaited = None;
            self.show(of, Tab::Session(id));
        }
        self.settle_sessions(of);
        self.prefer_session(of);
    }

    fn new_session_tab(
        &mut self,
        of: &ContainerKey,
        session: Session,
        kept_in: Option<&str>,
        about: impl Fn(&Session) -> (String, bool),
    ) -> SessionTab {
        self.sessions.last += 1;
        let (title, is_build) = about(&session);
        SessionTab {
            id: SessionTabId(self.sessions.last),
            container: of.clone(),
            session,
            kept_in: kept_in.map(str::to_owned),
            title,
            is_build,
            read: None,
            log: LogView::default(),
            ran: false,
            is_closed: false,
        }
    }

    /// Where nobody has chosen a tab of a container, the build it is there for is shown; or a session that runs, where
    /// its own log is empty.
    fn prefer_session(&mut self, of: &ContainerKey) {
        if self.tabs.contains_key(of) {
            return;
        }
        let own_log = self.logs.get(of).and_then(|view| view.reader.as_ref()).map(LogReader::extent);
        let is_silent = own_log.is_some_and(|extent| extent.first == extent.end);
        let preferred = self.sessions(of).rfind(|one| one.is_build || (is_silent && one.is_running()));
        if let Some(id) = preferred.map(|one| one.id) {
            self.show(of, Tab::Session(id));
        }
    }

    /// Shows this session of a container as soon as it is found there.
    pub fn await_session(&mut self, of: &ContainerKey, id: &SessionId) {
        let known = self.sessions(of).find(|one| one.session.id == *id).map(|one| one.id);
        match known {
            Some(tab) => self.show(of, Tab::Session(tab)),
            None => self.sessions.awaited = Some((of.clone(), id.clone())),
        }
    }

    /// The session that is shown of a container is being looked at: it is followed from now on. A tab whose session is
    /// gone is left.
    pub fn settle_sessions(&mut self, of: &ContainerKey) {
        let Tab::Session(id) = self.tab(of) else { return };
        let tabs = self.session_tabs(of);
        if !tabs.contains(&id) {
            return self.show(of, tabs.last().map_or(Tab::Log, |last| Tab::Session(*last)));
        }
        if self.sessions.recent.last() == Some(&id) {
            return;
        }
        self.sessions.recent.retain(|other| *other != id);
        self.sessions.recent.push(id);
        if self.sessions.recent.len() > SESSION_LOGS {
            let oldest = self.sessions.recent.remove(0);
            if let Some(tab) = self.session_mut(oldest) {
                // Looked at again it is read again.
                (tab.log, tab.read) = (LogView::default(), None);
            }
        }
    }

    /// Closes the tab of a session that is over; the one before it is shown in its place.
    pub fn close_session(&mut self, of: &ContainerKey, id: SessionTabId) {
        if self.tab(of) == Tab::Session(id) {
            self.step(of, -1);
        }
        if let Some(tab) = self.session_mut(id) {
            tab.is_closed = true;
            (tab.log, tab.read) = (LogView::default(), None);
        }
        self.sessions.recent.retain(|other| *other != id);
    }

    /// Takes what is new of what a session prints.
    pub fn hear_session(&mut self, id: SessionTabId, news: crate::ui::SessionLogNews) {
        use crate::ui::SessionLogNews as News;
        let Some(tab) = self.session_mut(id) else { return };
        match news {
            News::Log(reader) => {
                tab.log.set_reader(reader);
                tab.log.state = LogState::Open;
            }
            News::Moved(read) => {
                (tab.log.state, tab.read) = (LogState::Open, read);
            }
            News::Trouble(problem) => tab.log.state = LogState::Failed(problem),
            News::Ended => (tab.log.state, tab.read) = (LogState::Ended, None),
        }
    }

    /// Forgets the sessions of containers that are gone.
    pub(super) fn forget_missing_sessions(&mut self, exists: impl Fn(&ContainerKey) -> bool) {
        self.sessions.all.retain(|one| exists(&one.container));
        let all = &self.sessions.all;
        self.sessions.recent.retain(|id| all.iter().any(|one| one.id == *id));
    }
}
