//! A pair of files that hold a part of a log: the lines as they came, each with a newline behind it, and beside them the
//! facts about each, in the same order.
//!
//! The facts begin with a head of [`HEAD_BYTES`]: [`MAGIC`], the number of the part's first line, and the bytes that
//! were dropped before it, both little-endian. So the lines can be read by anything that reads text.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::entry::Spot;
use super::fact::{FACT_BYTES, Fact};
use super::segment::Segment;

/// What the file of the facts begins with.
pub(super) const MAGIC: [u8; 8] = *b"smidrlg1";
/// More bytes than a segment has: a full one and the longest line.
const MOST: u32 = 1 << 20;
/// How long its head is.
const HEAD_LENGTH: usize = 24;
/// The same.
pub(super) const HEAD_BYTES: u64 = HEAD_LENGTH as u64;

/// The two files. Temporary ones have no name, so that the system removes them however the program ends.
#[derive(Debug)]
pub(super) struct PartFiles {
    lines: File,
    facts: File,
    /// Where they are, without the ending; `None` for temporary ones.
    path: Option<PathBuf>,
    /// All lines in them were dropped: they go with the last that reads them.
    is_dropped: AtomicBool,
    /// Tells them from all others of this process.
    id: u64,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

/// What the head of a part says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// The number of the first line in it.
    pub(super) first: u64,
    /// Bytes dropped before it.
    pub(super) dropped_bytes: u64,
}

impl PartFiles {
    fn of(lines: File, facts: File, path: Option<PathBuf>) -> Self {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { lines, facts, path, is_dropped: AtomicBool::new(false), id }
    }

    /// Tells them from all others of this process.
    pub(super) const fn id(&self) -> u64 {
        self.id
    }

    /// Two files without a name in a directory.
    pub(super) fn temporary(directory: &Path) -> io::Result<Self> {
        let file = || tempfile::tempfile_in(directory);
        Ok(Self::of(file()?, file()?, None))
    }

    /// Two new files named after the first line.
    pub(super) fn named(directory: &Path, head: Head) -> io::Result<Self> {
        let path = directory.join(format!("{:020}", head.first));
        let file = |ending| {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create_new(true).mode(0o600).open(path.with_extension(ending))
        };
        let (lines, facts) = (file("lines")?, file("facts")?);
        let mut bytes = Vec::from(MAGIC);
        bytes.extend(head.first.to_le_bytes());
        bytes.extend(head.dropped_bytes.to_le_bytes());
        facts.write_all_at(&bytes, 0)?;
        Ok(Self::of(lines, facts, Some(path)))
    }

    /// The files of this name, from before, and what their head says. Where the program ended before there was a head
    /// they hold nothing: then they are removed.
    pub(super) fn open(path: &Path) -> io::Result<Option<(Self, Head)>> {
        let file = |ending| OpenOptions::new().read(true).write(true).open(path.with_extension(ending));
        let (lines, facts) = (file("lines")?, file("facts")?);
        let mut head = [0; HEAD_LENGTH];
        if facts.metadata()?.len() < HEAD_BYTES {
            let nothing = Self::of(lines, facts, Some(path.into()));
            nothing.drop_all();
            return Ok(None);
        }
        facts.read_exact_at(&mut head, 0)?;
        let [magic, first, dropped] =
            [0, 8, 16].map(|at| head.get(at..at + 8).and_then(|part| part.try_into().ok()).unwrap_or([0; 8]));
        if magic != MAGIC {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no part of a log"));
        }
        let head = Head { first: u64::from_le_bytes(first), dropped_bytes: u64::from_le_bytes(dropped) };
        Ok(Some((Self::of(lines, facts, Some(path.into())), head)))
    }

    /// How long the files are: the lines, and the facts without their head.
    pub(super) fn lengths(&self) -> io::Result<(u64, u64)> {
        Ok((self.lines.metadata()?.len(), self.facts.metadata()?.len().saturating_sub(HEAD_BYTES)))
    }

