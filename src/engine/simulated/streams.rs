//! The streams: logs, events, and what faults make of any stream.

use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;

use super::engine::{Handle, about_it, failed};
use super::scene::Operation;
use crate::engine::{
    ContainerId, EngineError, EngineEvent, ErrorKind, LogChunk, LogStreams, LogsRequest, ObjectKind, Result,
    ResultStream, StdStream,
};

/// After how many items a stream is silent, ended, cut.
type Limits = (Option<u64>, Option<u64>, Option<u64>);

/// A stream up to its limits; after an error it is over.
fn harmed<T: Send + 'static>(
    items: ResultStream<T>,
    operation: Operation,
    about: Option<(ObjectKind, String)>,
    (silent, ended, cut): Limits,
) -> ResultStream<T> {
    stream::unfold((items, about, 0_u64, false), move |(mut items, about, index, over)| async move {
        let reached = |limit: Option<u64>| limit.is_some_and(|limit| index >= limit);
        if over || reached(ended) {
            return None;
        }
        if reached(silent) {
            std::future::pending::<()>().await;
        }
        let item =
            if reached(cut) { Err(failed(operation, ErrorKind::BrokenStream)) } else { items.next().await? };
        let over = item.is_err();
        let object = about.as_ref().map(|(kind, name)| (*kind, name.as_str()));
        let item = item.map_err(|error| about_it(error, object));
        Some((item, (items, about, index + 1, over)))
    })
    .boxed()
}

/// A stream that only says why there is none.
pub(super) fn refused<T: Send + 'static>(error: EngineError) -> ResultStream<T> {
    stream::once(async { Err(error) }).boxed()
}

impl Handle {
    /// A stream that meets the scene's faults, and is made when it is first read.
    pub(super) fn stream<T: Send + 'static>(
        &self,
        operation: Operation,
        about: Option<(ObjectKind, String)>,
        make: impl FnOnce(Self) -> ResultStream<T> + Send + 'static,
    ) -> ResultStream<T> {
        let handle = self.clone();
        let opened = async move {
            let object = about.as_ref().map(|(kind, name)| (*kind, name.as_str()));
            let fault = match handle.meet(operation, object) {
                Ok(fault) => fault,
                Err(error) => return refused(error),
            };
            fault.delay().await;
            if fault.silent {
                std::future::pending::<()>().await;
            }
            if let Err(error) = fault.refusal(operation) {
                return refused(about_it(error, object));
            }
            let limits = (fault.silent_after, fault.end_after, fault.break_after);
            harmed(make(handle), operation, about, limits)
        };
        stream::once(opened).flatten().boxed()
    }

    pub(super) fn logs(self, id: &ContainerId, request: LogsRequest) -> ResultStream<LogChunk> {
        let shared = &self.shared;
        let state = shared.lock();
        let Some(kept) = state.resolve(id.as_str()).and_then(|id| state.containers.get(&id)) else {
            return refused(failed(Operation::Logs, ErrorKind::NotFound));
        };
        if kept.log_driver.as_deref() == Some("none") {
            let error = failed(Operation::Logs, ErrorKind::Unsupported);
            return refused(error.saying("configured logging driver does not support reading"));
        }
        let (id, run, from) = (kept.id.clone(), kept.runs, kept.log.tail(request.tail));
        drop(state);
        stream::unfold((self, from), move |(handle, from)| {
            let (id, request) = (id.clone(), request.clone());
            async move {
                let shared = &handle.shared;
                let found = shared
                    .until(|state| {
                        // Removed while we read: that was all.
                        let Some(kept) = state.containers.get(&id) else { return Some(None) };
                        let mut number = from;
                        while let Some((at, entry)) = kept.log.at(number) {
                            let time = shared.clock.stamp(entry.time);
                            if wanted(&request, time, entry.stream) {
                                let time = request.timestamps.then_some(time);
                                let chunk =
                                    LogChunk { stream: entry.stream, time, bytes: entry.bytes.clone() };
                                return Some(Some((chunk, at + 1)));
                            }
                            number = at + 1;
                        }
                        let over = !request.follow || kept.runs != run || !kept.state.is_alive();
                        over.then_some(None)
                    })
                    .await;
                found.map(|(chunk, next)| (Ok(chunk), (handle, next)))
            }
        })
        .boxed()
    }

    pub(super) fn events(self, since: Option<Timestamp>) -> ResultStream<EngineEvent> {
        let state = self.shared.lock();
        let kept = state.events.len() as u64;
        let first = if since.is_some() { state.events_told - kept } else { state.events_told };
        drop(state);
        let all = stream::unfold((self, first), |(handle, next)| async move {
            let (event, next) = handle
                .shared
                .until(|state| {
                    let oldest = state.events_told - state.events.len() as u64;
                    let next = next.max(oldest);
                    let event = state.events.get(usize::try_from(next - oldest).ok()?)?;
                    Some((event.clone(), next + 1))
                })
                .await;
            Some((Ok(event), (handle, next)))
        });
        let late_enough = move |event: &Result<EngineEvent>| {
            let time = event.as_ref().ok().and_then(|event| event.time);
            std::future::ready(since.is_none_or(|since| time.is_none_or(|time| time >= since)))
        };
        all.filter(late_enough).boxed()
    }
}

fn wanted(request: &LogsRequest, time: Timestamp, stream: StdStream) -> bool {
    let of_stream = match request.streams {
        LogStreams::Both => true,
        LogStreams::Stdout => stream != StdStream::Stderr,
        LogStreams::Stderr => stream == StdStream::Stderr,
    };
    let late_enough = request.since.is_none_or(|since| time >= since);
    of_stream && late_enough && request.until.is_none_or(|until| time < until)
}
