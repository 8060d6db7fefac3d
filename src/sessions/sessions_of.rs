//! The sessions of one container.

use std::time::Duration;

use serde::Deserialize;

use crate::actions::exec::shim_protocol::{signal_argv, signal_code};
use crate::actions::exec::{Process, Runner, ShimUse, TreeEnd};
use crate::actions::{Aftermath, Call, Limits, Outcome, Progress, Report, Supervised, Verb};
use crate::engine::{
    Change, ContainerId, ContainerManagerExt, EngineError, ErrorKind, ExecOutput, ExecRequest, ObjectKind,
    Result, chain,
};

use super::listed::Found;
use super::loss::{Loss, engine_began};
use super::shim_calls::Shim;
use super::{Followed, Session, SessionId, SessionPlan, SessionState, Stream, listed, records};

/// What a runtime says of a command whose container has ended: `cannot exec in a stopped container`, or `state`.
const STOPPED_MEANWHILE: &str = "cannot exec in a stopped";
/// The most a list of sessions, or a report about them, takes in bytes.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;
/// Who may read and signal every session of a container.
const ROOT_USER: &str = "0";
/// What ending one takes beyond its grace.
const BEYOND_GRACE: Duration = Duration::from_secs(15);
/// How often, and how far apart, a session is looked for whose start may still be under way.
const LOOKS: u32 = 5;
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// The sessions of one container. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions {
    pub(super) on: Supervised,
    pub(super) container: ContainerId,
    root: Option<String>,
}

/// A session that was to be removed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Forgotten {
    /// Its name.
    #[serde(rename = "token")]
    pub id: String,
    /// Whether it was removed now.
    pub removed: bool,
    /// Whether it was not there: somebody else was first, or there never was one.
    pub missing: bool,
    /// Why it was not removed.
    pub why: Option<String>,
}

impl Forgotten {
    /// Whether it is gone now, and by whom.
    ///
    /// # Errors
    /// Why it stays.
    pub fn gone(&self) -> std::result::Result<Change, &str> {
        match (self.removed, self.missing) {
            (true, _) => Ok(Change::Made),
            (false, true) => Ok(Change::AlreadySo),
            (false, false) => Err(self.why.as_deref().unwrap_or("it stays")),
        }
    }
}

/// What the shim prints about the tree of one session.
#[derive(Deserialize)]
struct Ended {
    signalled: Vec<Process>,
    killed: Vec<Process>,
    left: Vec<Process>,
}

impl Sessions {
    /// In the directory the container names in `SMIDR_SESSIONS`, else in `/var/tmp/smidr-sessions`.
    #[must_use]
    pub fn of(on: Supervised, container: ContainerId) -> Self {
        Self { on, container, root: None }
    }

    /// In this directory of the container: an absolute path. One that is mounted outlives the container.
    #[must_use]
    pub fn kept_in(self, root: impl Into<String>) -> Self {
        Self { root: Some(root.into()), ..self }
    }

    /// In this directory, or where there is none in [the usual one](Self::of).
    #[must_use]
    pub fn at(on: &Supervised, container: &ContainerId, root: Option<&str>) -> Self {
        Self { root: root.map(str::to_owned), ..Self::of(on.clone(), container.clone()) }
    }

