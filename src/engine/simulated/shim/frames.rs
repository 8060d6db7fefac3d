//! Frames on the shim's standard input: a byte of kind, the length of the payload in four bytes (big-endian), the
//! payload.

use std::time::Duration;

/// The most a data frame may hold.
const DATA_LIMIT: usize = 64 * 1024;
const HEADER: usize = 5;

/// One thing the client said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Frame {
    /// Data for the command.
    Data(Vec<u8>),
    /// No more data will come.
    EndOfInput,
    /// Pass the signal of this number on.
    Signal(u8),
    /// End the tree: the signal of this number, and KILL after the grace.
    Cancel(u8, Duration),
}

/// Keeps what of a frame has not come yet: at most one frame and one piece of input.
#[derive(Debug, Default)]
pub(super) struct Decoder(Vec<u8>);

impl Decoder {
    /// Takes the next piece of input, cut anywhere.
    pub(super) fn push(&mut self, input: &[u8]) {
        self.0.extend_from_slice(input);
    }

    /// The next whole frame.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, ()> {
        let Some((&[kind, ref length @ ..], rest)) = self.0.split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| ())?;
        let is_right = match kind {
            b'D' => (1..=DATA_LIMIT).contains(&length),
            b'E' => length == 0,
            b'S' => length == 1,
            b'C' => length == 5,
            _ => false,
        };
        if !is_right {
            return Err(());
        }
        let Some(payload) = rest.get(..length) else { return Ok(None) };
        let frame = match (kind, payload) {
            (b'D', data) => Frame::Data(data.to_vec()),
            (b'E', _) => Frame::EndOfInput,
            (b'S', [signal @ 1..=64]) => Frame::Signal(*signal),
            (b'C', [a, b, c, d, signal @ 1..=64]) => {
                Frame::Cancel(*signal, Duration::from_millis(u32::from_be_bytes([*a, *b, *c, *d]).into()))
            }
            _ => return Err(()),
        };
        self.0.drain(..HEADER + length);
        Ok(Some(frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_may_be_cut_anywhere() {
        let input = b"D\0\0\0\x03abcS\0\0\0\x01\x02E\0\0\0\0C\0\0\0\x05\0\0\x01\x02\x0f";
        let expected = [
            Frame::Data(b"abc".to_vec()),
            Frame::Signal(2),
            Frame::EndOfInput,
            Frame::Cancel(15, Duration::from_millis(0x0102)),
        ];
        for size in 1..input.len() {
            let mut decoder = Decoder::default();
            let mut found = Vec::new();
            for piece in input.chunks(size) {
                decoder.push(piece);
                while let Some(frame) = decoder.next().unwrap() {
                    found.push(frame);
                }
            }
            assert_eq!(found, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        for wrong in [&b"X\0\0\0\0"[..], b"D\0\0\0\0", b"D\xff\0\0\0", b"S\0\0\0\x01\0", b"E\0\0\0\x01"] {
            let mut decoder = Decoder::default();
            decoder.push(wrong);
            assert_eq!(decoder.next(), Err(()), "{wrong:?}");
        }
    }
}
