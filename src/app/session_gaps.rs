//! What is missing of what a session has printed, in its place between the bytes that are there.

use crate::sessions::{Gap, Session, Stream};

/// Bytes that are there, or a gap between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// Here some are missing.
    Gap(Gap),
}

/// The gaps that are known and have not been come to yet.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// In the order in which they came to be.
    ahead: Vec<Gap>,
    /// How many have been known.
    known: usize,
}

impl Gaps {
    /// Takes over which bytes are missing of a session.
    pub(super) fn learn(&mut self, session: &Session) {
        self.ahead.extend(session.gaps.iter().skip(self.known).cloned());
        self.known = self.known.max(session.gaps.len());
    }

    /// Bytes of a stream that begin at this offset of its file, and the gaps among them. One at their very end comes with
    /// what follows it, or [at last](Self::rest).
    pub(super) fn pieces<'a>(&mut self, stream: Stream, begin: u64, bytes: &'a [u8]) -> Vec<Piece<'a>> {
        let end = begin.saturating_add(bytes.len() as u64);
        let (mut pieces, mut rest) = (Vec::new(), bytes);
        for gap in self.ahead.extract_if(.., |gap| stream_of(gap) == stream && gap.at < end) {
            let done = bytes.len() - rest.len();
            let before = usize::try_from(gap.at.saturating_sub(begin)).unwrap_or(usize::MAX);
            let (first, others) = rest.split_at(before.saturating_sub(done).min(rest.len()));
            if !first.is_empty() {
                pieces.push(Piece::Bytes(first));
            }
            pieces.push(Piece::Gap(gap));
            rest = others;
        }
        pieces.push(Piece::Bytes(rest));
        pieces
    }

    /// Those that are left when there is nothing more to read.
    pub(super) fn rest(&mut self) -> Vec<Gap> {
        std::mem::take(&mut self.ahead)
    }
}

fn stream_of(gap: &Gap) -> Stream {
    if gap.file == "errors" { Stream::Errors } else { Stream::Output }
}

/// A gap in words, for its place.
pub(super) fn words(gap: &Gap) -> String {
    format!("{} are missing here: {}", crate::text::bytes(gap.bytes), crate::text::clean(&gap.why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(file: &str, at: u64) -> Gap {
        Gap { file: file.into(), at, bytes: 2048, why: "no space left on device".into() }
    }

    fn gaps(of: &[(&str, u64)]) -> Gaps {
        Gaps { ahead: of.iter().map(|(file, at)| gap(file, *at)).collect(), known: of.len() }
    }

    #[test]
    fn a_gap_stands_where_bytes_are_missing_however_they_come() {
        let whole = b"0123456789";
        for cut in 0..=whole.len() {
            let mut gaps = gaps(&[("output", 3), ("output", 3), ("errors", 1), ("output", 10)]);
            let (first, second) = whole.split_at(cut);
            let mut told = String::new();
            let pieces = gaps.pieces(Stream::Output, 0, first);
            let more = gaps.pieces(Stream::Output, cut as u64, second);
            for piece in pieces.into_iter().chain(more) {
                match piece {
                    Piece::Bytes(bytes) => told += std::str::from_utf8(bytes).unwrap(),
                    Piece::Gap(_) => told.push('|'),
                }
            }
            assert_eq!(told, "012||3456789", "{cut}");
            assert_eq!(gaps.rest(), [gap("errors", 1), gap("output", 10)]);
        }
    }

    #[test]
    fn it_says_how_much_and_why() {
        assert_eq!(words(&gap("output", 3)), "2.0 KiB are missing here: no space left on device");
    }
}
