//! Containers: started, stopped, signalled, frozen, waited for.

use std::sync::Arc;

use super::clock::{Moment, nanos};
use super::engine::{Handle, failed, whole_seconds};
use super::process::{Control, End, Seat, Sink, Vars};
use super::scene::{Operation, SceneContainer, SceneState};
use super::script::Script;
use super::state::{Kept, Shared, State};
use super::work::{Place, Work};
use crate::engine::{
    Change, ContainerId, ContainerState, ErrorKind, ExitStatus, Result, Signal, StdStream, StopOptions,
    TermSize, WaitFor,
};

/// How many entries of an ended or frozen container's output are played at the beginning; the rest is as if lost.
pub(super) const PLAYED: usize = 200_000;

impl Handle {
    fn resolve(&self, operation: Operation, id: &ContainerId) -> Result<String> {
        let found = self.shared.lock().resolve(id.as_str());
        found.ok_or_else(|| failed(operation, ErrorKind::NotFound))
    }

    pub(super) fn start(&self, id: &ContainerId) -> Result<Change> {
        let id = self.resolve(Operation::Start, id)?;
        self.begin(&id, self.shared.clock.now())
    }

    /// Begins a run.
    fn begin(&self, id: &str, at: Moment) -> Result<Change> {
        let refused = |kind| failed(Operation::Start, kind);
        let mut guard = self.shared.lock();
        let state = &mut *guard;
        let Some(kept) = state.containers.get_mut(id) else { return Err(refused(ErrorKind::NotFound)) };
        match kept.state {
            ContainerState::Paused => return Err(refused(ErrorKind::Conflict).saying("it is paused")),
            state if state.is_alive() => return Ok(Change::AlreadySo),
            _ => {}
        }
        let words = kept.words();
        let own = kept.program.clone().map(|program| Work::Program(program, String::new()));
        let Some(work) = own.or_else(|| self.shared.work(&words)) else {
            let name = words.first().cloned().unwrap_or_default();
            let why = format!("exec: {name:?}: executable file not found");
            kept.exit_code = Some(127);
            kept.error = Some(why.clone());
            return Err(refused(ErrorKind::CommandNotFound).saying(why));
        };
        let (control, ears) = Control::new(TermSize { columns: 80, rows: 24 });
        kept.state = ContainerState::Running;
        (kept.exit_code, kept.error, kept.out_of_memory) = (None, None, false);
        (kept.started, kept.finished) = (Some(at), None);
        (kept.frozen_since, kept.frozen_for) = (None, 0);
        kept.runs += 1;
        kept.process = Some(control);
        let run = kept.runs;
        let vars = Vars {
            container: id.to_owned(),
            env: kept.env.clone(),
            user: kept.user.clone(),
            working_dir: kept.working_dir.clone(),
            args: String::new(),
        };
        let (init, tty) = (kept.spec.init, kept.spec.tty);
        let pid = state.new_pids(2 + work.children());
        let main = pid + u32::from(init);
        if let Some(kept) = state.containers.get_mut(id) {
            kept.pid = pid;
            kept.below = work.below(main, main + 1);
        }
        let seat = Seat {
            shared: Arc::clone(&self.shared),
            vars,
            ears,
            sink: Sink::Log(id.to_owned()),
            tty,
            input: None,
            begun: at,
            place: Place::Main(id.to_owned()),
            pid: main,
        };
        self.shared.tell(state, at, id, "start", &[]);
        drop(guard);
        let (over, id) = (self.over.clone(), id.to_owned());
        tokio::spawn(async move {
            let shared = Arc::clone(&seat.shared);
            let end = tokio::select! { biased; end = work.run(seat) => end, () = over.cancelled() => return };
            shared.ended(&id, run, end);
        });
        self.shared.touch();
        Ok(Change::Made)
    }

    /// Whether a run is over, once it is.
    async fn run_over(&self, id: &str, run: u64) {
        self.shared.until(|state| is_over(state, id, run).then_some(())).await;
    }

