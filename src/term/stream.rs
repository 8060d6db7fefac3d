//! Bytes as they arrive, made fit for the parser: never half a character, never a string that grows for ever.

use std::borrow::Cow;

/// The most bytes of one operating system command (a title, the clipboard) that are passed on; the rest is dropped.
pub(super) const MOST_COMMAND_BYTES: usize = 4096;

/// Where in the stream of bytes the last one stood.
#[derive(Debug, Default)]
enum Place {
    /// Anywhere else.
    #[default]
    Elsewhere,
    /// After an escape.
    Escape,
    /// In an operating system command of which so many bytes have been passed on.
    Command(usize),
}

/// What has to be kept between two chunks of a stream.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The beginning of a character: at most three bytes.
    begun: Vec<u8>,
    place: Place,
}

impl Stream {
    /// The next bytes for the parser.
    ///
    /// A character cut in two is kept until the rest of it comes: the parser loses characters behind such a cut.
    /// It also keeps whole commands in memory, however long, so here their length is bounded.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut whole = Cow::Borrowed(bytes);
        if !self.begun.is_empty() {
            let mut joined = std::mem::take(&mut self.begun);
            joined.extend_from_slice(bytes);
            whole = Cow::Owned(joined);
        }
        let (complete, begun) = whole.split_at(whole.len() - begun_length(&whole));
        self.begun = begun.to_vec();
        complete.iter().copied().filter(|byte| self.passes(*byte)).collect()
    }

    /// Follows the parser's own states, as far as they lead into a command and out of it.
    fn passes(&mut self, byte: u8) -> bool {
        match (&mut self.place, byte) {
            (_, 0x1b) => self.place = Place::Escape,
            (Place::Escape, b']') => self.place = Place::Command(0),
            // Control characters act where they stand, and bytes that mean nothing here are skipped.
            (Place::Escape, 0x00..=0x17 | 0x19 | 0x1c..=0x1f | 0x7f..) => {}
            (Place::Command(_), 0x07 | 0x18 | 0x1a) | (Place::Escape, _) => self.place = Place::Elsewhere,
            (Place::Command(passed), _) if *passed < MOST_COMMAND_BYTES => *passed += 1,
            (Place::Command(_), _) => return false,
            (Place::Elsewhere, _) => {}
        }
        true
    }
}

/// How many bytes at the end begin a character that is not complete.
fn begun_length(bytes: &[u8]) -> usize {
    for length in 1..=bytes.len().min(3) {
        let end = bytes.get(bytes.len() - length..).unwrap_or_default();
        match end.first() {
            Some(0x80..=0xbf) => {}
            Some(0xc0..) => {
                let incomplete = std::str::from_utf8(end).is_err_and(|error| error.error_len().is_none());
                return if incomplete { length } else { 0 };
            }
            _ => return 0,
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::{MOST_COMMAND_BYTES, Stream};

    #[test]
    fn half_a_character_waits_for_the_rest() {
        let mut stream = Stream::default();
        for (chunk, passed) in [
            (&b"a\xc3"[..], &b"a"[..]),
            (b"\xa9b\xf0\x9f", "éb".as_bytes()),
            (b"\x98", b""),
            (b"\x80", "😀".as_bytes()),
            (b"\xe2\x82", b""),
            (b"\x1b[m", b"\xe2\x82\x1b[m"),
            (b"\x80\x80\x80", b"\x80\x80\x80"),
            (b"\xff\xc0", b"\xff\xc0"),
        ] {
            assert_eq!(stream.pass(chunk), passed, "{chunk:?}");
        }
    }

    #[test]
    fn a_command_without_an_end_is_cut_and_what_follows_its_end_is_kept() {
        let mut stream = Stream::default();
        let mut passed = stream.pass(b"a\x1b\0]").len();
        for _ in 0..1024 {
            passed += stream.pass(&[b'x'; 1024]).len();
        }
        assert_eq!(passed, 4 + MOST_COMMAND_BYTES);
        for end in [&b"\x07"[..], b"\x18", b"\x1b\\"] {
            let rest = [end, &[b'y'; 2 * MOST_COMMAND_BYTES]].concat();
            assert_eq!(stream.pass(&rest), rest);
            stream.pass(&[&b"\x1b]"[..], &[b'x'; 2 * MOST_COMMAND_BYTES]].concat());
        }
    }
}
