//! `logs`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::app::resume::Resume;
use crate::engine::{ContainerId, LogStreams, LogsRequest};

use super::context::Context;
use super::failure::{Ended, Failure};
use super::find::engine_of_container;
use super::output::Drain;
use super::printed::{Manner, Printer};
use super::sift::SiftArgs;
use super::stats::stream_end;
use crate::values;
use reading::Reading;

mod reading;

/// Which log, and which part of it.
///
/// Its standard output is printed to ours, its standard error to ours: into a pipe or a file byte for byte, to a
/// terminal as text in the sixteen colours, without anything else that could act on it. On a terminal a line of more
/// than 64 KiB goes on in another row; --grep and --level look at it in pieces of that size.
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
    #[command(flatten)]
    pub(super) sift: SiftArgs,
    /// To a terminal, too, byte for byte: what the container prints may then act on it
    ///
    /// It may set its title, clear it, fill the clipboard, or make it type.
    #[arg(long)]
    raw: bool,
    /// With --follow: for how long it is tried again where the engine is lost; 0 for not at all
    ///
    /// It is read on where it broke off: nothing is left out and nothing comes twice.
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = values::duration)]
    reconnect: Duration,
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
    /// JSON is always stamped: without stamps the engine cuts the log anywhere. So is what may be taken up again.
    fn request(&self, json: bool) -> LogsRequest {
        LogsRequest {
            since: self.since,
            until: self.until,
            tail: self.tail.and_then(|tail| tail.0),
            follow: self.follow,
            timestamps: self.timestamps || json || self.reconnects(),
            streams: match self.only {
                Some(Only::Stdout) => LogStreams::Stdout,
                Some(Only::Stderr) => LogStreams::Stderr,
                None => LogStreams::Both,
            },
        }
    }

    fn reconnects(&self) -> bool {
        self.follow && !self.reconnect.is_zero()
    }
}

pub(crate) async fn run(args: &LogsArgs, context: &Context) -> Ended {
    let name = args.container.as_str();
    let engine = engine_of_container(context, name).await?;
    let drain = Drain::of_process().map_err(Failure::of_output)?;
    let json = context.global.json;
    let sieve = args.sift.sieve();
    let manner = Manner { raw: args.raw, stamps: args.timestamps, json, sieve };
    let printer = Printer::of_process(&drain, context, manner);
    let reading = Reading {
        context,
        engine,
        name,
        id: ContainerId::from(name),
        request: args.request(json),
        reconnect: args.reconnects().then_some(args.reconnect),
        as_entries: json && args.sift.queries().is_none(),
        resume: Resume::default(),
        printer,
    };
    let report = reading.read().await;
    context.drained(drain).await?;
    Ok(stream_end(context, report))
}
