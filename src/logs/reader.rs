//! Looking at a log.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;

use super::shared::Shared;
use super::{Extent, Landmark, Line, LineNumber, RawLine, landmark};

/// So many lines at most come out of one window: more than any screen has.
pub const WINDOW_LINES: usize = 4096;

/// Looks at a log that is being written. Cheap to clone, and never in the writer's way for long. What it asks for may
/// be on a disk: then it takes as long as the disk does, a few milliseconds as a rule.
#[derive(Debug, Clone)]
pub struct LogReader {
    shared: Arc<Shared>,
    extent: watch::Receiver<Extent>,
}

impl LogReader {
    pub(super) const fn new(shared: Arc<Shared>, extent: watch::Receiver<Extent>) -> Self {
        Self { shared, extent }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Whether both look at the same log.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// How far the log goes just now.
    #[must_use]
    pub fn extent(&self) -> Extent {
        *self.extent.borrow()
    }

    /// Tells of every change, the latest only: its value is the extent, which differs after every change, an open line
    /// that grew included. Waiting on it fails once the writer is gone and nothing more can come.
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<Extent> {
        self.extent.clone()
    }

    /// Why the disk does not take what comes, where it does not: the newest lines, up to 16 MiB, are held in memory
    /// then, and written as soon as it takes them. Older ones than these are lost, and say so in their places.
    #[must_use]
    pub fn trouble(&self) -> Option<Arc<str>> {
        self.shared.lock().trouble()
    }

    /// At most `count` lines (and at most [`WINDOW_LINES`]) from a line on, in order and without a gap, cleaned for
    /// drawing. Where that line was dropped, from the oldest that is held; behind the end, none.
    #[must_use]
    pub fn window(&self, from: LineNumber, count: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        self.shared.each(from, count.min(WINDOW_LINES), |line| lines.push(line.drawn()));
        lines
    }

    /// The same lines as they came, to be copied or saved.
    #[must_use]
    pub fn raw_window(&self, from: LineNumber, count: usize) -> Vec<RawLine> {
        let mut lines = Vec::new();
        self.shared.each(from, count.min(WINDOW_LINES), |line| lines.push(line.raw()));
        lines
    }

    /// The same lines with everything written out that a terminal would act on.
    #[must_use]
    pub fn visible_window(&self, from: LineNumber, count: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        self.shared.each(from, count.min(WINDOW_LINES), |line| lines.push(line.visible()));
        lines
    }

    /// The first of such lines behind a line, unfinished ones aside.
    #[must_use]
    pub fn next(&self, of: Landmark, behind: LineNumber) -> Option<LineNumber> {
        landmark::next(&self.shared, of, behind)
    }

    /// The last of such lines before a line.
    #[must_use]
    pub fn previous(&self, of: Landmark, before: LineNumber) -> Option<LineNumber> {
        landmark::previous(&self.shared, of, before)
    }

    /// The first line of this time or a later one, unfinished ones aside.
    #[must_use]
    pub fn at_time(&self, time: Timestamp) -> Option<LineNumber> {
        landmark::at_time(&self.shared, time)
    }
}
