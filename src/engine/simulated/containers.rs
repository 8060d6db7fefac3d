//! Containers: made, listed, shown, named and removed.

use std::collections::BTreeMap;

use super::clock::{Moment, nanos};
use super::engine::{Handle, failed};
use super::figures::clock_of;
use super::files::Files;
use super::images::tagged;
use super::process::short_name;
use super::scene::{Operation, Usage};
use super::state::{Kept, KeptImage};
use super::volumes::labelled;
use crate::engine::{
    Change, Container, ContainerDetails, ContainerId, ContainerSpec, ContainerState, Created, ErrorKind,
    Fingerprint, Launch, ListFilter, MountPoint, MountSource, ObjectKind, ProcessTable, RemoveOptions,
    Result, labels,
};

impl Kept {
    /// A container as it is just made.
    pub(super) fn new(id: String, spec: ContainerSpec, image: &KeptImage, now: Moment) -> Self {
        let (entrypoint, command) = Self::end_of(Launch::of(&spec), &image.scene);
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned();
        let mut mounts: Vec<_> = spec.mounts.iter().map(mount_point).collect();
        mounts.sort();
        let mut files = Files::of_an_image();
        let inside = mounts.iter().map(|mount| &mount.target).chain(spec.working_dir.as_ref());
        inside.for_each(|directory| files.make_directory(directory));
        for (path, text) in &image.scene.files {
            files.write(path, 0o644, text.clone().into());
        }
        Self {
            id,
            labels: spec.labels.clone(),
            image_id: image.id.clone(),
            entrypoint,
            command,
            env: [vec![path], image.scene.env.clone(), spec.env.clone()].concat(),
            user: spec.user.clone().unwrap_or_else(|| image.scene.user.clone()),
            working_dir: spec.working_dir.clone().unwrap_or_else(|| image.scene.working_dir.clone()),
            mounts,
            tmpfs: spec.tmpfs.clone(),
            state: ContainerState::Created,
            exit_code: None,
            out_of_memory: false,
            error: None,
            created: now,
            started: None,
            finished: None,
            frozen_since: None,
            frozen_for: 0,
            runs: 0,
            process: None,
            pid: 0,
            below: Vec::new(),
            program: None,
            programs: std::sync::Arc::default(),
            usage: Usage::default(),
            size: 0,
            log: super::log::Log::default(),
            log_driver: None,
            log_options: BTreeMap::new(),
            files,
            spec,
        }
    }
}

fn mount_point(mount: &crate::engine::Mount) -> MountPoint {
    let (volume, source) = match &mount.source {
        MountSource::Bind(path) => (None, path.display().to_string()),
        MountSource::Volume(name) => (Some(name.clone()), format!("/var/lib/simulated/volumes/{name}/_data")),
    };
    MountPoint { volume, source, target: mount.target.clone(), read_only: mount.read_only }
}

