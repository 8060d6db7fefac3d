//! Sessions that are over, in containers that run: what is kept of them takes room, until somebody removes it.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use jiff::Timestamp;

use crate::actions::exec::SHIM_DIRECTORY;
use crate::actions::{Call, Report, Supervised, Verb};
use crate::engine::{Container, ContainerId, ContainerState, ErrorKind, ListFilter};

use super::{Build, Session, SessionState, Sessions};

/// How many containers are asked at the same time.
const AT_ONCE: usize = 8;

/// Those of one container, and how to remove them.
#[derive(Debug, Clone)]
pub struct Over {
    /// The container, as it was listed.
    pub container: Container,
    /// All its sessions.
    pub sessions: Sessions,
    /// Those that have been over for long enough; at least one.
    pub ended: Vec<Session>,
}

impl Over {
    /// Those that have been over for so long in the containers of an engine that run, by container; and why one could
    /// not be asked. Eight containers are asked at a time.
    ///
    /// # Errors
    /// The containers could not be listed.
    pub async fn survey(
        on: &Supervised,
        call: &Call,
        keep: Duration,
    ) -> Result<(Vec<Self>, Vec<Report<()>>), Box<Report<()>>> {
        let filter = ListFilter { states: vec![ContainerState::Running], ..ListFilter::default() };
        let listed = on.read(call, Verb::List, "", |engine| engine.list(&filter)).await.into_result()?;
        let asked = listed.into_iter().map(|container| Self::of(on, call, container, keep));
        let mut answers = stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE);
        let (mut all, mut unasked) = (Vec::new(), Vec::new());
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(over) => all.extend(over),
                Err(report) => unasked.push(*report),
            }
        }
        Ok((all, unasked))
    }

    async fn of(
        on: &Supervised,
        call: &Call,
        container: Container,
        keep: Duration,
    ) -> Result<Option<Self>, Box<Report<()>>> {
        let Some(sessions) = Sessions::where_any(on, call, &container).await.into_result()? else {
            return Ok(None);
        };
        let mut ended = sessions.find(call).await.into_result()?;
        ended.retain(|session| session.is_over_since(keep));
        Ok((!ended.is_empty()).then_some(Self { container, sessions, ended }))
    }
}

impl Sessions {
    /// The sessions of a container as it was listed; `None` where it [can have none](Self::may_be_in).
    pub async fn where_any(on: &Supervised, call: &Call, container: &Container) -> Report<Option<Self>> {
        let sessions = || match Build::of(container) {
            Some(build) => build.sessions(on),
            None => Self::of(on.clone(), container.id.clone()),
        };
        Self::may_be_in(on, call, &container.id).await.map(|may| may.then(sessions))
    }

    /// Whether a container may have sessions: there is none in one that never had a command of ours. Nothing is copied
    /// into it to find that out.
    pub async fn may_be_in(on: &Supervised, call: &Call, container: &ContainerId) -> Report<bool> {
        let look = on.read(call, Verb::Inspect, container.as_str(), async |engine| {
            match engine.stat(container, SHIM_DIRECTORY).await {
                Ok(_) => Ok(true),
                // Where nothing can be looked at, nothing was ever put.
                Err(error) if error.is_not_found() || *error.kind() == ErrorKind::Unsupported => Ok(false),
                Err(error) => Err(error),
            }
        });
        look.await
    }
}

impl Session {
    /// Whether it has been over for so long. One that was lost is counted from its beginning: nobody knows its end.
    #[must_use]
    pub fn is_over_since(&self, keep: Duration) -> bool {
        let since = match &self.state {
            SessionState::Ended(end) => end.time.or(self.started),
            SessionState::Lost => self.started,
            SessionState::Running | SessionState::Unreadable { .. } => None,
        };
        let age = since.map(|since| Timestamp::now().duration_since(since));
        age.and_then(|age| Duration::try_from(age).ok()).is_some_and(|age| age >= keep)
    }

    /// Bytes that are kept of what it printed.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.output.unwrap_or(0).saturating_add(self.errors.unwrap_or(0))
    }

    /// The directory of the container it is kept in.
    #[must_use]
    pub fn kept_in(&self) -> Option<&str> {
        self.record.strip_suffix(self.id.as_str())?.strip_suffix("/records/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions::{Kept, SessionEnd, SessionId};

    fn session(state: SessionState, hours: i64) -> Session {
        Session {
            id: SessionId::parse("d-1").unwrap(),
            state,
            loss: None,
            command: Vec::new(),
            env: Vec::new(),
            directory: None,
            by: String::new(),
            started: Some(Timestamp::now() - jiff::SignedDuration::from_hours(hours)),
            age: None,
            pid: None,
            output: Some(5),
            errors: Some(2),
            gaps: Vec::new(),
            record: "/var/tmp/smidr-sessions/records/d-1".into(),
        }
    }

    fn ended(hours: i64) -> SessionState {
        SessionState::Ended(SessionEnd {
            time: Some(Timestamp::now() - jiff::SignedDuration::from_hours(hours)),
            code: Some(0),
            signal: None,
            deadline: false,
            output: Kept::default(),
            errors: None,
        })
    }

    #[test]
    fn only_what_is_over_for_so_long_is_over() {
        let day = Duration::from_secs(24 * 3600);
        assert!(session(ended(25), 30).is_over_since(day));
        assert!(!session(ended(23), 30).is_over_since(day));
        assert!(session(SessionState::Lost, 25).is_over_since(day));
        assert!(!session(SessionState::Lost, 23).is_over_since(day));
        assert!(!session(SessionState::Running, 300).is_over_since(Duration::ZERO));
        let unreadable = SessionState::Unreadable { why: "x".into() };
        assert!(!session(unreadable, 300).is_over_since(Duration::ZERO));
    }

    #[test]
    fn where_it_is_kept_is_read_off_its_record() {
        let mut one = session(SessionState::Running, 1);
        assert_eq!((one.kept_in(), one.size()), (Some("/var/tmp/smidr-sessions"), 7));
        one.record = "/somewhere".into();
        assert_eq!(one.kept_in(), None);
    }
}
