//! A container's own log.
//!
//! Asked by hand: bollard 0.21.1 takes `since` in whole seconds, where engines take nanoseconds, and holds a
//! terminal's output back until its next newline.

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use crate::engine::{
    BoxError, ContainerId, LogChunk, LogStreams, LogsRequest, ObjectKind, Result, ResultStream, StdStream,
};

use super::client::{Ask, flattened};
use super::convert::{container_path, fractional_seconds};
use super::errors::Fault;
use super::frames::Frames;
use super::manager::Docker;

/// Engines cut longer lines into entries of this length (moby, daemon/logger/copier.go).
const LONGEST_ENTRY: usize = 16 * 1024;
/// What an entry can take with its stamp. A frame beyond it was not made by a logger.
const LONGEST_FRAME: usize = 1024 * 1024;

pub(super) fn logs(docker: &Docker, id: &ContainerId, request: &LogsRequest) -> ResultStream<LogChunk> {
    flattened(open(docker.clone(), id.clone(), request.clone()))
}

async fn open(
    docker: Docker,
    id: ContainerId,
    request: LogsRequest,
) -> Result<impl Stream<Item = Result<LogChunk>>> {
    // Whether the answer is framed, engines before API 1.42 do not say in it.
    let has_tty = super::containers::inspect(&docker, &id).await?.tty;
    let path = format!("/containers/{}/logs", container_path("read the log of", &id)?);
    let failed = move |fault: Fault| fault.during("read the log of", ObjectKind::Container, &id);
    let query = query(&request);
    let pairs: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let chunks = docker.http.ask_stream(Ask::get(&path).query(&pairs)).await.map_err(&failed)?;
    let reader = Reader::new(has_tty, request.timestamps);
    Ok(stream::try_unfold((Box::pin(chunks), reader), move |(mut chunks, mut reader)| {
        let failed = failed.clone();
        async move {
            loop {
                if let Some(chunk) = reader.next().map_err(|error| failed(Fault::Unreadable(error)))? {
                    return Ok(Some((chunk, (chunks, reader))));
                }
                let Some(bytes) = chunks.next().await else {
                    let last = reader.rest().map_err(|error| failed(Fault::Body(error)))?;
                    return Ok(last.map(|chunk| (chunk, (chunks, reader))));
                };
                reader.read.extend_from_slice(&bytes.map_err(&failed)?);
            }
        }
    }))
}

fn query(request: &LogsRequest) -> Vec<(&'static str, String)> {
    let wants = |stream| request.streams == LogStreams::Both || request.streams == stream;
    let mut query = vec![
        ("stdout", wants(LogStreams::Stdout).to_string()),
        ("stderr", wants(LogStreams::Stderr).to_string()),
        ("follow", request.follow.to_string()),
        ("timestamps", request.timestamps.to_string()),
        ("tail", request.tail.map_or_else(|| "all".to_owned(), |entries| entries.to_string())),
    ];
    query.extend(request.since.map(|since| ("since", fractional_seconds(since))));
    // The engine gives the entries of this very instant, too.
    let last = |until: Timestamp| until.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(until);
    query.extend(request.until.map(|until| ("until", fractional_seconds(last(until)))));
    query
}

/// Takes the answer apart: framed or not, stamped or not.
#[derive(Debug)]
struct Reader {
    read: BytesMut,
    /// `None` for a terminal's log, which has no frames.
    frames: Option<Frames>,
    stamped: bool,
    /// With frames and stamps: the frame under way, which is one entry.
    frame: BytesMut,
}

impl Reader {
    fn new(has_tty: bool, stamped: bool) -> Self {
        let frames = (!has_tty).then(Frames::default);
        Self { read: BytesMut::new(), frames, stamped, frame: BytesMut::new() }
    }

    fn next(&mut self) -> Result<Option<LogChunk>, BoxError> {
        let Some(frames) = &mut self.frames else {
            return if self.stamped { self.next_of_terminal(false) } else { Ok(self.all_of_terminal()) };
        };
        while let Some(piece) = frames.next(&mut self.read)? {
            if !self.stamped {
                return Ok(Some(LogChunk { stream: piece.stream, time: None, bytes: piece.bytes }));
            }
            self.frame.extend_from_slice(&piece.bytes);
            if self.frame.len() > LONGEST_FRAME {
                return Err(format!("an entry of more than {LONGEST_FRAME} bytes").into());
            }
            if piece.ends_frame {
                let (time, bytes) = stamp(&self.frame.split().freeze())?;
                return Ok(Some(LogChunk { stream: piece.stream, time: Some(time), bytes }));
            }
        }
        Ok(None)
    }

    fn all_of_terminal(&mut self) -> Option<LogChunk> {
        let bytes = self.read.split().freeze();
        (!bytes.is_empty()).then_some(LogChunk { stream: StdStream::Tty, time: None, bytes })
    }

