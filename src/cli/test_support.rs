//! What the tests of this room share: captured output, simulated engines, things for tables.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use super::connect::Engine;
use crate::actions::{Supervised, Supervisor};
use crate::engine::simulated::{Scene, Simulated};
use crate::engine::{
    Capabilities, Container, ContainerDetails, ContainerState, CpuCount, Endpoint, EngineKind, Identity,
    MountPoint, Transport,
};

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

/// An engine that never answers, said to be at this URI.
pub(super) fn silent(supervisor: &Supervisor, uri: &str) -> Engine {
    simulated(supervisor, uri, "faults: [{silent: true}]")
}

/// An engine told by this scene, said to be Docker 20.10 at this URI.
pub(super) fn simulated(supervisor: &Supervisor, uri: &str, scene: &str) -> Engine {
    let scene = Scene::parse(scene, &|name| Err(io::Error::other(name.to_owned()))).unwrap();
    let path = uri.strip_prefix("unix://").unwrap_or(uri);
    let identity = Identity {
        kind: EngineKind::Docker,
        name: "build7".into(),
        version: "20.10.24".into(),
        api_version: "1.41".into(),
        endpoint: Endpoint { transport: Transport::Unix(path.into()), named_by: "--host".into() },
        rootless: false,
        platform: "linux/amd64".into(),
        cpus: 8,
        memory: 34_359_738_368,
        capabilities: Capabilities::all(),
    };
    let engine = Arc::new(Simulated::new(scene, "--host"));
    Engine::new(Supervised::new(engine, supervisor.clone()), identity)
}

/// An engine without anything in it.
pub(super) fn engine(uri: &str) -> Engine {
    simulated(&Supervisor::new(), uri, "{}")
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
        log_options: BTreeMap::new(),
        restarts: 0,
        raw: serde_json::json!({ "Id": "0123" }),
    }
}
