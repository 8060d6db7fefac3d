//! Builds: sessions that are the first process of a container of their own.

use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use serde::Serialize;
use tokio::time::Instant;

use crate::actions::{Call, Outcome, Owned, Report, Supervised, Verb};
use crate::engine::{
    Container, ContainerId, ContainerSpec, ContainerState, EngineError, ErrorKind, ListFilter, LogsRequest,
    ObjectKind, RemoveOptions, Result, StdStream, labels,
};

use super::{Session, SessionId, Sessions};

/// How long a build may take to begin once its container has been started, and how often it is looked for.
const BEGINS: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often that may be refused: more is no passing trouble.
const REFUSALS: u32 = 20;
/// The most that is repeated of what a keeper complained about, in bytes.
const LONGEST_COMPLAINT: usize = 4096;

/// The builds of one engine. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Builds {
    on: Supervised,
}

/// A build, by the container that is there for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Build {
    /// Its container.
    pub container: ContainerId,
    /// The container's name.
    pub name: String,
    /// What the container is doing.
    pub state: ContainerState,
    /// Its session.
    pub session: SessionId,
    /// The directory of the container its session is kept in.
    pub kept_in: String,
    /// What is built.
    pub target: String,
    /// The build file: a path of the machine it was started from.
    pub file: String,
    /// Who started it.
    pub owner: String,
    /// When its container was made.
    pub created: Option<Timestamp>,
}

impl Build {
    /// How long its container has to stop before an engine kills it: the keeper's own minute, and some to write down
    /// how it ended.
    pub const STOP_GRACE: Duration = Duration::from_secs(75);

    /// By a container's labels. `None` where it is not there for a build.
    #[must_use]
    pub fn of(container: &Container) -> Option<Self> {
        let label = |name: &str| container.labels.get(name).cloned().unwrap_or_default();
        let kept_in = label(labels::SESSIONS_IN);
        let is_build = label(labels::ROLE) == labels::BUILD && kept_in.starts_with('/');
        let session = SessionId::parse(&label(labels::SESSION)).filter(|_| is_build)?;
        Some(Self {
            container: container.id.clone(),
            name: container.name.clone(),
            state: container.state,
            session,
            kept_in,
            target: label(labels::TARGET),
            file: label(labels::FILE),
            owner: label(labels::OWNER),
            created: container.created,
        })
    }

    /// Where its session is found.
    #[must_use]
    pub fn sessions(&self, on: &Supervised) -> Sessions {
        Sessions::of(on.clone(), self.container.clone()).kept_in(self.kept_in.clone())
    }
}

impl Builds {
    /// On this engine.
    #[must_use]
    pub fn on(on: Supervised) -> Self {
        Self { on }
    }

    /// All of them, running and ended, in the engine's order. One that ended is there until its container is removed or
    /// the next build in its directory begins; its record stays in the build directory.
    pub async fn find(&self, call: &Call) -> Report<Vec<Build>> {
        let role = (labels::ROLE.to_owned(), Some(labels::BUILD.to_owned()));
        let filter = ListFilter { labels: vec![role], ..ListFilter::default() };
        let list = || self.on.engine.list(&filter);
        let found = self.on.supervisor.read(call, Verb::List, "builds", list).await;
        found.map(|all| all.iter().filter_map(Build::of).collect())
    }

    /// The build that a container of this name or id is there for. `None` where it is there for something else.
    pub async fn look(&self, call: &Call, container: &ContainerId) -> Report<Option<Build>> {
        let look = || self.of_container(container);
        self.on.supervisor.read(call, Verb::Inspect, container.as_str(), look).await
    }

    async fn of_container(&self, container: &ContainerId) -> Result<Option<Build>> {
        let found = self.on.engine.inspect(container).await?;
        Ok(Build::of(&Container {
            id: found.id,
            name: found.name,
            image: found.image,
            image_id: found.image_id,
            command: String::new(),
            state: found.state,
            status: String::new(),
            created: found.created,
            labels: found.labels,
            mounts: Vec::new(),
        }))
    }

