//! A container's life.
//!
//! bollard 0.21.1 does not tell 204 from 304, so whether a start or stop changed anything is lost: those two are
//! asked by hand.

use std::time::Duration;

use bollard::query_parameters::{
    KillContainerOptionsBuilder, RemoveContainerOptionsBuilder, RenameContainerOptionsBuilder,
};
use http::StatusCode;

use crate::engine::{
    Change, ContainerId, ContainerState, EngineError, ErrorKind, ExitStatus, ObjectKind, RemoveOptions,
    Result, Signal, StopOptions, WaitFor,
};

use super::client::Ask;
use super::convert::container_path;
use super::errors::Fault;
use super::manager::Docker;
use super::version::ApiVersion;
use super::wire::Waited;

pub(super) async fn start(docker: &Docker, id: &ContainerId) -> Result<Change> {
    changed_by(docker, "start", id, &[]).await
}

pub(super) async fn stop(docker: &Docker, id: &ContainerId, options: &StopOptions) -> Result<Change> {
    let grace = whole_seconds(options.grace);
    let query = stop_query(docker.version, "stop", id, options, &grace)?;
    changed_by(docker, "stop", id, &query).await
}

pub(super) async fn restart(docker: &Docker, id: &ContainerId, options: &StopOptions) -> Result<()> {
    let grace = whole_seconds(options.grace);
    let query = stop_query(docker.version, "restart", id, options, &grace)?;
    changed_by(docker, "restart", id, &query).await.map(drop)
}

fn stop_query<'a>(
    version: ApiVersion,
    operation: &'static str,
    id: &ContainerId,
    options: &'a StopOptions,
    grace: &'a str,
) -> Result<Vec<(&'static str, &'a str)>> {
    let mut query = vec![("t", grace)];
    if let Some(signal) = &options.signal {
        if version < super::identity::STOP_SIGNAL {
            return Err(EngineError::new(operation, ErrorKind::Unsupported)
                .on(ObjectKind::Container, id)
                .saying("with a signal of one's own; its API is older than 1.42"));
        }
        query.push(("signal", signal.as_str()));
    }
    Ok(query)
}

/// Engines count whole seconds; a shorter grace than asked for would kill too early.
fn whole_seconds(grace: Duration) -> String {
    (grace.as_secs() + u64::from(grace.subsec_nanos() > 0)).to_string()
}

async fn changed_by(
    docker: &Docker,
    operation: &'static str,
    id: &ContainerId,
    query: &[(&str, &str)],
) -> Result<Change> {
    let path = format!("/containers/{}/{operation}", container_path(operation, id)?);
    let response = docker
        .http
        .ask(Ask::post(&path).query(query))
        .await
        .map_err(|fault| fault.during(operation, ObjectKind::Container, id))?;
    let unchanged = response.status() == StatusCode::NOT_MODIFIED;
    Ok(if unchanged { Change::AlreadySo } else { Change::Made })
}

pub(super) async fn kill(docker: &Docker, id: &ContainerId, signal: &Signal) -> Result<Change> {
    let path = container_path("kill", id)?;
    let options = KillContainerOptionsBuilder::default().signal(signal.as_str()).build();
    let answer = docker.bollard.kill_container(path, Some(options)).await;
    already_so_when(answer, "kill", id, |error| *error.kind() == ErrorKind::NotRunning)
}

pub(super) async fn pause(docker: &Docker, id: &ContainerId) -> Result<Change> {
    let answer = docker.bollard.pause_container(container_path("pause", id)?).await;
    already_so_when(answer, "pause", id, |error| says(error, "already paused"))
}

pub(super) async fn unpause(docker: &Docker, id: &ContainerId) -> Result<Change> {
    let answer = docker.bollard.unpause_container(container_path("unpause", id)?).await;
    let change = already_so_when(answer, "unpause", id, |error| says(error, "is not paused"))?;
    if change == Change::AlreadySo {
        // Said of a container that has ended, too, which is another matter.
        let state = super::containers::inspect(docker, id).await?.state;
        if state != ContainerState::Running {
            return Err(EngineError::new("unpause", ErrorKind::NotRunning).on(ObjectKind::Container, id));
        }
    }
    Ok(change)
}

fn says(error: &EngineError, words: &str) -> bool {
    error.said().is_some_and(|said| said.to_ascii_lowercase().contains(words))
}

fn already_so_when(
    answer: Result<(), bollard::errors::Error>,
    operation: &'static str,
    id: &ContainerId,
    is_so: impl Fn(&EngineError) -> bool,
) -> Result<Change> {
    match answer {
        Ok(()) => Ok(Change::Made),
        Err(error) => {
            let error = Fault::from(error).during(operation, ObjectKind::Container, id);
            if is_so(&error) { Ok(Change::AlreadySo) } else { Err(error) }
        }
    }
}

pub(super) async fn wait(docker: &Docker, id: &ContainerId, until: WaitFor) -> Result<ExitStatus> {
    let path = format!("/containers/{}/wait", container_path("wait for", id)?);
    let condition = match until {
        WaitFor::NotRunning => "not-running",
        WaitFor::NextExit => "next-exit",
        WaitFor::Removed => "removed",
    };
    let waited: Waited = docker
        .http
        .ask_json(Ask::post(&path).query(&[("condition", condition)]))
        .await
        .map_err(|fault| fault.during("wait for", ObjectKind::Container, id))?;
    let error = waited.error.map(|error| error.message).filter(|message| !message.is_empty());
    Ok(ExitStatus { code: waited.status_code, error })
}

pub(super) async fn rename(docker: &Docker, id: &ContainerId, name: &str) -> Result<()> {
    let options = RenameContainerOptionsBuilder::default().name(name).build();
    let path = container_path("rename", id)?;
    let answer = docker.bollard.rename_container(path, options).await;
    answer.map_err(|error| Fault::from(error).during("rename", ObjectKind::Container, id))
}

pub(super) async fn remove(docker: &Docker, id: &ContainerId, options: RemoveOptions) -> Result<Change> {
    let Ok(path) = container_path("remove", id) else { return Ok(Change::AlreadySo) };
    let query = RemoveContainerOptionsBuilder::default().force(options.force).v(options.volumes).build();
    let answer = docker.bollard.remove_container(path, Some(query)).await;
    already_so_when(answer, "remove", id, EngineError::is_not_found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_second_of_grace_counts_as_one() {
        assert_eq!(whole_seconds(Duration::from_millis(500)), "1");
        assert_eq!(whole_seconds(Duration::from_secs(10)), "10");
        assert_eq!(whole_seconds(Duration::ZERO), "0");
    }

    #[test]
    fn a_stop_signal_is_never_dropped_in_silence() {
        let options = StopOptions { signal: Some(Signal::int()), ..StopOptions::default() };
        let query =
            |version| stop_query(version, "stop", &"a".into(), &options, "10").map(|query| query.len());
        assert_eq!(*query(ApiVersion::OLDEST).unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(query(ApiVersion::NEWEST).unwrap(), 2);
    }
}
