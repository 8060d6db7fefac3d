//! An engine in memory that knows what a cleanup asks, keeps a list of what was changed, and lets a test do
//! something else at the engine just before it answers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use crate::engine::{
    Change, Container, ContainerDetails, ContainerId, ContainerManager, ContainerSpec, ContainerState,
    Created, DiskUsage, Endpoint, EngineError, EngineEvent, ErrorKind, EventFilter, ExecId, ExecRequest,
    ExecSession, ExecState, ExitStatus, Identity, Image, ImageFilter, ListFilter, LogChunk, LogsRequest,
    ObjectKind, PathStat, ProcessTable, PullEvent, PullRequest, RemoveOptions, RemovedImage, Result,
    ResultStream, Signal, Stats, StopOptions, TermSize, Transport, Volume, VolumeFilter, VolumeSpec, WaitFor,
};

use super::test_objects::days_ago;

/// What the engine has.
#[derive(Debug, Default, Clone)]
pub(crate) struct Scene {
    pub(crate) containers: Vec<Container>,
    pub(crate) volumes: Vec<Volume>,
    pub(crate) images: Vec<Image>,
    pub(crate) usage: DiskUsage,
    /// Every change that was asked for: `remove id-a`, `stop id-b`.
    pub(crate) changes: Vec<String>,
    /// Requests that are never answered.
    pub(crate) silent: Vec<String>,
}

type Hook = dyn Fn(&str, &mut Scene) + Send + Sync;

pub(crate) struct TestEngine {
    scene: Mutex<Scene>,
    before: Box<Hook>,
    endpoint: Endpoint,
}

impl std::fmt::Debug for TestEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestEngine").finish_non_exhaustive()
    }
}

impl TestEngine {
    pub(crate) fn new(scene: Scene) -> Arc<Self> {
        Self::with(scene, |_, _| ())
    }

    /// `before` hears each request, such as `remove-volume build`, before it is answered.
    pub(crate) fn with(scene: Scene, before: impl Fn(&str, &mut Scene) + Send + Sync + 'static) -> Arc<Self> {
        let endpoint = Endpoint { transport: Transport::Simulated, named_by: "test".into() };
        Arc::new(Self { scene: Mutex::new(scene), before: Box::new(before), endpoint })
    }

    pub(crate) fn scene(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().unwrap()
    }

    async fn asked(&self, request: &str) {
        // Somebody else's turn first: what runs at the same time is seen to do so.
        tokio::task::yield_now().await;
        let is_silent = {
            let mut scene = self.scene();
            (self.before)(request, &mut scene);
            scene.silent.iter().any(|silent| silent == request)
        };
        if is_silent {
            std::future::pending::<()>().await;
        }
    }
}

fn missing(kind: ObjectKind, name: impl std::fmt::Display) -> EngineError {
    EngineError::new("find", ErrorKind::NotFound).on(kind, name)
}

fn unsupported() -> EngineError {
    EngineError::new("do", ErrorKind::Unsupported)
}

fn details(container: &Container) -> ContainerDetails {
    ContainerDetails {
        id: container.id.clone(),
        name: container.name.clone(),
        image: container.image.clone(),
        image_id: container.image_id.clone(),
        platform: None,
        state: container.state,
        pid: None,
        exit_code: None,
        oom_killed: false,
        error: None,
        created: container.created,
        started: container.created,
        finished: (!container.state.is_alive()).then(|| days_ago(5)),
        entrypoint: Vec::new(),
        command: Vec::new(),
        env: Vec::new(),
        user: String::new(),
        working_dir: String::new(),
        labels: container.labels.clone(),
        mounts: container.mounts.clone(),
        memory_limit: None,
        cpu_limit: None,
        network_mode: String::new(),
        tty: false,
        log_driver: String::new(),
        log_options: BTreeMap::new(),
        restarts: 0,
        raw: serde_json::Value::Null,
    }
}

