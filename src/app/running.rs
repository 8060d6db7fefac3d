//! Commands in containers: what they print goes into a log of their own, or onto a terminal of their own.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::io::StreamReader;

use crate::actions::exec::{ExecEnd, ExecIo, ExecPlan, LocalInput, Runner};
use crate::actions::{Outcome, Report, Supervised, Verb};
use crate::engine::{ContainerId, ExecRequest, LogChunk, Output, StdStream, TermSize};
use crate::logs::{LogWriter, Stream};
use crate::text::elapsed;
use crate::ui::{ActionNews, Ended, Message, Yield};

use super::ending::ended;
use super::shells::shell_request;
use super::supervise::Errand;

/// How many pieces of output may wait between the engine and the log.
const OUTPUT: usize = 256;
/// What the pane's terminal understands.
const SHELLS_TERM: &str = "xterm-256color";
/// How often it is told at most that there is more.
pub(super) const TOLD: Duration = Duration::from_millis(30);
/// The most a shell's terminal is given at once.
const PIECE: usize = 64 * 1024;

/// Runs a command, its output into a log.
pub(super) async fn exec(errand: Errand, on: &Supervised, id: &ContainerId, request: ExecRequest) -> Ended {
    let (mut writer, reader) = errand.wires.new_log();
    writer.remark(Some(Timestamp::now()), &format!("started: {}", words_of(&request.command)));
    errand.tell(ActionNews::Output(reader)).await;
    let (output, printed) = mpsc::channel(OUTPUT);
    let io = ExecIo { output, input: None, resizes: None };
    let (call, plan) = (errand.call(Verb::Exec), ExecPlan::new(request));
    let (report, mut writer) = tokio::join!(on.exec(&call, id, &plan, io), keep(&errand, printed, writer));
    if let Outcome::Done(ExecEnd { runner: Runner::Wrapper(why), .. }) = &report.outcome {
        writer.remark(Some(Timestamp::now()), &format!("it ran without the shim: {why}"));
    }
    let ended = of_command(report);
    writer.remark(Some(Timestamp::now()), &end_of(&ended));
    ended
}

/// A command as it would be typed; of a script that is given to a shell, the script.
fn words_of(command: &[String]) -> String {
    match command {
        [_, flag, script] if flag == "-c" => script.clone(),
        words => shlex::try_join(words.iter().map(String::as_str)).unwrap_or_else(|_| words.join(" ")),
    }
}

/// How a command ended, in words.
fn end_of(ended: &Ended) -> String {
    let how = match ended.yielded {
        Yield::ExitCode(code) => format!("exit {code}"),
        _ => ended.ending.word().to_owned(),
    };
    let why = ended.problem.as_ref().map(|problem| format!(": {}", problem.words));
    format!("{how} after {}{}", elapsed(ended.elapsed), why.unwrap_or_default())
}

fn of_command(report: Report<ExecEnd>) -> Ended {
    ended(report, |end| Yield::ExitCode(end.exit_code))
}

/// Takes everything that is printed, until nothing more can come.
async fn keep(errand: &Errand, mut printed: mpsc::Receiver<Output>, mut writer: LogWriter) -> LogWriter {
    let mut due = None;
    let mut told = Instant::now();
    loop {
        tokio::select! {
            biased;
            () = until(due) => {
                // Where the loop has no time for it, a moment later will do.
                let is_heard = errand.wires.outbox.hint(Message::Action(errand.id, ActionNews::Moved));
                told = Instant::now();
                due = (!is_heard).then(|| told + TOLD);
            }
            piece = printed.recv() => {
                let Some(Output { stream, bytes }) = piece else { break };
                writer.ready().await;
                writer.append(stream_of(stream), Some(Timestamp::now()), &bytes);
                due = due.or_else(|| Some(Instant::now().max(told + TOLD)));
            }
        }
    }
    writer.end();
    errand.tell(ActionNews::Moved).await;
    writer
}

pub(super) fn stream_of(stream: StdStream) -> Stream {
    match stream {
        StdStream::Stdout => Stream::Stdout,
        StdStream::Stderr => Stream::Stderr,
        StdStream::Tty => Stream::Terminal,
    }
}

/// An entry as a log takes it.
pub(super) fn of_chunk(chunk: &LogChunk) -> (Stream, Option<Timestamp>, &[u8]) {
    (stream_of(chunk.stream), chunk.time, &chunk.bytes)
}

/// Until then; for ever where there is no then.
pub(super) async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Runs a shell on a terminal of this size.
pub(super) async fn shell(
    errand: Errand,
    on: &Supervised,
    id: &ContainerId,
    shells: &[Vec<String>],
    size: TermSize,
) -> Ended {
    let request = shell_request(on, id, shells, SHELLS_TERM, size).await;
    let (call, plan) = (errand.call(Verb::Exec), ExecPlan::new(request));
    let (output, mut printed) = mpsc::channel(1);
    let Errand { keys, size, ref wires, id: action, .. } = errand;
    let (sizes, resizes) = mpsc::channel(1);
    let io = ExecIo { output, input: Some(input(keys)), resizes: Some(resizes) };
    let show = async {
        while let Some(Output { mut bytes, .. }) = printed.recv().await {
            while !bytes.is_empty() {
                let piece = bytes.split_to(bytes.len().min(PIECE));
                wires.outbox.printed(action, piece).await;
            }
        }
    };
    let run = async {
        tokio::select! {
            report = on.exec(&call, id, &plan, io) => report,
            never = pass_sizes(size, sizes) => match never {},
        }
    };
    let (report, ()) = tokio::join!(run, show);
    of_command(report)
}

/// The latest size is what counts; those before it need not arrive.
async fn pass_sizes(
    mut size: watch::Receiver<Option<TermSize>>,
    to: mpsc::Sender<TermSize>,
) -> std::convert::Infallible {
    while size.changed().await.is_ok() {
        let latest = *size.borrow_and_update();
        if let Some(latest) = latest
            && to.send(latest).await.is_err()
        {
            break;
        }
    }
    std::future::pending().await
}

/// What is typed, as the command reads it.
fn input(keys: mpsc::Receiver<Vec<u8>>) -> LocalInput {
    let pieces = stream::unfold(keys, |mut keys| async move {
        let piece = keys.recv().await?;
        Some((Ok::<_, io::Error>(Bytes::from(piece)), keys))
    });
    Box::pin(StreamReader::new(Box::pin(pieces)))
}
