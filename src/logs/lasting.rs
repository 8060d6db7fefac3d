//! Logs that last: written to be opened again, after any end of the program.

use std::collections::VecDeque;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::entry::{Entry, Place, Spot};
use super::fact::Fact;
use super::held::{Disk, Held};
use super::part_files::PartFiles;
use super::segment::{Tally, latest, odd_lines};
use super::spool::{Home, OpenPart, Spool};
use super::writer::{Bounds, of};
use super::{LineNumber, Log, LogReader, LogWriter};

/// Why a log that lasts could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenLogError {
    /// Somebody is writing it.
    #[error("the log in {} is being written by another program", .0.display())]
    InUse(PathBuf),
    /// The directory or a file in it cannot be made or read.
    #[error("cannot open the log in {}", .0.display())]
    Io(PathBuf, #[source] io::Error),
}

impl Log {
    /// A log in a directory of its own, made where it is missing, that lasts: what was in it before is there again, up
    /// to the last whole line that had reached its file. That is everything before the last [`LogWriter::flush`], and
    /// usually all but the last 256 KiB. What comes next begins a new line, in plain colours.
    ///
    /// Its limits are those of [`Log::temporary`]; of lines that were dropped, those may come back whose file still held
    /// others.
    /// The lines lie in `*.lines` as they came, each with a newline.
    ///
    /// # Errors
    /// When another writer has it, in this program or another, or the disk says no. Nothing is changed then.
    pub fn lasting(directory: &Path, limit_bytes: u64) -> Result<(LogWriter, LogReader), OpenLogError> {
        Self::lasting_bounded(directory, limit_bytes, Bounds::USUAL)
    }

    pub(super) fn lasting_bounded(
        directory: &Path,
        limit: u64,
        bounds: Bounds,
    ) -> Result<(LogWriter, LogReader), OpenLogError> {
        let failed = |error| OpenLogError::Io(directory.into(), error);
        DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed)?;
        let mut lock = OpenOptions::new();
        lock.create(true).truncate(false).write(true).mode(0o600);
        let lock = lock.open(directory.join("lock")).map_err(failed)?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|error| match error {
            Errno::WOULDBLOCK => OpenLogError::InUse(directory.into()),
            error => failed(error.into()),
        })?;
        let Found { entries, dropped_bytes, last } = found(directory).map_err(failed)?;
        let held = Held::new(limit, Some(Disk::default())).with_entries(entries, dropped_bytes);
        let spool = Spool::new(Home::Lasting { directory: directory.into(), lock }, limit / 8, last);
        Ok(of(held, Some(spool), bounds))
    }
}

/// What is in a directory.
struct Found {
    entries: VecDeque<Entry>,
    dropped_bytes: u64,
    /// The part that is written on.
    last: Option<OpenPart>,
}

/// How many facts are read at once.
const FACTS: usize = 1 << 16;

fn found(directory: &Path) -> io::Result<Found> {
    let mut found = Found { entries: VecDeque::new(), dropped_bytes: 0, last: None };
    for path in parts(directory)? {
        let Some((files, head)) = PartFiles::open(&path)? else { continue };
        let files = Arc::new(files);
        let next = found.entries.back().map(Entry::end);
        if next.is_none_or(|next| next.get() != head.first) {
            // The first there is, or one before it is missing: what lies behind a gap counts, what lies before does not.
            if let Some(last) = found.last.take() {
                last.files.drop_all();
            }
            found.entries.clear();
            found.dropped_bytes = head.dropped_bytes;
        }
        let (lines, facts, entries) = whole_segments(&files, LineNumber::new(head.first))?;
        found.entries.extend(entries);
        let next = found.entries.back().map_or(head.first, |entry| entry.end().get());
        found.last = Some(OpenPart { files, next, lines, facts });
    }
    if let Some(last) = &found.last {
        last.files.truncate(last.lines, last.facts)?;
    }
    Ok(found)
}

/// The parts in a directory without their endings, in order.
fn parts(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut parts = Vec::new();
    for file in fs::read_dir(directory)? {
        let path = file?.path();
        if path.extension().is_some_and(|ending| ending == "facts") {
            parts.push(path.with_extension(""));
        }
    }
    parts.sort();
    Ok(parts)
}

/// The segments of a part as far as they are whole, and how much of the two files they take.
fn whole_segments(files: &Arc<PartFiles>, first: LineNumber) -> io::Result<(u64, u64, Vec<Entry>)> {
    let (lines, facts) = files.lengths()?;
    let mut walk = Walk { files, lines, next: first, lines_at: 0, facts_at: 0, entries: Vec::new() };
    let mut segment: Vec<Fact> = Vec::new();
    let mut read = Vec::new();
    let mut at = 0;
    while at < facts {
        let count = usize::try_from((facts - at) / FACT).unwrap_or(FACTS).min(FACTS);
        if count == 0 {
            break;
        }
        let begins = files.read_marked_facts(at, count, &mut read)?;
        for (index, fact) in read.iter().enumerate() {
            if begins.contains(&index) && !segment.is_empty() && !walk.take(&mut segment)? {
                return Ok((walk.lines_at, walk.facts_at, walk.entries));
            }
            segment.push(*fact);
        }
        at += count as u64 * FACT;
    }
    walk.take(&mut segment)?;
    Ok((walk.lines_at, walk.facts_at, walk.entries))
}

const FACT: u64 = super::fact::FACT_BYTES as u64;

struct Walk<'a> {
    files: &'a Arc<PartFiles>,
    /// How long the file of the lines is.
    lines: u64,
    next: LineNumber,
    lines_at: u64,
    facts_at: u64,
    entries: Vec<Entry>,
}

impl Walk<'_> {
    /// Takes a segment with these facts, as far as its lines are there. Whether all are.
    fn take(&mut self, facts: &mut Vec<Fact>) -> io::Result<bool> {
        let count = facts.len();
        let mut before = 0;
        let room = self.lines - self.lines_at;
        let whole = facts.iter().take_while(|fact| {
            let is_whole = fact.end > before && u64::from(fact.end) <= room;
            before = fact.end;
            is_whole
        });
        let mut whole = whole.count();
        // A file that was cut off by a machine's end may have a hole where its last lines were.
        while let Some(last) = whole.checked_sub(1).and_then(|last| facts.get(last)) {
            let mut newline = Vec::new();
            self.files.read_lines(self.lines_at + u64::from(last.end) - 1, 1, &mut newline)?;
            if newline == [b'\n'] {
                break;
            }
            whole -= 1;
        }
        facts.truncate(whole);
        if let Some(last) = facts.last() {
            let spot = Spot { files: self.files.clone(), lines_at: self.lines_at, facts_at: self.facts_at };
            self.entries.push(Entry {
                first: self.next,
                lines: u32::try_from(whole).unwrap_or(u32::MAX),
                bytes: last.end,
                tally: Tally::of(facts),
                odd: odd_lines(facts),
                latest: latest(facts),
                place: Place::Disk(spot),
            });
            self.next = self.next.plus(whole as u64);
            self.lines_at += u64::from(last.end);
            self.facts_at += whole as u64 * FACT;
        }
        facts.clear();
        Ok(whole == count)
    }
}

#[cfg(test)]
mod tests;
