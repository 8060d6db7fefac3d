//! What the tests of this room share: captured output, and an engine that never answers.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;

use super::connect::Engine;
use crate::actions::{Supervised, Supervisor};
use crate::engine::*;

/// A stream that keeps what is written to it.
#[derive(Debug, Clone, Default)]
pub(super) struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes every request and never answers one.
#[derive(Debug)]
pub(super) struct Silent(Endpoint);

macro_rules! silent {
    ($($method:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl ContainerManager for Silent {
            fn endpoint(&self) -> &Endpoint {
                &self.0
            }

            $(async fn $method(&self, $($argument: $type),*) -> $answer {
                $(let _ = $argument;)*
                std::future::pending().await
            })*

            fn pull(&self, _: &PullRequest) -> ResultStream<PullEvent> {
                Box::pin(stream::pending())
            }

            fn logs(&self, _: &ContainerId, _: &LogsRequest) -> ResultStream<LogChunk> {
                Box::pin(stream::pending())
            }

            fn events(&self, _: &EventFilter) -> ResultStream<EngineEvent> {
                Box::pin(stream::pending())
            }

            fn stats(&self, _: &ContainerId, _: bool) -> ResultStream<Stats> {
                Box::pin(stream::pending())
            }

            fn copy_out(&self, _: &ContainerId, _: &str) -> ResultStream<Bytes> {
                Box::pin(stream::pending())
            }
        }
    };
}

silent! {
    identify() -> Result<Identity>;
    ping() -> Result<()>;
    inspect_image(reference: &str) -> Result<Image>;
    list_images(filter: &ImageFilter) -> Result<Vec<Image>>;
    remove_image(reference: &str, force: bool) -> Result<Vec<RemovedImage>>;
    list(filter: &ListFilter) -> Result<Vec<Container>>;
    inspect(id: &ContainerId) -> Result<ContainerDetails>;
    create(spec: &ContainerSpec) -> Result<Created>;
    start(id: &ContainerId) -> Result<Change>;
    stop(id: &ContainerId, options: &StopOptions) -> Result<Change>;
    kill(id: &ContainerId, signal: &Signal) -> Result<Change>;
    restart(id: &ContainerId, options: &StopOptions) -> Result<()>;
    pause(id: &ContainerId) -> Result<Change>;
    unpause(id: &ContainerId) -> Result<Change>;
    wait(id: &ContainerId, until: WaitFor) -> Result<ExitStatus>;
    rename(id: &ContainerId, name: &str) -> Result<()>;
    remove(id: &ContainerId, options: RemoveOptions) -> Result<Change>;
    top(id: &ContainerId) -> Result<ProcessTable>;
    exec(id: &ContainerId, request: &ExecRequest) -> Result<ExecSession>;
    exec_state(exec: &ExecId) -> Result<ExecState>;
    exec_resize(exec: &ExecId, size: TermSize) -> Result<()>;
    disk_usage() -> Result<DiskUsage>;
    copy_in(id: &ContainerId, directory: &str, archive: ResultStream<Bytes>) -> Result<()>;
    create_volume(spec: &VolumeSpec) -> Result<(Volume, Change)>;
    list_volumes(filter: &VolumeFilter) -> Result<Vec<Volume>>;
    inspect_volume(name: &str) -> Result<Volume>;
    remove_volume(name: &str) -> Result<Change>;
}

/// An engine of this URI that never answers, said to be Docker 20.10.
pub(super) fn engine(uri: &str) -> Engine {
    engine_under(&Supervisor::new(), uri)
}

/// The same under this supervisor.
pub(super) fn engine_under(supervisor: &Supervisor, uri: &str) -> Engine {
    let path = uri.strip_prefix("unix://").unwrap_or(uri);
    let endpoint = Endpoint { transport: Transport::Unix(path.into()), named_by: "--host".into() };
    let identity = Identity {
        kind: EngineKind::Docker,
        name: "build7".into(),
        version: "20.10.24".into(),
        api_version: "1.41".into(),
        endpoint: endpoint.clone(),
        rootless: false,
        platform: "linux/amd64".into(),
        cpus: 8,
        memory: 34_359_738_368,
        capabilities: Capabilities::all(),
    };
    Engine::new(Supervised::new(Arc::new(Silent(endpoint)), supervisor.clone()), identity)
}

/// A container as lists have it.
pub(super) fn container(name: &str, state: ContainerState, status: &str) -> Container {
    Container {
        id: "0123456789abcdef".repeat(4).into(),
        name: name.into(),
        image: "registry.example.org/yocto:kirkstone".into(),
        image_id: None,
        command: "/bin/sh -c 'bitbake world'".into(),
        state,
        status: status.into(),
        created: Some("2025-03-01T09:00:00Z".parse().unwrap()),
        labels: BTreeMap::new(),
        mounts: Vec::new(),
    }
}

/// A container in full.
pub(super) fn details(name: &str) -> ContainerDetails {
    ContainerDetails {
        id: "0123456789abcdef".repeat(4).into(),
        name: name.into(),
        image: "debian:12".into(),
        image_id: None,
        platform: Some("linux/amd64".into()),
        state: ContainerState::Exited,
        pid: None,
        exit_code: Some(137),
        oom_killed: true,
        error: None,
        created: None,
        started: None,
        finished: None,
        entrypoint: vec!["/bin/sh".into(), "-c".into()],
        command: vec!["bitbake world".into()],
        env: vec!["PATH=/bin".into(), "TOKEN=hunter2".into()],
        user: "builder".into(),
        working_dir: "/work".into(),
        labels: BTreeMap::from([("io.smidr.managed".into(), "true".into())]),
        mounts: vec![MountPoint {
            volume: Some("sstate".into()),
            source: "/var/lib/docker/volumes/sstate/_data".into(),
            target: "/sstate".into(),
            read_only: true,
        }],
        memory_limit: Some(4_294_967_296),
        cpu_limit: Some(CpuCount::from_millis(1500)),
        network_mode: "none".into(),
        tty: false,
        log_driver: "json-file".into(),
        restarts: 0,
        raw: serde_json::json!({ "Id": "0123" }),
    }
}
