//! What BitBake says about its build: bytes in, a [`Build`] out.
//!
//! [`BuildReader`] takes the bytes of one or two streams in any pieces, cuts them into lines, recognises each as a
//! [`BuildEvent`] and keeps the [`Build`] they tell of: how far it is, what runs, what failed and why, how it ended.
//! It reads what BitBake 1.46 to 2.19 prints, with and without a terminal, and what it writes into its console log.
//!
//! No engine, no clock, no screen, and no other room. No bytes make it fail, and however long the output, what it
//! keeps is bounded: each bound stands beside what it bounds.

mod apply;
mod build;
mod buildstats;
mod cause;
mod complaints;
mod configuration;
mod counts;
mod cut;
mod ended;
mod escapes;
mod estimator;
mod event;
mod event_log;
mod failures;
mod footer;
mod learn;
mod log_path;
mod messages;
mod names;
mod notice;
mod outcome;
mod pending;
mod phase;
mod progress;
mod rate;
mod reader;
mod recognise;
mod record;
mod remaining;
mod running;
mod scan;
mod slowest;
mod stamp;
mod starts;
mod summary;
mod task_history;
#[cfg(test)]
mod tests;
mod wall;
mod working;

pub use build::Build;
pub use buildstats::{BuildStats, TaskStats};
pub use cause::{Cause, CauseKind, CauseReader};
pub use configuration::Configuration;
pub use counts::{Counts, StreamLines};
pub use estimator::Estimator;
pub use event::{BuildEvent, Change, Interrupt, Level};
pub use event_log::{Ending, EventLogEvent, EventLogReader, Heard, QueueStats, TaskEvent};
pub use failures::{Failure, FailureLog};
pub use footer::Footer;
pub use messages::{Grouping, Message, Messages, WarningGroup};
pub use names::{Subject, TaskId};
pub use notice::{Notice, Trouble};
pub use outcome::{Outcome, Signs};
pub use phase::Phase;
pub use progress::Progress;
pub use rate::TaskRate;
pub use reader::{BuildReader, Output, Stream, Told};
pub use remaining::Remaining;
pub use running::RunningTask;
pub use slowest::TaskTime;
pub use summary::{ParseCount, SstateSummary, TasksSummary};
pub use task_history::{HistoryError, TaskHistory};
