//! `logs`.

use std::ops::ControlFlow;

use bytes::{Bytes, BytesMut};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde_json::json;

use crate::actions::{Patience, Verb};
use crate::engine::{ContainerId, LogChunk, LogStreams, LogsRequest, StdStream};

use super::context::Context;
use super::failure::{Ended, Failure};
use super::find::engine_of_container;
use super::output::{Drain, document};
use super::stats::stream_end;
use crate::values;

/// Which log, and which part of it.
///
/// What the container printed is printed byte for byte: its standard output to ours, its standard error to ours.
#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// Name or id
    container: String,
    /// Go on until the container ends
    #[arg(short, long)]
    follow: bool,
    /// Only this many last lines
    #[arg(short = 'n', long, value_name = "LINES", value_parser = tail)]
    tail: Option<Tail>,
    /// Only what was printed since then: an instant, or how long ago
    ///
    /// RFC 3339 or seconds since 1970, both exact to the nanosecond; a local date; or an age such as 10m.
    #[arg(long, value_name = "TIME|DURATION", value_parser = values::instant)]
    since: Option<Timestamp>,
    /// Only what was printed before then
    #[arg(long, value_name = "TIME|DURATION", value_parser = values::instant)]
    until: Option<Timestamp>,
    /// Put before each line when the engine received it
    #[arg(short, long)]
    timestamps: bool,
    /// Only one of the two streams
    #[arg(long, value_enum, value_name = "STREAM")]
    only: Option<Only>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// Standard output
    Stdout,
    /// Standard error
    Stderr,
}

#[derive(Debug, Clone, Copy)]
struct Tail(Option<u64>);

fn tail(text: &str) -> Result<Tail, String> {
    match text {
        "all" => Ok(Tail(None)),
        text => text
            .parse()
            .map(|lines| Tail(Some(lines)))
            .map_err(|_| format!("{text:?} is neither a number nor all")),
    }
}

impl LogsArgs {
    /// JSON is always stamped: without stamps the engine cuts the log anywhere.
    fn request(&self, json: bool) -> LogsRequest {
        LogsRequest {
            since: self.since,
            until: self.until,
            tail: self.tail.and_then(|tail| tail.0),
            follow: self.follow,
            timestamps: self.timestamps || json,
            streams: match self.only {
                Some(Only::Stdout) => LogStreams::Stdout,
                Some(Only::Stderr) => LogStreams::Stderr,
                None => LogStreams::Both,
            },
        }
    }
}

pub(crate) async fn run(args: &LogsArgs, context: &Context) -> Ended {
    let name = args.container.as_str();
    let engine = engine_of_container(context, name).await?;
    let id = ContainerId::from(name);
    let request = args.request(context.global.json);
    let call = context.call(Verb::Logs, name);
    let drain = Drain::of_process().map_err(Failure::of_output)?;
    let mut stamps = Stamps::default();
    let each = async |chunk: LogChunk| {
        let (stream, bytes) = if context.global.json {
            (StdStream::Stdout, Bytes::from(document(&as_json(&chunk))))
        } else if request.timestamps {
            (chunk.stream, stamps.stamped(chunk))
        } else {
            (chunk.stream, chunk.bytes)
        };
        match drain.write(stream, bytes).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    };
    let patience = if args.follow { Patience::Lasting } else { Patience::UntilHung };
    let open = |engine: &dyn crate::engine::ContainerManager| engine.logs(&id, &request);
    let report = engine.supervised.watch(&call, Verb::Logs, name, patience, open, each).await;
    context.drained(drain).await?;
    Ok(stream_end(context, report))
}

fn as_json(chunk: &LogChunk) -> serde_json::Value {
    json!({ "time": chunk.time, "stream": chunk.stream, "text": String::from_utf8_lossy(&chunk.bytes) })
}

/// Puts a time before each line. An entry that does not end in a newline is a piece of a longer line, so what
/// follows it on the same stream gets none.
#[derive(Debug, Default)]
struct Stamps {
    within: [bool; 2],
}

impl Stamps {
    fn stamped(&mut self, chunk: LogChunk) -> Bytes {
        let [out, err] = &mut self.within;
        let within = if chunk.stream == StdStream::Stderr { err } else { out };
        let continues = std::mem::replace(within, !chunk.bytes.ends_with(b"\n"));
        match chunk.time {
            Some(time) if !continues => {
                // Nine decimals always, so that the lines stand straight.
                let stamp = time.strftime("%Y-%m-%dT%H:%M:%S.%9fZ ").to_string();
                let mut line = BytesMut::with_capacity(stamp.len() + chunk.bytes.len());
                line.extend_from_slice(stamp.as_bytes());
                line.extend_from_slice(&chunk.bytes);
                line.freeze()
            }
            _ => chunk.bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(stream: StdStream, text: &'static str) -> LogChunk {
        let time = Some("2025-03-01T12:00:00.5Z".parse().unwrap());
        LogChunk { stream, time, bytes: Bytes::from_static(text.as_bytes()) }
    }

    #[test]
    fn a_line_in_pieces_is_stamped_once() {
        let mut stamps = Stamps::default();
        let mut all = Vec::new();
        for chunk in [
            chunk(StdStream::Stdout, "one\n"),
            chunk(StdStream::Stdout, "long "),
            chunk(StdStream::Stderr, "oops\n"),
            chunk(StdStream::Stdout, "line\n"),
            chunk(StdStream::Stdout, "two\n"),
        ] {
            all.push(String::from_utf8(stamps.stamped(chunk).to_vec()).unwrap());
        }
        let stamp = "2025-03-01T12:00:00.500000000Z ";
        let stamped = |text: &str| format!("{stamp}{text}");
        assert_eq!(
            all,
            [stamped("one\n"), stamped("long "), stamped("oops\n"), "line\n".into(), stamped("two\n"),]
        );
    }

    #[test]
    fn json_has_the_nanoseconds_and_the_stream() {
        let value = as_json(&chunk(StdStream::Stderr, "oops\n"));
        assert_eq!(value, json!({"time": "2025-03-01T12:00:00.5Z", "stream": "stderr", "text": "oops\n"}));
    }
}
