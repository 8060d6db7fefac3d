//! `exec`.

use std::io::{self, IsTerminal};
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use serde_json::json;
use tokio::sync::mpsc;

use crate::actions::exec::{ExecEnd, ExecIo, ExecPlan, ShimUse};
use crate::actions::{Outcome, Report, Verb};
use crate::app::own_terminal::{Raw, USUAL, size, sizes};
use crate::engine::{ContainerId, ErrorKind, ExecRequest, Output, StdStream, TermSize};

use super::context::Context;
use super::durable::{self, Durable};
use super::each::aftermath;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::find::engine_of_container;
use super::output::{Drain, TextChunks, document};
use super::printed::{Manner, Printer};
use crate::values;

/// What to run, and where.
///
/// Ends with the command's own exit code. When it is cancelled (^C), times out (--timeout) or this program dies,
/// everything the command has started in the container is ended, too: TERM first, KILL after the grace. For that
/// a small static program, the shim, is copied into the container once, to /.smidr.
///
/// Failures of ours are 125; 126 and 127 mean that the command cannot be run or is not there.
#[derive(Debug, Args)]
#[command(trailing_var_arg = true)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct ExecArgs {
    /// Name or id
    container: String,
    /// The command and its arguments; no shell reads them
    #[arg(required = true)]
    command: Vec<String>,
    /// Pass our standard input on
    #[arg(short, long)]
    interactive: bool,
    /// Give the command a terminal
    #[arg(short, long)]
    tty: bool,
    /// The user it runs as: name or uid, with :group where wanted
    #[arg(short, long)]
    user: Option<String>,
    /// The directory it starts in
    #[arg(short, long, value_name = "DIR")]
    workdir: Option<String>,
    /// An environment variable; a name alone takes its value here. May be given several times
    #[arg(short, long, value_name = "NAME[=VALUE]", value_parser = values::env_entry)]
    env: Vec<String>,
    /// How long from TERM to KILL when the command is ended
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = values::duration)]
    grace: Duration,
    /// To a terminal, too, byte for byte, as --tty does: what the command prints may then act on it
    ///
    /// Without it, and without --tty, a terminal gets text in the sixteen colours and nothing else that could act on
    /// it. Into a pipe or a file the bytes go as they come.
    #[arg(long)]
    raw: bool,
    /// Copy nothing into the container; what a shell can find of the command is ended, and what is left is named
    #[arg(long)]
    no_shim: bool,
    #[command(flatten)]
    durable: DurableArgs,
}

/// How the command outlives whoever starts it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Durable execs")]
struct DurableArgs {
    /// Let the command outlive us, and the engine's connection to it
    ///
    /// Everything it prints, and how it ends, is kept in a directory of the container. ^C and a lost connection end only
    /// the following; `sessions` lists, follows, stops and removes. It has neither a terminal nor an input.
    #[arg(long, conflicts_with_all = ["interactive", "tty", "no_shim"])]
    durable: bool,
    /// Print the session's name and leave
    #[arg(short, long, requires = "durable")]
    detach: bool,
    /// Keep standard error in a file of its own
    #[arg(long, requires = "durable")]
    apart: bool,
    /// How much of its output is kept: the beginning. What is beyond is dropped, and counted
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = values::size, requires = "durable")]
    output_limit: u64,
    /// The directory of the container it is kept in, an absolute path
    ///
    /// Without it the one the container names in `SMIDR_SESSIONS`, else /var/tmp/smidr-sessions. One that is mounted
    /// outlives the container.
    #[arg(long, value_name = "DIR", value_parser = super::sessions::directory, requires = "durable")]
    sessions_dir: Option<String>,
}

impl ExecArgs {
    fn plan(&self) -> ExecPlan {
        let request = ExecRequest {
            command: self.command.clone(),
            env: self.env.clone(),
            user: self.user.clone(),
            working_dir: self.workdir.clone(),
            stdin: self.interactive,
            tty: self.tty.then(|| size().unwrap_or(USUAL)),
        };
        let shim = if self.no_shim { ShimUse::Off } else { ShimUse::Carry };
        ExecPlan { request, grace: self.grace, shim }
    }
}

pub(crate) async fn run(args: &ExecArgs, context: &Context) -> Ended {
    match exec(args, context).await {
        Ok(exit) => Ok(exit),
        // The codes below 124 belong to the command.
        Err(failure) => Ok(match context.report(&failure) {
            Exit::Failed | Exit::Unreachable | Exit::NotFound | Exit::Conflict => of_launch(&failure),
            exit => exit,
        }),
    }
}

pub(super) fn of_launch(failure: &Failure) -> Exit {
    match failure.engine_error().map(crate::engine::EngineError::kind) {
        Some(ErrorKind::CommandNotFound) => Exit::CommandNotFound,
        Some(ErrorKind::CommandNotExecutable) => Exit::NotExecutable,
        _ => Exit::ExecFailed,
    }
}

