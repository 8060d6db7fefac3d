//! Reading a log to its end, through losses of its engine.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::actions::{Outcome, Patience, Report, Verb};
use crate::app::resume::{Met, Resume};
use crate::cli::connect::Engine;
use crate::cli::context::Context;
use crate::cli::output::{document, elapsed};
use crate::cli::printed::Printer;
use crate::engine::{
    ContainerId, ContainerManager, EngineError, ErrorKind, LogChunk, LogsRequest, StdStream,
};

/// How long after a loss it is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// How long an engine may take to say whether the container still runs.
const LOOK: Duration = Duration::from_secs(5);
/// How often at most what is left is read after an end.
const RESTS: usize = 100;
/// A stream that was open for so long was no mere attempt.
const LASTED: Duration = Duration::from_secs(10);

/// A log being read.
pub(super) struct Reading<'a> {
    pub(super) context: &'a Context,
    pub(super) engine: &'a Engine,
    pub(super) name: &'a str,
    pub(super) id: ContainerId,
    pub(super) request: LogsRequest,
    /// For how long it is tried again after a loss, where it is at all.
    pub(super) reconnect: Option<Duration>,
    /// A document for each of the engine's entries.
    pub(super) as_entries: bool,
    pub(super) resume: Resume,
    pub(super) printer: Printer<'a>,
}

/// The engine is lost, or has just come back.
#[derive(Debug)]
struct Loss {
    since: Instant,
    /// It answers again; nothing new has come yet.
    is_over: bool,
}

/// The run of the container that is followed.
#[derive(Debug)]
struct Run {
    /// The look for it, until it is needed.
    looked: Option<JoinHandle<Option<Timestamp>>>,
    /// When it began, where it was running.
    started: Option<Timestamp>,
}

