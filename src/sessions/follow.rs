//! A session, followed to its end.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use tokio::time::{Instant, sleep_until, timeout};

use crate::actions::exec::{Command, ExecEnd};
use crate::actions::{Backoff, CopiedOut, Outcome, Report};
use crate::engine::{EngineError, ErrorKind, ObjectKind, chain};

use super::shim_calls::follow_code;
use super::{SessionId, SessionState, Sessions};

const NO_ANSWER: &str = "the engine does not answer";
/// How long a copy out of a container that has stopped may be silent before it is begun again.
const SILENCE: Duration = Duration::from_secs(30);

/// Which of a session's files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stream {
    /// Standard output, with standard error where that is not kept apart.
    #[default]
    Output,
    /// Standard error, where it is kept apart.
    Errors,
}

/// What is new of a followed session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowNews {
    /// It goes on with these bytes: no byte is told twice, and none is left out.
    Bytes(Bytes),
    /// It cannot be read just now, for this reason; it is tried again, after at most five seconds each time. The same
    /// reason is told once until bytes have come.
    Trouble(String),
}

/// Why there is nothing more to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowEnd {
    /// The session ended, and all that is kept of it was told.
    Ended,
    /// The session was lost, and all that is kept of it was told.
    Lost,
    /// There is no such session, or not any more.
    NoSession,
    /// Its container is gone: the session with it.
    NoContainer,
    /// The supervisor shuts down.
    Cancelled,
}

/// A session that is followed. Dropping it ends only the command that reads the file in the container.
#[derive(Debug)]
pub struct Followed {
    of: Sessions,
    id: SessionId,
    stream: Stream,
    offset: u64,
    command: Option<Command>,
    /// What is left, out of a container that does not run any more, and how the session ended.
    copy: Option<(CopiedOut, FollowEnd)>,
    backoff: Backoff,
    not_before: Option<Instant>,
    /// The command that reads has ended without a word, and what that means was not looked at yet.
    has_broken_off: bool,
    trouble: String,
    end: Option<FollowEnd>,
}

/// What the shim says when all was printed.
#[derive(Deserialize)]
struct Whole {
    size: u64,
}

impl Followed {
    pub(super) fn new(of: Sessions, id: SessionId, stream: Stream, from: u64) -> Self {
        Self {
            of,
            id,
            stream,
            offset: from,
            command: None,
            copy: None,
            backoff: Backoff::new(),
            not_before: None,
            has_broken_off: false,
            trouble: String::new(),
            end: None,
        }
    }

    /// How many bytes have been told, those before the beginning included: where to begin the next time.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Why it is over, once [`next`](Self::next) has said that it is.
    #[must_use]
    pub fn end(&self) -> Option<FollowEnd> {
        self.end
    }

