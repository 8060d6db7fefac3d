//! Looking at containers.

use std::collections::HashMap;

use bollard::query_parameters::TopOptionsBuilder;

use crate::engine::{
    Container, ContainerDetails, ContainerId, ContainerState, CpuCount, ErrorKind, ListFilter, MountPoint,
    ObjectKind, ProcessTable, Result,
};

use super::client::Ask;
use super::convert::{container_path, count, label_filter, seconds, sorted, time};
use super::errors::Fault;
use super::manager::Docker;
use super::wire::{InspectedContainer, ListedContainer, MountedPoint, Words};

pub(super) async fn list(docker: &Docker, filter: &ListFilter) -> Result<Vec<Container>> {
    let mut filters: HashMap<&str, Vec<String>> = HashMap::new();
    if !filter.labels.is_empty() {
        filters.insert("label", label_filter(&filter.labels));
    }
    if let Some(volume) = &filter.volume {
        filters.insert("volume", vec![volume.clone()]);
    }
    let filters = serde_json::to_string(&filters).unwrap_or_default();
    let asked = Ask::get("/containers/json").query(&[("all", "true"), ("filters", &filters)]);
    let listed: Vec<ListedContainer> = docker
        .http
        .ask_json(asked)
        .await
        .map_err(|fault| fault.during("list the containers of", ObjectKind::Engine, &docker.endpoint))?;
    let wanted = |container: &Container| {
        // The engine reads a name as a regular expression and a state it does not know as an error.
        filter.name.as_ref().is_none_or(|part| container.name.contains(part.as_str()))
            && (filter.states.is_empty() || filter.states.contains(&container.state))
            // Its volume filter also takes destinations.
            && filter.volume.as_ref().is_none_or(|volume| {
                container.mounts.iter().any(|mount| mount.volume.as_ref() == Some(volume))
            })
    };
    Ok(listed.into_iter().map(listed_container).filter(wanted).collect())
}

fn listed_container(listed: ListedContainer) -> Container {
    let name = listed.names.first().map_or("", |name| name.trim_start_matches('/'));
    Container {
        name: name.to_owned(),
        id: listed.id.into(),
        image: listed.image,
        image_id: listed.image_id.filter(|id| !id.is_empty()).map(Into::into),
        command: listed.command.unwrap_or_default(),
        state: ContainerState::from_engine(&listed.state),
        status: listed.status,
        created: seconds(listed.created),
        labels: sorted(listed.labels),
        mounts: mount_points(listed.mounts),
    }
}

fn mount_points(mounts: Option<Vec<MountedPoint>>) -> Vec<MountPoint> {
    let point = |mount: MountedPoint| MountPoint {
        volume: mount.name.filter(|_| mount.kind == "volume"),
        source: mount.source.unwrap_or_default(),
        target: mount.destination,
        read_only: !mount.writable,
    };
    let mut points: Vec<MountPoint> = mounts.unwrap_or_default().into_iter().map(point).collect();
    points.sort_by(|one, other| one.target.cmp(&other.target));
    points
}

pub(super) async fn inspect(docker: &Docker, id: &ContainerId) -> Result<ContainerDetails> {
    let failed = |fault: Fault| fault.during("inspect", ObjectKind::Container, id);
    let path = format!("/containers/{}/json", container_path("inspect", id)?);
    let raw: serde_json::Value = docker.http.ask_json(Ask::get(&path)).await.map_err(failed)?;
    let inspected = serde_json::from_value::<InspectedContainer>(raw.clone())
        .map_err(|error| failed(Fault::Unreadable(error.into())))?;
    Ok(details(inspected, raw))
}

