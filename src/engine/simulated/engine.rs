//! The port, answered from the scene.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::scene::{Fault, Operation, Scene};
use super::state::Shared;
use crate::engine::{
    Capabilities, Change, Container, ContainerDetails, ContainerId, ContainerManager, ContainerSpec, Created,
    DiskUsage, Endpoint, EngineError, EngineEvent, EngineKind, ErrorKind, EventFilter, ExecId, ExecRequest,
    ExecSession, ExecState, ExitStatus, Feature, Identity, Image, ImageFilter, ListFilter, LogChunk,
    LogsRequest, ObjectKind, PathStat, ProcessTable, PullEvent, PullRequest, RemoveOptions, RemovedImage,
    Result, ResultStream, Signal, Stats, StopOptions, TermSize, Transport, Volume, VolumeFilter, VolumeSpec,
    WaitFor,
};

/// An engine told by a scene. Clones are the same engine.
///
/// Its processes are tasks of the runtime it is made in; they end when the last clone, stream and request of it
/// is gone.
#[derive(Debug, Clone)]
pub struct Simulated {
    pub(super) handle: Handle,
    endpoint: Endpoint,
}

/// The engine as its own requests, streams and processes hold it.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    pub(super) shared: Arc<Shared>,
    /// Cancelled when the engine is gone. Processes hold only this and what is shared.
    pub(super) over: CancellationToken,
    _alive: Arc<DropGuard>,
}

/// What a request is about.
pub(super) type About<'a> = Option<(ObjectKind, &'a str)>;

impl Simulated {
    /// Begins the scene. `named_by` is shown where the endpoint is.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn new(scene: Scene, named_by: impl Into<String>) -> Self {
        Self::beginning(scene, named_by, Timestamp::now())
    }

    /// Begins the scene at this time of day. In paused time all that the engine tells (ids, times, logs, figures) is
    /// then the same in every run.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn beginning(scene: Scene, named_by: impl Into<String>, epoch: Timestamp) -> Self {
        let over = CancellationToken::new();
        let alive = Arc::new(over.clone().drop_guard());
        let handle = Handle { shared: Arc::new(Shared::new(scene, epoch)), over, _alive: alive };
        handle.set_the_scene();
        let endpoint = Endpoint { transport: Transport::Simulated, named_by: named_by.into() };
        Self { handle, endpoint }
    }

    /// Makes something go wrong from now on, before what goes wrong already.
    pub fn add_fault(&self, fault: Fault) {
        self.handle.shared.faults.add(fault);
    }

    /// From now on nothing goes wrong.
    pub fn clear_faults(&self) {
        self.handle.shared.faults.clear();
    }

    /// Makes a container by other means than the port, so without its labels. Where the scene has no such image,
    /// there is none.
    pub fn add_foreign(&self, name: &str, image: &str) {
        let container = super::scene::SceneContainer {
            name: name.to_owned(),
            image: image.to_owned(),
            ..super::scene::SceneContainer::default()
        };
        self.handle.set_container(&container);
    }

    fn container(id: &ContainerId) -> (ObjectKind, &str) {
        (ObjectKind::Container, id.as_str())
    }
}

/// The feature a request needs.
fn needs(operation: Operation) -> Option<Feature> {
    Some(match operation {
        Operation::Pause | Operation::Unpause => Feature::Pause,
        Operation::Stats => Feature::Stats,
        Operation::Top => Feature::Top,
        Operation::Logs => Feature::Logs,
        Operation::Events => Feature::Events,
        Operation::CopyIn | Operation::CopyOut | Operation::Stat => Feature::Archive,
        Operation::DiskUsage => Feature::DiskUsage,
        Operation::Pull => Feature::Pull,
        Operation::CreateVolume
        | Operation::ListVolumes
        | Operation::InspectVolume
        | Operation::RemoveVolume => Feature::Volumes,
        _ => return None,
    })
}

impl Handle {
    fn capabilities(&self) -> Capabilities {
        let missing = self.shared.scene.engine.missing.iter();
        missing.fold(Capabilities::all(), |all, (feature, why)| all.without(*feature, why.as_str()))
    }