/// A length of time in the one unit people would say.
fn roughly(nanos: Moment) -> String {
    let seconds = nanos.max(0) / 1_000_000_000;
    let (count, unit) = match seconds {
        0..=59 => (seconds, "second"),
        60..=3599 => (seconds / 60, "minute"),
        3600..=86_399 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

impl Handle {
    pub(super) fn create(&self, spec: ContainerSpec) -> Result<Created> {
        let refused = |kind| failed(Operation::Create, kind);
        let fingerprint = Fingerprint::of(&spec);
        let mut state = self.shared.lock();
        if let Some(kept) = state.containers.values().find(|kept| kept.spec.name == spec.name) {
            let existing = ContainerId::from(kept.id.as_str());
            let Some(made_from) = Fingerprint::in_labels(&kept.labels) else {
                return Err(refused(ErrorKind::NameTaken { by: Some(existing) }));
            };
            let fields = made_from.differing(&fingerprint);
            if fields.is_empty() {
                return Ok(Created { id: existing, change: Change::AlreadySo, warnings: Vec::new() });
            }
            return Err(refused(ErrorKind::SpecMismatch { existing: existing.to_string(), fields }));
        }
        let id = state.new_id();
        let now = self.shared.clock.now();
        let Some(image) = state.image(&spec.image) else {
            return Err(refused(ErrorKind::NotFound).on(ObjectKind::Image, &spec.image));
        };
        let mut kept = Kept::new(id.clone(), spec, image, now);
        kept.labels.extend(fingerprint.labels());
        kept.labels.insert(labels::CREATED.to_owned(), self.shared.clock.stamp(now).to_string());
        let volumes: Vec<String> = kept.mounts.iter().filter_map(|mount| mount.volume.clone()).collect();
        for volume in &volumes {
            state.ensure_volume(volume, now);
        }
        state.containers.insert(id.clone(), Box::new(kept));
        self.shared.tell(&mut state, now, &id, "create", &[]);
        drop(state);
        self.shared.touch();
        Ok(Created { id: id.into(), change: Change::Made, warnings: Vec::new() })
    }

    /// What a container is doing, in an engine's words.
    fn status(&self, kept: &Kept) -> String {
        let now = self.shared.clock.now();
        let since = |moment: Option<Moment>| roughly(now - moment.unwrap_or(now));
        match kept.state {
            ContainerState::Created => "Created".to_owned(),
            ContainerState::Paused => format!("Up {} (Paused)", since(kept.started)),
            state if state.is_alive() => format!("Up {}", since(kept.started)),
            _ => format!("Exited ({}) {} ago", kept.exit_code.unwrap_or(0), since(kept.finished)),
        }
    }

    pub(super) fn list(&self, filter: &ListFilter) -> Vec<Container> {
        let state = self.shared.lock();
        let wanted = |kept: &&Kept| {
            let named = filter.name.as_ref().is_none_or(|part| kept.spec.name.contains(part));
            let in_state = filter.states.is_empty() || filter.states.contains(&kept.state);
            let mounts = |name: &String| kept.mounts.iter().any(|mount| mount.volume.as_ref() == Some(name));
            named
                && in_state
                && filter.volume.as_ref().is_none_or(mounts)
                && labelled(&kept.labels, &filter.labels)
        };
        let mut found: Vec<&Kept> = state.containers.values().map(|kept| &**kept).filter(wanted).collect();
        // The newest first, as engines list them.
        found.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.spec.name.cmp(&b.spec.name)));
        let show = |kept: &Kept| Container {
            id: kept.id.as_str().into(),
            name: kept.spec.name.clone(),
            image: kept.spec.image.clone(),
            image_id: Some(kept.image_id.clone()),
            command: kept.words().join(" "),
            state: kept.state,
            status: self.status(kept),
            created: Some(self.shared.clock.stamp(kept.created)),
            labels: kept.labels.clone(),
            mounts: kept.mounts.clone(),
        };
        found.into_iter().map(show).collect()
    }

    pub(super) fn inspect(&self, id: &ContainerId) -> Result<ContainerDetails> {
        let state = self.shared.lock();
        let kept = state.resolve(id.as_str()).and_then(|id| state.containers.get(&id));
        let kept = kept.ok_or_else(|| failed(Operation::Inspect, ErrorKind::NotFound))?;
        let stamp = |moment: Option<Moment>| moment.map(|moment| self.shared.clock.stamp(moment));
        let alive = kept.state.is_alive();
        let mut details = ContainerDetails {
            id: kept.id.as_str().into(),
            name: kept.spec.name.clone(),
            image: kept.spec.image.clone(),
            image_id: Some(kept.image_id.clone()),
            platform: Some(self.shared.scene.engine.platform.clone()),
            state: kept.state,
            pid: alive.then_some(kept.pid),
            exit_code: kept.exit_code,
            oom_killed: kept.out_of_memory,
            error: kept.error.clone(),
            created: stamp(Some(kept.created)),
            started: stamp(kept.started),
            finished: stamp(kept.finished),
            entrypoint: kept.entrypoint.clone(),
            command: kept.command.clone(),
            env: kept.env.clone(),
            user: kept.user.clone(),
            working_dir: kept.working_dir.clone(),
            labels: kept.labels.clone(),
            mounts: kept.mounts.clone(),
            memory_limit: kept.spec.memory,
            cpu_limit: kept.spec.cpus,
            network_mode: kept.spec.network.clone().unwrap_or_else(|| "bridge".to_owned()),
            tty: kept.spec.tty,
            log_driver: kept.log_driver.clone().unwrap_or_else(|| "simulated".to_owned()),
            log_options: kept.log_options.clone(),
            restarts: 0,
            raw: serde_json::Value::Null,
        };
        details.raw = serde_json::to_value(&details).unwrap_or_default();
        Ok(details)
    }

    pub(super) fn top(&self, id: &ContainerId) -> Result<ProcessTable> {
        let state = self.shared.lock();
        let kept = state.resolve(id.as_str()).and_then(|id| state.containers.get(&id));
        let kept = kept.ok_or_else(|| failed(Operation::Top, ErrorKind::NotFound))?;
        if !kept.state.is_alive() {
            return Err(failed(Operation::Top, ErrorKind::NotRunning));
        }
        let now = self.shared.clock.now();
        let user = if kept.user.is_empty() { "root" } else { &kept.user };
        let mut processes = Vec::new();
        let mut row = |pid: u32, parent: u32, command: &str| {
            let time = clock_of(kept, now);
            let (pid, parent, name) = (pid.to_string(), parent.to_string(), short_name(command));
            processes.push(vec![user.to_owned(), pid, parent, time, name, command.to_owned()]);
        };
        let init = u32::from(kept.spec.init);
        if kept.spec.init {
            row(kept.pid, 1, &format!("/sbin/docker-init -- {}", kept.words().join(" ")));
        }
        let main = kept.pid + init;
        row(main, if kept.spec.init { kept.pid } else { 1 }, &kept.words().join(" "));
        kept.below.iter().for_each(|below| row(below.pid, below.parent, &below.command));
        for exec in state.execs.iter().filter(|exec| exec.container == kept.id && exec.exit_code.is_none()) {
            row(exec.pid, 0, &exec.command);
            exec.below.iter().for_each(|below| row(below.pid, below.parent, &below.command));
        }
        let titles = ["USER", "PID", "PPID", "ELAPSED", "COMM", "COMMAND"].map(str::to_owned).to_vec();
        Ok(ProcessTable { titles, processes })
    }

    pub(super) fn rename(&self, id: &ContainerId, name: &str) -> Result<()> {
        let refused = |kind| failed(Operation::Rename, kind);
        let mut state = self.shared.lock();
        let id = state.resolve(id.as_str()).ok_or_else(|| refused(ErrorKind::NotFound))?;
        let taken = state.containers.values().find(|kept| kept.spec.name == name).map(|kept| kept.id.clone());
        match taken {
            Some(other) if other != id => {
                return Err(refused(ErrorKind::NameTaken { by: Some(other.into()) }));
            }
            _ => {}
        }
        if ContainerSpec::new(name, "checked").check().is_err() {
            return Err(refused(ErrorKind::Invalid).saying(format!("{name:?} is no name")));
        }
        if let Some(kept) = state.containers.get_mut(&id) {
            name.clone_into(&mut kept.spec.name);
        }
        let now = self.shared.clock.now();
        self.shared.tell(&mut state, now, &id, "rename", &[]);
        drop(state);
        self.shared.touch();
        Ok(())
    }

    pub(super) async fn remove(&self, id: &ContainerId, options: RemoveOptions) -> Result<Change> {
        let full = {
            let state = self.shared.lock();
            let Some(full) = state.resolve(id.as_str()) else { return Ok(Change::AlreadySo) };
            let alive = state.containers.get(&full).is_some_and(|kept| kept.state.is_alive());
            if alive && !options.force {
                return Err(failed(Operation::Remove, ErrorKind::Conflict).saying("it is running"));
            }
            full
        };
        self.end_by_force(&full).await;
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        self.shared.tell(&mut state, now, &full, "remove", &[]);
        let removed = state.containers.remove(&full);
        state.execs.retain(|exec| exec.container != full || exec.exit_code.is_none());
        drop(state);
        self.shared.touch();
        Ok(if removed.is_some() { Change::Made } else { Change::AlreadySo })
    }

    /// Puts there what the scene begins with.
    pub(super) fn set_the_scene(&self) {
        let scene = &self.shared.scene;
        let now = self.shared.clock.now();
        {
            let mut state = self.shared.lock();
            scene.images.iter().for_each(|image| state.add_image(image.clone(), now));
            for volume in &scene.volumes {
                let created = now.saturating_sub(nanos(volume.created_ago.0));
                state.ensure_volume(&volume.name, created);
                if let Some(kept) = state.volumes.get_mut(&volume.name) {
                    kept.labels.clone_from(&volume.labels);
                    kept.size = volume.size.0;
                    for (path, text) in &volume.files {
                        kept.files.write(path, 0o644, text.clone().into());
                    }
                }
            }
        }
        scene.containers.iter().for_each(|container| self.set_container(container));
    }

    pub(super) fn set_container(&self, scene: &super::scene::SceneContainer) {
        let clock = &self.shared.clock;
        let mut spec = ContainerSpec::new(scene.name.as_str(), tagged(&scene.image));
        spec.image.clone_from(&scene.image);
        spec.command.clone_from(&scene.command);
        spec.env.clone_from(&scene.env);
        spec.labels.clone_from(&scene.labels);
        spec.memory = scene.memory.map(|amount| amount.0);
        spec.tty = scene.tty;
        spec.mounts = scene
            .mounts
            .iter()
            .map(|mount| crate::engine::Mount {
                source: if mount.source.starts_with('/') {
                    MountSource::Bind(mount.source.as_str().into())
                } else {
                    MountSource::Volume(mount.source.clone())
                },
                target: mount.target.clone(),
                read_only: mount.read_only,
            })
            .collect();
        let mut state = self.shared.lock();
        let id = state.new_id();
        // The scene was checked: its images are there.
        let Some(image) = state.image(&scene.image) else { return };
        let mut kept = Kept::new(id.clone(), spec, image, clock.ago(scene.created_ago.0));
        kept.log_driver.clone_from(&scene.log_driver);
        kept.log_options.clone_from(&scene.log_options);
        let program = scene.process.clone().map(std::sync::Arc::new);
        let words = kept.words();
        let known = || self.shared.program(&words).map(|(program, _)| program);
        kept.program = program.or_else(known).or_else(|| {
            if self.shared.work(&words).is_some() {
                return None;
            }
            let silent = super::scene::Program {
                exit: super::scene::Exit { never: true, ..super::scene::Exit::default() },
                ..super::scene::Program::default()
            };
            Some(std::sync::Arc::new(silent))
        });
        kept.programs = scene.programs.clone().into();
        kept.usage = scene.usage.clone();
        kept.size = scene.size.0;
        for (path, text) in &scene.files {
            kept.files.write(path, 0o644, text.clone().into());
        }
        let volumes: Vec<String> = kept.mounts.iter().filter_map(|mount| mount.volume.clone()).collect();
        for volume in &volumes {
            state.ensure_volume(volume, kept.created);
        }
        state.containers.insert(id.clone(), Box::new(kept));
        drop(state);
        self.set_running(&id, scene);
    }
}
