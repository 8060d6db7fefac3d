//! A line and where it stands.

use std::fmt;

use jiff::Timestamp;

use super::carry::Carry;
use super::{Level, Text};

/// The number of a line, as people count: the first line of a log is 1, inside as on the screen. It
/// never changes, but where what was printed before the first line is read later: see [`Extent::shifted`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineNumber(u64);

impl LineNumber {
    /// The first line of a log.
    pub const FIRST: Self = Self(1);

    /// Line `number`. 0 is before the first.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// So many lines further down.
    #[must_use]
    pub const fn plus(self, lines: u64) -> Self {
        Self(self.0.saturating_add(lines))
    }

    /// So many lines further up, at most before the first.
    #[must_use]
    pub const fn minus(self, lines: u64) -> Self {
        Self(self.0.saturating_sub(lines))
    }

    /// How many lines from `earlier` to this one; 0 when that is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for LineNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// Where bytes came from. Lines of different streams never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// The one stream of a program with a terminal.
    Terminal,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// Printed by the program.
    Output,
    /// More of an earlier line of the same stream, which was too long for one or stayed unfinished too long.
    Continuation,
    /// Said by us in its place: a restart, a gap, an exit code.
    Remark,
}

/// A line as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub number: LineNumber,
    /// When its first byte came, where that is known.
    pub time: Option<Timestamp>,
    /// Who printed it; nobody did where it is a remark.
    pub stream: Option<Stream>,
    /// What it is.
    pub kind: LineKind,
    /// How serious it is, where it says so.
    pub level: Option<Level>,
    /// Which of several logs it was merged from; 0 where it was not.
    pub source: u8,
    /// Its newline has not come yet: a prompt, or a progress bar.
    pub is_open: bool,
    /// What it says, safe to draw.
    pub text: Text,
}

/// A line as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawLine {
    /// Its number.
    pub number: LineNumber,
    /// When its first byte came, where that is known.
    pub time: Option<Timestamp>,
    /// Who printed it; nobody did where it is a remark.
    pub stream: Option<Stream>,
    /// What it is.
    pub kind: LineKind,
    /// How serious it is, where it says so.
    pub level: Option<Level>,
    /// Which of several logs it was merged from; 0 where it was not.
    pub source: u8,
    /// Its newline has not come yet.
    pub is_open: bool,
    /// How the terminal of its stream stands where it begins.
    pub(super) carry: Carry,
    /// Its bytes without the newline. They may hold anything: never give them to a terminal.
    pub bytes: Vec<u8>,
}

/// How far a log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The first line that is still held. Larger than 1 once lines were dropped.
    pub first: LineNumber,
    /// One past the last line, open lines included. The same as `first` when there is none.
    pub end: LineNumber,
    /// Bytes of the lines that were dropped, newlines included.
    pub dropped_bytes: u64,
    /// Bytes that are held, newlines and open lines included. Grows with every byte of an open line.
    pub bytes: u64,
    /// How many of the lines held say that something is an error.
    pub errors: u64,
    /// How many are warnings.
    pub warnings: u64,
    /// How many lines were put before what was there first: all numbers have grown by as many since.
    pub shifted: u64,
}

impl Extent {
    /// Of a log that holds nothing yet.
    pub const EMPTY: Self = Self {
        first: LineNumber::FIRST,
        end: LineNumber::FIRST,
        dropped_bytes: 0,
        bytes: 0,
        errors: 0,
        warnings: 0,
        shifted: 0,
    };

    /// How many lines are held.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.end.since(self.first)
    }

    /// No line is held.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines() == 0
    }

    /// The last line.
    #[must_use]
    pub fn last(&self) -> Option<LineNumber> {
        (!self.is_empty()).then(|| self.end.minus(1))
    }

    /// Lines dropped so far.
    #[must_use]
    pub const fn dropped_lines(&self) -> u64 {
        self.first.since(LineNumber::FIRST)
    }
}

impl Default for Extent {
    fn default() -> Self {
        Self::EMPTY
    }
}
