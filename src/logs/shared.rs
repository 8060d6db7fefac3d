//! What the writer, the readers and the disk of a log share.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::Notify;

use super::entry::Spot;
use super::fact::Fact;
use super::held::{Held, Next, Part};
use super::segment::Segment;
use super::spool::{self, Job, Spool};
use super::{LineNumber, Text, line};

/// What the writer and the readers of a log share. Readers hold the lock only to take what tells where their lines are;
/// the writer for a bounded piece of what it was given; nobody while a disk works.
#[derive(Debug)]
pub(super) struct Shared {
    held: Mutex<Held>,
    /// There is something for the spool to do, or it has done something.
    moved: Condvar,
    /// The spool has done something.
    spooled: Notify,
    /// What will write to the disk once there is enough to write.
    idle_spool: Mutex<Option<Spool>>,
}

impl Shared {
    pub(super) fn new(held: Held, spool: Option<Spool>) -> Self {
        Self {
            held: Mutex::new(held),
            moved: Condvar::new(),
            spooled: Notify::new(),
            idle_spool: Mutex::new(spool),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the disk do what there is to do. Small logs never get that far, and cost no thread.
    pub(super) fn wake_spool(self: &Arc<Self>, held: MutexGuard<'_, Held>) {
        if !held.needs_spool() {
            return;
        }
        drop(held);
        let idle = self.idle_spool.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(spool) = idle {
            let shared = self.clone();
            self.lock().set_spool(true);
            let body = move || spool::run(&shared, spool);
            if let Err(error) = thread::Builder::new().name("log".into()).spawn(body) {
                let mut held = self.lock();
                held.set_spool(false);
                held.fail(&error);
            }
        }
        self.moved.notify_all();
    }

    /// What is to be written next; waits for it. `None` once nothing more comes.
    pub(super) fn next_job(&self) -> Option<Job> {
        let mut held = self.lock();
        loop {
            match held.next_job() {
                Next::Job(job) => return Some(job),
                Next::Never => return None,
                Next::Nothing => held = self.moved.wait(held).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    pub(super) fn written(&self, segment: &Arc<Segment>, written: io::Result<Spot>) -> bool {
        let is_taken = self.lock().written(segment, written);
        self.tell_spooled();
        is_taken
    }

    pub(super) fn flushed(&self, written: io::Result<Spot>) {
        self.lock().flushed(written);
        self.tell_spooled();
    }

    fn tell_spooled(&self) {
        self.moved.notify_all();
        self.spooled.notify_waiters();
    }

    /// Nothing more is written by anyone but the spool.
    pub(super) fn close(&self) {
        self.lock().close();
        drop(self.idle_spool.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.moved.notify_all();
    }

    pub(super) fn spool_ended(&self) {
        self.lock().set_spool(false);
        self.tell_spooled();
    }

    /// Waits, a thread of its own, until this is so; asked again whenever the spool has done something.
    pub(super) fn wait_until(&self, is_so: impl Fn(&Held) -> bool) -> MutexGuard<'_, Held> {
        let mut held = self.lock();
        while !is_so(&held) {
            held = self.moved.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        held
    }

    /// The same for a task.
    pub(super) async fn until(&self, is_so: impl Fn(&Held) -> bool) {
        loop {
            let spooled = self.spooled.notified();
            tokio::pin!(spooled);
            spooled.as_mut().enable();
            if is_so(&self.lock()) {
                return;
            }
            spooled.await;
        }
    }

    /// Looks at each of the lines from one on, at most so many.
    pub(super) fn each(&self, from: LineNumber, count: usize, mut look: impl FnMut(Placed<'_>)) {
        let part: Part = self.lock().part(from, count);
        for entry in part.entries.iter().chain(&part.filling) {
            let numbers = entry.first.max(part.from).get()..entry.end().min(part.end).get();
            let from = usize::try_from(numbers.start - entry.first.get()).unwrap_or(usize::MAX);
            let (segment, first) =
                entry.load(from, usize::try_from(numbers.end - numbers.start).unwrap_or(0));
            for (index, number) in (first..).zip(numbers) {
                if let Some((fact, bytes)) = segment.line(index) {
                    look(Placed { number: LineNumber::new(number), fact: *fact, bytes, is_open: false });
                }
            }
        }
        for (place, line) in (0..).zip(&part.tail) {
            let number = part.tail_from.plus(place);
            let fact = line.fact.of_whole(&line.bytes);
            look(Placed { number, fact, bytes: &line.bytes, is_open: line.is_open });
        }
    }
}

/// A line where it lies.
pub(super) struct Placed<'a> {
    pub(super) number: LineNumber,
    pub(super) fact: Fact,
    pub(super) bytes: &'a [u8],
    pub(super) is_open: bool,
}

impl Placed<'_> {
    /// As it is drawn.
    pub(super) fn drawn(&self) -> line::Line {
        self.saying(super::clean::clean_from(self.bytes, self.fact.carry()))
    }

    /// As it is drawn where what it did to the terminal is to be seen.
    pub(super) fn visible(&self) -> line::Line {
        self.saying(super::visible::visible(self.bytes))
    }

    fn saying(&self, text: Text) -> line::Line {
        line::Line {
            number: self.number,
            time: self.fact.time(),
            stream: self.fact.stream(),
            kind: self.fact.kind(),
            level: self.fact.level(),
            source: self.fact.source(),
            is_open: self.is_open,
            text,
        }
    }

    /// As it came.
    pub(super) fn raw(&self) -> line::RawLine {
        line::RawLine {
            number: self.number,
            time: self.fact.time(),
            stream: self.fact.stream(),
            kind: self.fact.kind(),
            level: self.fact.level(),
            source: self.fact.source(),
            is_open: self.is_open,
            carry: self.fact.carry(),
            bytes: self.bytes.to_vec(),
        }
    }
}