    /// Starts a durable exec; done when it runs. A command that is not there is [`ErrorKind::CommandNotFound`], and
    /// nothing is left of it. Where the shim cannot run in the container it is [`ErrorKind::Unsupported`].
    ///
    /// Where the outcome is unknown it is looked for, and named when it runs all the same: a command that was started
    /// to last is not ended because its starter lost the connection.
    pub async fn start(&self, call: &Call, plan: &SessionPlan) -> Report<SessionId> {
        let call = bounded(call, Duration::ZERO);
        let id = SessionId::new();
        let work = || async {
            let shim = self.shim(&call).await?;
            let made = self.ask(shim.prepare(), ROOT_USER).await?;
            if made.exit_code != 0 {
                return Err(self.refused("make a directory for sessions in", &made));
            }
            let request = ExecRequest {
                command: shim.keep(&id, plan),
                stdin: false,
                tty: None,
                ..plan.request.clone()
            };
            let begun = self.on.engine.exec_collect(&self.container, &request, LONGEST_ANSWER).await?;
            match begun.exit_code {
                0 => Ok(id.clone()),
                code => Err(self.not_begun(code, &begun, plan)),
            }
        };
        let look = |_| async {
            call.tell(Progress::Settling { doing: format!("looking whether session {id} was started") });
            for _ in 0..LOOKS {
                match self.listed(&call, Some(&id)).await {
                    Ok(found) if found.is_empty() => tokio::time::sleep(LOOK_EVERY).await,
                    Ok(_) => return Aftermath::GoesOn(format!("it was started as session {id}")),
                    Err(error) => {
                        let why = chain(&error);
                        return Aftermath::Unknown(format!(
                            "whether session {id} was started is unknown: {why}"
                        ));
                    }
                }
            }
            Aftermath::DidNotHappen("no session was started".into())
        };
        self.on.supervisor.run(&call, Verb::Exec, self.container.as_str(), work, look).await
    }

    /// All sessions, the oldest first. Of a container that does not run, too: what has not ended there is lost.
    pub async fn find(&self, call: &Call) -> Report<Vec<Session>> {
        let call = bounded(call, Duration::ZERO);
        let find = || self.listed(&call, None);
        self.on.supervisor.read(&call, Verb::Exec, self.container.as_str(), find).await
    }

    /// One session; [`ErrorKind::NotFound`] where there is none of that name.
    pub async fn look(&self, call: &Call, id: &SessionId) -> Report<Session> {
        let call = bounded(call, Duration::ZERO);
        let look = || async {
            let found = self.listed(&call, Some(id)).await?;
            found.into_iter().find(|session| session.id == *id).ok_or_else(|| self.no_session("find", id))
        };
        self.on.supervisor.read(&call, Verb::Exec, self.container.as_str(), look).await
    }

    /// Follows what one prints, from an offset in bytes on, to its end: through lost streams and engines.
    #[must_use]
    pub fn follow(&self, id: &SessionId, stream: Stream, from: u64) -> Followed {
        Followed::new(self.clone(), id.clone(), stream, from)
    }

    /// Passes a signal (a name or number) on to the command's process group, and ends nothing.
    pub async fn signal(&self, call: &Call, id: &SessionId, signal: &str) -> Report<()> {
        let call = bounded(call, Duration::ZERO);
        let send = || async {
            let shim = self.shim(&call).await?;
            let answer = self.ask(shim.forward(id, signal), ROOT_USER).await?;
            match answer.exit_code {
                signal_code::DONE => Ok(()),
                signal_code::NOT_FOUND => Err(self.not_running(&call, "signal", id).await),
                _ => Err(self.refused("signal a session in", &answer)),
            }
        };
        let unknown = |_| async { Aftermath::Unknown("whether the signal was sent is unknown".into()) };
        self.on.supervisor.run(&call, Verb::Exec, self.container.as_str(), send, unknown).await
    }

    /// Ends one with everything it started: TERM, and KILL after the grace. What that took, and what is left. Daemons
    /// that a command left behind when it ended by itself are ended, too.
    pub async fn end(&self, call: &Call, id: &SessionId, grace: Duration) -> Report<TreeEnd> {
        let call = bounded(call, grace);
        let end = || async {
            let shim = self.shim(&call).await?;
            let words = signal_argv(&shim.path, id.as_str(), "TERM", grace, true);
            let answer = self.ask(words, ROOT_USER).await?;
            if answer.exit_code == signal_code::NOT_FOUND {
                return Err(self.not_running(&call, "end", id).await);
            }
            let ended: Ended = serde_json::from_slice(answer.stdout.trim_ascii())
                .map_err(|error| self.refused("end a session in", &answer).because(error))?;
            let Ended { signalled, killed, left } = ended;
            Ok(TreeEnd { signalled, killed, left, ..TreeEnd::default() })
        };
        let look = |_| async {
            match self.listed(&call, Some(id)).await {
                Ok(found) => match found.first().map(|session| &session.state) {
                    Some(SessionState::Running) => Aftermath::GoesOn(
                        "it still runs; if it was asked to end, its keeper sees to that after the grace"
                            .into(),
                    ),
                    Some(state) => Aftermath::Happened(format!("it is {}", state.words())),
                    None => Aftermath::Unknown("there is no such session any more".into()),
                },
                Err(error) => Aftermath::Unknown(format!("what became of it is unknown: {}", chain(&error))),
            }
        };
        self.on.supervisor.run(&call, Verb::Exec, self.container.as_str(), end, look).await
    }

