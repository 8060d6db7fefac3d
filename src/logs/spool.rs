//! Writing sealed segments to files. The one that writes them is a thread of its own, so that neither the screen nor
//! whoever reads an engine ever waits for a disk.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::entry::Spot;
use super::fact::FACT_BYTES;
use super::part_files::{Head, PartFiles};
use super::segment::Segment;
use super::shared::Shared;

/// Where the files of a log are.
#[derive(Debug)]
pub(super) enum Home {
    /// In this directory, without names: they are gone with the program, however it ends.
    Temporary(PathBuf),
    /// In this directory, of this log alone, to be opened again.
    Lasting {
        /// The directory.
        directory: PathBuf,
        /// Keeps others from writing there, for as long as it is open.
        #[expect(dead_code, reason = "it is held, not read")]
        lock: File,
    },
}

/// The files that are written to.
#[derive(Debug)]
pub(super) struct Spool {
    home: Home,
    /// A part is full from so many bytes on.
    part_bytes: u64,
    part: Option<OpenPart>,
    /// How much of the segment that comes next is written already: bytes, and lines.
    begun: (usize, usize),
}

/// The part that is filled, and what is in it.
#[derive(Debug)]
pub(super) struct OpenPart {
    pub(super) files: Arc<PartFiles>,
    /// The number of the line that comes next.
    pub(super) next: u64,
    /// Bytes of the sealed segments in it.
    pub(super) lines: u64,
    /// Of their facts.
    pub(super) facts: u64,
}

impl Spool {
    pub(super) const fn new(home: Home, part_bytes: u64, part: Option<OpenPart>) -> Self {
        Self { home, part_bytes, part, begun: (0, 0) }
    }

    /// Writes what is new of a segment. What a failure left half-written is written over by the next try.
    fn write(&mut self, segment: &Segment, head: Head) -> io::Result<Spot> {
        let is_full = |part: &OpenPart| part.lines + part.facts >= self.part_bytes.max(1);
        let is_over = self.part.as_ref().is_some_and(|part| {
            // Lines are missing where they were dropped before they could be written.
            part.files.is_dropped() || part.next != head.first || is_full(part) && self.begun == (0, 0)
        });
        // It may hold the beginning of this segment: it stays until that is in another one.
        let over = if is_over { self.part.take() } else { None };
        if self.part.is_none() {
            self.begun = (0, 0);
        }
        let part = match &mut self.part {
            Some(part) => part,
            none => none.insert(OpenPart {
                files: Arc::new(match &self.home {
                    Home::Temporary(directory) => PartFiles::temporary(directory)?,
                    Home::Lasting { directory, .. } => PartFiles::named(directory, head)?,
                }),
                next: head.first,
                lines: 0,
                facts: 0,
            }),
        };
        let (bytes, lines) = self.begun;
        let more = segment.bytes().get(bytes..).unwrap_or_default();
        let facts = segment.facts().get(lines..).unwrap_or_default();
        part.files.write_lines(more, part.lines + bytes as u64)?;
        // After the lines: facts that are there tell the truth.
        part.files.write_facts(facts, part.facts + (lines * FACT_BYTES) as u64, lines == 0)?;
        self.begun = (segment.bytes().len(), segment.lines());
        if let Some(over) = over.filter(|over| over.lines == 0) {
            over.files.drop_all();
        }
        Ok(Spot { files: part.files.clone(), lines_at: part.lines, facts_at: part.facts })
    }

    /// What was written last is whole.
    fn seal(&mut self) {
        let (bytes, lines) = std::mem::take(&mut self.begun);
        if let Some(part) = &mut self.part {
            part.next += lines as u64;
            part.lines += bytes as u64;
            part.facts += (lines * FACT_BYTES) as u64;
        }
    }
}

/// Something to write.
pub(super) enum Job {
    /// A sealed segment; what is before it says the head.
    Sealed(Arc<Segment>, Head),
    /// The one that is filled, as far as it goes.
    Filling(Arc<Segment>, Head),
}

/// Writes whatever there is to write until the log is closed. Does not try again by itself what failed: what comes
/// next does.
pub(super) fn run(shared: &Shared, mut spool: Spool) {
    while let Some(job) = shared.next_job() {
        match job {
            Job::Sealed(segment, head) => {
                let written = spool.write(&segment, head);
                if shared.written(&segment, written) {
                    spool.seal();
                }
            }
            Job::Filling(segment, head) => {
                let written = spool.write(&segment, head);
                shared.flushed(written);
            }
        }
    }
    drop(spool);
    shared.spool_ended();
}
