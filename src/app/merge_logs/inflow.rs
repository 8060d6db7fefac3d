//! What comes of one of the logs that are merged.

use std::time::Duration;

use tokio::time::Instant;

use crate::logs::{Extent, LineNumber, RawLine};
use crate::text::{count, grouped};
use crate::ui::Source;

/// How long a log has no new line until the others do not wait for it.
pub(super) const QUIET: Duration = Duration::from_millis(300);
/// How many lines are read at a time; where they are long, so few.
const LINES: usize = 256;
const LONG_LINES: usize = 16;
/// The bytes of so many lines that make them long ones.
const LONG: usize = 1 << 20;

/// One of the logs, as far as it has been read.
#[derive(Debug)]
pub(super) struct Inflow {
    source: Source,
    /// The next line to be read.
    next: LineNumber,
    /// Lines before it whose newline had not come, one a stream at most.
    open: Vec<LineNumber>,
    lines: usize,
    /// How many lines had been put before the others when it began.
    shifted: u64,
    /// How far it went then.
    begun_at: LineNumber,
    /// When it had a new line last.
    moved: Instant,
    /// Nothing more comes: what is unfinished stays so.
    pub(super) is_over: bool,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Whole lines.
    pub(super) lines: Vec<RawLine>,
    /// What is to be said before them, where any were dropped before they could be read.
    pub(super) gap: Option<String>,
}

impl Inflow {
    pub(super) fn of(source: Source, now: Instant) -> Self {
        let Extent { first, end, shifted, .. } = source.reader.extent();
        let (open, is_over) = (Vec::new(), false);
        Self { source, next: first, open, lines: LINES, shifted, begun_at: end, moved: now, is_over }
    }

    pub(super) fn number(&self) -> u8 {
        self.source.number
    }

    /// Whether older lines were put before the others since it began: its lines have other numbers now.
    pub(super) fn is_shifted(&self) -> bool {
        self.source.reader.extent().shifted != self.shifted
    }

    /// Whether everything has been read that was there when it began.
    pub(super) fn has_caught_up(&self) -> bool {
        self.next >= self.begun_at
    }

    /// Whether there is something to be read.
    pub(super) fn has_more(&self) -> bool {
        self.next < self.source.reader.extent().end
    }

    /// Until when the others wait for it.
    pub(super) fn quiet_at(&self) -> Instant {
        self.moved + QUIET
    }

    /// The whole lines that come next, some at a time.
    pub(super) fn read(&mut self, now: Instant) -> Read {
        let mut read = Read::default();
        let reader = &self.source.reader;
        let is_over = self.is_over;
        // Lines that were unfinished come first: as a rule nothing is behind them yet.
        self.open.retain(|number| {
            let line = reader.raw_window(*number, 1).pop().filter(|line| line.number == *number);
            match line {
                Some(line) if line.is_open && !is_over => return true,
                Some(line) => read.lines.push(line),
                None => {}
            }
            false
        });
        let window = reader.raw_window(self.next, self.lines);
        let first = window.first().map_or(self.next, |line| line.number);
        match first.since(self.next) {
            0 => {}
            lost => {
                let unit = count(lost, "line");
                let unit = unit.rsplit(' ').next().unwrap_or_default();
                let (lost, name) = (grouped(lost), &self.source.name);
                read.gap = Some(format!("{lost} {unit} of {name} were dropped before they could be merged"));
            }
        }
        let bytes: usize = window.iter().map(|line| line.bytes.len()).sum();
        self.lines = if bytes > LONG { LONG_LINES } else { LINES };
        for line in window {
            self.next = line.number.plus(1);
            if line.is_open && !is_over {
                self.open.push(line.number);
            } else {
                read.lines.push(line);
            }
        }
        if !read.lines.is_empty() {
            self.moved = now;
        }
        read
    }
}