    /// Starts a build; done when it runs, or has ended already.
    ///
    /// A build that runs in the same directory is [`ErrorKind::InUse`], and nothing is changed. What an earlier one has
    /// left, however it or its starter ended, is removed first. A build that cannot begin leaves no container; cancelled
    /// in between it may leave one that never ran, which the next call removes.
    ///
    /// # Errors
    /// The report of the step that was not done.
    pub async fn start(
        &self,
        call: &Call,
        spec: &ContainerSpec,
        owned: &Owned,
    ) -> std::result::Result<Build, Box<Report<()>>> {
        let name = ContainerId::from(spec.name.as_str());
        let look = || self.make_room(&name);
        let left = self.on.supervisor.read(call, Verb::Inspect, &spec.name, look).await.into_result()?;
        if let Some(left) = left {
            // Not by force: one that was started just now stays, and the making of another says so.
            let options = RemoveOptions { force: false, volumes: true };
            self.on.remove(call, &left, options).await.into_result()?;
        }
        let created = self.on.create_under_shim(call, spec, owned).await.into_result()?;
        if let Err(report) = self.on.start(call, &created.id).await.into_result() {
            self.discard(call, &created.id).await;
            return Err(report);
        }
        let begun = || Box::pin(self.begun(&created.id));
        let begun = self.on.supervisor.read(call, Verb::Start, &spec.name, begun).await;
        if matches!(begun.outcome, Outcome::Failed(_)) {
            self.discard(call, &created.id).await;
        }
        begun.into_result()
    }

    /// Whether another may take its name; the container that has to be removed for it.
    async fn make_room(&self, name: &ContainerId) -> Result<Option<ContainerId>> {
        let build = match self.of_container(name).await {
            Ok(build) => build,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        // Of another's container it is for `create` to say what is wrong.
        let Some(build) = build else { return Ok(None) };
        if build.state.is_alive() {
            let kind = ErrorKind::InUse { by: vec![build.name.clone()] };
            let Build { name, session, target, owner, .. } = build;
            return Err(EngineError::new("start a build in the directory of", kind)
                .on(ObjectKind::Container, &name)
                .saying(format!("{target} is built there, by {owner}, as session {session}"))
                .advising(format!(
                    "to follow it: smidr-console sessions follow {name}; to stop it: smidr-console sessions stop {name}"
                )));
        }
        Ok(Some(build.container))
    }

    /// Waits until its record is there. One whose container ends without any did not begin, and its keeper says why.
    async fn begun(&self, id: &ContainerId) -> Result<Build> {
        let until = Instant::now() + BEGINS;
        let mut refused = 0;
        loop {
            let build = self.of_container(id).await?;
            let Some(build) = build else { return Err(EngineError::new("start", ErrorKind::NotFound)) };
            let sessions = build.sessions(&self.on);
            let call = self.on.supervisor.call();
            match sessions.look(&call, &build.session).await.outcome {
                Outcome::Done(_) => return Ok(build),
                Outcome::Failed(error) if error.is_not_found() && !build.state.is_alive() => {
                    return Err(self.not_begun(id).await);
                }
                // One that ends between the look at it and the question is refused in many ways.
                Outcome::Failed(error) => refused += u32::from(!error.is_not_found()),
                Outcome::TimedOut | Outcome::Cancelled => {}
            }
            if Instant::now() >= until || refused >= REFUSALS {
                return Err(EngineError::new("start a build in", ErrorKind::Unavailable)
                    .on(ObjectKind::Container, id)
                    .saying(format!("it did not begin within {} s", BEGINS.as_secs())));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn not_begun(&self, id: &ContainerId) -> EngineError {
        let code = self.on.engine.inspect(id).await.ok().and_then(|found| found.exit_code);
        let kind = match code {
            Some(127) => ErrorKind::CommandNotFound,
            Some(126) => ErrorKind::CommandNotExecutable,
            _ => ErrorKind::Refused,
        };
        let error = EngineError::new("start a build in", kind).on(ObjectKind::Container, id);
        let complaint = self.complaint(id).await;
        error.saying(if complaint.is_empty() { "it ended at once".to_owned() } else { complaint })
    }

    /// What the keeper has complained of.
    async fn complaint(&self, id: &ContainerId) -> String {
        let mut log = self.on.engine.logs(id, &LogsRequest { tail: Some(20), ..LogsRequest::default() });
        let mut text = Vec::new();
        while let Some(Ok(chunk)) = log.next().await {
            if chunk.stream == StdStream::Stderr && text.len() < LONGEST_COMPLAINT {
                text.extend_from_slice(&chunk.bytes);
            }
        }
        let text = String::from_utf8_lossy(&text);
        let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let line = line.trim_start_matches("smidr-shim: ");
        line.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
    }

    /// Removes what did not come to run. Where that fails the next build does it.
    async fn discard(&self, call: &Call, id: &ContainerId) {
        let force = RemoveOptions { force: true, volumes: true };
        let _ = self.on.remove(call, id, force).await;
    }

    /// A build with its session as it stands; `None` where there is no record of it.
    pub async fn session(&self, call: &Call, build: &Build) -> Report<Option<Session>> {
        let mut looked = build.sessions(&self.on).look(call, &build.session).await;
        if let Outcome::Failed(error) = &looked.outcome
            && error.is_not_found()
        {
            looked.aftermath = crate::actions::Aftermath::Clear;
            let none = looked.map(Some);
            return Report { outcome: Outcome::Done(None), ..none };
        }
        looked.map(Some)
    }
}
