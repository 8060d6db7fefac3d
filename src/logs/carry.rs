//! What one line of a stream leaves to the next: colours, and a sequence that goes on.

use vte::{Params, Parser, Perform};

use super::{Style, sgr};

/// The state of a terminal at the beginning of a line.
///
/// Colours last from line to line of one stream until they are changed, as on a terminal. An unfinished sequence ends
/// with its line, so that one stray byte cannot swallow the log; only a line that was cut for its length goes on
/// within it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Carry {
    pub(super) style: Style,
    pub(super) inside: Inside,
}

/// The sequence with a payload in which a line begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Inside {
    /// In none.
    #[default]
    Ground,
    /// An operating system command: a bell ends it, too.
    Command,
    /// A device control string or one of its like.
    Other,
}

const ESCAPE: u8 = 0x1b;

impl Carry {
    pub(super) fn is_ground(self) -> bool {
        self.inside == Inside::Ground
    }

    /// What brings a parser into the state.
    pub(super) const fn prefix(self) -> &'static [u8] {
        match self.inside {
            Inside::Ground => b"",
            Inside::Command => b"\x1b]",
            Inside::Other => b"\x1bX",
        }
    }

    /// After a whole line.
    pub(super) fn after_line(self, bytes: &[u8]) -> Self {
        Self { inside: Inside::Ground, ..self.scanned(bytes).0 }
    }

    /// After a piece of a line that goes on.
    pub(super) fn after_piece(self, bytes: &[u8]) -> Self {
        let (carry, rest) = self.scanned(bytes);
        let Some((mut parser, mut seen)) = rest else { return carry };
        // Two letters come out, or at least end what is no payload, everywhere but within one.
        seen.printed = false;
        parser.advance(&mut seen, b"aa");
        if seen.printed {
            return carry;
        }
        seen.commanded = false;
        parser.advance(&mut seen, &[0x07]);
        Self { inside: if seen.commanded { Inside::Command } else { Inside::Other }, ..carry }
    }

    /// With the parser as it stands at the end, where one was needed.
    fn scanned(self, bytes: &[u8]) -> (Self, Option<(Parser, Seen)>) {
        if self.is_ground() && memchr::memchr(ESCAPE, bytes).is_none() {
            return (self, None);
        }
        let mut parser = Parser::new();
        let mut seen = Seen { style: self.style, printed: false, commanded: false };
        parser.advance(&mut seen, self.prefix());
        parser.advance(&mut seen, bytes);
        (Self { style: seen.style, inside: Inside::Ground }, Some((parser, seen)))
    }
}

struct Seen {
    style: Style,
    printed: bool,
    commanded: bool,
}

impl Perform for Seen {
    fn print(&mut self, _: char) {
        self.printed = true;
    }

    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.commanded = true;
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _ignore: bool, action: char) {
        if action == 'm' && intermediates.is_empty() {
            self.style = sgr::applied(self.style, params);
        }
    }
}

/// Where to cut a line that is too long: at its end, or a little before, so that neither a character nor a short
/// sequence is halved. Never at its beginning.
pub(super) fn cut_point(bytes: &[u8]) -> usize {
    /// Sequences longer than this are cut like text.
    const SEQUENCE: usize = 64;
    let near = bytes.len().saturating_sub(SEQUENCE);
    let tail = bytes.get(near..).unwrap_or_default();
    let point = match memchr::memrchr(ESCAPE, tail) {
        Some(at) if is_begun(tail.get(at + 1..).unwrap_or_default()) => near + at,
        _ => bytes.len() - half_character(tail),
    };
    if point == 0 { bytes.len() } else { point }
}

/// What follows an escape is a control sequence without its last byte.
fn is_begun(after: &[u8]) -> bool {
    match after.split_first() {
        None => true,
        Some((b'[', rest)) => rest.iter().all(|byte| matches!(byte, 0x20..=0x3f)),
        Some(_) => false,
    }
}

/// How many bytes at the end begin a character without ending it.
fn half_character(bytes: &[u8]) -> usize {
    for (count, byte) in (1..=3).zip(bytes.iter().rev()) {
        let wanted = match byte {
            0x80..=0xbf => continue,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 0,
        };
        return if wanted > count { count } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Colour;

    fn after(bytes: &[u8]) -> Carry {
        Carry::default().after_piece(bytes)
    }

    #[test]
    fn colours_last_and_unfinished_sequences_end_with_their_line() {
        let carry = Carry::default().after_line(b"\x1b[31mred");
        assert_eq!(carry.style.foreground(), Some(Colour::Red));
        assert_eq!(carry.after_line(b"more"), carry);
        assert_eq!(carry.after_line(b"\x1b[0mend"), Carry::default());
        assert_eq!(Carry::default().after_line(b"\x1b]0;title"), Carry::default());
    }

    #[test]
    fn a_piece_knows_the_sequence_it_ends_in() {
        assert_eq!(after(b"text").inside, Inside::Ground);
        assert_eq!(after(b"\x1b[31").inside, Inside::Ground);
        assert_eq!(after(b"\x1b").inside, Inside::Ground);
        assert_eq!(after(b"\x1b[1;2?3").inside, Inside::Ground);
        assert_eq!(after(b"\x1b]52;c;AAAA").inside, Inside::Command);
        assert_eq!(after(b"\x1b]52;c;AAAA\x07").inside, Inside::Ground);
        assert_eq!(after(b"\x1bPq#0").inside, Inside::Other);
        assert_eq!(after(b"\x1b_G").inside, Inside::Other);
        let inside = after(b"\x1b]52;c;AAAA");
        assert_eq!(inside.after_piece(b"AAAA").inside, Inside::Command);
        assert_eq!(inside.after_piece(b"AA\x07AA").inside, Inside::Ground);
        assert_eq!(after(b"\x1b_G").after_piece(b"\x07").inside, Inside::Other);
        assert_eq!(after(b"\x1b_G").after_piece(b"\x1b\\").inside, Inside::Ground);
    }

    #[test]
    fn a_cut_halves_neither_a_character_nor_a_sequence() {
        for (bytes, point) in [
            (b"abc".as_slice(), 3),
            ("ab\u{20ac}".as_bytes(), 5),
            (b"ab\xe2\x82", 2),
            (b"ab\xf0\x9f\x98", 2),
            (b"ab\xc3", 2),
            (b"ab\x82\x82\x82\x82", 6),
            (b"ab\x1b", 2),
            (b"ab\x1b[1;3", 2),
            (b"ab\x1b[1;3m", 8),
            (b"\x1b[1;3", 5),
            (b"\xe2\x82", 2),
        ] {
            assert_eq!(cut_point(bytes), point, "{bytes:?}");
        }
    }
}
