//! Files in and out of containers.

use bollard::query_parameters::UploadToContainerOptionsBuilder;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};

use crate::engine::{ContainerId, EngineError, ObjectKind, Result, ResultStream};

use super::client::{Ask, flattened, streamed};
use super::convert::container_path;
use super::errors::Fault;
use super::manager::Docker;

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
