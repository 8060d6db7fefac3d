//! Following a container's own log: through restarts of the container and losses of its engine, without a gap and
//! without a line twice.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use jiff::Timestamp;
use tokio::time::{Instant, sleep, timeout};

use crate::engine::{ContainerDetails, LogChunk, LogsRequest, chain};
use crate::logs::LogWriter;
use crate::ui::{ContainerKey, ContainerNews, LogState, Message, Problem};

use super::earlier::{Earlier, Step, gap};
use super::link::{Link, Open};
use super::log_keeping::{what_is_kept, why_unreadable};
use super::log_pieces::{Piece, Pieces};
use super::resume::{Met, Resume};
use super::running::{TOLD, of_chunk, until};
use super::wires::Wires;

/// How many of the entries that are there already are read first: the end. The others are read beside what comes.
const TAIL: u64 = 10_000;
/// While there is more all the time, so many handfuls of it are taken for each of what was before.
const TURNS: u32 = 4;
/// How long an engine may take to say when a container was started.
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
    let mut follower = Follower::of(wires, link, key, writer);
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
    /// There is nothing to be read, and never will be.
    Unreadable(Problem),
    /// The connection to the engine is gone.
    Lost,
}

struct Follower {
    wires: Wires,
    link: Arc<Link>,
    key: ContainerKey,
    writer: LogWriter,
    resume: Resume,
    /// What has come together, and what of it is new.
    batch: Vec<LogChunk>,
    fresh: Vec<LogChunk>,
    /// What was there before the end, while it is being read.
    earlier: Option<Earlier>,
    /// How far that was told to be.
    told_of_earlier: u8,
    /// The first entry has come.
    has_met: bool,
    /// The container as it was seen last.
    details: Option<ContainerDetails>,
    /// Entries from here on are of another run, which has not been said yet.
    next_run: Option<Timestamp>,
    state: LogState,
    told: Instant,
    due: Option<Instant>,
}

