//! An engine's stream: the output of both streams in frames.

use std::io;

use crate::bitbake::Stream;

/// The head of a frame: the stream, three zeros, the length.
const HEAD: usize = 8;

/// Takes frames apart, however the bytes come.
#[derive(Debug, Default)]
pub(super) struct Frames {
    head: Vec<u8>,
    stream: Option<Stream>,
    left: usize,
    at: u64,
}

impl Frames {
    /// Takes the next bytes and gives what is in the frames to `each`.
    ///
    /// # Errors
    /// When something that is no head stands where one should; what came before it was given.
    pub(super) fn feed(&mut self, mut bytes: &[u8], each: &mut impl FnMut(Stream, &[u8])) -> io::Result<()> {
        while !bytes.is_empty() {
            if let Some(stream) = self.stream.filter(|_| self.left > 0) {
                let (now, later) = bytes.split_at(self.left.min(bytes.len()));
                each(stream, now);
                self.left -= now.len();
                self.at += now.len() as u64;
                bytes = later;
                continue;
            }
            let (now, later) = bytes.split_at((HEAD - self.head.len()).min(bytes.len()));
            self.head.extend_from_slice(now);
            bytes = later;
            let is_head = self.head.iter().zip([3, 0, 0, 0]).all(|(byte, most)| *byte <= most);
            if !is_head {
                return Err(self.no_head());
            }
            if let Ok([stream, _, _, _, a, b, c, d]) = <[u8; HEAD]>::try_from(self.head.as_slice()) {
                self.stream = Some(if stream < 2 { Stream::Output } else { Stream::Errors });
                self.left = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
                self.at += HEAD as u64;
                self.head.clear();
            }
        }
        Ok(())
    }

    /// # Errors
    /// When the stream ended within a frame.
    pub(super) fn finish(&self) -> io::Result<()> {
        if self.left == 0 && self.head.is_empty() {
            return Ok(());
        }
        let why = format!("it ends within a frame, after {} bytes", self.at + self.head.len() as u64);
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, why))
    }

    fn no_head(&self) -> io::Error {
        let hint = if self.at == 0 { "; a plain log is read without --frames" } else { "" };
        let why = format!("at byte {} there is no head of a frame{hint}", self.at);
        io::Error::new(io::ErrorKind::InvalidData, why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found = Vec<(Stream, Vec<u8>)>;

    fn taken_apart(chunks: &[&[u8]]) -> (Found, Result<(), String>) {
        let mut found = Found::new();
        let mut frames = Frames::default();
        for chunk in chunks {
            let fed = frames.feed(chunk, &mut |stream, bytes| match found.last_mut() {
                Some((last, text)) if *last == stream => text.extend_from_slice(bytes),
                _ => found.push((stream, bytes.to_vec())),
            });
            if let Err(error) = fed {
                return (found, Err(error.to_string()));
            }
        }
        (found, frames.finish().map_err(|error| error.to_string()))
    }

    #[test]
    fn frames_are_taken_apart_at_any_cut() {
        let bytes = b"\x01\0\0\0\0\0\0\x03abc\x02\0\0\0\0\0\0\x01x\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\x01d";
        let expected = vec![
            (Stream::Output, b"abc".to_vec()),
            (Stream::Errors, b"x".to_vec()),
            (Stream::Output, b"d".to_vec()),
        ];
        for at in 0..=bytes.len() {
            let (left, right) = bytes.split_at(at);
            assert_eq!(taken_apart(&[left, right]), (expected.clone(), Ok(())), "{at}");
        }
    }

    #[test]
    fn what_is_no_frame_is_told_with_its_place() {
        let (found, why) = taken_apart(&[b"\x01\0\0\0\0\0\0\x03abcNOTE: x"]);
        assert_eq!(found, [(Stream::Output, b"abc".to_vec())]);
        assert_eq!(why, Err("at byte 11 there is no head of a frame".into()));
        let (_, why) = taken_apart(&[b"NOTE: a plain log"]);
        assert!(why.unwrap_err().contains("without --frames"));
        let (found, why) = taken_apart(&[b"\x01\0\0\0\0\0\0\x03ab"]);
        assert_eq!(found, [(Stream::Output, b"ab".to_vec())]);
        assert_eq!(why, Err("it ends within a frame, after 10 bytes".into()));
    }
}