impl Reading<'_> {
    /// Reads it. An engine that was lost is tried again, and the log read on where it broke off.
    pub(super) async fn read(mut self) -> Report<()> {
        // Not waited for: an engine that hangs is told by the stream.
        let mut run =
            Run { looked: self.reconnect.map(|_| tokio::spawn(self.run_of_container())), started: None };
        let mut loss = None;
        let mut was_open = false;
        let report = loop {
            let (report, lasted) = self.once(&mut loss).await;
            was_open |= lasted.is_some();
            if lasted.is_some_and(|lasted| lasted > LASTED) {
                loss = None;
            }
            let Some(limit) = self.reconnect else { break report };
            let why = match &report.outcome {
                Outcome::Failed(error) if was_open && is_loss(error) => "the engine is lost",
                Outcome::Done(()) if self.still_runs(&mut run).await => "the log broke off",
                Outcome::Done(()) => {
                    self.rest().await;
                    break report;
                }
                _ => break report,
            };
            let is_new = loss.is_none();
            let since = loss.get_or_insert_with(|| Loss { since: Instant::now(), is_over: false }).since;
            if since.elapsed() >= limit {
                break report;
            }
            if is_new {
                self.say(&format!("{why}; trying again for at most {}", elapsed(limit))).await;
            }
            let call = self.context.call(Verb::Logs, self.name);
            tokio::select! {
                () = sleep(AGAIN.min(limit)) => {}
                () = call.cancel.cancelled() => {}
            }
        };
        if let Some(looked) = run.looked {
            looked.abort();
        }
        // Where nothing can be written any more, the drain says so.
        let _ = self.printer.end().await;
        report
    }

    /// Reads one stream; how long it was open, where it was at all.
    async fn once(&mut self, loss: &mut Option<Loss>) -> (Report<()>, Option<Duration>) {
        let request = match self.resume.since() {
            Some(since) if self.reconnect.is_some() => {
                LogsRequest { since: Some(since), tail: None, ..self.request.clone() }
            }
            _ => self.request.clone(),
        };
        self.resume.again();
        let call = self.context.call(Verb::Logs, self.name);
        let patience = if request.follow { Patience::Lasting } else { Patience::UntilHung };
        let (engine, name, id) = (self.engine, self.name, self.id.clone());
        let opened = Cell::new(None);
        let open = |engine: &dyn ContainerManager| {
            opened.set(Some(Instant::now()));
            engine.logs(&id, &request)
        };
        let each = async |chunk: LogChunk| match self.take(chunk, loss).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        let report = engine.supervised.watch(&call, Verb::Logs, name, patience, open, each).await;
        (report, opened.get().map(|opened| opened.elapsed()))
    }

    async fn take(&mut self, chunk: LogChunk, loss: &mut Option<Loss>) -> io::Result<()> {
        if let Some(loss) = loss
            && !std::mem::replace(&mut loss.is_over, true)
        {
            self.say("the engine answers again; read on").await;
        }
        if self.reconnect.is_some() && self.resume.meet(chunk.stream, chunk.time) == Met::Again {
            return Ok(());
        }
        *loss = None;
        if self.as_entries {
            let entry = document(&as_json(&chunk)).into();
            return self.printer.push(StdStream::Stdout, None, entry).await;
        }
        self.printer.push(chunk.stream, chunk.time, chunk.bytes).await
    }

    /// A reader that is behind when the container ends may not get the rest: it is read on from the last stamp until
    /// nothing new comes.
    async fn rest(&mut self) {
        self.request.follow = false;
        for _ in 0..RESTS {
            let before = self.resume.taken();
            if self.resume.since().is_none() {
                return;
            }
            let (report, _) = self.once(&mut None).await;
            if self.resume.taken() == before || !matches!(report.outcome, Outcome::Done(())) {
                return;
            }
        }
    }

    /// Says something in its place, to people.
    async fn say(&mut self, words: &str) {
        if self.context.is_for_people() {
            let _ = self.printer.remark(words).await;
        }
    }

    /// When the container was started, where it runs.
    fn run_of_container(&self) -> impl Future<Output = Option<Timestamp>> + Send + 'static {
        let (engine, id) = (self.engine.supervised.engine.clone(), self.id.clone());
        async move {
            let found = timeout(LOOK, engine.inspect(&id)).await.ok()?.ok()?;
            found.started.filter(|_| found.state.is_alive())
        }
    }

    /// Whether it goes on in the same run though the stream came to its end: an engine that ends while its containers
    /// live on ends the streams first.
    async fn still_runs(&self, run: &mut Run) -> bool {
        if self.request.until.is_some() || !self.request.follow {
            return false;
        }
        if let Some(looked) = run.looked.take() {
            run.started = looked.await.unwrap_or_default();
        }
        if run.started.is_none() {
            return false;
        }
        match timeout(LOOK, self.engine.supervised.engine.inspect(&self.id)).await {
            Ok(Ok(found)) => found.state.is_alive() && found.started == run.started,
            Ok(Err(error)) => is_loss(&error),
            Err(_) => true,
        }
    }
}

/// Whether the engine may come back.
fn is_loss(error: &EngineError) -> bool {
    use ErrorKind::{BrokenStream, Interrupted, Unavailable, Unreachable};
    matches!(error.kind(), Unreachable | Interrupted | BrokenStream | Unavailable)
}

fn as_json(chunk: &LogChunk) -> serde_json::Value {
    json!({ "time": chunk.time, "stream": chunk.stream, "text": String::from_utf8_lossy(&chunk.bytes) })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn json_has_the_nanoseconds_and_the_stream() {
        let time = Some("2025-03-01T12:00:00.5Z".parse().unwrap());
        let chunk = LogChunk { stream: StdStream::Stderr, time, bytes: Bytes::from_static(b"oops\n") };
        let wanted = json!({"time": "2025-03-01T12:00:00.5Z", "stream": "stderr", "text": "oops\n"});
        assert_eq!(as_json(&chunk), wanted);
    }
}