impl Follower {
    fn of(wires: Wires, link: Arc<Link>, key: ContainerKey, writer: LogWriter) -> Self {
        Self {
            wires,
            link,
            key,
            writer,
            resume: Resume::default(),
            batch: Vec::new(),
            fresh: Vec::new(),
            earlier: None,
            told_of_earlier: 0,
            has_met: false,
            details: None,
            next_run: None,
            state: LogState::Open,
            told: Instant::now(),
            due: None,
        }
    }

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
            End::Unreadable(problem) => {
                self.become_as(LogState::Failed(problem)).await;
                return self.link.closed(open.number).await;
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
            tokio::select! {
                biased;
                changed = listed.changed() => if changed.is_err() {
                    std::future::pending::<()>().await;
                },
                step = step(&mut self.earlier) => self.earlier_moved(step).await,
            }
        }
    }

    /// Reads what a stream brings to its end, or until it is silent for so long.
    async fn read(&mut self, open: &Open, request: LogsRequest, silence: Option<Duration>) -> End {
        let pieces = Pieces::of(open.on.engine.logs(&self.key.id, &request));
        self.read_all(open.number, pieces, silence).await
    }

    async fn read_all(&mut self, number: u64, mut pieces: Pieces, silence: Option<Duration>) -> End {
        let mut turns = 0;
        let mut silent = silence.map(|silence| Instant::now() + silence);
        loop {
            if turns >= TURNS {
                turns = 0;
                let step = step(&mut self.earlier).now_or_never();
                if let Some(step) = step {
                    self.earlier_moved(step).await;
                }
                // Others want to do something, too.
                tokio::task::yield_now().await;
            }
            let piece = tokio::select! {
                biased;
                () = until(self.due) => {
                    self.tell();
                    continue;
                }
                piece = pieces.next(&mut self.batch) => piece,
                () = self.link.closed(number) => return End::Lost,
                () = until(silent) => return End::Ended,
                step = step(&mut self.earlier) => {
                    self.earlier_moved(step).await;
                    continue;
                }
            };
            match piece {
                Piece::More(has_more) => {
                    turns = if has_more { turns + 1 } else { 0 };
                    silent = silence.map(|silence| Instant::now() + silence);
                    self.take().await;
                }
                Piece::Over(None) => return End::Ended,
                Piece::Over(Some(error)) => {
                    self.wires.note(self.key.engine, &format!("log of {}: {}", self.key.id, chain(&error)));
                    return match why_unreadable(self.details.as_ref(), &error) {
                        Some(problem) => End::Unreadable(problem),
                        None => End::Failed(Problem::from(&error)),
                    };
                }
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

    /// Takes what has come together.
    async fn take(&mut self) {
        self.writer.ready().await;
        let mut batch = std::mem::take(&mut self.batch);
        let mut fresh = std::mem::take(&mut self.fresh);
        for chunk in batch.drain(..) {
            let met = self.resume.meet(chunk.stream, chunk.time);
            if met == Met::Again {
                continue;
            }
            if !self.has_met {
                self.begin_earlier(chunk.time);
            }
            if let Some(earlier) = &mut self.earlier {
                earlier.meet(chunk.stream, chunk.time);
            }
            if met != Met::New || self.next_run.is_some() {
                self.writer.append_all(fresh.iter().map(of_chunk));
                fresh.clear();
                self.say_before(&chunk, met);
            }
            fresh.push(chunk);
        }
        if !fresh.is_empty() {
            self.writer.append_all(fresh.iter().map(of_chunk));
            fresh.clear();
            if self.state != LogState::Open {
                self.become_as(LogState::Open).await;
            }
            self.due = self.due.or_else(|| Some(Instant::now().max(self.told + TOLD)));
        }
        (self.batch, self.fresh) = (batch, fresh);
    }

    /// What is to be said in front of an entry.
    fn say_before(&mut self, chunk: &LogChunk, met: Met) {
        if let (Met::BehindGap(last), Some(time)) = (met, chunk.time) {
            self.writer.end();
            self.writer.remark(Some(time), &gap(last, time));
        }
        if self.next_run.is_some_and(|from| chunk.time.is_none_or(|time| time >= from)) {
            self.next_run = None;
            self.writer.end();
            self.writer.remark(chunk.time, "the container was started again");
        }
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
        // Where it broke off, it is read on in the midst of a line.
        if state == LogState::Ended {
            self.writer.end();
        }
        self.state = state.clone();
        self.wires.outbox.container(&self.key, ContainerNews::LogMoved(state)).await;
        (self.told, self.due) = (Instant::now(), None);
    }

    /// Before a stream is opened: whether it is the one from before, another run of the container, or a broken one.
    async fn look(&mut self, open: &Open, breaks_off: bool) {
        let Ok(Ok(found)) = timeout(LOOK, open.on.engine.inspect(&self.key.id)).await else { return };
        let started = self.details.as_ref().and_then(|details| details.started);
        match (started, found.started) {
            (Some(before), Some(now)) if before != now => {
                let from = between(found.finished, now);
                if self.resume.last().is_some_and(|last| last >= from) {
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
        self.details = Some(ContainerDetails { started: found.started.or(started), ..found });
    }

    /// Begins to read what was there before the entry that came first.
    fn begin_earlier(&mut self, first: Option<Timestamp>) {
        self.has_met = true;
        let Some(first) = first else { return };
        let (writer, _) = self.wires.new_log();
        let remark = self.details.as_ref().and_then(what_is_kept);
        let (link, id) = (self.link.clone(), self.key.id.clone());
        self.earlier = Some(Earlier::of(link, id, writer, first, remark.as_deref()));
    }

    /// What was there before is read so far, or as far as it goes: then it is put before the rest.
    async fn earlier_moved(&mut self, step: Step) {
        let news = match step {
            Step::Quiet => return self.resume.is_quiet(),
            Step::Read(hundredths) if self.told_of_earlier == hundredths => return,
            Step::Read(hundredths) => {
                self.told_of_earlier = hundredths;
                let news = ContainerNews::LogHistory(Some(hundredths));
                self.wires.outbox.hint(Message::Container(self.key.clone(), news));
                return;
            }
            Step::Done => ContainerNews::LogHistory(None),
        };
        let Some(earlier) = self.earlier.take() else { return };
        let (log, seam) = earlier.into_log();
        for (stream, time, count) in seam.missing() {
            self.resume.were_before(stream, time, count);
        }
        if let Some(log) = log {
            self.writer.prepend(log);
        }
        self.wires.outbox.container(&self.key, news).await;
        self.tell();
    }
}

/// Reads on in what was there before; for ever where nothing is to be read.
async fn step(earlier: &mut Option<Earlier>) -> Step {
    match earlier {
        Some(earlier) => earlier.step().await,
        None => std::future::pending().await,
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

#[cfg(test)]
mod tests;
