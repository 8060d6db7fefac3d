//! A container's own log.

use bytes::Bytes;
use jiff::Timestamp;

use super::StdStream;

/// Which part of a log to read, and whether to go on.
///
/// The default is all there is of both streams, without times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogsRequest {
    /// Entries stamped at or after this instant, exact to the nanosecond where the engine stamps so finely
    /// ([`Feature::NanosecondLogs`](super::Feature::NanosecondLogs)); to resume, ask from the last stamp seen
    /// and skip the entries that already carried it.
    pub since: Option<Timestamp>,
    /// Entries stamped before this instant.
    pub until: Option<Timestamp>,
    /// Only this many last entries.
    pub tail: Option<u64>,
    /// Wait for more until the container ends. An engine that loses its log ends the stream without an error.
    /// So does Docker for a reader that is behind when the container ends (seen with 20.10: 29 000 of 200 000
    /// lines came): after the end, read on from the last stamp until nothing new comes.
    pub follow: bool,
    /// Cut the stream into the engine's own entries and give each its time.
    pub timestamps: bool,
    /// Which streams.
    pub streams: LogStreams,
}

/// Which of its two streams of a container to read. One with a terminal has only one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogStreams {
    /// Both, in the order the engine received them.
    #[default]
    Both,
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A piece of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogChunk {
    /// Which stream printed it.
    pub stream: StdStream,
    /// With [`LogsRequest::timestamps`]: when the engine received this entry. An entry is one line, or a piece
    /// of at most 16 KiB of a longer one (then it does not end in a newline).
    pub time: Option<Timestamp>,
    /// The bytes, without the engine's stamp.
    pub bytes: Bytes,
}