    pub(super) async fn stop(&self, id: &ContainerId, options: &StopOptions) -> Result<Change> {
        let id = self.resolve(Operation::Stop, id)?;
        if !self.end_gently(&id, options).await {
            return Ok(Change::AlreadySo);
        }
        let mut state = self.shared.lock();
        let now = self.shared.clock.now();
        self.shared.tell(&mut state, now, &id, "stop", &[]);
        drop(state);
        self.shared.touch();
        Ok(Change::Made)
    }

    /// The signal, then KILL after the grace. `false` when it did not run.
    async fn end_gently(&self, id: &str, options: &StopOptions) -> bool {
        let Some(run) = self.signal(id, options.signal.as_ref().unwrap_or(&Signal::term())) else {
            return false;
        };
        self.thaw(id);
        let over = self.run_over(id, run);
        if tokio::time::timeout(whole_seconds(options.grace), over).await.is_err() {
            self.signal(id, &Signal::kill());
            self.run_over(id, run).await;
        }
        true
    }

    pub(super) async fn end_by_force(&self, id: &str) {
        if let Some(run) = self.signal(id, &Signal::kill()) {
            self.run_over(id, run).await;
        }
    }

    /// Signals the main process. The number of the run, when there is one.
    fn signal(&self, id: &str, signal: &Signal) -> Option<u64> {
        let mut state = self.shared.lock();
        let kept = state.containers.get(id).filter(|kept| kept.state.is_alive())?;
        let run = kept.runs;
        if let Some(process) = &kept.process {
            process.signal(signal);
        }
        let now = self.shared.clock.now();
        self.shared.tell(&mut state, now, id, "kill", &[("signal", signal.to_string())]);
        drop(state);
        self.shared.touch();
        Some(run)
    }

    fn thaw(&self, id: &str) {
        let mut state = self.shared.lock();
        let paused = state.containers.get_mut(id).filter(|kept| kept.state == ContainerState::Paused);
        if let Some(kept) = paused {
            kept.state = ContainerState::Running;
            kept.frost(None, self.shared.clock.now());
            state.set_frozen(id, false);
        }
    }

    pub(super) async fn kill(&self, id: &ContainerId, signal: &Signal) -> Result<Change> {
        let id = self.resolve(Operation::Kill, id)?;
        let Some(run) = self.signal(&id, signal) else { return Ok(Change::AlreadySo) };
        if signal.as_str() == "KILL" {
            self.run_over(&id, run).await;
        }
        Ok(Change::Made)
    }

    pub(super) async fn restart(&self, id: &ContainerId, options: &StopOptions) -> Result<()> {
        let id = self.resolve(Operation::Restart, id)?;
        self.end_gently(&id, options).await;
        self.begin(&id, self.shared.clock.now())?;
        let mut state = self.shared.lock();
        let now = self.shared.clock.now();
        self.shared.tell(&mut state, now, &id, "restart", &[]);
        drop(state);
        self.shared.touch();
        Ok(())
    }

    pub(super) fn pause(&self, id: &ContainerId) -> Result<Change> {
        self.freeze(Operation::Pause, id, true)
    }

    pub(super) fn unpause(&self, id: &ContainerId) -> Result<Change> {
        self.freeze(Operation::Unpause, id, false)
    }

    fn freeze(&self, operation: Operation, id: &ContainerId, frozen: bool) -> Result<Change> {
        let id = self.resolve(operation, id)?;
        let mut state = self.shared.lock();
        let Some(kept) = state.containers.get_mut(&id) else {
            return Err(failed(operation, ErrorKind::NotFound));
        };
        let (wanted, action) =
            if frozen { (ContainerState::Paused, "pause") } else { (ContainerState::Running, "unpause") };
        if !kept.state.is_alive() {
            return Err(failed(operation, ErrorKind::NotRunning));
        }
        if kept.state == wanted {
            return Ok(Change::AlreadySo);
        }
        let now = self.shared.clock.now();
        kept.state = wanted;
        kept.frost(frozen.then_some(now), now);
        state.set_frozen(&id, frozen);
        self.shared.tell(&mut state, now, &id, action, &[]);
        drop(state);
        self.shared.touch();
        Ok(Change::Made)
    }

