//! The whole terminal for a shell in a container, until it ends.

use std::io;

use crate::actions::exec::{ExecIo, ExecPlan};
use crate::actions::{Outcome, Verb};
use crate::ui::ContainerKey;

use super::drain::Drain;
use super::ending::problem;
use super::own_terminal::{Keys, Raw, USUAL, size, sizes};
use super::shells::shell_request;
use super::wires::Wires;

/// Runs the shell on the terminal, which the loop has left. In words, how it ended.
pub(super) async fn run(wires: Wires, key: ContainerKey, shells: Vec<Vec<String>>) -> String {
    match on_terminal(&wires, &key, &shells).await {
        Ok(words) => words,
        Err(error) => format!("shell: {error}"),
    }
}

async fn on_terminal(wires: &Wires, key: &ContainerKey, shells: &[Vec<String>]) -> io::Result<String> {
    let Some(open) = wires.links.get(key.engine).and_then(|link| link.current()) else {
        return Ok("shell: the engine is not there just now".into());
    };
    let term = std::env::var("TERM").unwrap_or_else(|_| "xterm-256color".into());
    let request = shell_request(&open.on, &key.id, shells, &term, size().unwrap_or(USUAL)).await;
    let plan = ExecPlan::new(request);
    let drain = Drain::of_process()?;
    let resizes = sizes()?;
    let raw = Raw::on()?;
    let (keys, input) = Keys::read()?;
    let io = ExecIo { output: drain.sender(), input: Some(input), resizes: Some(resizes) };
    let report = open.on.exec(&wires.call(Verb::Exec), &key.id, &plan, io).await;
    // The thread ends by itself; what it takes to notice is no time at all.
    let stopped = tokio::task::spawn_blocking(move || keys.stop()).await;
    let written = drain.finish().await;
    drop(raw);
    stopped.map_err(io::Error::other).and(written)?;
    Ok(match &report.outcome {
        Outcome::Done(end) => format!("back from the shell: exit {}", end.exit_code),
        _ => match problem(&report.map(drop)) {
            Some(problem) => format!("shell: {}", problem.words),
            None => "shell: cancelled".into(),
        },
    })
}
