//! The engine's way to send two streams over one: frames of eight bytes of header and a payload
//! (Docker API, "Attach to a container", stream format).

use bytes::{Buf, Bytes, BytesMut};

use crate::engine::StdStream;

/// The length of a frame's header: stream, three zeros, the payload's length in network order.
const HEADER: usize = 8;

/// Takes frames apart. A payload is given out as it comes, not held until it is whole: nothing here grows
/// with a frame's length.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// The frame whose payload is under way.
    open: Option<(StdStream, usize)>,
}

/// A piece of a frame's payload.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) stream: StdStream,
    pub(super) bytes: Bytes,
    /// Whether it is the last one of its frame.
    pub(super) ends_frame: bool,
}

impl Frames {
    /// Takes the next piece out of what has been read, `None` when more must be read first.
    ///
    /// # Errors
    /// When it is no header.
    pub(super) fn next(&mut self, read: &mut BytesMut) -> Result<Option<Piece>, String> {
        loop {
            let Some((stream, left)) = self.open else {
                if read.len() < HEADER {
                    return Ok(None);
                }
                self.open = Some(header(&read.split_to(HEADER))?);
                continue;
            };
            if left > 0 && read.is_empty() {
                return Ok(None);
            }
            let bytes = read.split_to(left.min(read.len())).freeze();
            let left = left - bytes.len();
            self.open = (left > 0).then_some((stream, left));
            if !bytes.is_empty() {
                return Ok(Some(Piece { stream, bytes, ends_frame: left == 0 }));
            }
        }
    }

    /// Whether a frame is under way: a stream that ends now was cut.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

fn header(mut bytes: &[u8]) -> Result<(StdStream, usize), String> {
    let stream = match bytes.get_u8() {
        // Frames of stdin are never sent; engines use 0 for output where there is nothing else.
        0 | 1 => StdStream::Stdout,
        // 3 is the engine's own error in the middle of a stream (moby, stdcopy `Systemerr`).
        2 | 3 => StdStream::Stderr,
        other => return Err(format!("stream {other} is none of 0 to 3")),
    };
    bytes.advance(3);
    Ok((stream, bytes.get_u32() as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(stream: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![stream, 0, 0, 0];
        bytes.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        bytes.extend(payload);
        bytes
    }

    fn read(chunks: &[&[u8]]) -> (Vec<u8>, Vec<u8>, bool) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let (mut frames, mut buffer) = (Frames::default(), BytesMut::new());
        for chunk in chunks {
            buffer.extend_from_slice(chunk);
            while let Some(piece) = frames.next(&mut buffer).unwrap() {
                let into = if piece.stream == StdStream::Stderr { &mut err } else { &mut out };
                into.extend_from_slice(&piece.bytes);
            }
        }
        (out, err, frames.is_open() || !buffer.is_empty())
    }

    #[test]
    fn empty_frames_are_passed_over() {
        let bytes = [frame(1, b""), frame(2, b"e"), frame(1, b"")].concat();
        assert_eq!(read(&[&bytes]), (vec![], b"e".to_vec(), false));
    }

    #[test]
    fn a_frame_that_was_cut_is_known() {
        let bytes = frame(1, b"whole");
        assert!(read(&[&bytes[..10]]).2);
        assert!(read(&[&bytes[..4]]).2);
        assert!(!read(&[&bytes]).2);
    }

    #[test]
    fn what_is_no_header_is_refused() {
        let mut buffer = BytesMut::from(&b"plain text"[..]);
        assert!(Frames::default().next(&mut buffer).is_err());
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_streams(
            payloads in prop::collection::vec((1u8..3, prop::collection::vec(any::<u8>(), 0..40)), 0..10),
            cuts in prop::collection::vec(0usize..400, 0..12),
        ) {
            let whole: Vec<u8> = payloads.iter().flat_map(|(stream, payload)| frame(*stream, payload)).collect();
            let of = |wanted: u8| -> Vec<u8> {
                payloads.iter().filter(|(stream, _)| *stream == wanted).flat_map(|(_, bytes)| bytes.clone()).collect()
            };
            let mut cuts: Vec<usize> = cuts.into_iter().map(|at| at.min(whole.len())).collect();
            cuts.extend([0, whole.len()]);
            cuts.sort_unstable();
            let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &whole[pair[0]..pair[1]]).collect();
            prop_assert_eq!(read(&chunks), (of(1), of(2), false));
        }
    }
}
