//! The engine under test, and the few steps most rules begin with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;

use super::scripts;
use super::streams::all;
use crate::engine::{
    ContainerDetails, ContainerId, ContainerManager, ContainerSpec, ContainerState, ErrorKind, ExitStatus,
    Feature, ListFilter, LogStreams, LogsRequest, Mount, MountSource, RemoveOptions, Transport, VolumeFilter,
    VolumeSpec, WaitFor,
};

/// After this long a rule counts as broken.
pub const RULE_LIMIT: Duration = Duration::from_secs(120);
/// After this long a condition counts as never coming true.
const CONDITION_LIMIT: Duration = Duration::from_secs(30);
/// Between two looks at a condition.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Makes a container of this name, from the bench's image, by other means than the port: without its labels.
pub type MakeForeign = Arc<dyn Fn(String) -> BoxFuture<'static, ()> + Send + Sync>;

/// An engine to try the rules on.
#[derive(Clone)]
pub struct Bench {
    /// The engine.
    pub engine: Arc<dyn ContainerManager>,
    /// An image that is there, with `/bin/sh`, the usual small programs and no entry point of its own.
    pub image: String,
    /// What all names made by this rule begin with; no other rule running at the same time may have it.
    pub prefix: String,
    /// Makes what is not ours.
    pub foreign: MakeForeign,
}

impl fmt::Debug for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bench")
            .field("engine", &self.engine)
            .field("image", &self.image)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl Bench {
    /// A name of our own.
    pub(super) fn name(&self, what: &str) -> String {
        format!("{}-{what}", self.prefix)
    }

    /// A container that runs a script through the shell, without a network.
    pub(super) fn spec(&self, what: &str, script: &str) -> ContainerSpec {
        let mut spec = ContainerSpec::new(self.name(what), self.image.as_str());
        spec.command = vec![script.to_owned()];
        spec.network = Some("none".to_owned());
        spec
    }

    /// A volume of our own.
    pub(super) async fn volume(&self, what: &str) -> String {
        let name = self.name(what);
        self.engine.create_volume(&VolumeSpec::new(name.as_str())).await.unwrap();
        name
    }

    /// Made, not started.
    pub(super) async fn created(&self, spec: &ContainerSpec) -> ContainerId {
        self.engine.create(spec).await.unwrap().id
    }

    /// Made and started, and past the line `ready` of its script.
    pub(super) async fn running_from(&self, spec: &ContainerSpec) -> ContainerId {
        let id = self.created(spec).await;
        self.engine.start(&id).await.unwrap();
        self.ready(&id).await;
        id
    }

    /// The same from a script.
    pub(super) async fn running(&self, what: &str, script: &str) -> ContainerId {
        self.running_from(&self.spec(what, script)).await
    }

    /// A running container that does nothing.
    pub(super) async fn idle(&self, what: &str) -> ContainerId {
        self.running(what, scripts::IDLE).await
    }

    /// Waits until the present run of a container has printed `ready`.
    pub(super) async fn ready(&self, id: &ContainerId) {
        // Not since its start: engines note that after the process has begun to print.
        let since = self.details(id).await.finished;
        let follow = LogsRequest { follow: true, since, ..LogsRequest::default() };
        let mut log = self.engine.logs(id, &follow);
        let mut text = String::new();
        while let Some(chunk) = log.next().await {
            text.push_str(&String::from_utf8_lossy(&chunk.unwrap().bytes));
            if text.lines().any(|line| line.trim_end() == "ready") {
                return;
            }
        }
        panic!("{id} ended before it was ready; its log: {text:?}");
    }

    /// Made, started and ended.
    pub(super) async fn ended_from(&self, spec: &ContainerSpec) -> (ContainerId, ExitStatus) {
        let id = self.created(spec).await;
        self.engine.start(&id).await.unwrap();
        let status = self.engine.wait(&id, WaitFor::NotRunning).await.unwrap();
        (id, status)
    }

    /// The same from a script.
    pub(super) async fn ended(&self, what: &str, script: &str) -> (ContainerId, ExitStatus) {
        self.ended_from(&self.spec(what, script)).await
    }

    /// A container in full.
    pub(super) async fn details(&self, id: &ContainerId) -> ContainerDetails {
        self.engine.inspect(id).await.unwrap()
    }

    /// What a container is doing.
    pub(super) async fn state(&self, id: &ContainerId) -> ContainerState {
        self.details(id).await.state
    }

    /// All of a container's log as text.
    pub(super) async fn log(&self, id: &ContainerId, streams: LogStreams) -> String {
        let request = LogsRequest { streams, ..LogsRequest::default() };
        let chunks = all(self.engine.logs(id, &request)).await;
        let bytes: Vec<u8> = chunks.iter().flat_map(|chunk| chunk.bytes.iter().copied()).collect();
        String::from_utf8(bytes).unwrap()
    }

    /// Whether the engine says it can do it. A rule about something it cannot do holds.
    pub(super) async fn can(&self, feature: Feature) -> bool {
        self.engine.identify().await.unwrap().capabilities.supports(feature)
    }

    /// Whether the engine sees this machine's files.
    pub(super) fn is_local(&self) -> bool {
        matches!(self.engine.endpoint().transport, Transport::Unix(_) | Transport::Simulated)
    }

    /// Our containers and volumes.
    fn of_ours(&self) -> (ListFilter, VolumeFilter) {
        let name = Some(format!("{}-", self.prefix));
        let containers = ListFilter { name: name.clone(), ..ListFilter::default() };
        (containers, VolumeFilter { name, labels: Vec::new() })
    }

    /// Removes all that carries our prefix, until two looks in a row find nothing: what a dropped request began
    /// may appear late.
    pub(super) async fn sweep(&self) {
        let (containers, volumes) = self.of_ours();
        let forced = RemoveOptions { force: true, volumes: true };
        let clean = std::cell::Cell::new(0);
        eventually("nothing of the rule is left", async || {
            let found = self.engine.list(&containers).await.unwrap();
            let kept = self.engine.list_volumes(&volumes).await.unwrap();
            for container in &found {
                tolerate(self.engine.remove(&container.id, forced).await);
            }
            for volume in &kept {
                tolerate(self.engine.remove_volume(&volume.name).await);
            }
            clean.set(if found.is_empty() && kept.is_empty() { clean.get() + 1 } else { 0 });
            (clean.get() == 2).then_some(())
        })
        .await;
    }
}

/// A removal under way, or a user of a volume that is not gone yet, is looked at again; all else is a failure.
fn tolerate<T>(removed: crate::engine::Result<T>) {
    if let Err(error) = removed {
        let passing = matches!(error.kind(), ErrorKind::Busy | ErrorKind::InUse { .. } | ErrorKind::Conflict);
        assert!(passing || error.is_retryable(), "{error}");
    }
}

/// Looks until there is something to see, and gives it back.
pub(super) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let seen = tokio::time::timeout(CONDITION_LIMIT, looking).await;
    seen.unwrap_or_else(|_| panic!("after {CONDITION_LIMIT:?} it is still not so that {what}"))
}

/// A mounted volume.
pub(super) fn volume_at(name: &str, target: &str, read_only: bool) -> Mount {
    Mount { source: MountSource::Volume(name.to_owned()), target: target.to_owned(), read_only }
}

/// A mounted directory of the engine's machine.
pub(super) fn bind_at(path: &std::path::Path, target: &str, read_only: bool) -> Mount {
    Mount { source: MountSource::Bind(path.to_path_buf()), target: target.to_owned(), read_only }
}