async fn exec(args: &ExecArgs, context: &Context) -> Ended {
    let name = args.container.as_str();
    if args.durable.durable {
        let asked = Durable {
            container: name,
            request: args.plan().request,
            grace: args.grace,
            detach: args.durable.detach,
            apart: args.durable.apart,
            limit: args.durable.output_limit,
            directory: args.durable.sessions_dir.as_deref(),
            raw: args.raw,
        };
        return durable::exec(asked, context).await;
    }
    let engine = engine_of_container(context, name).await?;
    let id = ContainerId::from(name);
    let plan = args.plan();
    let call = context.call(Verb::Exec, name);
    let drain = Drain::of_process().map_err(Failure::of_output)?;
    let (raw, resizes) = if args.tty { terminal_of_ours(args.interactive)? } else { (None, None) };
    let input = args.interactive.then(|| Box::pin(tokio::io::stdin()) as _);
    let report = if context.global.json {
        let (output, printed) = mpsc::channel(1);
        let io = ExecIo { output, input, resizes };
        tokio::join!(engine.supervised.exec(&call, &id, &plan, io), as_json_lines(printed, &drain)).0
    } else {
        let manner = Manner { raw: args.raw || args.tty, ..Manner::default() };
        let printer = Printer::of_process(&drain, context, manner);
        if printer.changes_nothing() {
            let io = ExecIo { output: drain.sender(), input, resizes };
            engine.supervised.exec(&call, &id, &plan, io).await
        } else {
            let (output, chunks) = mpsc::channel(1);
            let io = ExecIo { output, input, resizes };
            tokio::join!(engine.supervised.exec(&call, &id, &plan, io), through(chunks, printer)).0
        }
    };
    drop(raw);
    if context.global.json {
        // Where nobody reads it any more, `drained` says so.
        let _ = drain.write(StdStream::Stdout, Bytes::from(document(&end_as_json(&report)))).await;
    }
    context.drained(drain).await?;
    Ok(of_command(report.into_result()?.exit_code))
}

fn of_command(code: i64) -> Exit {
    // An exit code is a byte; an engine that says otherwise (-1 after its own restart) has lost it.
    u8::try_from(code).map_or(Exit::ExecFailed, Exit::OfCommand)
}

/// Puts our terminal into raw mode where the command reads it, and passes its changes of size on.
fn terminal_of_ours(interactive: bool) -> Ended<(Option<Raw>, Option<mpsc::Receiver<TermSize>>)> {
    let here = |doing: &str| {
        let doing = doing.to_owned();
        move |source| Failure::Here { doing, source }
    };
    let raw = (interactive && io::stdin().is_terminal()).then(Raw::on).transpose();
    let raw = raw.map_err(here("put the terminal into raw mode"))?;
    let resizes = sizes().map_err(here("listen for changes of the terminal's size"))?;
    Ok((raw, Some(resizes)))
}

async fn through(mut chunks: mpsc::Receiver<Output>, mut printer: Printer<'_>) {
    while let Some(Output { stream, bytes }) = chunks.recv().await {
        if printer.push(stream, None, bytes).await.is_err() {
            // Dropping the receiver ends the command.
            return;
        }
    }
}

async fn as_json_lines(mut printed: mpsc::Receiver<Output>, drain: &Drain) {
    let mut text = [TextChunks::default(), TextChunks::default()];
    while let Some(Output { stream, bytes }) = printed.recv().await {
        let [out, err] = &mut text;
        let chunks = if stream == StdStream::Stderr { err } else { out };
        let line = document(&json!({ "stream": stream, "text": chunks.push(&bytes) }));
        if drain.write(StdStream::Stdout, Bytes::from(line)).await.is_err() {
            // Dropping the receiver ends the command.
            return;
        }
    }
}

fn end_as_json(report: &Report<ExecEnd>) -> serde_json::Value {
    let end = match &report.outcome {
        Outcome::Done(end) => Some(end),
        _ => None,
    };
    json!({
        "outcome": report.outcome.word(),
        "exit_code": end.map(|end| end.exit_code),
        "runner": end.map(|end| end.runner.to_string()),
        "aftermath": aftermath(&report.aftermath),
        "elapsed_ms": u64::try_from(report.elapsed.as_millis()).unwrap_or(u64::MAX),
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::{Cli, Command};

    fn parsed(line: &str) -> ExecArgs {
        let all = ["smidr-console"].into_iter().chain(line.split(' '));
        match Cli::try_parse_from(all).unwrap().verb {
            Some(Command::Exec(args)) => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn everything_after_the_container_is_the_commands() {
        for line in ["exec -u 0 yocto-a -- ls -l --json", "exec -u 0 yocto-a ls -l --json"] {
            let args = parsed(line);
            assert_eq!(args.command, ["ls", "-l", "--json"], "{line}");
            assert_eq!(args.user.as_deref(), Some("0"), "{line}");
        }
        assert_eq!(parsed("exec yocto-a -- -x -- y").command, ["-x", "--", "y"]);
        let args = parsed("exec -it --grace 500ms --no-shim yocto-a sh");
        assert!(args.interactive && args.tty);
        assert_eq!((args.plan().grace, args.plan().shim), (Duration::from_millis(500), ShimUse::Off));
    }

    #[test]
    fn the_commands_exit_code_is_ours() {
        assert_eq!(of_command(0).code(), 0);
        assert_eq!(of_command(137).code(), 137);
        assert_eq!(of_command(-1), Exit::ExecFailed);
    }

    #[test]
    fn failures_of_ours_leave_the_low_codes_to_the_command() {
        let failure = |kind| Failure::from(crate::engine::EngineError::new("exec", kind));
        assert_eq!(of_launch(&failure(ErrorKind::CommandNotFound)).code(), 127);
        assert_eq!(of_launch(&failure(ErrorKind::CommandNotExecutable)).code(), 126);
        assert_eq!(of_launch(&failure(ErrorKind::NotFound)).code(), 125);
        assert_eq!(of_launch(&Failure::NoEngine(vec![])).code(), 125);
    }
}
