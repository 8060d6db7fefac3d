//! A stream of log entries, a handful at a time: what is there already is taken together.

use std::future::poll_fn;
use std::task::Poll;

use crate::engine::{EngineError, LogChunk, ResultStream};

/// So many entries are taken together at most,
const ENTRIES: usize = 256;
/// or so many bytes and the entry that is one too many.
const BYTES: usize = 32 * 1024;

/// What became of waiting for more.
#[derive(Debug)]
pub(super) enum Piece {
    /// There are more entries; whether more still are there already.
    More(bool),
    /// There are no more, for this reason where it is one.
    Over(Option<EngineError>),
}

/// A stream of entries.
pub(super) struct Pieces {
    stream: ResultStream<LogChunk>,
    /// What comes after what was taken.
    over: Option<Piece>,
}

impl Pieces {
    pub(super) const fn of(stream: ResultStream<LogChunk>) -> Self {
        Self { stream, over: None }
    }

    /// Waits for more and puts it into an empty list. Loses nothing when it is dropped.
    pub(super) async fn next(&mut self, into: &mut Vec<LogChunk>) -> Piece {
        if let Some(over) = self.over.take() {
            return over;
        }
        let mut bytes = 0;
        poll_fn(|cx| {
            while into.len() < ENTRIES && bytes < BYTES {
                let over = match self.stream.as_mut().poll_next(cx) {
                    Poll::Ready(Some(Ok(chunk))) => {
                        bytes += chunk.bytes.len();
                        into.push(chunk);
                        continue;
                    }
                    Poll::Ready(Some(Err(error))) => Piece::Over(Some(error)),
                    Poll::Ready(None) => Piece::Over(None),
                    Poll::Pending if into.is_empty() => return Poll::Pending,
                    Poll::Pending => return Poll::Ready(Piece::More(false)),
                };
                if into.is_empty() {
                    return Poll::Ready(over);
                }
                self.over = Some(over);
                return Poll::Ready(Piece::More(false));
            }
            Poll::Ready(Piece::More(true))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::{FutureExt, StreamExt, stream};

    use super::*;
    use crate::engine::{ErrorKind, StdStream};

    #[expect(clippy::unnecessary_wraps, reason = "it is an item of a stream that may fail")]
    fn entry(size: usize) -> Result<LogChunk, EngineError> {
        Ok(LogChunk { stream: StdStream::Stdout, time: None, bytes: Bytes::from(vec![b'x'; size]) })
    }

    fn taken(pieces: &mut Pieces) -> (Option<Piece>, usize) {
        let mut into = Vec::new();
        let piece = pieces.next(&mut into).now_or_never();
        (piece, into.len())
    }

    #[test]
    fn what_is_there_comes_together_and_its_end_after_it() {
        let failed = EngineError::new("read", ErrorKind::BrokenStream);
        let entries = (0..300).map(|_| entry(1)).chain([Err(failed)]);
        let mut pieces = Pieces::of(stream::iter(entries).boxed());
        assert!(matches!(taken(&mut pieces), (Some(Piece::More(true)), ENTRIES)));
        assert!(matches!(taken(&mut pieces), (Some(Piece::More(false)), 44)));
        assert!(matches!(taken(&mut pieces), (Some(Piece::Over(Some(_))), 0)));
    }

    #[test]
    fn long_entries_come_in_smaller_handfuls() {
        let mut pieces = Pieces::of(stream::iter((0..9).map(|_| entry(16 * 1024))).boxed());
        assert!(matches!(taken(&mut pieces), (Some(Piece::More(true)), 2)));
    }

    #[test]
    fn what_is_there_does_not_wait_for_what_is_not() {
        let entries = stream::iter([entry(1), entry(1)]).chain(stream::pending());
        let mut pieces = Pieces::of(entries.boxed());
        assert!(matches!(taken(&mut pieces), (Some(Piece::More(false)), 2)));
        assert!(taken(&mut pieces).0.is_none());
    }
}
