//! One engine under supervision: the port's methods, each ending in a [`Report`].

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;

use crate::engine::{
    Change, ContainerDetails, ContainerId, ContainerManager, ContainerManagerExt, ContainerSpec,
    ContainerState, Created, EngineError, ErrorKind, ExitStatus, Fingerprint, ObjectKind, PullRequest,
    RemoveOptions, RemovedImage, Result, Signal, StopOptions, Volume, VolumeSpec, WaitFor, chain, labels,
};

use super::{Aftermath, Call, Limits, Progress, Report, Supervisor, Unsettled, Verb};

/// An engine and the supervisor of what it is asked. Cheap to clone.
#[derive(Clone)]
pub struct Supervised {
    /// The engine, for what needs no supervision: streams that are watched by their reader.
    pub engine: Arc<dyn ContainerManager>,
    /// The supervisor.
    pub supervisor: Supervisor,
}

impl fmt::Debug for Supervised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supervised").field("endpoint", self.engine.endpoint()).finish_non_exhaustive()
    }
}

/// How often the engine is looked at while an unknown outcome shows itself.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long nothing must show before a create is taken as not having happened. An aborted create shows within
/// tens of milliseconds on an idle engine; one that shows later still carries our labels for cleanup.
const QUIET: Duration = Duration::from_secs(2);

impl Supervised {
    /// Puts an engine under a supervisor.
    pub fn new(engine: Arc<dyn ContainerManager>, supervisor: Supervisor) -> Self {
        Self { engine, supervisor }
    }

    /// Any read of the port: repeated where that can help, nothing left behind.
    pub async fn read<'a, T, Asked>(
        &'a self,
        call: &Call,
        verb: Verb,
        object: impl Into<String>,
        ask: impl Fn(&'a dyn ContainerManager) -> Asked,
    ) -> Report<T>
    where
        Asked: Future<Output = Result<T>>,
    {
        self.supervisor.read(call, verb, object, || ask(&*self.engine)).await
    }

    /// Whether an image is there, by its name or id.
    pub async fn has_image(&self, call: &Call, reference: &str) -> Report<bool> {
        let look = async |engine: &dyn ContainerManager| match engine.inspect_image(reference).await {
            Ok(_) => Ok(true),
            Err(error)
                if error.is_not_found()
                    && error.object().is_none_or(|(kind, _)| kind == ObjectKind::Image) =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        };
        self.supervisor.read(call, Verb::InspectImage, reference, || look(&*self.engine)).await
    }

    /// Makes a container. Where the outcome is unknown and this very request turns out to have made one, it is
    /// removed again; one that was there before stays.
    pub async fn create(&self, call: &Call, spec: &ContainerSpec) -> Report<Created> {
        let request = new_request_id();
        let mut marked = spec.clone();
        marked.labels.insert(labels::REQUEST.to_owned(), request.clone());
        let (engine, marked) = (&self.engine, &marked);
        let id = ContainerId::from(spec.name.as_str());
        let undo = |_| async {
            call.tell(Progress::Settling { doing: format!("looking whether {} was made", spec.name) });
            let made = self.shows_up(|| engine.inspect(&id), |found| is_of(&found.labels, &request)).await;
            match made {
                Ok(Some(container)) => {
                    let force = RemoveOptions { force: true, volumes: true };
                    match engine.remove(&container.id, force).await {
                        Ok(_) => Aftermath::Undone("the container it had made was removed again".into()),
                        Err(error) => Aftermath::Happened(format!(
                            "it made {} all the same, which could not be removed: {}",
                            container.id.short(),
                            chain(&error)
                        )),
                    }
                }
                Ok(None) => Aftermath::DidNotHappen("no container was made".into()),
                Err(error) => unknown(&error),
            }
        };
        self.supervisor.run(call, Verb::Create, &spec.name, || engine.create(marked), undo).await
    }

    /// Makes a volume; an unknown outcome is undone as for a container.
    pub async fn create_volume(&self, call: &Call, spec: &VolumeSpec) -> Report<(Volume, Change)> {
        let request = new_request_id();
        let mut marked = spec.clone();
        marked.labels.insert(labels::REQUEST.to_owned(), request.clone());
        let (engine, marked) = (&self.engine, &marked);
        let undo = |_| async {
            call.tell(Progress::Settling { doing: format!("looking whether {} was made", spec.name) });
            let made = self
                .shows_up(|| engine.inspect_volume(&spec.name), |found| is_of(&found.labels, &request))
                .await;
            match made {
                Ok(Some(_)) => match engine.remove_volume(&spec.name).await {
                    Ok(_) => Aftermath::Undone("the volume it had made was removed again".into()),
                    Err(error) => Aftermath::Happened(format!("it was made all the same: {}", chain(&error))),
                },
                Ok(None) => Aftermath::DidNotHappen("no volume was made".into()),
                Err(error) => unknown(&error),
            }
        };
        self.supervisor.run(call, Verb::CreateVolume, &spec.name, || engine.create_volume(marked), undo).await
    }

