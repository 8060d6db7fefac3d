//! The shim's later calls: about the processes another shim runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;

use super::call::{Call, End};
use super::end::{Named, Report};
use crate::engine::Signal;
use crate::engine::simulated::execs::KeptExec;
use crate::engine::simulated::process::{End as Ended, Seat, run_program};
use crate::engine::simulated::scene::Program;
use crate::engine::simulated::state::Shared;
use crate::engine::simulated::work::says;

/// How often, and how many times at most, a guard looks for what it guards.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const LOOKS: u32 = 50;

/// Exit codes: nobody has the token; the shim could not do its work.
const NOT_FOUND: i64 = 1;
const FAILED: i64 = 125;

/// Does what it is called for, and prints its answer.
pub(in crate::engine::simulated) async fn answer(call: Call, mut seat: Seat) -> Ended {
    let (shared, container) = (Arc::clone(&seat.shared), seat.vars.container.clone());
    let mut input = seat.input.take();
    let asked = async {
        match call {
            Call::Version => says("smidr-shim protocol 1\n", "", 0),
            Call::List => list(&shared, &container),
            Call::End(end) => done(&shared, &container, &end).await,
            Call::Guard(end) => {
                let mut word = [0];
                let said = match &mut input {
                    Some(input) => input.read(&mut word).await.unwrap_or(0),
                    None => 0,
                };
                if said > 0 {
                    return says("", "", 0);
                }
                for _ in 1..LOOKS {
                    let program = done(&shared, &container, &end).await;
                    if program.exit.code != NOT_FOUND {
                        return program;
                    }
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                done(&shared, &container, &end).await
            }
            Call::Tree(token, signal) => tree(&shared, &container, &token, signal).await,
            Call::Group(token, signal) => {
                let exec = exec_of(&shared, &container, &token);
                let signalled = exec.map(|exec| shared.signal_exec(&exec, &signal));
                says("", "", i64::from(signalled.is_none_or(|signalled| signalled.is_empty())))
            }
            Call::Run(_) => says("", "smidr-shim: a command cannot be run from here\n", FAILED),
        }
    };
    let program = tokio::select! {
        biased;
        code = ended(&mut seat) => return Ended { code, at: shared.clock.now(), out_of_memory: false },
        program = asked => program,
    };
    seat.begun = shared.clock.now();
    run_program(Arc::new(program), seat).await
}

/// Waits for a signal that ends the shim's later call; what it has begun goes on or not, as with the real one.
async fn ended(seat: &mut Seat) -> i64 {
    loop {
        match seat.ears.signals.recv().await {
            None => return 137,
            Some(signal) if matches!(signal.as_str(), "CHLD" | "CONT" | "WINCH") => {}
            Some(signal) => return 128 + i64::from(signal.number()),
        }
    }
}

fn exec_of(shared: &Shared, container: &str, token: &str) -> Option<String> {
    shared.lock().under(container, token).map(|exec| exec.id.clone())
}

/// Ends or signals each token's processes; a line a token.
async fn done(shared: &Shared, container: &str, end: &End) -> Program {
    let each = end.tokens.iter().map(|token| async move {
        let exec = exec_of(shared, container, token);
        let mut report = Report {
            token: token.clone(),
            found: exec.is_some(),
            forwarded: end.forward,
            refused: false,
            signal: end.signal.to_string(),
            grace_ms: end.grace.as_millis(),
            signalled: Vec::new(),
            killed: Vec::new(),
            left: Vec::new(),
        };
        match exec {
            Some(exec) if end.forward => report.signalled = shared.signal_exec(&exec, &end.signal),
            Some(exec) => {
                (report.signalled, report.killed) = shared.end_exec(&exec, &end.signal, end.grace).await;
            }
            None => {}
        }
        report
    });
    let reports = futures_util::future::join_all(each).await;
    let lines: String =
        reports.iter().filter_map(|report| Some(serde_json::to_string(report).ok()? + "\n")).collect();
    let is_missing = !end.is_sweep && reports.iter().any(|report| !report.found);
    says(&lines, "", if is_missing { NOT_FOUND } else { 0 })
}

fn list(shared: &Shared, container: &str) -> Program {
    let state = shared.lock();
    let shims = state.execs.iter().filter(|exec| {
        exec.container == container && exec.by_shim && exec.exit_code.is_none() && exec.token.is_some()
    });
    let line = |exec: &KeptExec| {
        let command = exec.below.first().map(|below| below.command.clone());
        let listed = serde_json::json!({
            "token": exec.token,
            "pid": exec.pid,
            "started": shared.clock.stamp(exec.begun).as_second(),
            "descendants": exec.below.len(),
            "command": command.iter().collect::<Vec<_>>(),
        });
        format!("{listed}\n")
    };
    let lines: String = shims.map(line).collect();
    drop(state);
    says(&lines, "", 0)
}

/// What the wrapper's search prints: a line `PID NAME` for each process it has found and signalled.
async fn tree(shared: &Shared, container: &str, token: &str, signal: Option<Signal>) -> Program {
    let Some(exec) = exec_of(shared, container, token) else { return says("", "", 0) };
    let members = shared.lock().under(container, token).map(KeptExec::members).unwrap_or_default();
    if let Some(signal) = signal {
        shared.signal_exec(&exec, &signal);
        if signal.as_str() == "KILL" {
            shared.exec_over(&exec).await;
        }
    }
    let line = |lines: String, named: &Named| lines + &format!("{} {}\n", named.pid, named.comm);
    let lines = members.iter().fold(String::new(), line);
    says(&lines, "", 0)
}
