//! Lines of a stream that is printed and not kept.

use std::borrow::Cow;

use jiff::Timestamp;
use memchr::{memchr, memrchr};

use super::carry::{Carry, cut_point};
use super::clean::clean_from;
use super::fact::is_plain;
use super::{LINE_BYTES, Level, Query, Text, level};

/// Cuts what one stream prints into lines as a [`LogWriter`](super::LogWriter) does, and holds none of them but the
/// unfinished one: at most [`LINE_BYTES`].
///
/// A longer line comes in pieces. One that is drawn over again and again (a progress bar) is cut before the last time
/// it is drawn.
#[derive(Debug, Default)]
pub struct Splitter {
    open: Vec<u8>,
    /// When the first byte of it came.
    time: Option<Timestamp>,
    carry: Carry,
    is_cut: bool,
}

/// A line, or a piece of one that was too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitLine<'a> {
    bytes: Cow<'a, [u8]>,
    time: Option<Timestamp>,
    carry: Carry,
    is_continuation: bool,
}

impl Splitter {
    /// Takes bytes from the front of `rest` up to the end of a line, or of a piece of one. `None` once all are taken
    /// and no line ends with them.
    pub fn next<'a>(&mut self, time: Option<Timestamp>, rest: &mut &'a [u8]) -> Option<SplitLine<'a>> {
        let room = LINE_BYTES.saturating_sub(self.open.len());
        let near = rest.get(..=room).unwrap_or(rest);
        if let Some(newline) = memchr(b'\n', near) {
            let (line, more) = rest.split_at_checked(newline + 1)?;
            *rest = more;
            let begun = self.keep_time(time);
            let bytes = if self.open.is_empty() {
                Cow::Borrowed(line)
            } else {
                self.open.extend_from_slice(line);
                Cow::Owned(std::mem::take(&mut self.open))
            };
            let is_continuation = std::mem::take(&mut self.is_cut);
            let line = SplitLine { bytes, time: begun, carry: self.carry, is_continuation };
            self.carry = self.carry.after_line(line.content());
            return Some(line);
        }
        self.keep_time(time);
        let (piece, more) = rest.split_at_checked(room).unwrap_or((rest, b""));
        self.open.extend_from_slice(piece);
        *rest = more;
        if more.is_empty() { None } else { Some(self.cut(time)) }
    }

    /// What stands there of a line whose end has not come.
    #[must_use]
    pub fn open(&self) -> Option<SplitLine<'_>> {
        let line = SplitLine {
            bytes: Cow::Borrowed(self.open.as_slice()),
            time: self.time,
            carry: self.carry,
            is_continuation: self.is_cut,
        };
        (!self.open.is_empty()).then_some(line)
    }

    /// Nothing more comes: what stands there of an unfinished line. What comes next begins anew, in plain colours.
    pub fn end(&mut self) -> Option<SplitLine<'static>> {
        let last = self.open().map(SplitLine::into_owned);
        *self = Self::default();
        last
    }

    /// When the line began that a byte of this time belongs to.
    fn keep_time(&mut self, time: Option<Timestamp>) -> Option<Timestamp> {
        if self.open.is_empty() {
            self.time = time;
        }
        self.time
    }

    /// Cuts the open line, of which more comes.
    fn cut(&mut self, time: Option<Timestamp>) -> SplitLine<'static> {
        let drawn = self.open.iter().rposition(|byte| *byte != b'\r').unwrap_or(0);
        let redrawn = memrchr(b'\r', self.open.get(..drawn).unwrap_or_default()).filter(|at| *at > 0);
        let point = redrawn.unwrap_or_else(|| cut_point(&self.open)).min(self.open.len());
        let rest = self.open.split_off(point);
        let bytes = std::mem::replace(&mut self.open, rest);
        let is_continuation = std::mem::replace(&mut self.is_cut, true);
        let begun = std::mem::replace(&mut self.time, time);
        let line = SplitLine { time: begun, carry: self.carry, is_continuation, bytes: Cow::Owned(bytes) };
        self.carry = self.carry.after_piece(&line.bytes);
        line
    }
}