    /// Fetches an image, with its progress to `each`. Cancelling hangs up, which ends the pull in the engine
    /// unless somebody else waits for the same image.
    pub async fn pull(
        &self,
        call: &Call,
        request: &PullRequest,
        each: impl Fn(crate::engine::PullEvent),
    ) -> Report<()> {
        let engine = &self.engine;
        let fetch = || async {
            let mut events = engine.pull(request);
            while let Some(event) = events.next().await {
                each(event?);
            }
            Ok(())
        };
        let look = |_| async {
            match engine.image_exists(&request.reference).await {
                Ok(true) => Aftermath::Happened("an image of this name is there, whole".into()),
                Ok(false) => Aftermath::DidNotHappen(
                    "no image was made; finished layers may be kept for the next pull".into(),
                ),
                Err(error) => unknown(&error),
            }
        };
        self.supervisor.run(call, Verb::Pull, &request.reference, fetch, look).await
    }

    /// Starts a container.
    pub async fn start(&self, call: &Call, id: &ContainerId) -> Report<Change> {
        self.change(call, Verb::Start, id, || self.engine.start(id)).await
    }

    /// Stops a container. The deadline counts from the end of the grace. Cancelling only stops the waiting:
    /// the engine goes on stopping.
    pub async fn stop(&self, call: &Call, id: &ContainerId, options: &StopOptions) -> Report<Change> {
        let call = after_grace(call, Verb::Stop, options);
        let stop = || async {
            match (self.engine.stop(id, options).await, &options.signal) {
                (Err(error), Some(signal)) if *error.kind() == ErrorKind::Unsupported => {
                    self.stop_by_hand(id, signal, options.grace).await
                }
                (answered, _) => answered,
            }
        };
        self.change(&call, Verb::Stop, id, stop).await
    }

    /// Stops and starts a container.
    pub async fn restart(&self, call: &Call, id: &ContainerId, options: &StopOptions) -> Report<()> {
        let call = after_grace(call, Verb::Restart, options);
        let restart = || async {
            match (self.engine.restart(id, options).await, &options.signal) {
                (Err(error), Some(signal)) if *error.kind() == ErrorKind::Unsupported => {
                    self.stop_by_hand(id, signal, options.grace).await?;
                    self.engine.start(id).await.map(drop)
                }
                (answered, _) => answered,
            }
        };
        self.change(&call, Verb::Restart, id, restart).await
    }

    /// A stop with a signal of one's own, where the engine's own stop takes none.
    async fn stop_by_hand(&self, id: &ContainerId, signal: &Signal, grace: Duration) -> Result<Change> {
        if self.engine.inspect(id).await?.state == ContainerState::Paused {
            self.engine.unpause(id).await?;
        }
        if self.engine.kill(id, signal).await? == Change::AlreadySo {
            return Ok(Change::AlreadySo);
        }
        if let Ok(ended) = tokio::time::timeout(grace, self.engine.wait(id, WaitFor::NotRunning)).await {
            return ended.map(|_| Change::Made);
        }
        self.engine.kill(id, &Signal::kill()).await?;
        self.engine.wait(id, WaitFor::NotRunning).await.map(|_| Change::Made)
    }

    /// Signals a container's main process.
    pub async fn kill(&self, call: &Call, id: &ContainerId, signal: &Signal) -> Report<Change> {
        self.change(call, Verb::Kill, id, || self.engine.kill(id, signal)).await
    }

    /// Freezes a container.
    pub async fn pause(&self, call: &Call, id: &ContainerId) -> Report<Change> {
        self.change(call, Verb::Pause, id, || self.engine.pause(id)).await
    }

    /// Thaws a container.
    pub async fn unpause(&self, call: &Call, id: &ContainerId) -> Report<Change> {
        self.change(call, Verb::Unpause, id, || self.engine.unpause(id)).await
    }

    /// Renames a container.
    pub async fn rename(&self, call: &Call, id: &ContainerId, name: &str) -> Report<()> {
        self.change(call, Verb::Rename, id, || self.engine.rename(id, name)).await
    }

    /// Waits for a container.
    pub async fn wait(&self, call: &Call, id: &ContainerId, until: WaitFor) -> Report<ExitStatus> {
        self.supervisor.read(call, Verb::Wait, id.as_str(), || self.engine.wait(id, until)).await
    }

    /// Removes a container. Where somebody else is removing it already, waits until it is gone.
    pub async fn remove(&self, call: &Call, id: &ContainerId, options: RemoveOptions) -> Report<Change> {
        let remove = || async {
            match self.engine.remove(id, options).await {
                Err(error) if *error.kind() == ErrorKind::Busy => self.gone(id).await,
                answered => answered,
            }
        };
        self.change(call, Verb::Remove, id, remove).await
    }

