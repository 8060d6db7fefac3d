//! Following a container's own log: through restarts of the container and losses of its engine, without a gap and
//! without a line twice.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::time::{Instant, sleep, timeout};

use crate::engine::{LogChunk, LogsRequest, chain};
use crate::logs::LogWriter;
use crate::ui::{ContainerKey, ContainerNews, LogState, Message, Problem};

use super::link::{Link, Open};
use super::resume::Resume;
use super::running::{TOLD, stream_of, until};
use super::wires::Wires;

/// How many entries are read of what was there before.
const TAIL: u64 = 10_000;
/// How long an engine may take to say whether there is more before them, or when a container was started.
const LOOK: Duration = Duration::from_secs(5);
/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// How long the reading of what is left after the end may be silent.
const REST: Duration = Duration::from_secs(10);
/// How often at most what is left is read after an end: an engine that ends early is asked again while that brings
/// anything.
const RESTS: usize = 100;

/// Follows it for as long as this is not dropped.
pub(super) async fn follow(wires: Wires, link: Arc<Link>, key: ContainerKey) {
    let (writer, reader) = wires.new_log();
    wires.outbox.container(&key, ContainerNews::Log(reader)).await;
    let mut follower = Follower {
        wires,
        link,
        key,
        writer,
        resume: Resume::default(),
        started: None,
        next_run: None,
        state: LogState::Open,
        told: Instant::now(),
        due: None,
    };
    loop {
        follower.once().await;
    }
}

/// How a stream came to its end.
#[derive(Debug)]
enum End {
    /// Without an error.
    Ended,
    /// With one.
    Failed(Problem),
    /// The connection to the engine is gone.
    Lost,
}

struct Follower {
    wires: Wires,
    link: Arc<Link>,
    key: ContainerKey,
    writer: LogWriter,
    resume: Resume,
    /// When the container was started, as far as it was seen.
    started: Option<Timestamp>,
    /// Entries from here on are of another run, which has not been said yet.
    next_run: Option<Timestamp>,
    state: LogState,
    told: Instant,
    due: Option<Instant>,
}

