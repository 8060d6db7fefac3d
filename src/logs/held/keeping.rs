//! What of a log goes to the disk, and what becomes of it where the disk does not take it.

use std::io;
use std::sync::Arc;

use super::super::entry::{Entry, Place, Spot};
use super::super::part_files::Head;
use super::super::segment::Segment;
use super::super::spool::Job;
use super::Held;

/// So much may wait in memory for a disk before the writer waits, too.
pub(in crate::logs) const WAITING_BYTES: usize = 8 << 20;
/// So much is kept in memory of what the disk does not take. Over it the oldest of it is lost, and says so.
const STUCK_BYTES: usize = 16 << 20;

/// How keeping on a disk stands.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each may be so while the others are or are not")]
pub(in crate::logs) struct Disk {
    /// Bytes of sealed segments that are not there yet.
    pub(super) waiting: usize,
    /// Why the last try failed.
    trouble: Option<Arc<str>>,
    /// It is not tried again before something else is to be written.
    pub(super) is_stuck: bool,
    /// What is in the segment that is filled is to be written, too.
    wants_flush: bool,
    /// Nothing more comes.
    is_closed: bool,
    /// A thread writes to it.
    has_spool: bool,
}

/// What goes to the disk.
impl Held {
    /// There is room for more without growing in memory, or growing does not help.
    pub(in crate::logs) fn has_room(&self) -> bool {
        self.disk.as_ref().is_none_or(|disk| disk.waiting < WAITING_BYTES || disk.trouble.is_some())
    }

    /// Everything that is sealed, and what was to be flushed, is on the disk, or cannot be brought there.
    pub(in crate::logs) fn is_settled(&self) -> bool {
        self.disk.as_ref().is_none_or(|disk| disk.is_stuck || disk.waiting == 0 && !disk.wants_flush)
    }

    /// Why the disk does not take what comes.
    pub(in crate::logs) fn trouble(&self) -> Option<Arc<str>> {
        self.disk.as_ref()?.trouble.clone()
    }

    /// Whether there is anything for a disk to do.
    pub(in crate::logs) fn needs_spool(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| !disk.is_stuck && (disk.waiting > 0 || disk.wants_flush))
    }

    pub(in crate::logs) fn fail(&mut self, error: &io::Error) {
        if let Some(disk) = &mut self.disk {
            disk.trouble = Some(error.to_string().into());
            (disk.is_stuck, disk.wants_flush) = (true, false);
        }
        self.lose_what_is_stuck();
    }

    /// Whether a thread writes to it.
    pub(in crate::logs) fn has_spool(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.has_spool)
    }

    pub(in crate::logs) fn set_spool(&mut self, is_there: bool) {
        if let Some(disk) = &mut self.disk {
            disk.has_spool = is_there;
        }
    }

    pub(in crate::logs) fn close(&mut self) {
        if let Some(disk) = &mut self.disk {
            disk.is_closed = true;
        }
    }

    pub(in crate::logs) fn want_flush(&mut self) {
        if let Some(disk) = &mut self.disk {
            (disk.wants_flush, disk.is_stuck) = (self.filling.lines() > 0, false);
        }
    }

    /// What is to be written next: nothing just now, or, where it is closed, nothing ever.
    pub(in crate::logs) fn next_job(&self) -> Next {
        let Some(disk) = &self.disk else { return Next::Never };
        let dropped = |entry: &Entry| {
            let before = self.entries.iter().take_while(|other| other.first < entry.first);
            self.dropped_bytes + before.map(|entry| u64::from(entry.bytes)).sum::<u64>()
        };
        if !disk.is_stuck && disk.waiting > 0 {
            let waiting = self.entries.iter().find_map(|entry| match &entry.place {
                Place::Memory(segment) => Some((entry, segment)),
                _ => None,
            });
            if let Some((entry, segment)) = waiting {
                let head = Head { first: entry.first.get(), dropped_bytes: dropped(entry) };
                return Next::Job(Job::Sealed(segment.clone(), head));
            }
        }
        if !disk.is_stuck && disk.wants_flush {
            let head = Head {
                first: self.filling_first.get(),
                dropped_bytes: self.dropped_bytes + self.sealed_bytes,
            };
            return Next::Job(Job::Filling(self.filling.clone(), head));
        }
        if disk.is_closed { Next::Never } else { Next::Nothing }
    }

    /// A segment has been written, or could not be. It may have been dropped meanwhile, or the files it is in: then it
    /// is to be written again. Whether it was taken.
    pub(in crate::logs) fn written(&mut self, segment: &Arc<Segment>, written: io::Result<Spot>) -> bool {
        let Some(disk) = &mut self.disk else { return false };
        match written {
            Ok(spot) if spot.files.is_dropped() => false,
            Ok(spot) => {
                disk.trouble = None;
                let place =
                    self.entries.iter_mut().rev().map(|entry| &mut entry.place).find(
                        |place| matches!(place, Place::Memory(waiting) if Arc::ptr_eq(waiting, segment)),
                    );
                let Some(place) = place else { return false };
                disk.waiting -= segment.size();
                *place = Place::Disk(spot);
                true
            }
            Err(error) => {
                self.fail(&error);
                false
            }
        }
    }

    pub(in crate::logs) fn flushed(&mut self, written: io::Result<Spot>) {
        let Some(disk) = &mut self.disk else { return };
        match written {
            Ok(spot) if spot.files.is_dropped() => {}
            Ok(_) => (disk.trouble, disk.wants_flush) = (None, false),
            Err(error) => self.fail(&error),
        }
    }

    /// What the disk does not take and memory may not keep.
    pub(super) fn lose_what_is_stuck(&mut self) {
        let Some(disk) = &mut self.disk else { return };
        let Some(trouble) = &disk.trouble else { return };
        if disk.waiting <= STUCK_BYTES {
            return;
        }
        let words: Arc<str> = format!("this line was not kept: {trouble}").into();
        for entry in &mut self.entries {
            if disk.waiting <= STUCK_BYTES {
                break;
            }
            let size = entry.in_memory();
            if size > 0 {
                disk.waiting -= size;
                self.sealed_size -= entry.size();
                entry.place = Place::Lost(words.clone());
            }
        }
    }
}

/// What a spool has to do next.
pub(in crate::logs) enum Next {
    /// This.
    Job(Job),
    /// To wait.
    Nothing,
    /// To end.
    Never,
}