    /// Removes an image.
    pub async fn remove_image(&self, call: &Call, reference: &str, force: bool) -> Report<Vec<RemovedImage>> {
        let look = |_| async {
            match self.engine.image_exists(reference).await {
                Ok(true) => Aftermath::DidNotHappen("the image is still there".into()),
                Ok(false) => Aftermath::Happened("the image is gone".into()),
                Err(error) => unknown(&error),
            }
        };
        let remove = || self.engine.remove_image(reference, force);
        self.supervisor.run(call, Verb::RemoveImage, reference, remove, look).await
    }

    /// Removes a volume and all in it.
    pub async fn remove_volume(&self, call: &Call, name: &str) -> Report<Change> {
        let look = |_| async {
            match self.engine.inspect_volume(name).await {
                Ok(_) => {
                    Aftermath::GoesOn("the volume is still there; the engine may go on removing it".into())
                }
                Err(error) if error.is_not_found() => Aftermath::Happened("the volume is gone".into()),
                Err(error) => unknown(&error),
            }
        };
        self.supervisor.run(call, Verb::RemoveVolume, name, || self.engine.remove_volume(name), look).await
    }

    /// A change of one container's state; where the outcome is unknown, says what state it is in.
    async fn change<T, Asked>(
        &self,
        call: &Call,
        verb: Verb,
        id: &ContainerId,
        ask: impl FnMut() -> Asked,
    ) -> Report<T>
    where
        Asked: Future<Output = Result<T>>,
    {
        let look = |unsettled| async move {
            call.tell(Progress::Settling { doing: format!("looking what became of {id}") });
            state_after(verb, unsettled, self.engine.inspect(id).await)
        };
        self.supervisor.run(call, verb, id.as_str(), ask, look).await
    }

    /// Waits until a container that is being removed is gone, however long that takes: the caller's deadline
    /// bounds it.
    async fn gone(&self, id: &ContainerId) -> Result<Change> {
        loop {
            match self.engine.inspect(id).await {
                Err(error) if error.is_not_found() => return Ok(Change::Made),
                Err(error) => return Err(error),
                Ok(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Looks for something that may yet appear: `None` when for [`QUIET`] nothing of ours is there.
    async fn shows_up<T, Asked>(
        &self,
        look: impl Fn() -> Asked,
        is_ours: impl Fn(&T) -> bool,
    ) -> Result<Option<T>>
    where
        Asked: Future<Output = Result<T>>,
    {
        let quiet_at = tokio::time::Instant::now() + QUIET;
        loop {
            match look().await {
                Ok(found) => return Ok(is_ours(&found).then_some(found)),
                Err(error) if error.is_not_found() && tokio::time::Instant::now() >= quiet_at => {
                    return Ok(None);
                }
                Err(error) if error.is_not_found() || error.is_retryable() => {
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// The limits of a verb that first waits for a grace of the user's.
fn after_grace(call: &Call, verb: Verb, options: &StopOptions) -> Call {
    let limits = call.limits_for(verb);
    let deadline = limits.deadline.map(|limit| limit + options.grace);
    call.clone().with_limits(Limits {
        deadline,
        slow: limits.slow.map(|slow| slow + options.grace),
        ..limits
    })
}

/// What is said of a container after a change of it ended without an answer.
fn state_after(verb: Verb, unsettled: Unsettled, looked: Result<ContainerDetails>) -> Aftermath {
    let found = match looked {
        Ok(found) => found,
        Err(error) if error.is_not_found() => {
            let gone = "the container is gone".to_owned();
            return if verb == Verb::Remove {
                Aftermath::Happened(gone)
            } else {
                Aftermath::DidNotHappen(gone)
            };
        }
        Err(error) => return unknown(&error),
    };
    let state = found.state;
    match (verb, state.is_alive()) {
        (Verb::Stop | Verb::Restart, true) if unsettled != Unsettled::Interrupted => {
            Aftermath::GoesOn(format!(
                "only the waiting ended: it is {state} and the engine goes on stopping it, with KILL after the grace"
            ))
        }
        (Verb::Stop | Verb::Kill, false) | (Verb::Start | Verb::Restart, true) => {
            Aftermath::Happened(format!("it is {state} all the same"))
        }
        (Verb::Remove, _) => {
            Aftermath::GoesOn(format!("it is still there, {state}; the engine may go on removing it"))
        }
        _ => Aftermath::Unknown(format!("it is {state} just now")),
    }
}

fn unknown(error: &EngineError) -> Aftermath {
    Aftermath::Unknown(format!("what it left behind is unknown: {}", chain(error)))
}

fn is_of(found: &std::collections::BTreeMap<String, String>, request: &str) -> bool {
    Fingerprint::in_labels(found).is_some() && found.get(labels::REQUEST).is_some_and(|of| of == request)
}

/// Unique enough among all consoles of one engine: 64 random bits.
fn new_request_id() -> String {
    format!("{:016x}", fastrand::u64(..))
}
