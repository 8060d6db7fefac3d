//! What has happened: everything `update` hears of. Facts in the past tense.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use crossterm::event::{KeyEvent, MouseEvent};
use jiff::Timestamp;

use crate::actions::Progress;
use crate::actions::cleanup::{CleanupReport, Plan};
use crate::bitbake::Cause;
use crate::builds::{BuildId, StopEnd, WatchedBuild};
use crate::engine::{
    Container, ContainerDetails, ContainerId, DiskUsage, EngineError, EngineEvent, Identity, ProcessTable,
    Stats, Volume,
};
use crate::logs::{Found, LogReader};
use crate::sessions::{Session, SessionId};

use super::{ActionId, Command, ContainerKey, EngineId, ExecDraft, LookId, MergeId, SessionTabId, TaskLogId};

/// The instant a message is handled: `update` has no clock of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Since the console began. Never goes back, and stands still while the program is suspended by nobody's wish
    /// but the machine's.
    pub since_start: Duration,
    /// The wall clock.
    pub time: Timestamp,
}

/// Something that has happened.
#[derive(Debug)]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// Text was pasted.
    Pasted(String),
    /// The terminal has this many columns and rows.
    Resized(u16, u16),
    /// Time has passed.
    Tick,
    /// Of an engine.
    Engine(EngineId, EngineNews),
    /// Of a container.
    Container(ContainerKey, ContainerNews),
    /// Of an action.
    Action(ActionId, ActionNews),
    /// More of a log was looked through for what is searched for in it.
    Found(LookId, Found),
    /// Of logs that are merged.
    Merged(MergeId, MergedNews),
    /// There was no room for a command: it was not done.
    Refused(Box<Command>),
    /// Commands that were run in containers of this name, the newest last.
    History {
        /// The container's name.
        container: String,
        /// The commands.
        drafts: Vec<ExecDraft>,
    },
    /// Something the user should read once: copied, could not write the history, came back from the shell.
    Told(Tone, String),
}

/// How something is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// It just ended well.
    Good,
    /// Worth knowing.
    Plain,
    /// Needs a look.
    Warning,
    /// Failed.
    Bad,
}

/// What is new of an engine.
#[derive(Debug)]
pub enum EngineNews {
    /// An endpoint is being tried.
    Trying {
        /// Who named it.
        named_by: String,
        /// The endpoint, where its definition could be read.
        endpoint: String,
    },
    /// It could not be reached; it will be tried again at this instant of [`Now::since_start`].
    Failed(Problem, Duration),
    /// It answers; what it has follows.
    Answers(Box<Identity>),
    /// All its containers.
    Containers(Vec<Container>),
    /// All its volumes.
    Volumes(Vec<Volume>),
    /// A list could not be had; what is shown is as old as it is.
    ListFailed(Problem),
    /// It is being asked what everything takes on disk.
    Measuring,
    /// What everything takes on disk.
    Measured(Box<DiskUsage>),
    /// It could not tell.
    NotMeasured(Problem),
    /// Something happened there.
    Event(EngineEvent),
    /// It takes connections and does not answer, for so long now.
    Silent(Duration),
    /// It answers again after having been silent.
    Spoke,
    /// The connection is gone, for this reason; it is being tried again.
    Lost(Problem),
}

/// What is new of a container.
#[derive(Debug)]
pub enum ContainerNews {
    /// All there is to know of it.
    Details(Box<ContainerDetails>),
    /// That could not be had.
    NoDetails(Problem),
    /// What it uses now.
    Stats(Stats),
    /// Its processes.
    Top(ProcessTable),
    /// They could not be had.
    NoTop(Problem),
    /// Its own log is being followed into this.
    Log(LogReader),
    /// Its log has more, or has ended.
    LogMoved(LogState),
    /// What was printed before the lines of its log is being read, so many hundredths of it so far; or no more: then
    /// they stand before them.
    LogHistory(Option<u8>),
    /// What is known of a build in it now.
    Build(Arc<WatchedBuild>),
    /// A build in it cannot be read just now, for this reason; it is tried again.
    BuildTrouble(BuildId, Problem),
    /// The console log of a build in it is being kept in this, from its first line on.
    BuildLog(BuildId, LogReader),
    /// That has more.
    BuildLogMoved(BuildId),
    /// Of a task's own log.
    TaskLog(TaskLogId, TaskLogNews),
    /// All its sessions: durable execs, and builds in its build directory.
    Sessions(Vec<Session>),
    /// They could not be asked for.
    NoSessions(Problem),
    /// Of what a session prints.
    SessionLog(SessionTabId, SessionLogNews),
}

