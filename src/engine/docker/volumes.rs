//! Named volumes.

use std::collections::{BTreeMap, HashMap};

use bollard::models::{Volume as WireVolume, VolumeCreateRequest};
use bollard::query_parameters::{ListVolumesOptionsBuilder, RemoveVolumeOptionsBuilder};

use crate::engine::{
    Change, EngineError, ErrorKind, Fingerprint, ListFilter, ObjectKind, Result, Volume, VolumeFilter,
    VolumeSpec, labels,
};

use super::convert::{label_filter, time, volume_path};
use super::errors::Fault;
use super::manager::Docker;

pub(super) async fn create(docker: &Docker, spec: &VolumeSpec) -> Result<(Volume, Change)> {
    let failed = |kind| EngineError::new("create", kind).on(ObjectKind::Volume, &spec.name);
    if volume_path("create", &spec.name).is_err() || spec.name.len() < 2 {
        return Err(
            failed(ErrorKind::Invalid).saying(format!("{:?} is not [a-zA-Z0-9][a-zA-Z0-9_.-]+", spec.name))
        );
    }
    let mut all_labels = spec.labels.clone();
    all_labels.extend(Fingerprint::of(spec).labels());
    let request = VolumeCreateRequest {
        name: Some(spec.name.clone()),
        driver: Some(spec.driver.clone()),
        driver_opts: Some(spec.options.clone().into_iter().collect()),
        labels: Some(all_labels.clone().into_iter().collect()),
        ..VolumeCreateRequest::default()
    };
    let volume = match docker.bollard.create_volume(request).await {
        Ok(volume) => converted(volume),
        Err(error) => {
            let error = Fault::from(error).during("create", ObjectKind::Volume, &spec.name);
            // The same name under another driver.
            let taken = matches!(error.kind(), ErrorKind::NameTaken { .. } | ErrorKind::Conflict);
            if taken { inspect(docker, &spec.name).await? } else { return Err(error) }
        }
    };
    // An engine gives the volume that was there without a word, whatever was asked; the time in our labels tells
    // them apart.
    if volume.labels == all_labels {
        return Ok((volume, Change::Made));
    }
    let fields = differing(spec, &volume);
    if fields.is_empty() {
        return Ok((volume, Change::AlreadySo));
    }
    Err(failed(ErrorKind::SpecMismatch { existing: spec.name.clone(), fields }))
}

fn differing(spec: &VolumeSpec, found: &Volume) -> Vec<String> {
    let theirs = |labels: &BTreeMap<String, String>| -> BTreeMap<String, String> {
        let not_ours = |(name, _): &(&String, &String)| !name.starts_with(labels::PREFIX);
        labels.iter().filter(not_ours).map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let checks = [
        ("driver", spec.driver == found.driver),
        ("labels", theirs(&spec.labels) == theirs(&found.labels)),
        ("options", spec.options == found.options),
    ];
    checks.into_iter().filter(|(_, same)| !same).map(|(field, _)| field.to_owned()).collect()
}

pub(super) async fn list(docker: &Docker, filter: &VolumeFilter) -> Result<Vec<Volume>> {
    let mut filters: HashMap<&str, Vec<String>> = HashMap::new();
    if !filter.labels.is_empty() {
        filters.insert("label", label_filter(&filter.labels));
    }
    let options = ListVolumesOptionsBuilder::default().filters(&filters).build();
    let listed = docker.bollard.list_volumes(Some(options)).await.map_err(|error| {
        Fault::from(error).during("list the volumes of", ObjectKind::Engine, &docker.endpoint)
    })?;
    let wanted =
        |volume: &Volume| filter.name.as_ref().is_none_or(|part| volume.name.contains(part.as_str()));
    let mut volumes: Vec<Volume> =
        listed.volumes.unwrap_or_default().into_iter().map(converted).filter(wanted).collect();
    volumes.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(volumes)
}

pub(super) async fn inspect(docker: &Docker, name: &str) -> Result<Volume> {
    let path = volume_path("inspect", name)?;
    let volume = docker.bollard.inspect_volume(path).await;
    volume.map(converted).map_err(|error| Fault::from(error).during("inspect", ObjectKind::Volume, name))
}

pub(super) async fn remove(docker: &Docker, name: &str) -> Result<Change> {
    let Ok(path) = volume_path("remove", name) else { return Ok(Change::AlreadySo) };
    // Forced, an engine also takes a missing volume for removed; one in use stays either way.
    let options = RemoveVolumeOptionsBuilder::default().force(false).build();
    let error = match docker.bollard.remove_volume(path, Some(options)).await {
        Ok(()) => return Ok(Change::Made),
        Err(error) => Fault::from(error).during("remove", ObjectKind::Volume, name),
    };
    match error.kind() {
        ErrorKind::NotFound => Ok(Change::AlreadySo),
        ErrorKind::InUse { .. } => Err(in_use(docker, name, error).await),
        _ => Err(error),
    }
}

/// The engine names users by id; people know names. Where they cannot be had, the ids do.
async fn in_use(docker: &Docker, name: &str, error: EngineError) -> EngineError {
    let filter = ListFilter { volume: Some(name.to_owned()), ..ListFilter::default() };
    let by: Vec<String> = match super::containers::list(docker, &filter).await {
        Ok(users) if !users.is_empty() => users.into_iter().map(|user| user.name).collect(),
        _ => return error,
    };
    EngineError::new("remove", ErrorKind::InUse { by }).on(ObjectKind::Volume, name)
}

fn converted(volume: WireVolume) -> Volume {
    Volume {
        name: volume.name,
        driver: volume.driver,
        mountpoint: volume.mountpoint,
        created: time(volume.created_at.as_deref()),
        labels: volume.labels.into_iter().collect(),
        options: volume.options.into_iter().collect(),
    }
}
