//! The lines from the oldest unfinished one on: they wait for it, so that every line keeps its number.

use std::collections::VecDeque;
use std::sync::Arc;

use super::fact::Fact;

/// A line of the tail.
#[derive(Debug, Clone)]
pub(super) struct TailLine {
    pub(super) fact: Fact,
    pub(super) bytes: Vec<u8>,
    pub(super) is_open: bool,
}

impl TailLine {
    /// Its bytes, with the newline once it came.
    fn weight(&self) -> usize {
        self.bytes.len() + usize::from(!self.is_open)
    }
}

/// Empty most of the time, or one open line; more where another stream prints meanwhile.
#[derive(Debug, Default)]
pub(super) struct Tail {
    lines: VecDeque<Arc<TailLine>>,
    bytes: usize,
}

impl Tail {
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Bytes of its lines, newlines included.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// What it takes in memory.
    pub(super) fn size(&self) -> usize {
        self.bytes + self.lines.len() * (size_of::<Arc<TailLine>>() + size_of::<TailLine>())
    }

    pub(super) fn push(&mut self, line: TailLine) {
        self.bytes += line.weight();
        self.lines.push_back(Arc::new(line));
    }

    pub(super) fn get(&self, index: usize) -> Option<&TailLine> {
        self.lines.get(index).map(|line| &**line)
    }

    /// Changes a line; a reader that has it keeps the old one.
    pub(super) fn change(&mut self, index: usize, change: impl FnOnce(&mut TailLine)) {
        if let Some(line) = self.lines.get_mut(index) {
            let line = Arc::make_mut(line);
            self.bytes -= line.weight();
            change(line);
            self.bytes += line.weight();
        }
    }

    /// Takes the first line if it is finished.
    pub(super) fn pop_finished(&mut self) -> Option<Arc<TailLine>> {
        if self.lines.front()?.is_open {
            return None;
        }
        let line = self.lines.pop_front()?;
        self.bytes -= line.weight();
        Some(line)
    }

    pub(super) fn part(&self, from: usize, count: usize) -> Vec<Arc<TailLine>> {
        self.lines.iter().skip(from).take(count).cloned().collect()
    }
}
