//! Looking at a log.

use std::sync::Arc;

use tokio::sync::watch;

use super::clean::clean_from;
use super::held::Shared;
use super::{Extent, Line, LineNumber, RawLine};

/// So many lines at most come out of one window: more than any screen has.
pub const WINDOW_LINES: usize = 4096;

/// Looks at a log that is being written. Cheap to clone, and never in the writer's way for long.
#[derive(Debug, Clone)]
pub struct LogReader {
    shared: Arc<Shared>,
    extent: watch::Receiver<Extent>,
}

impl LogReader {
    pub(super) const fn new(shared: Arc<Shared>, extent: watch::Receiver<Extent>) -> Self {
        Self { shared, extent }
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

    /// At most `count` lines (and at most [`WINDOW_LINES`]) from a line on, in order and without a gap, cleaned for
    /// drawing. Where that line was dropped, from the oldest that is held; behind the end, none.
    #[must_use]
    pub fn window(&self, from: LineNumber, count: usize) -> Vec<Line> {
        let part = self.shared.lock().part(from, count.min(WINDOW_LINES));
        let lines = part.lines().map(|line| Line {
            number: line.number,
            time: line.fact.time(),
            stream: line.fact.stream(),
            kind: line.fact.kind(),
            is_open: line.is_open,
            text: clean_from(line.bytes, line.fact.carry()),
        });
        lines.collect()
    }

    /// The same lines as they came, to be copied or saved.
    #[must_use]
    pub fn raw_window(&self, from: LineNumber, count: usize) -> Vec<RawLine> {
        let part = self.shared.lock().part(from, count.min(WINDOW_LINES));
        let lines = part.lines().map(|line| RawLine {
            number: line.number,
            time: line.fact.time(),
            stream: line.fact.stream(),
            kind: line.fact.kind(),
            is_open: line.is_open,
            bytes: line.bytes.to_vec(),
        });
        lines.collect()
    }
}