#[async_trait]
impl ContainerManager for TestEngine {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    async fn list(&self, _: &ListFilter) -> Result<Vec<Container>> {
        self.asked("list").await;
        Ok(self.scene().containers.clone())
    }

    async fn inspect(&self, id: &ContainerId) -> Result<ContainerDetails> {
        self.asked(&format!("inspect {id}")).await;
        let scene = self.scene();
        let found = scene.containers.iter().find(|one| one.id == *id || one.name == id.as_str());
        found.map(details).ok_or_else(|| missing(ObjectKind::Container, id))
    }

    async fn stop(&self, id: &ContainerId, _: &StopOptions) -> Result<Change> {
        self.asked(&format!("stop {id}")).await;
        let mut scene = self.scene();
        scene.changes.push(format!("stop {id}"));
        let found = scene.containers.iter_mut().find(|one| one.id == *id);
        let found = found.ok_or_else(|| missing(ObjectKind::Container, id))?;
        found.state = ContainerState::Exited;
        Ok(Change::Made)
    }

    async fn remove(&self, id: &ContainerId, options: RemoveOptions) -> Result<Change> {
        self.asked(&format!("remove {id}")).await;
        assert!(!options.force && !options.volumes, "nothing is forced, no volume goes unnamed");
        let mut scene = self.scene();
        let Some(at) = scene.containers.iter().position(|one| one.id == *id) else {
            return Ok(Change::AlreadySo);
        };
        if scene.containers[at].state.is_alive() {
            return Err(EngineError::new("remove", ErrorKind::Conflict).on(ObjectKind::Container, id));
        }
        scene.changes.push(format!("remove {id}"));
        scene.containers.remove(at);
        Ok(Change::Made)
    }

    async fn list_volumes(&self, _: &VolumeFilter) -> Result<Vec<Volume>> {
        self.asked("list-volumes").await;
        Ok(self.scene().volumes.clone())
    }

    async fn inspect_volume(&self, name: &str) -> Result<Volume> {
        self.asked(&format!("inspect-volume {name}")).await;
        let scene = self.scene();
        let found = scene.volumes.iter().find(|one| one.name == name);
        found.cloned().ok_or_else(|| missing(ObjectKind::Volume, name))
    }

    async fn remove_volume(&self, name: &str) -> Result<Change> {
        self.asked(&format!("remove-volume {name}")).await;
        let mut scene = self.scene();
        let mounts = |one: &Container| one.mounts.iter().any(|mount| mount.volume.as_deref() == Some(name));
        let by: Vec<String> =
            scene.containers.iter().filter(|one| mounts(one)).map(|one| one.name.clone()).collect();
        if !by.is_empty() {
            return Err(EngineError::new("remove", ErrorKind::InUse { by }).on(ObjectKind::Volume, name));
        }
        let Some(at) = scene.volumes.iter().position(|one| one.name == name) else {
            return Ok(Change::AlreadySo);
        };
        scene.changes.push(format!("remove-volume {name}"));
        scene.volumes.remove(at);
        Ok(Change::Made)
    }

    async fn list_images(&self, filter: &ImageFilter) -> Result<Vec<Image>> {
        self.asked("list-images").await;
        let is_wanted = |one: &&Image| filter.dangling.is_none_or(|wanted| wanted == one.tags.is_empty());
        Ok(self.scene().images.iter().filter(is_wanted).cloned().collect())
    }

    async fn inspect_image(&self, reference: &str) -> Result<Image> {
        self.asked(&format!("inspect-image {reference}")).await;
        let scene = self.scene();
        let found = scene.images.iter().find(|one| one.id.as_str() == reference);
        found.cloned().ok_or_else(|| missing(ObjectKind::Image, reference))
    }