impl SplitLine<'_> {
    /// As it came, with its newline where it has one. It may hold anything: never give it to a terminal.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// When its first byte came, where that is known.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.time
    }

    /// Its newline came.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.bytes.last() == Some(&b'\n')
    }

    /// It goes on with the piece before it.
    #[must_use]
    pub fn is_continuation(&self) -> bool {
        self.is_continuation
    }

    /// It goes on with the piece before it by drawing over that.
    #[must_use]
    pub fn is_drawn_over(&self) -> bool {
        self.is_continuation && self.bytes.first() == Some(&b'\r')
    }

    /// What it says, safe to draw.
    #[must_use]
    pub fn text(&self) -> Text {
        clean_from(self.content(), self.carry)
    }

    /// How serious it is, where it says so.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        if self.is_continuation { None } else { level(self.content()) }
    }

    /// Whether it is looked for.
    #[must_use]
    pub fn is_found(&self, query: &Query) -> bool {
        let has = |pattern: &super::Pattern| {
            let content = self.content();
            if self.carry.is_ground() && is_plain(content) {
                pattern.is_in_bytes(content.strip_suffix(b"\r").unwrap_or(content))
            } else {
                pattern.is_in(&self.text().plain())
            }
        };
        match query {
            Query::Matching(pattern) => has(pattern),
            Query::Lacking(pattern) => !has(pattern),
            Query::Level(level) => self.level() >= Some(*level),
        }
    }

    /// The same, holding its bytes itself.
    #[must_use]
    pub fn into_owned(self) -> SplitLine<'static> {
        let Self { bytes, time, carry, is_continuation } = self;
        SplitLine { bytes: Cow::Owned(bytes.into_owned()), time, carry, is_continuation }
    }

    fn content(&self) -> &[u8] {
        self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::{LineKind, LineNumber, Log, Pattern, Stream};

    fn split(chunks: &[&[u8]]) -> Vec<SplitLine<'static>> {
        let mut splitter = Splitter::default();
        let mut lines = Vec::new();
        for chunk in chunks {
            let mut rest = *chunk;
            while let Some(line) = splitter.next(None, &mut rest) {
                lines.push(line.into_owned());
            }
            assert!(rest.is_empty());
            assert!(splitter.open.len() <= LINE_BYTES);
        }
        lines.extend(splitter.end());
        lines
    }

    fn piece() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            Just(b"\n".to_vec()),
            Just(b"error: x\r\n".to_vec()),
            Just(b"\x1b[31m".to_vec()),
            Just(b"\x1b]52;c;AAAA".to_vec()),
            Just("k\u{e4}se \u{5bff}".as_bytes().to_vec()),
            prop::collection::vec(any::<u8>().prop_filter("no redraws", |byte| *byte != b'\r'), 0..20),
            (1_000_usize..70_000).prop_map(|count| vec![b'x'; count]),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_lines_are_those_of_a_log(pieces in prop::collection::vec(piece(), 0..12), cut in 1_usize..5_000) {
            let bytes = pieces.concat();
            let lines = split(&bytes.chunks(cut).collect::<Vec<_>>());
            let came: Vec<u8> = lines.iter().flat_map(|line| line.bytes().to_vec()).collect();
            prop_assert!(came == bytes, "bytes as they came");
            let (mut writer, reader) = Log::new(64 << 20);
            writer.append(Stream::Stdout, None, &bytes);
            writer.end();
            let window = reader.window(LineNumber::FIRST, 4096);
            prop_assert_eq!(window.len(), lines.len());
            for (line, wanted) in lines.iter().zip(window) {
                prop_assert_eq!(line.text(), wanted.text);
                prop_assert_eq!(line.level(), wanted.level);
                prop_assert_eq!(line.is_continuation(), wanted.kind == LineKind::Continuation);
            }
        }
    }

    #[test]
    fn a_bar_is_cut_before_it_is_drawn_the_last_time() {
        let bar = b"\r 10% of it".repeat(10_000);
        let lines = split(&[&bar, b"\n"]);
        assert_eq!(lines.len(), 2);
        assert!(!lines[0].is_ended() && !lines[0].is_drawn_over() && lines[1].is_drawn_over());
        assert!(lines.iter().all(|line| line.text().plain() == " 10% of it"));
    }

    #[test]
    fn what_is_looked_for_is_looked_for_in_what_is_drawn() {
        let lines = split(&[b"\x1b[31mE\x1b[1mrror\x1b[0m: a\n", b"error: b\n", b"a note\n"]);
        let found = |query: Query| lines.iter().map(|line| line.is_found(&query)).collect::<Vec<_>>();
        assert_eq!(found(Query::Matching(Pattern::new("error").unwrap())), [true, true, false]);
        assert_eq!(found(Query::Lacking(Pattern::new("Error").unwrap())), [false, true, true]);
        assert_eq!(found(Query::Level(Level::Warning)), [true, true, false]);
    }
}
