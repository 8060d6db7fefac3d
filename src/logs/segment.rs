//! A run of whole lines: their bytes, and the facts about each.

use jiff::Timestamp;

use super::carry::{Carry, Inside};
use super::{LineKind, LineNumber, Stream, Style};

/// What is known of a line besides its bytes: 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fact {
    /// Nanoseconds since 1970; [`NEVER`] where it is not known.
    time: i64,
    /// One past its newline, in the bytes of its segment.
    end: u32,
    style: Style,
    stream: Option<Stream>,
    /// The sequence it begins in, where it continues an earlier line.
    continues: Option<Inside>,
}

const NEVER: i64 = i64::MIN;

/// What a fact takes.
pub(super) const FACT_BYTES: usize = size_of::<Fact>();

impl Fact {
    /// Of a line of a stream. A time outside of the years 1678 to 2261 counts as unknown.
    pub(super) fn printed(
        stream: Stream,
        time: Option<Timestamp>,
        carry: Carry,
        is_continuation: bool,
    ) -> Self {
        let continues = is_continuation.then_some(carry.inside);
        Self { stream: Some(stream), style: carry.style, continues, ..Self::remark(time) }
    }

    /// Of a remark.
    pub(super) fn remark(time: Option<Timestamp>) -> Self {
        let time = time.and_then(|time| i64::try_from(time.as_nanosecond()).ok()).unwrap_or(NEVER);
        Self { time, end: 0, style: Style::PLAIN, stream: None, continues: None }
    }

    pub(super) fn time(&self) -> Option<Timestamp> {
        (self.time != NEVER).then(|| Timestamp::from_nanosecond(self.time.into()).ok()).flatten()
    }

    pub(super) const fn stream(&self) -> Option<Stream> {
        self.stream
    }

    pub(super) const fn kind(&self) -> LineKind {
        match (self.stream, self.continues) {
            (None, _) => LineKind::Remark,
            (_, None) => LineKind::Output,
            (_, Some(_)) => LineKind::Continuation,
        }
    }

    /// The state of the terminal where it begins.
    pub(super) fn carry(&self) -> Carry {
        Carry { style: self.style, inside: self.continues.unwrap_or_default() }
    }
}

/// Whole lines, one after the other, each with a newline behind it. Never changes once it is full.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    first: LineNumber,
    bytes: Vec<u8>,
    facts: Vec<Fact>,
}

impl Segment {
    pub(super) const fn new(first: LineNumber) -> Self {
        Self { first, bytes: Vec::new(), facts: Vec::new() }
    }

    pub(super) const fn first(&self) -> LineNumber {
        self.first
    }

    pub(super) const fn end(&self) -> LineNumber {
        self.first.plus(self.facts.len() as u64)
    }

    /// Bytes of its lines, newlines included.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// What it takes in memory.
    pub(super) const fn size(&self) -> usize {
        self.bytes.len() + self.facts.len() * FACT_BYTES
    }

    pub(super) fn push(&mut self, fact: Fact, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
        let end = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.facts.push(Fact { end, ..fact });
    }

    /// Gives back the room for more.
    pub(super) fn seal(&mut self) {
        self.bytes.shrink_to_fit();
        self.facts.shrink_to_fit();
    }

    pub(super) fn line(&self, number: LineNumber) -> Option<(&Fact, &[u8])> {
        let index = usize::try_from(number.get().checked_sub(self.first.get())?).ok()?;
        let fact = self.facts.get(index)?;
        let before = index.checked_sub(1).and_then(|before| self.facts.get(before));
        let from = before.map_or(0, |before| before.end as usize);
        Some((fact, self.bytes.get(from..(fact.end as usize).checked_sub(1)?)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_takes_sixteen_bytes() {
        assert_eq!(FACT_BYTES, 16);
    }

    #[test]
    fn times_are_exact_to_the_nanosecond_and_odd_ones_unknown() {
        let time = |text: &str| Fact::remark(Some(text.parse().unwrap())).time();
        let exact = "2026-03-01T10:00:00.123456789Z";
        assert_eq!(time(exact), Some(exact.parse().unwrap()));
        assert_eq!(time("0001-01-01T00:00:00Z"), None);
        assert_eq!(Fact::remark(None).time(), None);
    }
}
