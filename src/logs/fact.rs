//! What is known of a line besides its bytes, in memory and on disk alike.

use jiff::Timestamp;

use super::carry::{Carry, Inside};
use super::clean::is_drawn_as_it_is;
use super::{Level, LineKind, Stream, Style};

/// What is known of a line besides its bytes: 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fact {
    /// Nanoseconds since 1970; [`NEVER`] where it is not known.
    time: i64,
    /// One past its newline, in the bytes of its segment.
    pub(super) end: u32,
    style: Style,
    flags: u8,
    /// Which of several logs it was merged from.
    source: u8,
}

const NEVER: i64 = i64::MIN;

/// What a fact takes, in memory and on disk.
pub(super) const FACT_BYTES: usize = size_of::<Fact>();

// The flags: two bits of the stream, two of what it continues, three of the level, one whether it is plain.
const STREAM: u8 = 0b11;
const CONTINUES: u8 = 2;
const LEVEL: u8 = 4;
const PLAIN: u8 = 1 << 7;
/// In a file, beside the style, which leaves this bit.
const FIRST: u16 = 1 << 15;

impl Fact {
    /// Of a line of a stream. A time outside of the years 1678 to 2261 counts as unknown.
    pub(super) fn printed(
        stream: Stream,
        time: Option<Timestamp>,
        carry: Carry,
        is_continuation: bool,
    ) -> Self {
        let stream = match stream {
            Stream::Stdout => 1,
            Stream::Stderr => 2,
            Stream::Terminal => 3,
        };
        let continues = match carry.inside {
            _ if !is_continuation => 0,
            Inside::Ground => 1,
            Inside::Command => 2,
            Inside::Other => 3,
        };
        Self { style: carry.style, flags: stream | continues << CONTINUES, ..Self::remark(time) }
    }

    /// Of a remark.
    pub(super) fn remark(time: Option<Timestamp>) -> Self {
        let time = time.and_then(|time| i64::try_from(time.as_nanosecond()).ok()).unwrap_or(NEVER);
        Self { time, end: 0, style: Style::PLAIN, flags: 0, source: 0 }
    }

    /// With what only the whole line can tell.
    pub(super) fn of_whole(self, bytes: &[u8]) -> Self {
        let level = match self.kind() {
            LineKind::Output => super::level(bytes).map_or(0, |level| level as u8 + 1),
            LineKind::Continuation | LineKind::Remark => 0,
        };
        let plain = if self.carry().is_ground() && is_plain(bytes) { PLAIN } else { 0 };
        Self { flags: self.flags & !(PLAIN | 0b111 << LEVEL) | level << LEVEL | plain, ..self }
    }

    /// Of a line that ends there.
    pub(super) const fn ending(self, end: u32) -> Self {
        Self { end, ..self }
    }

    pub(super) const fn with_source(self, source: u8) -> Self {
        Self { source, ..self }
    }

    pub(super) fn time(&self) -> Option<Timestamp> {
        (self.time != NEVER).then(|| Timestamp::from_nanosecond(self.time.into()).ok()).flatten()
    }

    pub(super) const fn stream(&self) -> Option<Stream> {
        match self.flags & STREAM {
            1 => Some(Stream::Stdout),
            2 => Some(Stream::Stderr),
            3 => Some(Stream::Terminal),
            _ => None,
        }
    }

    pub(super) const fn kind(&self) -> LineKind {
        match (self.flags & STREAM, self.flags >> CONTINUES & 0b11) {
            (0, _) => LineKind::Remark,
            (_, 0) => LineKind::Output,
            _ => LineKind::Continuation,
        }
    }

    pub(super) const fn level(&self) -> Option<Level> {
        match self.flags >> LEVEL & 0b111 {
            1 => Some(Level::Debug),
            2 => Some(Level::Note),
            3 => Some(Level::Warning),
            4 => Some(Level::Error),
            _ => None,
        }
    }

    /// Its bytes are what is drawn, but for a carriage return at the end: a search may look at them as they are.
    pub(super) const fn is_plain(&self) -> bool {
        self.flags & PLAIN != 0
    }

    pub(super) const fn source(&self) -> u8 {
        self.source
    }