/// What is new of what a session prints.
#[derive(Debug)]
pub enum SessionLogNews {
    /// It is being read into this, from its first byte on.
    Log(LogReader),
    /// There is more. So many hundredths of what there was when reading began are read, until all of it is.
    Moved(Option<u8>),
    /// It cannot be read just now, for this reason; it is tried again.
    Trouble(Problem),
    /// All of it is read, and nothing more comes.
    Ended,
}

/// What is new of a task's own log.
#[derive(Debug)]
pub enum TaskLogNews {
    /// It is being read into this, from its first line on.
    Log(LogReader),
    /// Why the task failed: all causes found so far, by the numbers of their lines in that log.
    Causes(Vec<Cause>),
    /// There is more.
    Moved,
    /// All of it is read: nothing more comes, and no more causes.
    Ended,
    /// It cannot be read, for this reason.
    Failed(Problem),
}

/// What is new of logs that are merged.
#[derive(Debug)]
pub enum MergedNews {
    /// They are merged into this. It may hold the same lines as the one before, and others between them.
    Log(LogReader),
    /// There is more.
    Moved,
}

/// How following a log stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogState {
    /// More may come.
    Open,
    /// The container has ended, and this is all.
    Ended,
    /// It cannot be read just now, for this reason.
    Failed(Problem),
}

/// What is new of an action.
#[derive(Debug)]
pub enum ActionNews {
    /// How it goes.
    Progress(Progress),
    /// How far a pull or a cleanup has come, in words.
    Step(String),
    /// An exec prints into this.
    Output(LogReader),
    /// A shell has printed this.
    Printed(Bytes),
    /// It has more output.
    Moved,
    /// It is over.
    Ended(Box<Ended>),
}

/// How an action ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub ending: Ending,
    /// How long it took.
    pub elapsed: Duration,
    /// How often it was asked.
    pub attempts: u32,
    /// What failed and why, the whole chain.
    pub problem: Option<Problem>,
    /// What was found and put right afterwards.
    pub aftermath: Option<String>,
    /// What came of it.
    pub yielded: Yield,
}

/// The four ends of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done,
    /// The engine said why not.
    Failed,
    /// The deadline came first.
    TimedOut,
    /// Somebody cancelled it.
    Cancelled,
}

impl Ending {
    /// In a word or two.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What an action that ended brought.
#[derive(Debug, Clone)]
pub enum Yield {
    /// Nothing but its end.
    Nothing,
    /// It was so already.
    AlreadySo,
    /// A container.
    Created(ContainerId),
    /// What a cleanup would remove.
    Plan(Arc<Plan>),
    /// What a cleanup removed.
    Cleanup(Arc<CleanupReport>),
    /// How a build was stopped.
    BuildStopped(StopEnd),
    /// The exit code of a command.
    ExitCode(i64),
    /// A session was started in this container.
    Started(ContainerId, SessionId),
    /// A session was ended: what that took, in words.
    SessionEnded(String),
}

/// Something that went wrong, as the screen shows it: text from engines has been cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What failed, on what, and why: the whole chain on one line.
    pub words: String,
    /// What can be done about it.
    pub hint: Option<String>,
    /// Whether trying again can help.
    pub can_retry: bool,
}

impl Problem {
    /// In these words, with nothing to be done about it.
    #[must_use]
    pub fn new(words: impl AsRef<str>) -> Self {
        Self { words: crate::text::clean(words.as_ref()).into_owned(), hint: None, can_retry: false }
    }
}

impl From<&EngineError> for Problem {
    fn from(error: &EngineError) -> Self {
        Self {
            hint: error.hint().map(|hint| crate::text::clean(&hint).into_owned()),
            can_retry: error.is_retryable(),
            ..Self::new(crate::engine::chain(error))
        }
    }
}