    /// What is new. `None` once there is nothing more to come, which a lost stream is no reason for. May be dropped and
    /// asked again.
    pub async fn next(&mut self) -> Option<FollowNews> {
        while self.end.is_none() {
            if let Some(moment) = self.not_before {
                sleep_until(moment).await;
                self.not_before = None;
            }
            if let Some((copy, end)) = &mut self.copy {
                let copied = timeout(SILENCE, copy.next()).await;
                if let Ok(Ok(Some(bytes))) = copied {
                    return Some(self.bytes(bytes));
                }
                let end = *end;
                self.copy = None;
                let why = match copied {
                    Ok(Err(error)) => chain(&error),
                    Err(_) => NO_ANSWER.to_owned(),
                    Ok(Ok(_)) => {
                        self.end = Some(end);
                        continue;
                    }
                };
                match self.try_again(why) {
                    Some(news) => return Some(news),
                    None => continue,
                }
            }
            if self.command.is_none() {
                match self.of.follow_words(&self.id, self.stream, self.offset).await.outcome {
                    Outcome::Done(words) => {
                        let (on, container) = (&self.of.on, &self.of.container);
                        self.command = Some(Command::start(on, container, Some("0".into()), words));
                    }
                    Outcome::Failed(error) if *error.kind() == ErrorKind::NotFound => {
                        self.end = Some(FollowEnd::NoContainer);
                        continue;
                    }
                    Outcome::Failed(error) if *error.kind() == ErrorKind::NotRunning => {
                        match self.stopped().await.and_then(|why| self.try_again(why)) {
                            Some(news) => return Some(news),
                            None => continue,
                        }
                    }
                    Outcome::Failed(error) => match self.try_again(chain(&error)) {
                        Some(news) => return Some(news),
                        None => continue,
                    },
                    Outcome::TimedOut => match self.try_again(NO_ANSWER.into()) {
                        Some(news) => return Some(news),
                        None => continue,
                    },
                    Outcome::Cancelled => {
                        self.end = Some(FollowEnd::Cancelled);
                        continue;
                    }
                }
            }
            let Some(command) = &mut self.command else { continue };
            if let Some(bytes) = command.next().await {
                return Some(self.bytes(bytes));
            }
            let end = command.end().await;
            let whole = serde_json::from_slice::<Whole>(command.complaints().trim_ascii()).ok();
            let complaint = command.complaint();
            self.command = None;
            match understand(end, whole.map(|whole| whole.size), self.offset) {
                Ok(end) => self.end = Some(end),
                // Most often its container has ended, which is no trouble: that shows at once.
                Err(_) if !self.has_broken_off => self.has_broken_off = true,
                Err(why) => {
                    let why = why.unwrap_or(complaint);
                    let why = if why.is_empty() { "the command that reads it has ended".into() } else { why };
                    if let Some(news) = self.try_again(why) {
                        return Some(news);
                    }
                }
            }
        }
        None
    }

    fn bytes(&mut self, bytes: Bytes) -> FollowNews {
        self.offset = self.offset.saturating_add(bytes.len() as u64);
        self.backoff = Backoff::new();
        self.has_broken_off = false;
        self.trouble.clear();
        FollowNews::Bytes(bytes)
    }

    /// Its container does not run: nothing more will be printed, and what is left is copied out. Why that has to be tried
    /// again, where it has to.
    async fn stopped(&mut self) -> Option<String> {
        let looked = self.of.look(&self.of.on.supervisor.call(), &self.id).await;
        let session = match looked.outcome {
            Outcome::Done(session) => session,
            Outcome::Failed(error) if *error.kind() == ErrorKind::NotFound => {
                self.end =
                    Some(if is_container(&error) { FollowEnd::NoContainer } else { FollowEnd::NoSession });
                return None;
            }
            Outcome::Failed(error) => return Some(chain(&error)),
            Outcome::TimedOut => return Some(NO_ANSWER.to_owned()),
            Outcome::Cancelled => {
                self.end = Some(FollowEnd::Cancelled);
                return None;
            }
        };
        let end = match session.state {
            SessionState::Ended(_) => FollowEnd::Ended,
            SessionState::Lost => FollowEnd::Lost,
            // The container runs again by now.
            SessionState::Running => return Some("its container did not run".to_owned()),
            SessionState::Unreadable { why } => return Some(why),
        };
        let path = output_of(&session.record, &self.id, self.stream);
        let mut copy = CopiedOut::open(&*self.of.on.engine, &self.of.container, &path, self.offset);
        match timeout(SILENCE, copy.begin()).await {
            Ok(Ok(_)) => self.copy = Some((copy, end)),
            // It was forgotten just now.
            Ok(Err(error)) if error.is_not_found() => self.end = Some(FollowEnd::NoSession),
            Ok(Err(error)) => return Some(chain(&error)),
            Err(_) => return Some(NO_ANSWER.to_owned()),
        }
        None
    }

    /// Waits before the next attempt; tells of a reason that is new.
    fn try_again(&mut self, why: String) -> Option<FollowNews> {
        self.not_before = Some(Instant::now() + self.backoff.next_wait());
        if why == self.trouble {
            return None;
        }
        self.trouble.clone_from(&why);
        Some(FollowNews::Trouble(why))
    }
}