impl Follower {
    /// From the opening of one stream to the moment when another is worth opening.
    async fn once(&mut self) {
        let open = self.link.opened().await;
        self.look(&open, true).await;
        self.resume.again();
        let mut listed = self.link.listed.subscribe();
        let number = listed.borrow_and_update().number;
        let request = match self.resume.since() {
            None => LogsRequest { tail: Some(TAIL), ..asked() },
            Some(since) => LogsRequest { since: Some(since), ..asked() },
        };
        match self.read(&open, LogsRequest { follow: true, ..request }, None).await {
            End::Ended => {
                // It may run again already, and what is left of one run and the beginning of the next come together.
                self.look(&open, false).await;
                self.rest(&open).await;
            }
            End::Failed(problem) => {
                self.become_as(LogState::Failed(problem)).await;
                sleep(AGAIN).await;
                return;
            }
            End::Lost => {
                self.become_as(LogState::Failed(Problem::new("the engine is lost"))).await;
                return;
            }
        }
        // A list that is newer than the end says whether there will be more.
        self.link.relist.notify_one();
        loop {
            let (now, alive) = {
                let listed = listed.borrow_and_update();
                (listed.number, listed.alive.get(&self.key.id).copied().unwrap_or(false))
            };
            if now > number && alive {
                sleep(TOLD).await;
                return;
            }
            if now > number {
                self.become_as(LogState::Ended).await;
            }
            if listed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Reads what a stream brings to its end, or until it is silent for so long.
    async fn read(&mut self, open: &Open, request: LogsRequest, silence: Option<Duration>) -> End {
        let is_first = self.resume.since().is_none();
        let mut chunks = open.on.engine.logs(&self.key.id, &request);
        let mut is_known = !is_first;
        loop {
            let silent = silence.map(|silence| Instant::now() + silence);
            let chunk = tokio::select! {
                biased;
                () = until(self.due) => {
                    self.tell();
                    continue;
                }
                chunk = chunks.next() => chunk,
                () = self.link.closed(open.number) => return End::Lost,
                () = until(silent) => return End::Ended,
            };
            match chunk {
                Some(Ok(chunk)) => {
                    if !is_known {
                        is_known = true;
                        self.say_if_there_is_more(open, chunk.time).await;
                    }
                    self.take(&chunk).await;
                }
                Some(Err(error)) => {
                    self.wires.note(self.key.engine, &format!("log of {}: {}", self.key.id, chain(&error)));
                    return End::Failed(Problem::from(&error));
                }
                None => return End::Ended,
            }
        }
    }

    /// A reader that is behind when the container ends may not get the rest: it is read on from the last stamp until
    /// nothing new comes.
    async fn rest(&mut self, open: &Open) {
        for _ in 0..RESTS {
            let Some(since) = self.resume.since() else { return };
            let before = self.resume.taken();
            let request = LogsRequest { since: Some(since), ..asked() };
            self.resume.again();
            let end = self.read(open, request, Some(REST)).await;
            if self.resume.taken() == before || !matches!(end, End::Ended) {
                return;
            }
        }
    }

    async fn take(&mut self, chunk: &LogChunk) {
        if !self.resume.is_new(chunk.time) {
            return;
        }
        if self.next_run.is_some_and(|from| chunk.time.is_none_or(|time| time >= from)) {
            self.next_run = None;
            self.writer.remark(chunk.time, "the container was started again");
        }
        self.writer.ready().await;
        self.writer.append(stream_of(chunk.stream), chunk.time, &chunk.bytes);
        if self.state != LogState::Open {
            self.become_as(LogState::Open).await;
        }
        self.due = self.due.or_else(|| Some(Instant::now().max(self.told + TOLD)));
    }

    /// Tells that there is more. Where the loop has no time for it, a moment later will do.
    fn tell(&mut self) {
        let news = ContainerNews::LogMoved(self.state.clone());
        let is_heard = self.wires.outbox.hint(Message::Container(self.key.clone(), news));
        self.told = Instant::now();
        self.due = (!is_heard).then(|| self.told + TOLD);
    }

    async fn become_as(&mut self, state: LogState) {
        if self.state == state {
            return;
        }
        if state != LogState::Open {
            self.writer.end();
        }
        self.state = state.clone();
        self.wires.outbox.container(&self.key, ContainerNews::LogMoved(state)).await;
        (self.told, self.due) = (Instant::now(), None);
    }

    /// Before a stream is opened: whether it is the one from before, another run of the container, or a broken one.
    async fn look(&mut self, open: &Open, breaks_off: bool) {
        let Ok(Ok(found)) = timeout(LOOK, open.on.engine.inspect(&self.key.id)).await else { return };
        match (self.started, found.started) {
            (Some(before), Some(now)) if before != now => {
                let from = between(found.finished, now);
                if self.resume.since().is_some_and(|last| last >= from) {
                    // Some engines go on with the same stream for a line or two.
                    let words =
                        format!("the container was started again at {}, above", crate::text::local_time(now));
                    self.writer.remark(Some(now), &words);
                } else {
                    self.next_run = Some(from);
                }
            }
            // What has just ended may still have been alive in the last list.
            (Some(_), Some(_)) if breaks_off && found.state.is_alive() => {
                self.writer.remark(Some(Timestamp::now()), "the log broke off here and is read on");
            }
            _ => {}
        }
        self.started = found.started.or(self.started);
    }

    /// After the first entry of the last so many: whether there are others before it.
    async fn say_if_there_is_more(&mut self, open: &Open, first: Option<Timestamp>) {
        let Some(until) = first else { return };
        let request = LogsRequest { until: Some(until), ..asked() };
        let mut before = open.on.engine.logs(&self.key.id, &request);
        if let Ok(Some(Ok(_))) = timeout(LOOK, before.next()).await {
            let words = format!("only the last {TAIL} lines are read; there are earlier ones");
            self.writer.remark(None, &words);
        }
    }
}

/// Where one run of a container ends and the next begins, by the stamps of what they print. Engines note both instants
/// a moment too late, so it is in the middle of the pause.
fn between(finished: Option<Timestamp>, started: Timestamp) -> Timestamp {
    let Some(finished) = finished.filter(|finished| *finished < started) else { return started };
    let pause = started.duration_since(finished);
    finished.checked_add(pause / 2).unwrap_or(started)
}

/// All of both streams, with times.
fn asked() -> LogsRequest {
    LogsRequest { timestamps: true, ..LogsRequest::default() }
}
