//! What the engine knows at one instant, and telling that it has changed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::watch;

use super::clock::{Clock, Moment};
use super::faults::Faults;
use super::files::Files;
use super::log::Log;
use super::process::{Below, Control};
use super::scene::{Program, Scene, SceneImage, Usage};
use crate::engine::{
    ContainerSpec, ContainerState, EngineEvent, EventObject, ImageId, Launch, MountPoint, StdStream, Tmpfs,
};

/// How many events are remembered, as Docker does.
pub const EVENT_LIMIT: usize = 256;

/// All that the engine's parts share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) scene: Scene,
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// By full id.
    pub(super) containers: BTreeMap<String, Box<Kept>>,
    pub(super) images: Vec<KeptImage>,
    pub(super) volumes: BTreeMap<String, KeptVolume>,
    pub(super) execs: VecDeque<super::execs::KeptExec>,
    pub(super) events: VecDeque<EngineEvent>,
    /// How many events there ever were.
    pub(super) events_told: u64,
    made: u64,
}

/// A container.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) spec: ContainerSpec,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) image_id: ImageId,
    pub(super) entrypoint: Vec<String>,
    pub(super) command: Vec<String>,
    pub(super) env: Vec<String>,
    pub(super) user: String,
    pub(super) working_dir: String,
    pub(super) mounts: Vec<MountPoint>,
    pub(super) tmpfs: Vec<Tmpfs>,
    pub(super) state: ContainerState,
    pub(super) exit_code: Option<i64>,
    pub(super) out_of_memory: bool,
    pub(super) error: Option<String>,
    pub(super) created: Moment,
    pub(super) started: Option<Moment>,
    pub(super) finished: Option<Moment>,
    /// Since when it is frozen, and how long it was before.
    pub(super) frozen_since: Option<Moment>,
    pub(super) frozen_for: Moment,
    /// How many runs have begun.
    pub(super) runs: u64,
    /// The process of the present run.
    pub(super) process: Option<Control>,
    pub(super) pid: u32,
    /// Its processes besides the main one.
    pub(super) below: Vec<Below>,
    /// What the scene says it does, whatever its command line.
    pub(super) program: Option<Arc<Program>>,
    /// What the scene says commands do in it.
    pub(super) programs: Arc<[Program]>,
    pub(super) usage: Usage,
    pub(super) size: u64,
    pub(super) log: Log,
    pub(super) log_driver: Option<String>,
    pub(super) log_options: BTreeMap<String, String>,
    pub(super) files: Files,
}

#[derive(Debug)]
pub(super) struct KeptImage {
    pub(super) id: ImageId,
    pub(super) tags: Vec<String>,
    pub(super) created: Moment,
    pub(super) scene: SceneImage,
}

#[derive(Debug)]
pub(super) struct KeptVolume {
    pub(super) driver: String,
    pub(super) options: BTreeMap<String, String>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) created: Moment,
    pub(super) size: u64,
    pub(super) files: Files,
}

impl Kept {
    /// The main process's words.
    pub(super) fn words(&self) -> Vec<String> {
        self.entrypoint.iter().chain(&self.command).cloned().collect()
    }

    /// Frozen from this moment on, or no more.
    pub(super) fn frost(&mut self, since: Option<Moment>, now: Moment) {
        if let Some(begun) = std::mem::replace(&mut self.frozen_since, since) {
            self.frozen_for = self.frozen_for.saturating_add(now - begun);
        }
    }

    /// How long it has run, the time it was frozen not counted.
    pub(super) fn awake(&self, now: Moment) -> Moment {
        let until = self.frozen_since.unwrap_or(now);
        self.started.map_or(0, |started| until - started - self.frozen_for).max(0)
    }

    pub(super) fn end_of(launch: Launch, image: &SceneImage) -> (Vec<String>, Vec<String>) {
        // Another entry point makes the image's command void (Docker's `merge` of its daemon/commit.go).
        let command = match (&launch.entrypoint, launch.command.is_empty()) {
            (None, true) => image.command.clone(),
            _ => launch.command,
        };
        (launch.entrypoint.unwrap_or_else(|| image.entrypoint.clone()), command)
    }
}

impl State {
    /// An id nobody has, of 64 hexadecimal digits that begin differently.
    pub(super) fn new_id(&mut self) -> String {
        use sha2::{Digest, Sha256};
        self.made += 1;
        let digest = Sha256::digest(format!("simulated {}", self.made).as_bytes());
        digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }

    /// The first of so many pids in a row that nobody has.
    pub(super) fn new_pids(&mut self, count: usize) -> u32 {
        let first = self.made + 1;
        self.made += (count as u64).max(1);
        1000_u32.wrapping_add(u32::try_from(first).unwrap_or(u32::MAX) & 0x3f_ffff)
    }

    /// The full id of what goes by this id, beginning of an id, or name.
    pub(super) fn resolve(&self, reference: &str) -> Option<String> {
        if self.containers.contains_key(reference) {
            return Some(reference.to_owned());
        }
        if let Some((id, _)) = self.containers.iter().find(|(_, kept)| kept.spec.name == reference) {
            return Some(id.clone());
        }
        let mut begun =
            self.containers.keys().filter(|id| !reference.is_empty() && id.starts_with(reference));
        match (begun.next(), begun.next()) {
            (Some(only), None) => Some(only.clone()),
            _ => None,
        }
    }

    /// Containers that mount a volume.
    pub(super) fn users_of(&self, volume: &str) -> Vec<&Kept> {
        let mounts = |kept: &&Kept| kept.mounts.iter().any(|mount| mount.volume.as_deref() == Some(volume));
        self.containers.values().map(|kept| &**kept).filter(mounts).collect()
    }