fn details(inspected: InspectedContainer, raw: serde_json::Value) -> ContainerDetails {
    let InspectedContainer {
        id,
        name,
        image,
        platform,
        created,
        restart_count,
        state,
        config,
        host_config,
        mounts,
    } = inspected;
    let words = |words: Option<Words>| words.map_or_else(Vec::new, |words| words.0);
    let now = ContainerState::from_engine(&state.status);
    let has_ended = matches!(now, ContainerState::Exited | ContainerState::Dead);
    ContainerDetails {
        id: id.into(),
        name: name.trim_start_matches('/').to_owned(),
        image: config.image,
        image_id: image.map(Into::into),
        platform,
        state: now,
        pid: u32::try_from(state.pid).ok().filter(|pid| *pid > 0),
        exit_code: has_ended.then_some(state.exit_code),
        oom_killed: state.oom_killed,
        error: state.error.filter(|error| !error.is_empty()),
        created: time(created.as_deref()),
        started: time(state.started_at.as_deref()),
        finished: time(state.finished_at.as_deref()),
        entrypoint: words(config.entrypoint),
        command: words(config.cmd),
        env: config.env.unwrap_or_default(),
        user: config.user.unwrap_or_default(),
        working_dir: config.working_dir.unwrap_or_default(),
        labels: sorted(config.labels),
        mounts: mount_points(mounts),
        memory_limit: Some(count(host_config.memory)).filter(|bytes| *bytes > 0),
        cpu_limit: Some(count(host_config.nano_cpus) / 1_000_000)
            .filter(|millis| *millis > 0)
            .map(CpuCount::from_millis),
        network_mode: host_config.network_mode.unwrap_or_default(),
        tty: config.tty,
        log_driver: host_config.log_config.driver,
        log_options: sorted(host_config.log_config.config),
        restarts: count(restart_count),
        raw,
    }
}

/// The columns `ps` is asked for: who, what below what, how much, for how long, the short name, the command line.
/// Without a name of its own the short name's column would be called like the command line's.
const PS: &str = "-e -o user,pid,ppid,pcpu,pmem,etime -o comm=COMM -o args";

/// By a `ps` that knows those columns, else by the one the engine has.
pub(super) async fn top(docker: &Docker, id: &ContainerId) -> Result<ProcessTable> {
    let path = container_path("list the processes of", id)?;
    let ask = async |options| {
        let table = docker.bollard.top_processes(path, options).await;
        table.map_err(|error| Fault::from(error).during("list the processes of", ObjectKind::Container, id))
    };
    let columns = TopOptionsBuilder::new().ps_args(PS).build();
    let table = match ask(Some(columns)).await {
        Err(error)
            if matches!(error.kind(), ErrorKind::EngineFault | ErrorKind::Refused | ErrorKind::Invalid) =>
        {
            ask(None).await?
        }
        answered => answered?,
    };
    Ok(ProcessTable {
        titles: table.titles.unwrap_or_default(),
        processes: table.processes.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_of_a_newer_engine_does_not_spoil_the_list() {
        let listed = r#"[{"Id": "1", "Names": ["/a"], "State": "hibernating", "Created": 5, "Labels": null},
            {"Id": "2", "Names": ["/b"], "State": "running", "Mounts": [
                {"Type": "volume", "Name": "sstate", "Source": "/v", "Destination": "/s", "RW": true}]}]"#;
        let listed: Vec<ListedContainer> = serde_json::from_str(listed).unwrap();
        let containers: Vec<Container> = listed.into_iter().map(listed_container).collect();
        assert_eq!(containers[0].state, ContainerState::Unknown);
        assert_eq!((containers[1].name.as_str(), containers[1].state), ("b", ContainerState::Running));
        assert_eq!(containers[1].mounts[0].volume.as_deref(), Some("sstate"));
    }

    #[test]
    fn a_running_container_has_no_exit_code() {
        let read = |status: &str| {
            let text = format!(r#"{{"State": {{"Status": "{status}", "ExitCode": 0, "Pid": 7}}}}"#);
            details(serde_json::from_str(&text).unwrap(), serde_json::Value::Null)
        };
        assert_eq!(read("running").exit_code, None);
        assert_eq!(read("exited").exit_code, Some(0));
    }

    #[test]
    fn how_its_log_is_kept_is_read() {
        let text = r#"{"HostConfig": {"LogConfig": {"Type": "json-file", "Config": {"max-size": "10m"}}}}"#;
        let read = details(serde_json::from_str(text).unwrap(), serde_json::Value::Null);
        assert_eq!((read.log_driver.as_str(), read.log_options["max-size"].as_str()), ("json-file", "10m"));
        let text = r#"{"HostConfig": {"LogConfig": {"Type": "none", "Config": null}}}"#;
        assert!(details(serde_json::from_str(text).unwrap(), serde_json::Value::Null).log_options.is_empty());
    }

    #[test]
    fn a_command_may_be_one_string() {
        let text = r#"{"Config": {"Cmd": "run", "Entrypoint": null}}"#;
        let read = details(serde_json::from_str(text).unwrap(), serde_json::Value::Null);
        assert_eq!(read.command, ["run"]);
    }
}