    /// Removes what is kept of these; one that runs stays, and says so.
    pub async fn forget(&self, call: &Call, ids: &[SessionId]) -> Report<Vec<Forgotten>> {
        self.remove(call, ids, None).await
    }

    /// Removes what is kept of all that have been over for so long; those that were lost, since they began.
    pub async fn reap(&self, call: &Call, older_than: Duration) -> Report<Vec<Forgotten>> {
        self.remove(call, &[], Some(older_than)).await
    }

    async fn remove(
        &self,
        call: &Call,
        ids: &[SessionId],
        older_than: Option<Duration>,
    ) -> Report<Vec<Forgotten>> {
        let call = bounded(call, Duration::ZERO);
        let forget = || async {
            if ids.is_empty() && older_than.is_none() {
                return Ok(Vec::new());
            }
            let shim = self.shim(&call).await?;
            let answer = self.ask(shim.forget(ids, older_than), ROOT_USER).await?;
            let text = answer.stdout_text();
            let told: Vec<Forgotten> =
                text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
            if told.is_empty() && answer.exit_code != 0 {
                return Err(self.refused("remove sessions in", &answer));
            }
            Ok(told)
        };
        // Asked again it removes what is left.
        let unknown = |_| async { Aftermath::Unknown("some may have been removed".into()) };
        self.on.supervisor.run(&call, Verb::Exec, self.container.as_str(), forget, unknown).await
    }

    /// The command that prints a session, for whoever follows it.
    pub(super) async fn follow_words(
        &self,
        id: &SessionId,
        stream: Stream,
        from: u64,
    ) -> Report<Vec<String>> {
        let call = bounded(&self.on.supervisor.call(), Duration::ZERO);
        let words = || async { Ok(self.shim(&call).await?.follow(id, stream, from)) };
        self.on.supervisor.read(&call, Verb::Exec, self.container.as_str(), words).await
    }

    async fn listed(&self, call: &Call, id: Option<&SessionId>) -> Result<Vec<Session>> {
        let asked = async {
            let shim = self.shim(call).await?;
            self.ask(shim.list(id), ROOT_USER).await
        };
        let answer = match asked.await {
            // One that ends meanwhile is refused in many ways.
            Err(error) if *error.kind() == ErrorKind::NotRunning || self.is_stopped().await => None,
            Ok(answer) if answer.exit_code != 0 && self.has_stopped(&answer).await => None,
            answer => Some(answer?),
        };
        let Some(answer) = answer else {
            let found = records::of_stopped(&*self.on.engine, &self.container, self.root.as_deref()).await?;
            let wanted = |one: &Found| id.is_none_or(|id| one.session.id == *id);
            return self.with_losses(found.into_iter().filter(wanted).collect()).await;
        };
        if answer.exit_code != 0 {
            return Err(self.refused("list the sessions of", &answer));
        }
        self.with_losses(answer.stdout_text().lines().filter_map(listed::read).collect()).await
    }

    /// Says of those that are lost why.
    async fn with_losses(&self, found: Vec<Found>) -> Result<Vec<Session>> {
        let is_lost = |one: &Found| one.session.state == SessionState::Lost;
        if !found.iter().any(is_lost) {
            return Ok(found.into_iter().map(|one| one.session).collect());
        }
        let container = self.on.engine.inspect(&self.container).await?;
        let engine = engine_began(self.on.engine.endpoint());
        let told = found.into_iter().map(|mut one| {
            if is_lost(&one) {
                let boot = one.boot.as_ref().map(|(then, now)| (then.as_str(), now.as_str()));
                one.session.loss = Some(Loss::of(one.session.started, boot, &container, engine));
            }
            one.session
        });
        Ok(told.collect())
    }