    /// Where a path of a container is kept, and as what path there.
    pub(super) fn files_at(&mut self, id: &str, path: &str) -> Option<(&mut Files, String)> {
        let path = super::files::clean(path);
        let kept = self.containers.get(id)?;
        let inside =
            |target: &str| path == target || path.starts_with(&format!("{}/", target.trim_end_matches('/')));
        let mount =
            kept.mounts.iter().filter(|mount| inside(&mount.target)).max_by_key(|mount| mount.target.len());
        let volume = mount.and_then(|mount| Some((mount.volume.clone()?, mount.target.clone())));
        match volume {
            Some((volume, target)) => {
                let below = path.get(target.len()..).unwrap_or("").to_owned();
                self.volumes.get_mut(&volume).map(|kept| (&mut kept.files, below))
            }
            None => self.containers.get_mut(id).map(|kept| (&mut kept.files, path)),
        }
    }
}

impl Shared {
    pub(super) fn new(scene: Scene, epoch: Timestamp) -> Self {
        let faults = Faults::new(scene.faults.clone());
        let (changed, _) = watch::channel(());
        Self { scene, clock: Clock::beginning(epoch), faults, state: Mutex::new(State::default()), changed }
    }

    /// Never held across a wait.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes all who wait for a change.
    pub(super) fn touch(&self) {
        self.changed.send_replace(());
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Waits until `look` sees something.
    pub(super) async fn until<T>(&self, mut look: impl FnMut(&mut State) -> Option<T>) -> T {
        let mut changes = self.changes();
        loop {
            changes.borrow_and_update();
            if let Some(seen) = look(&mut self.lock()) {
                return seen;
            }
            if changes.changed().await.is_err() {
                // The sender is ours: it cannot be gone while we are here.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Tells what has happened to a container, to all who listen.
    pub(super) fn tell(
        &self,
        state: &mut State,
        at: Moment,
        kept_id: &str,
        action: &str,
        more: &[(&str, String)],
    ) {
        let Some(kept) = state.containers.get(kept_id) else { return };
        let mut attributes = kept.labels.clone();
        attributes.insert("name".to_owned(), kept.spec.name.clone());
        attributes.insert("image".to_owned(), kept.spec.image.clone());
        attributes.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        self.tell_of(state, at, EventObject::Container, kept_id, action, attributes);
    }

    pub(super) fn tell_of(
        &self,
        state: &mut State,
        at: Moment,
        object: EventObject,
        id: &str,
        action: &str,
        attributes: BTreeMap<String, String>,
    ) {
        let time = Some(self.clock.stamp(at));
        let (action, id) = (action.to_owned(), id.to_owned());
        state.events.push_back(EngineEvent { time, object, action, id, attributes });
        state.events_told += 1;
        if state.events.len() > EVENT_LIMIT {
            state.events.pop_front();
        }
    }

    pub(super) fn append_log(&self, id: &str, at: Moment, stream: StdStream, bytes: &[u8]) {
        if let Some(kept) = self.lock().containers.get_mut(id) {
            kept.log.append(at, stream, bytes);
        }
        self.touch();
    }

    pub(super) fn read_file(&self, id: &str, path: &str) -> Option<Bytes> {
        let mut state = self.lock();
        let (files, path) = state.files_at(id, path)?;
        files.read(&path)
    }

    /// What is in a directory of a container.
    pub(super) fn list_directory(&self, id: &str, path: &str) -> Option<Vec<(String, bool, u64)>> {
        let mut state = self.lock();
        let (files, path) = state.files_at(id, path)?;
        files.list(&path)
    }

    /// A container's processes: pids and command lines.
    pub(super) fn processes_of(&self, id: &str) -> Vec<(u32, String)> {
        let state = self.lock();
        let Some(kept) = state.containers.get(id) else { return Vec::new() };
        let main = (kept.pid, kept.words().join(" "));
        let execs = state.execs.iter().filter(|exec| exec.container == id && exec.exit_code.is_none());
        let of_execs = execs.flat_map(|exec| {
            let below = exec.below.iter().map(|below| (below.pid, below.command.clone()));
            std::iter::once((exec.pid, exec.command.clone())).chain(below)
        });
        let below = kept.below.iter().map(|below| (below.pid, below.command.clone()));
        std::iter::once(main).chain(below).chain(of_execs).collect()
    }

    /// A container's mounts in the words of `/proc/mounts` (proc(5)).
    pub(super) fn mount_table(&self, id: &str) -> String {
        let state = self.lock();
        let Some(kept) = state.containers.get(id) else { return String::new() };
        let mut lines = vec!["overlay / overlay rw 0 0".to_owned()];
        for mount in &kept.mounts {
            let rights = if mount.read_only { "ro" } else { "rw" };
            lines.push(format!("/dev/sda1 {} ext4 {rights},relatime 0 0", mount.target));
        }
        lines.extend(kept.tmpfs.iter().map(|tmpfs| format!("tmpfs {} tmpfs rw,nosuid 0 0", tmpfs.target)));
        lines.join("\n") + "\n"
    }

    /// When a container was started last; now where it is gone.
    pub(super) fn began(&self, id: &str) -> Timestamp {
        let began = self.lock().containers.get(id).and_then(|kept| kept.started);
        self.clock.stamp(began.unwrap_or_else(|| self.clock.now()))
    }

    /// Process 1's command line in the words of `/proc/1/cmdline`.
    pub(super) fn first_process(&self, id: &str) -> String {
        let state = self.lock();
        let Some(kept) = state.containers.get(id) else { return String::new() };
        let init = ["/sbin/docker-init".to_owned(), "--".to_owned()];
        let words = if kept.spec.init { [init.to_vec(), kept.words()].concat() } else { kept.words() };
        words.join("\0") + "\0"
    }
}
