//! What one line says.

use super::footer::Footer;
use super::notice::{Notice, Trouble};
use super::summary::{LastWord, ParseCount, SstateSummary, TasksSummary};

/// What one line of BitBake's output says. It borrows the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildEvent<'a> {
    /// The client waits for a server: another one is leaving, or at work.
    Waiting,
    /// A bar, or the name of what has begun where there is no terminal (without a percentage).
    Bar {
        /// What is under way.
        name: &'a str,
        /// How far it is.
        percent: Option<u8>,
    },
    /// What was under way without a terminal is done.
    BarDone,
    /// The cache of parsed recipes is read.
    CacheLoaded,
    /// All recipes are parsed.
    Parsed(ParseCount),
    /// Dependencies are looked for.
    Resolving,
    /// A configuration is told in the rows that follow.
    ConfigurationBegins {
        /// Its name in a multiconfig build, where it is told.
        multiconfig: Option<&'a str>,
    },
    /// One row of it.
    ConfigurationRow {
        /// The variable, or the layer.
        key: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// What the shared-state cache has.
    Sstate(SstateSummary),
    /// There are no setscene tasks.
    NoSetscene,
    /// The tasks begin.
    Executing,
    /// All setscene tasks are done.
    SetsceneDone,
    /// A setscene task is about to start.
    SetsceneRunning {
        /// Its number.
        n: u64,
        /// How many there are.
        m: u64,
        /// Its id.
        id: &'a str,
    },
    /// A task is about to start.
    TaskRunning {
        /// Its number.
        n: u64,
        /// How many there are.
        m: u64,
        /// Its id.
        id: &'a str,
        /// Whether it has nothing to run, and so no process.
        noexec: bool,
    },
    /// A task's process has begun or ended.
    Task {
        /// Name, version and revision of the recipe.
        pf: &'a str,
        /// The task.
        task: &'a str,
        /// What has become of it.
        change: Change,
    },
    /// A line of the footer.
    Footer(Footer<'a>),
    /// The footer is taken away, to be drawn again or for good.
    Redraw,
    /// A note that says nothing else here.
    Note(&'a str),
    /// A warning.
    Warning {
        /// What it means.
        notice: Notice<'a>,
        /// Its first line.
        text: &'a str,
    },
    /// An error.
    Error {
        /// What it means.
        trouble: Trouble<'a>,
        /// Its first line.
        text: &'a str,
    },
    /// A further line of a message.
    Continuation(Level, &'a str),
    /// The log of a failed task follows.
    LogDataBegins,
    /// One line of it.
    LogData(&'a str),
    /// All tasks are done.
    TasksSummary(TasksSummary),
    /// How many tasks failed, by the last words.
    TasksFailed(u64),
    /// How many warnings were counted, by the last words.
    WarningsCounted(u64),
    /// How many errors were counted, by the last words.
    ErrorsCounted(u64),
    /// A failed task in the last words.
    SummaryTask(&'a str),
    /// Where the log of the one before is.
    SummaryLog(&'a str),
    /// Somebody wants it stopped.
    Interrupted(Interrupt),
    /// The client has lost its server.
    ServerLost,
    /// Nothing was logged for long; what runs follows.
    StillAlive,
    /// The id of a task that runs still.
    StillRunning(&'a str),
    /// An empty line.
    Blank,
    /// Anything else.
    Text(&'a str),
}

/// What becomes of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Its process has begun.
    Started,
    /// It ended well.
    Succeeded,
    /// It failed.
    Failed,
}

/// The levels of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// For information.
    Note,
    /// A warning.
    Warning,
    /// An error.
    Error,
    /// For those who look for a mistake in BitBake.
    Debug,
}

/// Steps of a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// ^C: no new tasks.
    First,
    /// ^C again: running tasks are ended.
    Second,
    /// The client leaves at once.
    Third,
    /// The client has said so as its last word.
    Said,
}

impl From<LastWord> for BuildEvent<'_> {
    fn from(word: LastWord) -> Self {
        match word {
            LastWord::TasksFailed(count) => Self::TasksFailed(count),
            LastWord::Warnings(count) => Self::WarningsCounted(count),
            LastWord::Errors(count) => Self::ErrorsCounted(count),
        }
    }
}
