//! Commands in running containers.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;

use super::clock::Moment;
use super::engine::{Handle, failed};
use super::process::{Below, Control, Seat, Sink, Vars};
use super::scene::Operation;
use super::shim::{self, Call, Run, StdinMode};
use super::state::State;
use super::work::{Place, Work, program_of};
use crate::engine::{
    ContainerId, ContainerState, ErrorKind, ExecId, ExecRequest, ExecSession, ExecState, Result, Signal,
    TermSize,
};

/// How many ended execs are remembered.
pub const EXEC_LIMIT: usize = 1000;
/// How many pieces of output, of up to 32 KiB, wait for their reader: together about what Docker holds.
const UNREAD: usize = 32;
/// Bytes of input that wait for the command, as in a pipe.
const UNTYPED: usize = 64 * 1024;

/// A command that was started.
#[derive(Debug)]
pub(super) struct KeptExec {
    pub(super) id: String,
    pub(super) container: String,
    pub(super) command: String,
    pub(super) pid: u32,
    pub(super) control: Control,
    pub(super) exit_code: Option<i64>,
    pub(super) begun: Moment,
    /// Its processes besides its first.
    pub(super) below: Vec<Below>,
    /// What the shim or the wrapper finds it by.
    pub(super) token: Option<String>,
    /// Its first process is the shim.
    pub(super) by_shim: bool,
}

impl Handle {
    pub(super) fn exec(&self, id: &ContainerId, request: &ExecRequest) -> Result<ExecSession> {
        let refused = |kind| Err(failed(Operation::Exec, kind));
        if request.command.iter().all(String::is_empty) {
            return refused(ErrorKind::Invalid);
        }
        let mut state = self.shared.lock();
        let Some(kept) = state.resolve(id.as_str()).and_then(|id| state.containers.get(&id)) else {
            return refused(ErrorKind::NotFound);
        };
        match kept.state {
            ContainerState::Running => {}
            ContainerState::Paused => return refused(ErrorKind::Conflict),
            _ => return refused(ErrorKind::NotRunning),
        }
        let (user, own_env) = (kept.user.clone(), kept.env.clone());
        let (container, directory) = (kept.id.clone(), kept.working_dir.clone());
        let Some((work, run)) = self.exec_work(&mut state, &container, &request.command) else {
            let name = request.command.first().cloned().unwrap_or_default();
            return Err(failed(Operation::Exec, ErrorKind::CommandNotFound).saying(name));
        };
        let vars = Vars {
            container: container.clone(),
            env: [own_env, request.env.clone()].concat(),
            user: request.user.clone().unwrap_or(user),
            working_dir: request.working_dir.clone().unwrap_or(directory),
            args: String::new(),
        };
        let exec = state.new_id();
        let pid = state.new_pids(2 + work.children());
        let run = run.as_ref();
        let by_shim = run.is_some_and(|run| run.by_shim);
        let inner = pid + u32::from(by_shim);
        let mut below = Vec::new();
        if let Some(run) = run.filter(|run| run.by_shim) {
            below.push(Below { pid: inner, parent: pid, command: work.name(run.command.join(" ")) });
        }
        below.extend(work.below(inner, inner + 1));
        let (control, ears) = Control::new(request.tty.unwrap_or(TermSize { columns: 80, rows: 24 }));
        let (sender, receiver) = mpsc::channel(UNREAD);
        let (writer, typed) = if request.stdin {
            let (ours, theirs) = tokio::io::duplex(UNTYPED);
            (Some(Box::pin(ours) as crate::engine::ExecInput), Some(theirs))
        } else {
            (None, None)
        };
        let command = match run {
            // The wrapper becomes its command.
            Some(run) if !run.by_shim => run.command.join(" "),
            _ => work.name(request.command.join(" ")),
        };
        let begun = self.shared.clock.now();
        state.execs.push_back(KeptExec {
            id: exec.clone(),
            container,
            command,
            pid,
            control,
            exit_code: None,
            begun,
            below,
            token: run.map(|run| run.token.clone()),
            by_shim,
        });
        state.forget_old_execs();
        drop(state);
        let input = match (typed, run) {
            (Some(client), Some(run)) if run.by_shim && run.stdin != StdinMode::Inherit => {
                self.listen(&exec, client, run)
            }
            (typed, _) => typed,
        };
        let seat = Seat {
            shared: Arc::clone(&self.shared),
            vars,
            ears,
            sink: Sink::Reader(sender),
            tty: request.tty.is_some(),
            input,
            begun,
            place: Place::Exec(exec.clone()),
            pid: inner,
        };
        self.run_exec(work, seat, exec.clone());
        let output = stream::unfold((receiver, self.clone()), |(mut receiver, handle)| async move {
            let piece = receiver.recv().await?;
            Some((Ok(piece), (receiver, handle)))
        });
        // Cut by the scene, where it says so.
        let (at, name) = (exec.clone(), id.to_string());
        let about = (crate::engine::ObjectKind::Container, name);
        let output = self.stream(Operation::ExecOutput, Some(about), move |_| output.boxed());
        Ok(ExecSession { id: ExecId::new(at), output, input: writer })
    }