    async fn remove_image(&self, reference: &str, force: bool) -> Result<Vec<RemovedImage>> {
        self.asked(&format!("remove-image {reference}")).await;
        assert!(!force, "nothing is forced");
        let mut scene = self.scene();
        let Some(at) = scene.images.iter().position(|one| one.id.as_str() == reference) else {
            return Ok(Vec::new());
        };
        scene.changes.push(format!("remove-image {reference}"));
        scene.images.remove(at);
        Ok(vec![RemovedImage::Deleted(reference.to_owned())])
    }

    async fn disk_usage(&self) -> Result<DiskUsage> {
        self.asked("disk-usage").await;
        Ok(self.scene().usage.clone())
    }

    // A cleanup asks nothing of what follows.

    async fn identify(&self) -> Result<Identity> {
        Err(unsupported())
    }

    async fn ping(&self) -> Result<()> {
        Err(unsupported())
    }

    fn pull(&self, _: &PullRequest) -> ResultStream<PullEvent> {
        nothing()
    }

    async fn create(&self, _: &ContainerSpec) -> Result<Created> {
        Err(unsupported())
    }

    async fn start(&self, _: &ContainerId) -> Result<Change> {
        Err(unsupported())
    }

    async fn kill(&self, _: &ContainerId, _: &Signal) -> Result<Change> {
        Err(unsupported())
    }

    async fn restart(&self, _: &ContainerId, _: &StopOptions) -> Result<()> {
        Err(unsupported())
    }

    async fn pause(&self, _: &ContainerId) -> Result<Change> {
        Err(unsupported())
    }

    async fn unpause(&self, _: &ContainerId) -> Result<Change> {
        Err(unsupported())
    }

    async fn wait(&self, _: &ContainerId, _: WaitFor) -> Result<ExitStatus> {
        Err(unsupported())
    }

    async fn rename(&self, _: &ContainerId, _: &str) -> Result<()> {
        Err(unsupported())
    }

    async fn top(&self, _: &ContainerId) -> Result<ProcessTable> {
        Err(unsupported())
    }

    async fn exec(&self, _: &ContainerId, _: &ExecRequest) -> Result<ExecSession> {
        Err(unsupported())
    }

    async fn exec_state(&self, _: &ExecId) -> Result<ExecState> {
        Err(unsupported())
    }

    async fn exec_resize(&self, _: &ExecId, _: TermSize) -> Result<()> {
        Err(unsupported())
    }

    fn logs(&self, _: &ContainerId, _: &LogsRequest) -> ResultStream<LogChunk> {
        nothing()
    }

    fn events(&self, _: &EventFilter) -> ResultStream<EngineEvent> {
        nothing()
    }

    fn stats(&self, _: &ContainerId, _: bool) -> ResultStream<Stats> {
        nothing()
    }

    async fn stat(&self, _: &ContainerId, _: &str) -> Result<PathStat> {
        Err(unsupported())
    }

    fn copy_out(&self, _: &ContainerId, _: &str) -> ResultStream<Bytes> {
        nothing()
    }

    async fn copy_in(&self, _: &ContainerId, _: &str, _: ResultStream<Bytes>) -> Result<()> {
        Err(unsupported())
    }

    async fn create_volume(&self, _: &VolumeSpec) -> Result<(Volume, Change)> {
        Err(unsupported())
    }
}

fn nothing<T: Send + 'static>() -> ResultStream<T> {
    stream::once(async { Err(unsupported()) }).boxed()
}

/// Sizes of containers by id and of volumes by name, as the engine would tell them.
pub(crate) fn usage(containers: &[(&str, u64)], volumes: &[(&str, u64)]) -> DiskUsage {
    let of_containers: BTreeMap<&str, u64> = containers.iter().copied().collect();
    DiskUsage {
        by_container: of_containers.into_iter().map(|(id, bytes)| (id.into(), bytes)).collect(),
        by_volume: volumes
            .iter()
            .map(|(name, bytes)| crate::engine::VolumeUsage {
                name: (*name).into(),
                bytes: Some(*bytes),
                users: None,
            })
            .collect(),
        ..DiskUsage::default()
    }
}