    /// The fault this request meets, once it is known that it can be done at all.
    pub(super) fn meet(&self, operation: Operation, about: About<'_>) -> Result<Fault> {
        if let Some(feature) = needs(operation)
            && let Some(why) = self.capabilities().why_not(feature)
        {
            return Err(
                about_it(EngineError::new(operation.verb(), ErrorKind::Unsupported), about).saying(why)
            );
        }
        let mut names = Vec::new();
        if let Some((kind, name)) = about {
            names.push(name.to_owned());
            let state = self.shared.lock();
            if kind == ObjectKind::Container
                && let Some(kept) = state.resolve(name).and_then(|id| state.containers.get(&id))
            {
                names.push(kept.spec.name.clone());
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(self.shared.faults.meet(operation, &names))
    }

    /// A request that only looks.
    pub(super) async fn look<T>(
        &self,
        operation: Operation,
        about: About<'_>,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let fault = self.meet(operation, about)?;
        fault.delay().await;
        if fault.silent {
            std::future::pending::<()>().await;
        }
        fault.refusal(operation).map_err(|error| about_it(error, about))?;
        work.await.map_err(|error| about_it(error, about))
    }

    /// A request that changes something: it goes on when nobody waits for it any more, as with a real engine.
    pub(super) async fn change<T, F>(
        &self,
        operation: Operation,
        about: About<'_>,
        work: impl FnOnce(Handle) -> F + Send + 'static,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send,
    {
        let fault = self.meet(operation, about)?;
        if fault.silent && !fault.done_anyway {
            std::future::pending::<()>().await;
        }
        let (handle, met) = (self.clone(), fault.clone());
        let done = tokio::spawn(async move {
            met.delay().await;
            if !met.done_anyway {
                met.refusal(operation)?;
            }
            work(handle).await
        });
        let answer = done.await.unwrap_or_else(|ended| {
            Err(EngineError::new(operation.verb(), ErrorKind::EngineFault).because(ended))
        });
        if fault.silent {
            std::future::pending::<()>().await;
        }
        if fault.done_anyway {
            fault.refusal(operation).map_err(|error| about_it(error, about))?;
        }
        answer.map_err(|error| about_it(error, about))
    }
}

/// Names what an error is about, where it does not say so itself.
pub(super) fn about_it(error: EngineError, about: About<'_>) -> EngineError {
    match (error.object(), about) {
        (None, Some((kind, name))) => error.on(kind, name),
        _ => error,
    }
}

/// An error of a request, to be completed with what it is about.
pub(super) fn failed(operation: Operation, kind: ErrorKind) -> EngineError {
    EngineError::new(operation.verb(), kind)
}

/// From the signal to KILL, as engines count it.
pub(super) fn whole_seconds(grace: Duration) -> Duration {
    Duration::from_secs(grace.as_secs() + u64::from(grace.subsec_nanos() > 0))
}

#[async_trait]
impl ContainerManager for Simulated {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    async fn identify(&self) -> Result<Identity> {
        let engine = &self.handle.shared.scene.engine;
        let identity = Identity {
            kind: EngineKind::Simulated,
            name: engine.name.clone(),
            version: engine.version.clone(),
            api_version: engine.api_version.clone(),
            endpoint: self.endpoint.clone(),
            rootless: engine.rootless,
            platform: engine.platform.clone(),
            cpus: u64::from(engine.cpus),
            memory: engine.memory.0,
            capabilities: self.handle.capabilities(),
        };
        self.handle.look(Operation::Identify, None, async { Ok(identity) }).await
    }

    async fn ping(&self) -> Result<()> {
        self.handle.look(Operation::Ping, None, async { Ok(()) }).await
    }

    async fn inspect_image(&self, reference: &str) -> Result<Image> {
        let about = Some((ObjectKind::Image, reference));
        self.handle.look(Operation::InspectImage, about, async { self.handle.inspect_image(reference) }).await
    }

    fn pull(&self, request: &PullRequest) -> ResultStream<PullEvent> {
        let request = request.clone();
        let about = (ObjectKind::Image, request.reference.clone());
        self.handle.stream(Operation::Pull, Some(about), move |handle| handle.pull(request))
    }

    async fn list_images(&self, filter: &ImageFilter) -> Result<Vec<Image>> {
        self.handle.look(Operation::ListImages, None, async { Ok(self.handle.list_images(filter)) }).await
    }

    async fn remove_image(&self, reference: &str, force: bool) -> Result<Vec<RemovedImage>> {
        let about = Some((ObjectKind::Image, reference));
        let reference = reference.to_owned();
        let work = move |handle: Handle| async move { handle.remove_image(&reference, force) };
        self.handle.change(Operation::RemoveImage, about, work).await
    }

    async fn list(&self, filter: &ListFilter) -> Result<Vec<Container>> {
        self.handle.look(Operation::List, None, async { Ok(self.handle.list(filter)) }).await
    }

    async fn inspect(&self, id: &ContainerId) -> Result<ContainerDetails> {
        let about = Some(Self::container(id));
        self.handle.look(Operation::Inspect, about, async { self.handle.inspect(id) }).await
    }

    async fn create(&self, spec: &ContainerSpec) -> Result<Created> {
        // Before anything is asked.
        spec.refuse_unless_sound(true)?;
        let about = Some((ObjectKind::Container, spec.name.as_str()));
        let spec = spec.clone();
        let work = move |handle: Handle| async move { handle.create(spec) };
        self.handle.change(Operation::Create, about, work).await
    }

    async fn start(&self, id: &ContainerId) -> Result<Change> {
        let wanted = id.clone();
        let work = move |handle: Handle| async move { handle.start(&wanted) };
        self.handle.change(Operation::Start, Some(Self::container(id)), work).await
    }

    async fn stop(&self, id: &ContainerId, options: &StopOptions) -> Result<Change> {
        let (wanted, options) = (id.clone(), options.clone());
        let work = move |handle: Handle| async move { handle.stop(&wanted, &options).await };
        self.handle.change(Operation::Stop, Some(Self::container(id)), work).await
    }

    async fn kill(&self, id: &ContainerId, signal: &Signal) -> Result<Change> {
        let (wanted, signal) = (id.clone(), signal.clone());
        let work = move |handle: Handle| async move { handle.kill(&wanted, &signal).await };
        self.handle.change(Operation::Kill, Some(Self::container(id)), work).await
    }

    async fn restart(&self, id: &ContainerId, options: &StopOptions) -> Result<()> {
        let (wanted, options) = (id.clone(), options.clone());
        let work = move |handle: Handle| async move { handle.restart(&wanted, &options).await };
        self.handle.change(Operation::Restart, Some(Self::container(id)), work).await
    }

    async fn pause(&self, id: &ContainerId) -> Result<Change> {
        let wanted = id.clone();
        let work = move |handle: Handle| async move { handle.pause(&wanted) };
        self.handle.change(Operation::Pause, Some(Self::container(id)), work).await
    }

    async fn unpause(&self, id: &ContainerId) -> Result<Change> {
        let wanted = id.clone();
        let work = move |handle: Handle| async move { handle.unpause(&wanted) };
        self.handle.change(Operation::Unpause, Some(Self::container(id)), work).await
    }

    async fn wait(&self, id: &ContainerId, until: WaitFor) -> Result<ExitStatus> {
        self.handle.look(Operation::Wait, Some(Self::container(id)), self.handle.wait(id, until)).await
    }

    async fn rename(&self, id: &ContainerId, name: &str) -> Result<()> {
        let (wanted, name) = (id.clone(), name.to_owned());
        let work = move |handle: Handle| async move { handle.rename(&wanted, &name) };
        self.handle.change(Operation::Rename, Some(Self::container(id)), work).await
    }

    async fn remove(&self, id: &ContainerId, options: RemoveOptions) -> Result<Change> {
        let wanted = id.clone();
        let work = move |handle: Handle| async move { handle.remove(&wanted, options).await };
        self.handle.change(Operation::Remove, Some(Self::container(id)), work).await
    }

    async fn top(&self, id: &ContainerId) -> Result<ProcessTable> {
        self.handle.look(Operation::Top, Some(Self::container(id)), async { self.handle.top(id) }).await
    }

    async fn exec(&self, id: &ContainerId, request: &ExecRequest) -> Result<ExecSession> {
        let (wanted, request) = (id.clone(), request.clone());
        let work = move |handle: Handle| async move { handle.exec(&wanted, &request) };
        self.handle.change(Operation::Exec, Some(Self::container(id)), work).await
    }

    async fn exec_state(&self, exec: &ExecId) -> Result<ExecState> {
        let about = Some((ObjectKind::Exec, exec.as_str()));
        self.handle.look(Operation::ExecState, about, async { self.handle.exec_state(exec) }).await
    }

    async fn exec_resize(&self, exec: &ExecId, size: TermSize) -> Result<()> {
        let about = Some((ObjectKind::Exec, exec.as_str()));
        self.handle.look(Operation::ExecResize, about, async { self.handle.exec_resize(exec, size) }).await
    }

    fn logs(&self, id: &ContainerId, request: &LogsRequest) -> ResultStream<LogChunk> {
        let (id, request) = (id.clone(), request.clone());
        let about = (ObjectKind::Container, id.to_string());
        self.handle.stream(Operation::Logs, Some(about), move |handle| handle.logs(&id, request))
    }

    fn events(&self, filter: &EventFilter) -> ResultStream<EngineEvent> {
        let since = filter.since;
        self.handle.stream(Operation::Events, None, move |handle| handle.events(since))
    }

    fn stats(&self, id: &ContainerId, follow: bool) -> ResultStream<Stats> {
        let id = id.clone();
        let about = (ObjectKind::Container, id.to_string());
        self.handle.stream(Operation::Stats, Some(about), move |handle| handle.stats(id, follow))
    }

    async fn disk_usage(&self) -> Result<DiskUsage> {
        self.handle.look(Operation::DiskUsage, None, async { Ok(self.handle.disk_usage()) }).await
    }

    async fn stat(&self, id: &ContainerId, path: &str) -> Result<PathStat> {
        let about = Some(Self::container(id));
        self.handle.look(Operation::Stat, about, async { self.handle.stat(id, path) }).await
    }

    fn copy_out(&self, id: &ContainerId, path: &str) -> ResultStream<Bytes> {
        let (id, path) = (id.clone(), path.to_owned());
        let about = (ObjectKind::Container, id.to_string());
        self.handle.stream(Operation::CopyOut, Some(about), move |handle| handle.copy_out(&id, &path))
    }

    async fn copy_in(&self, id: &ContainerId, directory: &str, archive: ResultStream<Bytes>) -> Result<()> {
        let (wanted, directory) = (id.clone(), directory.to_owned());
        // What is not sent cannot be unpacked: reading the archive ends with the asker.
        let archive = Handle::gather(archive).await?;
        let work = move |handle: Handle| async move { handle.copy_in(&wanted, &directory, &archive) };
        self.handle.change(Operation::CopyIn, Some(Self::container(id)), work).await
    }

    async fn create_volume(&self, spec: &VolumeSpec) -> Result<(Volume, Change)> {
        let about = Some((ObjectKind::Volume, spec.name.as_str()));
        let spec = spec.clone();
        let work = move |handle: Handle| async move { handle.create_volume(&spec) };
        self.handle.change(Operation::CreateVolume, about, work).await
    }

    async fn list_volumes(&self, filter: &VolumeFilter) -> Result<Vec<Volume>> {
        self.handle.look(Operation::ListVolumes, None, async { Ok(self.handle.list_volumes(filter)) }).await
    }

    async fn inspect_volume(&self, name: &str) -> Result<Volume> {
        let about = Some((ObjectKind::Volume, name));
        self.handle.look(Operation::InspectVolume, about, async { self.handle.inspect_volume(name) }).await
    }

    async fn remove_volume(&self, name: &str) -> Result<Change> {
        let about = Some((ObjectKind::Volume, name));
        let name = name.to_owned();
        let work = move |handle: Handle| async move { handle.remove_volume(&name) };
        self.handle.change(Operation::RemoveVolume, about, work).await
    }
}
