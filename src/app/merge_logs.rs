//! Merging the logs of several containers into one, by time, for as long as it is wanted.

mod inflow;
mod order;

use std::time::Duration;

use futures_util::future::select_all;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use crate::logs::{Extent, LogReader, LogWriter, RawLine};
use crate::ui::{MergeId, MergedNews, Merging, Message, Source};

use inflow::{Inflow, Read};
use order::Order;

use super::running::{TOLD, until};
use super::wires::Wires;

/// How long what comes later waits at least until it is read.
const LATER: Duration = Duration::from_millis(20);
/// So many lines of a log wait for those of others at most; no more of it are read while there are as many.
const WAITING: usize = 256;

/// Merges for as long as this is not dropped. The first log is told at once; one that takes its place, as lines were
/// put before others, when it holds what there was.
pub(super) async fn merge(wires: Wires, merging: Merging) {
    let Merging { id, sources } = merging;
    if sources.is_empty() {
        return;
    }
    let mut is_first = true;
    loop {
        let (writer, reader) = wires.new_log();
        let teller = Teller { wires: &wires, id, reader: Some(reader), told: Instant::now(), due: None };
        let merge = Merge::of(&sources, writer, Instant::now());
        let changed = sources.iter().map(|source| source.reader.changed()).collect();
        match run(merge, changed, teller, is_first).await {
            // Nothing more comes, and the readers have what there was.
            End::Over => return,
            End::Anew => is_first = false,
        }
    }
}

/// Why the merging into one log ended.
enum End {
    /// All logs have ended.
    Over,
    /// Their lines have other numbers now, or the order is wrong.
    Anew,
}

async fn run(
    mut merge: Merge,
    mut changed: Vec<watch::Receiver<Extent>>,
    mut teller: Teller<'_>,
    is_first: bool,
) -> End {
    if is_first {
        teller.tell_log().await;
    }
    loop {
        changed.iter_mut().for_each(watch::Receiver::mark_unchanged);
        merge.writer.ready().await;
        let now = Instant::now();
        let turned = spawn_blocking(move || {
            let turn = merge.turn(now);
            (merge, turn)
        });
        let Ok((back, turn)) = turned.await else { return End::Over };
        merge = back;
        let Some(turn) = turn else { return End::Anew };
        if turn.has_caught_up {
            teller.tell_log().await;
        }
        if turn.has_written {
            teller.moved();
        }
        if turn.has_more {
            teller.tell_if_due();
            continue;
        }
        if merge.is_over() {
            teller.tell_at_last().await;
            return End::Over;
        }
        let pause = async {
            changes(&mut changed, &mut merge).await;
            sleep(LATER).await;
        };
        tokio::select! {
            biased;
            () = until(teller.due) => teller.tell_if_due(),
            () = until(turn.until) => {}
            () = pause => {}
        }
    }
}

/// Waits until one of the logs has more, or has ended.
async fn changes(changed: &mut [watch::Receiver<Extent>], merge: &mut Merge) {
    let open = changed.iter_mut().zip(&mut merge.inflows).filter(|(_, inflow)| !inflow.is_over);
    let waits = open.map(|(changed, inflow)| {
        Box::pin(async move {
            inflow.is_over = changed.changed().await.is_err();
        })
    });
    let waits: Vec<_> = waits.collect();
    if waits.is_empty() {
        return;
    }
    drop(select_all(waits).await);
}

/// What goes from a log into the merged one.
#[derive(Debug)]
enum Piece {
    Line(RawLine),
    /// That something is missing here.
    Gap(String),
}

/// Several logs on their way into one.
struct Merge {
    inflows: Vec<Inflow>,
    order: Order<Piece>,
    writer: LogWriter,
}

/// What a turn has done, and what is left.
#[derive(Debug, Default)]
struct Turn {
    has_written: bool,
    /// What was there at the beginning has been read.
    has_caught_up: bool,
    /// It can go on at once.
    has_more: bool,
    /// When lines that wait for other logs may go, if nothing comes before.
    until: Option<Instant>,
}

impl Merge {
    fn of(sources: &[Source], writer: LogWriter, now: Instant) -> Self {
        let inflows = sources.iter().map(|source| Inflow::of(source.clone(), now)).collect();
        Self { inflows, order: Order::of(sources.len()), writer }
    }

    /// Reads some lines of each log, and writes those whose turn has come. On a thread that may wait. `None` where it has
    /// to begin anew.
    fn turn(&mut self, now: Instant) -> Option<Turn> {
        let mut is_wrong = false;
        for (log, inflow) in self.inflows.iter_mut().enumerate() {
            if self.order.waiting(log) < WAITING {
                let Read { lines, gap } = inflow.read(now);
                if let Some(gap) = gap {
                    let time = lines.first().and_then(|line| line.time);
                    is_wrong |= self.order.push(log, time, Piece::Gap(gap));
                }
                for line in lines {
                    is_wrong |= self.order.push(log, line.time, Piece::Line(line));
                }
            }
            is_wrong |= inflow.is_shifted();
            let is_silent = inflow.is_over || now >= inflow.quiet_at();
            self.order.set_quiet(log, is_silent && !inflow.has_more());
        }
        if is_wrong {
            return None;
        }
        let mut turn = Turn::default();
        while let Some((log, piece)) = self.order.next() {
            turn.has_written = true;
            match piece {
                Piece::Line(line) => {
                    let number = self.inflows.get(log).map_or(0, Inflow::number);
                    self.writer.copy(&line, number);
                }
                Piece::Gap(words) => self.writer.remark(None, &words),
            }
        }
        let order = &self.order;
        let logs = || self.inflows.iter().enumerate();
        turn.has_caught_up = logs().all(|(_, inflow)| inflow.has_caught_up());
        turn.has_more = logs().any(|(log, inflow)| inflow.has_more() && order.waiting(log) < WAITING);
        if order.is_waiting() {
            let awaited = logs().filter(|(log, inflow)| order.waiting(*log) == 0 && !inflow.is_over);
            turn.until = awaited.map(|(_, inflow)| inflow.quiet_at()).filter(|at| *at > now).min();
        }
        Some(turn)
    }

    /// Whether all logs have ended and everything of them is written.
    fn is_over(&self) -> bool {
        !self.order.is_waiting() && self.inflows.iter().all(|inflow| inflow.is_over && !inflow.has_more())
    }
}

/// Tells the screen of the merged log.
struct Teller<'a> {
    wires: &'a Wires,
    id: MergeId,
    /// Not told yet.
    reader: Option<LogReader>,
    told: Instant,
    due: Option<Instant>,
}

impl Teller<'_> {
    async fn tell_log(&mut self) {
        if let Some(reader) = self.reader.take() {
            self.wires.outbox.tell(Message::Merged(self.id, MergedNews::Log(reader))).await;
        }
    }

    /// There is more: it is told in a moment.
    fn moved(&mut self) {
        self.due = self.due.or_else(|| Some(Instant::now().max(self.told + TOLD)));
    }

    /// Where the loop has no time for it, a moment later will do.
    fn tell_if_due(&mut self) {
        if self.due.is_none_or(|due| Instant::now() < due) {
            return;
        }
        let is_heard = self.wires.outbox.hint(Message::Merged(self.id, MergedNews::Moved));
        self.told = Instant::now();
        self.due = (!is_heard).then(|| self.told + TOLD);
    }

    async fn tell_at_last(&mut self) {
        self.tell_log().await;
        self.wires.outbox.tell(Message::Merged(self.id, MergedNews::Moved)).await;
    }
}
