//! What a log had before the end of it that is read first: read beside it, into a log of its own, to be put before it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::engine::{ContainerId, LogChunk, StdStream, chain};
use crate::logs::LogWriter;
use crate::text::local_time;

use super::link::Link;
use super::log_pieces::{Piece, Pieces};
use super::resume::{Met, Resume};
use super::running::of_chunk;
use super::seam::{Seam, Side};

/// How long nothing new must have come before what has the stamp of the first is taken to be all there is.
const QUIET: Duration = Duration::from_millis(1200);
/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// How often it may fail without having brought anything new.
const TRIES: u32 = 5;
/// How long an engine may look for the place where it is to be read on.
const SILENCE: Duration = Duration::from_secs(300);

/// What one step brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing more of the end came for a while.
    Quiet,
    /// So many hundredths of the time before the end are read.
    Read(u8),
    /// That is all.
    Done,
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Nothing yet: the end may still have more near the seam. If nothing comes until then, it has not.
    None(Instant),
    /// What is before the seam.
    Before,
    /// What is at the seam and not in the end.
    AtSeam,
}

/// What is read of it so far.
pub(super) struct Earlier {
    link: Arc<Link>,
    id: ContainerId,
    writer: LogWriter,
    /// It holds anything.
    has_any: bool,
    seam: Seam,
    part: Part,
    resume: Resume,
    /// The first stamp of all.
    first: Option<Timestamp>,
    stream: Option<(u64, Pieces)>,
    batch: Vec<LogChunk>,
    /// When anything came of it.
    heard: Instant,
    again_at: Option<Instant>,
    tries: u32,
}

impl Earlier {
    /// Of a log whose end begins with this stamp. `remark` is said at the very beginning.
    pub(super) fn of(
        link: Arc<Link>,
        id: ContainerId,
        mut writer: LogWriter,
        first: Timestamp,
        remark: Option<&str>,
    ) -> Self {
        if let Some(words) = remark {
            writer.remark(None, words);
        }
        Self {
            link,
            id,
            writer,
            has_any: remark.is_some(),
            seam: Seam::at(first),
            part: Part::None(Instant::now() + QUIET),
            resume: Resume::default(),
            first: None,
            stream: None,
            batch: Vec::new(),
            heard: Instant::now(),
            again_at: None,
            tries: 0,
        }
    }

    /// The end has this entry.
    pub(super) fn meet(&mut self, stream: StdStream, time: Option<Timestamp>) {
        if let Part::None(_) = self.part {
            let is_behind = time.is_some_and(|time| self.seam.met(stream, time));
            self.part = if is_behind { Part::Before } else { Part::None(Instant::now() + QUIET) };
        }
    }

    /// What was read, where there is anything; and how many entries with the first stamps of the end are before it.
    pub(super) fn into_log(self) -> (Option<LogWriter>, Seam) {
        (self.has_any.then_some(self.writer), self.seam)
    }

    /// Reads on, a bounded piece. Loses nothing when it is dropped.
    pub(super) async fn step(&mut self) -> Step {
        if let Part::None(quiet_at) = self.part {
            sleep_until(quiet_at).await;
            self.part = Part::Before;
            return Step::Quiet;
        }
        if let Some(at) = self.again_at {
            sleep_until(at).await;
            self.again_at = None;
        }
        let (number, pieces) = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let open = self.link.opened().await;
                let since =
                    if self.part == Part::AtSeam { self.seam.missing_since() } else { self.resume.since() };
                self.resume.again();
                self.seam.take_again();
                let entries = open.on.engine.logs(&self.id, &self.seam.request(since));
                self.heard = Instant::now();
                none.insert((open.number, Pieces::of(entries)))
            }
        };
        // The disk of this one does not hold up the end.
        self.writer.ready().await;
        let piece = tokio::select! {
            biased;
            piece = timeout_at(self.heard + SILENCE, pieces.next(&mut self.batch)) => piece,
            () = self.link.closed(*number) => return self.fail("the engine is lost"),
        };
        match piece {
            Ok(Piece::More(_)) => {
                self.heard = Instant::now();
                self.take();
                Step::Read(self.hundredths())
            }
            Ok(Piece::Over(None)) => self.end(),
            Ok(Piece::Over(Some(error))) => self.fail(&chain(&error)),
            Err(_) => self.fail("the engine has fallen silent"),
        }
    }

    fn take(&mut self) {
        let mut batch = std::mem::take(&mut self.batch);
        batch.retain(|chunk| chunk.time.is_some_and(|time| self.takes(chunk.stream, time)));
        if !batch.is_empty() {
            self.writer.append_all(batch.iter().map(of_chunk));
            (self.has_any, self.tries) = (true, 0);
        }
        batch.clear();
        self.batch = batch;
    }

    fn takes(&mut self, stream: StdStream, time: Timestamp) -> bool {
        if self.part == Part::AtSeam {
            return self.seam.side(stream, time) == Side::Seam && self.seam.takes(stream);
        }
        self.is_before(stream, time)
    }

    fn is_before(&mut self, stream: StdStream, time: Timestamp) -> bool {
        let met = self.resume.meet(stream, Some(time));
        if met == Met::Again {
            return false;
        }
        let side = self.seam.side(stream, time);
        if let (Met::BehindGap(last), true) = (met, side != Side::End) {
            // Before the handful it came with, whose lines may be of before the gap, too: it says its times itself.
            self.writer.remark(Some(time), &gap(last, time));
        }
        if side == Side::Seam {
            self.seam.count(stream);
        }
        self.first = self.first.or(Some(time));
        side == Side::Before
    }

    fn end(&mut self) -> Step {
        self.stream = None;
        if self.part == Part::Before && self.seam.missing_since().is_some() {
            (self.part, self.tries) = (Part::AtSeam, 0);
            return Step::Read(self.hundredths());
        }
        Step::Done
    }

    fn fail(&mut self, why: &str) -> Step {
        self.stream = None;
        self.tries += 1;
        if self.tries < TRIES {
            self.again_at = Some(Instant::now() + AGAIN);
            return Step::Read(self.hundredths());
        }
        let until = local_time(self.seam.first());
        let words = match self.resume.last().filter(|last| *last < self.seam.first()) {
            Some(last) => format!("lines between {} and {until} could not be read: {why}", local_time(last)),
            None => format!("earlier lines than those of {until} could not be read: {why}"),
        };
        self.writer.end();
        self.writer.remark(Some(self.seam.first()), &words);
        self.has_any = true;
        Step::Done
    }

    fn hundredths(&self) -> u8 {
        let (Some(first), Some(last)) = (self.first, self.resume.last()) else { return 0 };
        let whole = self.seam.first().duration_since(first).as_nanos().max(1);
        let read = last.duration_since(first).as_nanos().clamp(0, whole);
        u8::try_from(read * 99 / whole).unwrap_or(99)
    }
}

/// What is said where lines are gone from an engine's log before they were read.
pub(super) fn gap(last: Timestamp, next: Timestamp) -> String {
    let (last, next) = (local_time(last), local_time(next));
    format!("lines between {last} and {next} are missing: the engine rotated its log away")
}