    /// What a command line does, and the shim's or wrapper's call it is under.
    fn exec_work(&self, state: &mut State, container: &str, words: &[String]) -> Option<(Work, Option<Run>)> {
        let own = state.containers.get(container).map(|kept| Arc::clone(&kept.programs)).unwrap_or_default();
        let work = |words: &[String]| {
            let own = program_of(&own, words).map(|(program, args)| Work::Program(program, args));
            own.or_else(|| self.shared.work(words))
        };
        let mut is_there = |path: &str| {
            let found = state.files_at(container, path);
            found.is_some_and(|(files, path)| files.read(&path).is_some())
        };
        Some(match Call::of(words, &mut is_there) {
            None => (work(words)?, None),
            Some(Err(wrong)) => (Work::saying("", &format!("smidr-shim: {wrong}\n"), 125), None),
            Some(Ok(Call::Run(run))) => {
                let name = run.command.first().cloned().unwrap_or_default();
                let missing = || Work::saying("", &format!("smidr-shim: {name}: not found\n"), 127);
                (work(&run.command).unwrap_or_else(missing), Some(run))
            }
            Some(Ok(call)) => (Work::Shim(call), None),
        })
    }

    /// Has the shim listen to its client. What the command reads.
    fn listen(&self, exec: &str, client: DuplexStream, run: &Run) -> Option<DuplexStream> {
        let (to, from) = match run.stdin {
            StdinMode::Pipe => {
                let (to, from) = tokio::io::duplex(UNTYPED);
                (Some(to), Some(from))
            }
            StdinMode::Watch | StdinMode::Inherit => (None, None),
        };
        let (over, shared) = (self.over.clone(), Arc::clone(&self.shared));
        let (exec, grace) = (exec.to_owned(), run.grace);
        tokio::spawn(async move {
            tokio::select! {
                biased;
                () = shim::relay(shared, exec, client, to, grace) => {}
                () = over.cancelled() => {}
            }
        });
        from
    }

    fn run_exec(&self, work: Work, process: Seat, exec: String) {
        let (shared, over) = (Arc::clone(&self.shared), self.over.clone());
        tokio::spawn(async move {
            // The last output is read only after the exit code is known: who has read all, knows the end.
            let reader = match &process.sink {
                Sink::Reader(reader) => Some(reader.clone()),
                Sink::Log(_) | Sink::Nobody => None,
            };
            let container = process.vars.container.clone();
            let end =
                tokio::select! { biased; end = work.run(process) => end, () = over.cancelled() => return };
            let mut state = shared.lock();
            if let Some(kept) = state.execs.iter_mut().find(|kept| kept.id == exec) {
                kept.exit_code = Some(end.code);
                kept.below.clear();
            }
            let code = end.code.to_string();
            let more = [("execID", exec), ("exitCode", code)];
            shared.tell(&mut state, end.at, &container, "exec_die", &more);
            drop(state);
            shared.touch();
            drop(reader);
        });
    }

    pub(super) fn exec_state(&self, exec: &ExecId) -> Result<ExecState> {
        let state = self.shared.lock();
        let kept = state.execs.iter().find(|kept| kept.id == exec.as_str());
        let kept = kept.ok_or_else(|| failed(Operation::ExecState, ErrorKind::NotFound))?;
        let running = kept.exit_code.is_none();
        Ok(ExecState { running, exit_code: kept.exit_code, pid: running.then_some(kept.pid) })
    }

    pub(super) fn exec_resize(&self, exec: &ExecId, size: TermSize) -> Result<()> {
        let state = self.shared.lock();
        let kept = state.execs.iter().find(|kept| kept.id == exec.as_str());
        let kept = kept.ok_or_else(|| failed(Operation::ExecResize, ErrorKind::NotFound))?;
        if kept.exit_code.is_some() {
            return Err(failed(Operation::ExecResize, ErrorKind::NotRunning));
        }
        kept.control.size.send_replace(size);
        Ok(())
    }
}

impl State {
    /// A container's commands end with it.
    pub(super) fn end_execs_of(&self, container: &str) {
        let alive = self.execs.iter().filter(|exec| exec.container == container && exec.exit_code.is_none());
        alive.for_each(|exec| exec.control.signal(&Signal::kill()));
    }

    pub(super) fn freeze_execs_of(&self, container: &str, frozen: bool) {
        let of_it = self.execs.iter().filter(|exec| exec.container == container);
        of_it.for_each(|exec| exec.control.freeze(frozen));
    }

    fn forget_old_execs(&mut self) {
        let ended = self.execs.iter().filter(|exec| exec.exit_code.is_some()).count();
        if ended > EXEC_LIMIT
            && let Some(oldest) = self.execs.iter().position(|exec| exec.exit_code.is_some())
        {
            self.execs.remove(oldest);
        }
    }
}