    /// In a terminal's stamped log each entry begins with its stamp and ends with its line, or where the engine
    /// cut the line, or with the log.
    fn next_of_terminal(&mut self, at_end: bool) -> Result<Option<LogChunk>, BoxError> {
        let Some(space) = self.read.iter().position(|byte| *byte == b' ') else { return Ok(None) };
        let text = self.read.get(space + 1..).unwrap_or_default();
        let text = text.get(..LONGEST_ENTRY).unwrap_or(text);
        let length = match text.iter().position(|byte| *byte == b'\n') {
            Some(newline) => newline + 1,
            None if text.len() == LONGEST_ENTRY || at_end => text.len(),
            None => return Ok(None),
        };
        let (time, bytes) = stamp(&self.read.split_to(space + 1 + length).freeze())?;
        Ok(Some(LogChunk { stream: StdStream::Tty, time: Some(time), bytes }))
    }

    /// What is left when the answer has ended.
    fn rest(&mut self) -> Result<Option<LogChunk>, BoxError> {
        let cut = self.frames.as_ref().is_some_and(|frames| frames.is_open() || !self.read.is_empty());
        if cut {
            return Err("it ended in the middle of a frame".into());
        }
        if self.stamped { self.next_of_terminal(true) } else { Ok(None) }
    }
}

/// An entry's stamp and its text.
fn stamp(entry: &Bytes) -> Result<(Timestamp, Bytes), BoxError> {
    let space = entry.iter().position(|byte| *byte == b' ').ok_or("an entry without a time")?;
    let time = std::str::from_utf8(entry.get(..space).unwrap_or_default())?;
    Ok((time.parse()?, entry.slice(space + 1..)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STAMP: &str = "2026-11-24T01:02:03.000000004Z";

    fn read(has_tty: bool, stamped: bool, chunks: &[&[u8]]) -> Vec<LogChunk> {
        let mut reader = Reader::new(has_tty, stamped);
        let mut found = Vec::new();
        for chunk in chunks {
            reader.read.extend_from_slice(chunk);
            while let Some(chunk) = reader.next().unwrap() {
                found.push(chunk);
            }
        }
        found.extend(reader.rest().unwrap());
        found
    }

    #[test]
    fn a_since_keeps_its_nanoseconds() {
        let request = LogsRequest { since: Some(STAMP.parse().unwrap()), ..LogsRequest::default() };
        let (_, since) = query(&request).into_iter().find(|(name, _)| *name == "since").unwrap();
        assert!(since.ends_with(".000000004"), "{since}");
    }

    #[test]
    fn a_terminals_log_is_given_out_at_once() {
        let mut reader = Reader::new(true, false);
        reader.read.extend_from_slice(b"login: ");
        assert_eq!(reader.next().unwrap().unwrap().bytes, "login: ", "there is no newline to wait for");
    }

    #[test]
    fn frames_with_stamps_are_entries() {
        let payload = format!("{STAMP} hello\n");
        let mut frame = vec![2, 0, 0, 0, 0, 0, 0, u8::try_from(payload.len()).unwrap()];
        frame.extend(payload.as_bytes());
        let entries = read(false, true, &[&frame[..12], &frame[12..]]);
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].stream, &entries[0].bytes[..]), (StdStream::Stderr, &b"hello\n"[..]));
        assert_eq!(entries[0].time.unwrap().to_string(), STAMP);
    }

    #[test]
    fn a_log_that_was_cut_is_an_error_and_no_end() {
        let mut reader = Reader::new(false, false);
        reader.read.extend_from_slice(&[1, 0, 0, 0, 0, 0, 0, 9, b'x']);
        while reader.next().unwrap().is_some() {}
        assert!(reader.rest().is_err());
    }

    proptest! {
        #[test]
        fn any_cut_of_a_stamped_terminal_gives_the_same_entries(cuts in prop::collection::vec(0usize..40_000, 0..6)) {
            let long = "x".repeat(LONGEST_ENTRY);
            let whole = format!("{STAMP} one\n{STAMP} {long}{STAMP} rest of it\n{STAMP} prompt$ ");
            let mut cuts: Vec<usize> = cuts.into_iter().map(|at| at.min(whole.len())).collect();
            cuts.extend([0, whole.len()]);
            cuts.sort_unstable();
            let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &whole.as_bytes()[pair[0]..pair[1]]).collect();
            let entries = read(true, true, &chunks);
            let texts: Vec<&[u8]> = entries.iter().map(|entry| &entry.bytes[..]).collect();
            prop_assert_eq!(texts, [&b"one\n"[..], long.as_bytes(), b"rest of it\n", b"prompt$ "]);
        }
    }
}