/// Whether what is not there is the container.
fn is_container(error: &EngineError) -> bool {
    error.object().is_some_and(|(kind, _)| kind == ObjectKind::Container)
}

/// The file of output beside a record, see `src/shim/place.rs`.
fn output_of(record: &str, id: &SessionId, stream: Stream) -> String {
    let root = record.strip_suffix(id.as_str()).and_then(|root| root.strip_suffix("/records/"));
    let name = match stream {
        Stream::Output => "output",
        Stream::Errors => "errors",
    };
    format!("{}/output/{id}/{name}", root.unwrap_or_default())
}

/// What the end of the command that reads means: an end only where the command says so itself and every byte it printed
/// has come; else why it has to be tried again, where that is known.
fn understand(
    end: Option<Report<ExecEnd>>,
    size: Option<u64>,
    offset: u64,
) -> Result<FollowEnd, Option<String>> {
    match end.map(|report| report.outcome) {
        Some(Outcome::Done(ExecEnd { exit_code, .. })) => match exit_code {
            follow_code::NOT_FOUND => Ok(FollowEnd::NoSession),
            // An offset behind its end is the caller's; there is nothing more in any case.
            follow_code::ENDED if size.is_some_and(|size| size <= offset) => Ok(FollowEnd::Ended),
            follow_code::LOST if size.is_some_and(|size| size <= offset) => Ok(FollowEnd::Lost),
            follow_code::ENDED | follow_code::LOST => Err(Some("the connection was cut".to_owned())),
            _ => Err(None),
        },
        Some(Outcome::Failed(error)) if *error.kind() == ErrorKind::NotFound => Ok(FollowEnd::NoContainer),
        Some(Outcome::Failed(error)) => Err(Some(chain(&error))),
        Some(Outcome::Cancelled) => Ok(FollowEnd::Cancelled),
        Some(Outcome::TimedOut) | None => Err(None),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::actions::exec::Runner;
    use crate::actions::{Aftermath, Verb};
    use crate::engine::EngineError;

    fn report(outcome: Outcome<ExecEnd>) -> Report<ExecEnd> {
        Report {
            verb: Verb::Exec,
            object: "a".into(),
            outcome,
            aftermath: Aftermath::Clear,
            attempts: 1,
            elapsed: Duration::ZERO,
            deadline: None,
        }
    }

    fn done(exit_code: i64) -> Report<ExecEnd> {
        report(Outcome::Done(ExecEnd { exit_code, runner: Runner::Shim("/s".into()) }))
    }

    #[test]
    fn an_end_of_the_stream_is_no_end_of_the_session() {
        assert_eq!(understand(Some(done(0)), Some(10), 10), Ok(FollowEnd::Ended));
        assert_eq!(understand(Some(done(2)), Some(10), 10), Ok(FollowEnd::Lost));
        assert_eq!(understand(Some(done(1)), None, 0), Ok(FollowEnd::NoSession));
        // Cut short, or without the word that it is whole.
        assert!(understand(Some(done(0)), Some(11), 10).is_err());
        assert!(understand(Some(done(0)), None, 10).is_err());
        assert!(understand(Some(done(2)), Some(11), 10).is_err());
        // The reading command was killed, or its end is unknown.
        for code in [-1, 125, 137, 143] {
            assert!(understand(Some(done(code)), Some(10), 10).is_err(), "{code}");
        }
        let failed = |kind| Some(report(Outcome::Failed(EngineError::new("x", kind))));
        assert!(understand(failed(ErrorKind::BrokenStream), Some(10), 10).is_err());
        // What it printed is still there.
        assert!(understand(failed(ErrorKind::NotRunning), None, 10).is_err());
        assert_eq!(understand(failed(ErrorKind::NotFound), None, 10), Ok(FollowEnd::NoContainer));
        assert!(understand(None, Some(10), 10).is_err());
    }
}