    pub(super) async fn wait(&self, id: &ContainerId, until: WaitFor) -> Result<ExitStatus> {
        let id = self.resolve(Operation::Wait, id)?;
        let runs_over = |kept: &Kept| kept.runs - u64::from(kept.state.is_alive());
        let (begun, mut last) = {
            let state = self.shared.lock();
            state.containers.get(&id).map_or((0, None), |kept| (runs_over(kept), Some(status(kept))))
        };
        let seen = self
            .shared
            .until(|state| {
                let Some(kept) = state.containers.get(&id) else { return Some(None) };
                last = Some(status(kept));
                let so = match until {
                    WaitFor::NotRunning => !kept.state.is_alive(),
                    WaitFor::NextExit => runs_over(kept) > begun,
                    WaitFor::Removed => false,
                };
                so.then(|| Some(status(kept)))
            })
            .await;
        // Removed: how it had ended is what there is to say.
        seen.or(last).ok_or_else(|| failed(Operation::Wait, ErrorKind::NotFound))
    }

    /// Brings a container to the state the scene begins with.
    pub(super) fn set_running(&self, id: &str, scene: &SceneContainer) {
        let clock = &self.shared.clock;
        match scene.state {
            SceneState::Created => {}
            SceneState::Exited => {
                let (started, ended) = (clock.ago(scene.started_ago.0), clock.ago(scene.ended_ago.0));
                self.play_to_the_end(id, started.min(ended), ended);
            }
            SceneState::Running | SceneState::Paused => {
                // Its program is there or silent: it begins.
                let _begun = self.begin(id, clock.ago(scene.started_ago.0));
                if scene.state == SceneState::Paused {
                    let _paused = self.pause(&id.into());
                }
            }
        }
    }

    /// A run that is over when the scene begins: its log as it would be, and its end.
    fn play_to_the_end(&self, id: &str, started: Moment, ended: Moment) {
        let mut state = self.shared.lock();
        let Some(kept) = state.containers.get_mut(id) else { return };
        let Some(program) = kept.program.clone() else { return };
        let mut script = Script::new(Arc::clone(&program));
        let mut at = started;
        for _ in 0..PLAYED {
            let Some(cue) = script.cue() else { break };
            at = at.saturating_add(nanos(cue.after)).min(ended);
            let Some(step) = script.step(|_| None) else { break };
            let stream = match (kept.spec.tty, step.stderr) {
                (true, _) => StdStream::Tty,
                (false, true) => StdStream::Stderr,
                (false, false) => StdStream::Stdout,
            };
            kept.log.append(at, stream, &step.bytes);
        }
        kept.log.flush(ended, kept.spec.tty);
        kept.state = ContainerState::Exited;
        kept.runs = 1;
        kept.out_of_memory = program.exit.out_of_memory;
        kept.exit_code = Some(if program.exit.out_of_memory { 137 } else { program.exit.code });
        (kept.started, kept.finished) = (Some(started), Some(ended));
    }
}

fn is_over(state: &State, id: &str, run: u64) -> bool {
    state.containers.get(id).is_none_or(|kept| kept.runs != run || !kept.state.is_alive())
}

fn status(kept: &Kept) -> ExitStatus {
    ExitStatus { code: kept.exit_code.unwrap_or(0), error: kept.error.clone() }
}

impl State {
    fn set_frozen(&mut self, id: &str, frozen: bool) {
        if let Some(process) = self.containers.get(id).and_then(|kept| kept.process.as_ref()) {
            process.freeze(frozen);
        }
        self.freeze_execs_of(id, frozen);
    }
}

impl Shared {
    /// A run is over.
    fn ended(&self, id: &str, run: u64, end: End) {
        let mut state = self.lock();
        let Some(kept) = state.containers.get_mut(id).filter(|kept| kept.runs == run) else { return };
        kept.log.flush(end.at, kept.spec.tty);
        kept.state = ContainerState::Exited;
        kept.exit_code = Some(end.code);
        kept.out_of_memory = end.out_of_memory;
        kept.finished = Some(end.at);
        kept.process = None;
        kept.below.clear();
        state.end_execs_of(id);
        if end.out_of_memory {
            self.tell(&mut state, end.at, id, "oom", &[]);
        }
        self.tell(&mut state, end.at, id, "die", &[("exitCode", end.code.to_string())]);
        drop(state);
        self.touch();
    }
}
