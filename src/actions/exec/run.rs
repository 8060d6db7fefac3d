//! The supervised exec itself.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};

use crate::actions::{Aftermath, Call, Limits, Progress, Report, Supervised, Verb};
use crate::engine::{
    ContainerId, ContainerManagerExt, EngineError, ErrorKind, ExecRequest, ExecSession, ObjectKind, Output,
    Result, Retry,
};

use super::end_tree::{Target, end_tree};
use super::guard::Guard;
use super::session::{InputForm, exit_code, pass_input, pass_output, pass_sizes};
use super::shim_protocol::{self, Daemons, StdinMode};
use super::token::Token;
use super::{ExecEnd, ExecIo, ExecPlan, Runner, shell_wrapper};

/// What the look afterwards takes beyond the grace: two or three execs.
const BEYOND_GRACE: Duration = Duration::from_secs(10);

/// How long removing the wrapper's record may take.
const FORGETTING: Duration = Duration::from_secs(5);
/// How long what it printed may take to arrive once nothing of it is left.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What is open while the command runs, and stays open while it is being ended: what it prints on its way out is
/// part of its output, and closing its input would end it in another way than asked for.
#[derive(Default)]
struct Open {
    runner: Option<Runner>,
    session: Option<ExecSession>,
    guard: Option<Guard>,
}

impl Supervised {
    /// Runs a command in a running container until it ends by itself, is cancelled, or reaches its deadline; in the
    /// last two cases ends everything it started, waits for that, and says in [`Aftermath::Ended`] what was
    /// signalled and what is left. If this program dies, the command ends, too.
    ///
    /// Everything it prints goes to `io.output`, which somebody must read. A daemon that the command leaves behind
    /// when it ends by itself stays.
    pub async fn exec(&self, call: &Call, id: &ContainerId, plan: &ExecPlan, io: ExecIo) -> Report<ExecEnd> {
        let limits = call.limits_for(Verb::Exec);
        let call = call
            .clone()
            .with_limits(Limits { settle: limits.settle.max(plan.grace + BEYOND_GRACE), ..limits });
        let token = Token::attached();
        let open = Arc::new(Mutex::new(Open::default()));
        let ExecIo { output, input, resizes } = io;
        let streams = Arc::new(Mutex::new((input, resizes)));

        let run = || async {
            let mut open = open.lock().await;
            let Open { runner, session, guard } = &mut *open;
            let mut streams = streams.lock().await;
            let (input, resizes) = &mut *streams;
            let prepared = super::runner::runner(&*self.engine, id, plan.shim).await;
            let runner = runner.insert(prepared.map_err(|error| not_there(id, error))?);
            let request = wrapped(plan, runner, &token, input.is_some());
            if let (Runner::Shim(path), Some(_)) = (&*runner, plan.request.tty) {
                *guard = Some(Guard::post(&*self.engine, id, plan, path, &token).await?);
            }
            let session = session.insert(self.engine.exec(id, &request).await?);
            let followed = async {
                let ExecSession { id: exec, output: printed, input: to } = session;
                let form = InputForm::of(runner, plan.request.tty.is_some());
                tokio::select! {
                    biased;
                    passed = pass_output(printed, &output) => passed?,
                    () = pass_input(input.as_mut(), to.as_mut(), form) => {}
                    () = pass_sizes(&*self.engine, resizes.as_mut(), exec) => {}
                    () = self.sweep_beside(id, runner) => {}
                }
                exit_code(&*self.engine, exec).await
            };
            let exit_code = followed.await.map_err(|error| lost_sight(id, error))?;
            Ok(ExecEnd { exit_code, runner: runner.clone() })
        };
        let end = |_| async {
            let mut open = open.lock().await;
            let Open { runner, session, .. } = &mut *open;
            let Some(runner) = runner else {
                return Aftermath::DidNotHappen("the command was not started".into());
            };
            call.tell(Progress::Settling {
                doing: format!("ending the command, with KILL after {:?}", plan.grace),
            });
            let user = plan.request.user.as_deref();
            let target = Target { container: id, token: token.as_str(), runner, user, grace: plan.grace };
            let mut ending = pin!(end_tree(&*self.engine, &target));
            let mut printing = pin!(last_words(session.as_mut(), &output));
            let aftermath = tokio::select! {
                aftermath = &mut ending => aftermath,
                () = &mut printing => return ending.await,
            };
            // Something that was left may keep the streams open for ever.
            let _ = tokio::time::timeout(LAST_WORDS, printing).await;
            aftermath
        };
        let report = self.supervisor.run(&call, Verb::Exec, id.as_str(), run, end).await;
        let mut open = open.lock().await;
        if let Some(guard) = open.guard.take() {
            // Where nobody knows what is left, the guard does what it is there for.
            if !matches!(report.aftermath, Aftermath::Unknown(_)) {
                guard.dismiss().await;
            }
        }
        if let Some(Runner::Wrapper(_)) = &open.runner {
            self.forget(id, plan, &token).await;
        }
        report
    }
}

impl Supervised {
    /// Removes the wrapper's record, a file in `/tmp`; where that fails, nothing is lost but the file's few bytes.
    async fn forget(&self, id: &ContainerId, plan: &ExecPlan, token: &Token) {
        let command = shell_wrapper::forget_argv(token.as_str());
        let request = ExecRequest { user: plan.request.user.clone(), ..ExecRequest::new(command) };
        let _ = tokio::time::timeout(FORGETTING, self.engine.exec_collect(id, &request, 4096)).await;
    }
}

/// Without its container a command is not run, whatever was being prepared for it.
fn not_there(id: &ContainerId, error: EngineError) -> EngineError {
    let container_is_missing =
        error.is_not_found() && error.object().is_some_and(|(kind, _)| kind == ObjectKind::Container);
    if !container_is_missing {
        return error;
    }
    EngineError::new("run a command in", ErrorKind::NotFound).on(ObjectKind::Container, id)
}

/// Once it runs, any failure to follow it leaves open what became of it: it has to be looked after.
fn lost_sight(id: &ContainerId, error: EngineError) -> EngineError {
    if error.retry() == Retry::ReconcileFirst {
        return error;
    }
    EngineError::new("follow the command in", ErrorKind::BrokenStream)
        .on(ObjectKind::Container, id)
        .because(error)
}

/// The request as the engine gets it: the command under its runner, and an input that stays open for the shim.
fn wrapped(plan: &ExecPlan, runner: &Runner, token: &Token, has_input: bool) -> ExecRequest {
    let request = &plan.request;
    let has_tty = request.tty.is_some();
    let (command, stdin) = match runner {
        Runner::Shim(path) => {
            let mode = match (has_tty, has_input) {
                (true, _) => StdinMode::Inherit,
                (false, true) => StdinMode::Pipe,
                (false, false) => StdinMode::Watch,
            };
            let command = shim_protocol::run_argv(
                path,
                token.as_str(),
                plan.grace,
                mode,
                Daemons::Leave,
                &request.command,
            );
            (command, mode != StdinMode::Inherit || has_input)
        }
        Runner::Wrapper(_) => (shell_wrapper::run_argv(token.as_str(), &request.command), has_input),
    };
    ExecRequest { command, stdin, ..request.clone() }
}

/// Passes on what the command still prints while it is being ended; returns when its streams end, are cut, or nobody
/// reads them.
async fn last_words(session: Option<&mut ExecSession>, output: &mpsc::Sender<Output>) {
    if let Some(session) = session {
        // Whether all of it came is of no consequence any more.
        let _: Result<()> = pass_output(&mut session.output, output).await;
    }
}