    /// Cuts off what lies behind these lengths.
    pub(super) fn truncate(&self, lines: u64, facts: u64) -> io::Result<()> {
        self.lines.set_len(lines)?;
        self.facts.set_len(HEAD_BYTES + facts)
    }

    pub(super) fn write_lines(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.lines.write_all_at(bytes, at)
    }

    /// Facts of one segment, from its beginning or later.
    pub(super) fn write_facts(&self, facts: &[Fact], at: u64, is_beginning: bool) -> io::Result<()> {
        let mut bytes: Vec<u8> = Vec::with_capacity(facts.len() * FACT_BYTES);
        for fact in facts {
            let is_first = is_beginning && bytes.is_empty();
            bytes.extend(fact.encoded(is_first));
        }
        self.facts.write_all_at(&bytes, HEAD_BYTES + at)
    }

    pub(super) fn read_lines(&self, at: u64, bytes: usize, into: &mut Vec<u8>) -> io::Result<()> {
        into.resize(bytes, 0);
        self.lines.read_exact_at(into, at)
    }

    pub(super) fn read_facts(&self, at: u64, count: usize, into: &mut Vec<Fact>) -> io::Result<()> {
        self.read_each_fact(at, count, into, |_| ())
    }

    /// The same, and which of them begin a segment, by their places among those read.
    pub(super) fn read_marked_facts(
        &self,
        at: u64,
        count: usize,
        into: &mut Vec<Fact>,
    ) -> io::Result<HashSet<usize>> {
        self.read_each_fact(at, count, into, |facts| {
            let begins = facts.iter().enumerate().filter(|(_, fact)| Fact::begins_segment(fact));
            begins.map(|(index, _)| index).collect()
        })
    }

    fn read_each_fact<T>(
        &self,
        at: u64,
        count: usize,
        into: &mut Vec<Fact>,
        look: impl FnOnce(&[[u8; FACT_BYTES]]) -> T,
    ) -> io::Result<T> {
        let mut bytes = vec![0; count * FACT_BYTES];
        self.facts.read_exact_at(&mut bytes, HEAD_BYTES + at)?;
        into.clear();
        let facts = bytes.as_chunks().0;
        into.extend(facts.iter().map(|fact| Fact::decoded(*fact)));
        Ok(look(facts))
    }

    /// So many lines of a segment, from one on.
    pub(super) fn read(&self, spot: &Spot, from: usize, count: usize) -> io::Result<Segment> {
        let (mut text, mut facts) = (Vec::new(), Vec::new());
        // The one before says where the first begins.
        let before = from.min(1);
        self.read_facts(spot.facts_at + ((from - before) * FACT_BYTES) as u64, before + count, &mut facts)?;
        let begin = if before == 1 { facts.remove(0).end } else { 0 };
        let end = facts.last().map_or(begin, |fact| fact.end);
        let changed = || io::Error::new(io::ErrorKind::InvalidData, "its file has been changed");
        let bytes = end.checked_sub(begin).filter(|bytes| *bytes <= MOST).ok_or_else(changed)?;
        self.read_lines(spot.lines_at + u64::from(begin), bytes as usize, &mut text)?;
        for fact in &mut facts {
            *fact = fact.ending(fact.end.wrapping_sub(begin));
        }
        Segment::from_parts(text, facts).ok_or_else(changed)
    }

    /// None of its lines is held any more. Nothing more may be written to them.
    pub(super) fn drop_all(&self) {
        self.is_dropped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_dropped(&self) -> bool {
        self.is_dropped.load(Ordering::Relaxed)
    }
}

impl Drop for PartFiles {
    fn drop(&mut self) {
        if let Some(path) = &self.path
            && self.is_dropped.load(Ordering::Relaxed)
        {
            for ending in ["lines", "facts"] {
                let _ = fs::remove_file(path.with_extension(ending));
            }
        }
    }
}