    /// The state of the terminal where it begins.
    pub(super) const fn carry(&self) -> Carry {
        let inside = match self.flags >> CONTINUES & 0b11 {
            2 => Inside::Command,
            3 => Inside::Other,
            _ => Inside::Ground,
        };
        Carry { style: self.style, inside }
    }

    /// As it stands in a file, the first of a segment marked.
    pub(super) fn encoded(&self, begins_segment: bool) -> [u8; FACT_BYTES] {
        let mut bytes = [0; FACT_BYTES];
        let (time, rest) = bytes.split_at_mut(8);
        time.copy_from_slice(&self.time.to_le_bytes());
        let (end, rest) = rest.split_at_mut(4);
        end.copy_from_slice(&self.end.to_le_bytes());
        let (style, rest) = rest.split_at_mut(2);
        let first = if begins_segment { FIRST } else { 0 };
        style.copy_from_slice(&(self.style.bits() | first).to_le_bytes());
        rest.copy_from_slice(&[self.flags, self.source]);
        bytes
    }

    /// Whether it is marked as the first of a segment.
    pub(super) const fn begins_segment(bytes: &[u8; FACT_BYTES]) -> bool {
        let [.., style, _, _] = *bytes;
        style as u16 & FIRST >> 8 != 0
    }

    /// From how it stands in a file. Any bytes are a fact: who reads it checks that its end can be.
    pub(super) fn decoded(bytes: [u8; FACT_BYTES]) -> Self {
        let [time @ .., _, _, _, _, _, _, _, _] = bytes;
        let [_, _, _, _, _, _, _, _, end @ .., style, bright, flags, source] = bytes;
        Self {
            time: i64::from_le_bytes(time),
            end: u32::from_le_bytes(end),
            style: Style::from_bits(u16::from_le_bytes([style, bright])),
            flags,
            source,
        }
    }
}

/// Text without anything that moves or colours it, and nothing behind it but a carriage return.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    let text = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    text.iter().all(|byte| matches!(byte, b' '..=b'~'))
        || str::from_utf8(text).is_ok_and(|text| text.chars().all(is_drawn_as_it_is))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Colour;

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

    #[test]
    fn everything_comes_back_from_the_disk() {
        let style = Style::PLAIN.with_foreground(Some(Colour::Red));
        for stream in [Stream::Stdout, Stream::Stderr, Stream::Terminal] {
            for inside in [Inside::Ground, Inside::Command, Inside::Other] {
                for is_continuation in [false, true] {
                    let time = Some("2026-03-01T10:00:00.123456789Z".parse().unwrap());
                    let carry = Carry { style, inside };
                    let fact = Fact::printed(stream, time, carry, is_continuation);
                    let fact = Fact { end: 123_456, ..fact.of_whole(b"ERROR: no").with_source(7) };
                    for is_first in [false, true] {
                        let encoded = fact.encoded(is_first);
                        assert_eq!(Fact::decoded(encoded), fact);
                        assert_eq!(Fact::begins_segment(&encoded), is_first);
                    }
                    assert_eq!((fact.stream(), fact.time(), fact.source()), (Some(stream), time, 7));
                    let level = if is_continuation { None } else { Some(Level::Error) };
                    assert_eq!(fact.level(), level);
                    assert_eq!(fact.is_plain(), !is_continuation || inside == Inside::Ground);
                    if is_continuation {
                        assert_eq!(fact.carry(), carry);
                    }
                }
            }
        }
        assert_eq!(Fact::remark(None).of_whole(b"ERROR: x").level(), None);
    }

    #[test]
    fn plain_is_what_is_drawn_as_it_is() {
        for (bytes, plain) in [
            (b"plain\r".as_slice(), true),
            (b"", true),
            (b"\r\r", false),
            (b"a\rb", false),
            (b"a\tb", false),
            (b"\x1b[1mb", false),
            ("\u{e9} \u{65e5}".as_bytes(), true),
            ("e\u{301}".as_bytes(), false),
            ("\u{1f44b}\u{1f3fd}".as_bytes(), false),
            ("a\u{2028}b\u{202e}".as_bytes(), false),
            (b"\xff", false),
        ] {
            assert_eq!(is_plain(bytes), plain, "{bytes:?}");
        }
    }
}
