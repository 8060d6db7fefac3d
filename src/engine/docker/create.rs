//! Making containers, once.

use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, HostConfig, Mount as WireMount, MountType, MountVolumeOptions};
use bollard::query_parameters::CreateContainerOptionsBuilder;

use crate::engine::{
    Change, ContainerId, ContainerSpec, Created, EngineError, ErrorKind, Fingerprint, Launch, Mount,
    MountSource, ObjectKind, Result, Transport, labels,
};

use super::errors::Fault;
use super::manager::Docker;

pub(super) async fn create(docker: &Docker, spec: &ContainerSpec) -> Result<Created> {
    let is_local = matches!(docker.endpoint.transport, Transport::Unix(_));
    spec.refuse_unless_sound(is_local)?;
    let fingerprint = Fingerprint::of(spec);
    let options = CreateContainerOptionsBuilder::default().name(&spec.name).build();
    let answer = docker.bollard.create_container(Some(options), body(spec, &fingerprint)).await;
    let error = match answer {
        Ok(made) => {
            return Ok(Created { id: made.id.into(), change: Change::Made, warnings: made.warnings });
        }
        Err(error) => created_error(error, spec),
    };
    if matches!(error.kind(), ErrorKind::NameTaken { .. }) {
        existing(docker, spec, &fingerprint).await
    } else {
        Err(error)
    }
}

/// A 404 on a create is about the image (or, rarely, a network), never about the container.
fn created_error(error: bollard::errors::Error, spec: &ContainerSpec) -> EngineError {
    let fault = Fault::from(error);
    match &fault {
        Fault::Answer { status: 404, message } if message.to_ascii_lowercase().contains("network") => fault
            .during(
                "create a container on",
                ObjectKind::Network,
                spec.network.as_deref().unwrap_or_default(),
            ),
        Fault::Answer { status: 404, .. } => {
            fault.during("create a container from", ObjectKind::Image, &spec.image)
        }
        _ => fault.during("create", ObjectKind::Container, &spec.name),
    }
}

/// The name is taken: by the very container that was asked for, or by another.
async fn existing(docker: &Docker, spec: &ContainerSpec, wanted: &Fingerprint) -> Result<Created> {
    let name = ContainerId::from(spec.name.as_str());
    let conflict = |kind| EngineError::new("create", kind).on(ObjectKind::Container, &spec.name);
    let found = match super::containers::inspect(docker, &name).await {
        Ok(found) => found,
        // Reserved by a create that is not finished, or given up by a removal that is.
        Err(error) if error.is_not_found() => {
            return Err(conflict(ErrorKind::Busy).saying("its name is just being taken or given up"));
        }
        Err(error) => return Err(error),
    };
    let Some(made_from) = Fingerprint::in_labels(&found.labels) else {
        return Err(conflict(ErrorKind::NameTaken { by: Some(found.id) }));
    };
    let fields = made_from.differing(wanted);
    if fields.is_empty() {
        Ok(Created { id: found.id, change: Change::AlreadySo, warnings: Vec::new() })
    } else {
        Err(conflict(ErrorKind::SpecMismatch { existing: found.id.to_string(), fields }))
    }
}

fn body(spec: &ContainerSpec, fingerprint: &Fingerprint) -> ContainerCreateBody {
    let launch = Launch::of(spec);
    let mut all_labels: HashMap<String, String> = spec.labels.clone().into_iter().collect();
    all_labels.extend(fingerprint.labels());
    ContainerCreateBody {
        image: Some(spec.image.clone()),
        env: Some(spec.env.clone()),
        cmd: (!launch.command.is_empty()).then_some(launch.command),
        // One empty string clears the image's own entry point; an empty list would keep it (moby, runconfig).
        entrypoint: launch.entrypoint.map(|words| if words.is_empty() { vec![String::new()] } else { words }),
        user: spec.user.clone(),
        working_dir: spec.working_dir.clone(),
        labels: Some(all_labels),
        tty: Some(spec.tty),
        open_stdin: Some(false),
        host_config: Some(HostConfig {
            mounts: Some(spec.mounts.iter().map(wire_mount).collect()),
            tmpfs: Some(
                spec.tmpfs.iter().map(|tmpfs| (tmpfs.target.clone(), tmpfs.options.clone())).collect(),
            ),
            memory: spec.memory.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
            nano_cpus: spec.cpus.map(crate::engine::CpuCount::nanos),
            network_mode: spec.network.clone(),
            init: spec.init.then_some(true),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}

fn wire_mount(mount: &Mount) -> WireMount {
    // A volume that the engine makes for a container of ours is ours, too.
    let ours = || HashMap::from([(labels::MANAGED.to_owned(), "true".to_owned())]);
    let (typ, source, volume_options) = match &mount.source {
        MountSource::Bind(path) => (MountType::BIND, path.display().to_string(), None),
        MountSource::Volume(name) => {
            let options = MountVolumeOptions { labels: Some(ours()), ..MountVolumeOptions::default() };
            (MountType::VOLUME, name.clone(), Some(options))
        }
    };
    WireMount {
        target: Some(mount.target.clone()),
        source: Some(source),
        typ: Some(typ),
        read_only: Some(mount.read_only),
        volume_options,
        ..WireMount::default()
    }
}
