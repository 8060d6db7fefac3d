//! Files in and out of containers.

use bollard::query_parameters::{ContainerArchiveInfoOptionsBuilder, UploadToContainerOptionsBuilder};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};

use crate::engine::{
    ContainerId, EngineError, ErrorKind, ObjectKind, PathKind, PathStat, Result, ResultStream,
};

use super::client::{Ask, flattened, streamed};
use super::convert::{container_path, count, time};
use super::errors::Fault;
use super::manager::Docker;

pub(super) async fn stat(docker: &Docker, id: &ContainerId, path: &str) -> Result<PathStat> {
    let options = ContainerArchiveInfoOptionsBuilder::default().path(path).build();
    let answer =
        docker.bollard.get_container_archive_info(container_path("look into", id)?, Some(options)).await;
    match answer.map_err(Fault::from) {
        Ok(found) => Ok(PathStat {
            kind: kind(found.file_mode, found.link_target),
            size: count(found.size),
            mode: found.file_mode & 0o777,
            modified: time(found.modification_time.as_deref()),
        }),
        // An answer to HEAD has no words, so what is missing must be asked for.
        Err(Fault::Answer { status: 404, .. }) => {
            super::containers::inspect(docker, id).await?;
            Err(EngineError::new("look at", ErrorKind::NotFound).on(ObjectKind::Path, format!("{id}:{path}")))
        }
        Err(fault) => Err(fault.during("look into", ObjectKind::Container, id)),
    }
}

/// The engine writes modes as Go does (io/fs, `FileMode`).
fn kind(mode: u32, link_target: String) -> PathKind {
    const DIRECTORY: u32 = 1 << 31;
    const LINK: u32 = 1 << 27;
    // Device, pipe, socket, character device, irregular.
    const OTHER: u32 = 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19;
    match mode {
        mode if mode & DIRECTORY != 0 => PathKind::Directory,
        mode if mode & LINK != 0 => PathKind::Link(link_target),
        mode if mode & OTHER != 0 => PathKind::Other,
        _ => PathKind::File,
    }
}

pub(super) fn copy_out(docker: &Docker, id: &ContainerId, path: &str) -> ResultStream<Bytes> {
    flattened(open(docker.clone(), id.clone(), path.to_owned()))
}

async fn open(docker: Docker, id: ContainerId, path: String) -> Result<impl Stream<Item = Result<Bytes>>> {
    let url = format!("/containers/{}/archive", container_path("copy out of", &id)?);
    let asked = Ask::get(&url).query(&[("path", &path)]);
    let chunks = docker.http.ask_stream(asked).await.map_err(|fault| failed(fault, "copy", &id, &path))?;
    Ok(chunks.map_err(move |fault| failed(fault, "copy", &id, &path)))
}

pub(super) async fn copy_in(
    docker: &Docker,
    id: &ContainerId,
    directory: &str,
    archive: ResultStream<Bytes>,
) -> Result<()> {
    let path = container_path("copy into", id)?;
    let options = UploadToContainerOptionsBuilder::default().path(directory).build();
    let answer = docker.bollard.upload_to_container(path, Some(options), streamed(archive)).await;
    answer.map_err(|error| failed(error.into(), "copy into", id, directory))
}

/// A missing container and a missing path are both 404; only their words differ.
fn failed(fault: Fault, operation: &'static str, id: &ContainerId, path: &str) -> EngineError {
    match &fault {
        Fault::Answer { status: 404, message } if message.contains(path) => {
            fault.during(operation, ObjectKind::Path, format!("{id}:{path}"))
        }
        _ => fault.during(operation, ObjectKind::Container, id),
    }
}
