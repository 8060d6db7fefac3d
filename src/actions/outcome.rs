//! How an action ended.

use std::fmt;
use std::time::Duration;

use crate::engine::{EngineError, chain};

use super::Verb;
use super::exec::TreeEnd;

/// The four ends an action can have; it has exactly one.
#[derive(Debug)]
pub enum Outcome<T> {
    /// The engine did it.
    Done(T),
    /// The engine said why not.
    Failed(EngineError),
    /// Its deadline came first.
    TimedOut,
    /// Somebody cancelled it.
    Cancelled,
}

impl<T> Outcome<T> {
    /// In one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Failed(_) => "failed",
            Self::TimedOut => "timed out",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What was found, and put right, after an action that ended without a clear answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Aftermath {
    /// The engine's answer says it all.
    Clear,
    /// It was never asked.
    NotBegun,
    /// It had not happened, and nothing is left.
    DidNotHappen(String),
    /// It had happened all the same.
    Happened(String),
    /// It had begun, and was undone.
    Undone(String),
    /// The engine goes on with it.
    GoesOn(String),
    /// A command's processes were ended; in words, and one by one.
    Ended(String, TreeEnd),
    /// Nobody knows: the look afterwards failed too.
    Unknown(String),
}

impl Aftermath {
    /// The sentence for people, where there is one.
    #[must_use]
    pub fn sentence(&self) -> Option<&str> {
        match self {
            Self::Clear => None,
            Self::NotBegun => Some("the engine was not asked"),
            Self::DidNotHappen(words)
            | Self::Happened(words)
            | Self::Undone(words)
            | Self::GoesOn(words)
            | Self::Ended(words, _)
            | Self::Unknown(words) => Some(words),
        }
    }
}

/// An action that is over.
#[derive(Debug)]
pub struct Report<T> {
    /// What was asked.
    pub verb: Verb,
    /// Of what.
    pub object: String,
    /// How it ended.
    pub outcome: Outcome<T>,
    /// What was found afterwards.
    pub aftermath: Aftermath,
    /// How often it was asked.
    pub attempts: u32,
    /// How long it took, waits between attempts included, the look afterwards not.
    pub elapsed: Duration,
    /// The deadline it had.
    pub deadline: Option<Duration>,
}

impl<T> Report<T> {
    /// The value, or everything else as the error it is.
    ///
    /// # Errors
    /// The report itself when the action was not done.
    pub fn into_result(self) -> Result<T, Box<Report<()>>> {
        let Self { verb, object, outcome, aftermath, attempts, elapsed, deadline } = self;
        let outcome = match outcome {
            Outcome::Done(value) => return Ok(value),
            Outcome::Failed(error) => Outcome::Failed(error),
            Outcome::TimedOut => Outcome::TimedOut,
            Outcome::Cancelled => Outcome::Cancelled,
        };
        Err(Box::new(Report { verb, object, outcome, aftermath, attempts, elapsed, deadline }))
    }

    /// The same with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Report<U> {
        let Self { verb, object, outcome, aftermath, attempts, elapsed, deadline } = self;
        let outcome = match outcome {
            Outcome::Done(value) => Outcome::Done(change(value)),
            Outcome::Failed(error) => Outcome::Failed(error),
            Outcome::TimedOut => Outcome::TimedOut,
            Outcome::Cancelled => Outcome::Cancelled,
        };
        Report { verb, object, outcome, aftermath, attempts, elapsed, deadline }
    }
}

impl<T> fmt::Display for Report<T> {
    /// One line: what was asked, how it ended, how often and how long it was tried, and what is left.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Outcome::Done(_) => write!(f, "{} {}: done", self.verb, self.object)?,
            Outcome::Failed(error) => write!(f, "{}", chain(error))?,
            Outcome::TimedOut => {
                let limit = self.deadline.unwrap_or(self.elapsed);
                write!(f, "could not {} {}: no end within {}", self.verb, self.object, seconds(limit))?;
            }
            Outcome::Cancelled => write!(f, "cancelled: {} {}", self.verb, self.object)?,
        }
        if self.attempts > 1 {
            write!(f, " (tried {} times in {})", self.attempts, seconds(self.elapsed))?;
        }
        match self.aftermath.sentence() {
            Some(sentence) => write!(f, "; {sentence}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Report<()> {}

/// Seconds with one decimal, without it from ten on.
fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 10.0 && duration.subsec_millis() != 0 {
        format!("{seconds:.1} s")
    } else {
        format!("{seconds:.0} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ErrorKind;

    fn report(outcome: Outcome<()>, aftermath: Aftermath, attempts: u32) -> String {
        let elapsed = Duration::from_millis(4200);
        let deadline = Some(Duration::from_secs(30));
        Report { verb: Verb::Stop, object: "yocto-a".into(), outcome, aftermath, attempts, elapsed, deadline }
            .to_string()
    }

    #[test]
    fn every_end_has_its_own_line() {
        assert_eq!(
            report(Outcome::TimedOut, Aftermath::GoesOn("the engine goes on stopping it".into()), 1),
            "could not stop yocto-a: no end within 30 s; the engine goes on stopping it"
        );
        assert_eq!(
            report(Outcome::Cancelled, Aftermath::NotBegun, 1),
            "cancelled: stop yocto-a; the engine was not asked"
        );
        let error = EngineError::new("pull", ErrorKind::Unavailable);
        assert_eq!(
            report(Outcome::Failed(error), Aftermath::Clear, 3),
            "cannot pull: a server the engine needs does not answer (tried 3 times in 4.2 s)"
        );
    }
}