    /// Whether the container is there and does not run.
    async fn is_stopped(&self) -> bool {
        let found = self.on.engine.inspect(&self.container).await;
        found.is_ok_and(|found| !found.state.is_alive())
    }

    /// Whether a command failed because its container has ended meanwhile. Engines let a command begin that comes too
    /// late, say why in its output, and may still call the container running then.
    async fn has_stopped(&self, answer: &ExecOutput) -> bool {
        said(answer).contains(STOPPED_MEANWHILE) || self.is_stopped().await
    }

    /// The shim, put into the container where it is not there yet. Under the caller's deadline.
    async fn shim(&self, call: &Call) -> Result<Shim> {
        let failed =
            |kind| EngineError::new("keep sessions in", kind).on(ObjectKind::Container, &self.container);
        // Copying a file into a container that has stopped would succeed.
        let running = self.on.engine.inspect(&self.container).await?.state.is_alive();
        if !running {
            return Err(failed(ErrorKind::NotRunning));
        }
        match self.on.runner(call, &self.container, ShimUse::Carry).await.outcome {
            Outcome::Done(Runner::Shim(path)) => Ok(Shim { path, root: self.root.clone() }),
            Outcome::Done(Runner::Wrapper(why)) => Err(failed(ErrorKind::Unsupported).saying(why)),
            Outcome::Failed(error) => Err(error),
            Outcome::TimedOut | Outcome::Cancelled => {
                Err(failed(ErrorKind::Unavailable).saying("the engine does not answer"))
            }
        }
    }

    async fn ask(&self, command: Vec<String>, user: &str) -> Result<ExecOutput> {
        let request = ExecRequest { user: Some(user.to_owned()), ..ExecRequest::new(command) };
        self.on.engine.exec_collect(&self.container, &request, LONGEST_ANSWER).await
    }

    fn refused(&self, operation: &'static str, answer: &ExecOutput) -> EngineError {
        EngineError::new(operation, ErrorKind::Refused)
            .on(ObjectKind::Container, &self.container)
            .saying(said(answer))
    }

    /// Why the command did not begin, by the code its starter ended with.
    fn not_begun(&self, code: i64, answer: &ExecOutput, plan: &SessionPlan) -> EngineError {
        let kind = match code {
            127 => ErrorKind::CommandNotFound,
            126 => ErrorKind::CommandNotExecutable,
            _ => return self.refused("start a session in", answer),
        };
        let program = plan.request.command.first().map(String::as_str).unwrap_or_default();
        EngineError::new("start a session in", kind)
            .on(ObjectKind::Container, &self.container)
            .saying(format!("{program}: {}", said(answer)))
    }

    fn no_session(&self, operation: &'static str, id: &SessionId) -> EngineError {
        EngineError::new(operation, ErrorKind::NotFound)
            .on(ObjectKind::Exec, format_args!("{id} of {}", self.container))
    }

    /// Why a session has no process: there is none, or it is over.
    async fn not_running(&self, call: &Call, operation: &'static str, id: &SessionId) -> EngineError {
        match self.listed(call, Some(id)).await {
            Ok(found) => match found.first() {
                Some(session) => EngineError::new(operation, ErrorKind::Conflict)
                    .on(ObjectKind::Exec, format_args!("{id} of {}", self.container))
                    .saying(match &session.state {
                        SessionState::Running => "it runs in another container".to_owned(),
                        state => format!("it is {}", state.words()),
                    }),
                None => self.no_session(operation, id),
            },
            Err(error) => error,
        }
    }
}

/// An exec has no limits of its own; what is asked here is short.
fn bounded(call: &Call, grace: Duration) -> Call {
    let limits = call.limits.unwrap_or_else(|| {
        let limits = Limits::default();
        Limits { deadline: limits.deadline.map(|limit| limit + grace), ..limits }
    });
    call.clone().with_limits(Limits { settle: limits.settle.max(BEYOND_GRACE), ..limits })
}

fn said(answer: &ExecOutput) -> String {
    let text = [answer.stdout.as_slice(), answer.stderr.as_slice()].concat();
    let text = String::from_utf8_lossy(&text);
    let text = text.trim().trim_start_matches("smidr-shim: ");
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(500).collect()
}
