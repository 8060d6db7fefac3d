//! Commands in running containers.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc;

use super::engine::{Handle, failed};
use super::process::{Control, Process, Sink, Vars};
use super::reply::{command_line, fits};
use super::scene::{Operation, Program};
use super::state::State;
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
}

impl Handle {
    /// What a command line does, by the scene, and what its `*` stands for.
    pub(super) fn program(&self, words: &[String]) -> Option<(Arc<Program>, String)> {
        let line = command_line(words);
        let found = self.shared.scene.programs.iter().find_map(|program| {
            let args = fits(&program.command, &line)?;
            Some((Arc::new(program.clone()), args))
        });
        found.filter(|_| !words.is_empty())
    }

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
        let Some((program, args)) = self.program(&request.command) else {
            let name = request.command.first().cloned().unwrap_or_default();
            return Err(failed(Operation::Exec, ErrorKind::CommandNotFound).saying(name));
        };
        let vars = Vars {
            container: kept.id.clone(),
            env: [kept.env.clone(), request.env.clone()].concat(),
            user: request.user.clone().unwrap_or_else(|| kept.user.clone()),
            working_dir: request.working_dir.clone().unwrap_or_else(|| kept.working_dir.clone()),
            args,
        };
        let (exec, pid) = (state.new_id(), state.new_pid());
        let (control, ears) = Control::new(request.tty.unwrap_or(TermSize { columns: 80, rows: 24 }));
        let (sender, receiver) = mpsc::channel(UNREAD);
        let (input, typed) = if request.stdin {
            let (ours, theirs) = tokio::io::duplex(UNTYPED);
            (Some(Box::pin(ours) as crate::engine::ExecInput), Some(theirs))
        } else {
            (None, None)
        };
        let command = request.command.join(" ");
        let container = vars.container.clone();
        state.execs.push_back(KeptExec {
            id: exec.clone(),
            container,
            command,
            pid,
            control,
            exit_code: None,
        });
        state.forget_old_execs();
        drop(state);
        let process = Process {
            shared: Arc::clone(&self.shared),
            program,
            vars,
            ears,
            sink: Sink::Reader(sender),
            tty: request.tty.is_some(),
            input: typed,
            begun: self.shared.clock.now(),
        };
        self.run_exec(process, exec.clone());
        let output = stream::unfold((receiver, self.clone()), |(mut receiver, handle)| async move {
            let piece = receiver.recv().await?;
            Some((Ok(piece), (receiver, handle)))
        });
        // Cut by the scene, where it says so.
        let (at, name) = (exec.clone(), id.to_string());
        let about = (crate::engine::ObjectKind::Container, name);
        let output = self.stream(Operation::ExecOutput, Some(about), move |_| output.boxed());
        Ok(ExecSession { id: ExecId::new(at), output, input })
    }

    fn run_exec(&self, process: Process, exec: String) {
        let (shared, over) = (Arc::clone(&self.shared), self.over.clone());
        tokio::spawn(async move {
            // The last output is read only after the exit code is known: who has read all, knows the end.
            let reader = match &process.sink {
                Sink::Reader(reader) => Some(reader.clone()),
                Sink::Log(_) | Sink::Nobody => None,
            };
            let container = process.vars.container.clone();
            let end = tokio::select! { end = process.run() => end, () = over.cancelled() => return };
            let mut state = shared.lock();
            if let Some(kept) = state.execs.iter_mut().find(|kept| kept.id == exec) {
                kept.exit_code = Some(end.code);
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
