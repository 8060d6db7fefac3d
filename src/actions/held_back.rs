//! Whether an engine holds back the end of a log from who follows it.
//!
//! Docker 20.10 does where the end is printed in the very moment in which following begins: the follower gets it with
//! the next thing that is printed, which may be hours later.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Stream, StreamExt};
use jiff::Timestamp;
use tokio::time::{Instant, Sleep, sleep, timeout};

use crate::engine::{ContainerId, ContainerManager, LogChunk, LogsRequest, Result, ResultStream};

/// How long a log must be silent before it is looked at for what it may hold back.
const SILENT: Duration = Duration::from_millis(1500);
/// How long after one look the next may come.
const SPACED: Duration = Duration::from_secs(30);
/// How long the engine may take to say what the last entry is.
const LOOK: Duration = Duration::from_secs(5);
/// How long what was found may yet take to come by itself.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

/// A log that is followed, with stamps. It ends, as if broken off, where the engine holds back what it has: read on
/// from the last stamp. Costs the engine a look at the last entry at the first silence, and at most one in 30 s.
#[must_use]
pub fn not_held_back(
    engine: Arc<dyn ContainerManager>,
    id: ContainerId,
    entries: ResultStream<LogChunk>,
) -> ResultStream<LogChunk> {
    let look = move || newest(engine.clone(), id.clone()).boxed();
    Watched { entries, look, last: None, state: State::Busy, timer: Box::pin(sleep(SILENT)), looked: None }
        .boxed()
}

/// The stamp of the last entry there is.
async fn newest(engine: Arc<dyn ContainerManager>, id: ContainerId) -> Option<Timestamp> {
    let request = LogsRequest { tail: Some(1), timestamps: true, ..LogsRequest::default() };
    let mut entries = engine.logs(&id, &request);
    let last = async { entries.next().await?.ok()?.time };
    timeout(LOOK, last).await.ok()?
}

struct Watched<L> {
    entries: ResultStream<LogChunk>,
    look: L,
    /// The latest stamp that has come.
    last: Option<Timestamp>,
    state: State,
    timer: Pin<Box<Sleep>>,
    looked: Option<Instant>,
}

enum State {
    /// Something has just come.
    Busy,
    /// Nothing has come since the timer was set.
    Silent,
    /// The engine is asked what it has.
    Looking(BoxFuture<'static, Option<Timestamp>>),
    /// It has more; that may be on its way until the timer says it is not.
    Doubting,
    /// It had no more when it was asked.
    Quiet,
}

impl<L> fmt::Debug for Watched<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("last", &self.last).finish_non_exhaustive()
    }
}

impl<L: Fn() -> BoxFuture<'static, Option<Timestamp>> + Unpin> Stream for Watched<L> {
    type Item = Result<LogChunk>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Poll::Ready(entry) = this.entries.as_mut().poll_next(cx) {
            if let Some(Ok(LogChunk { time, .. })) = &entry {
                this.last = this.last.max(*time);
                this.state = State::Busy;
            }
            return Poll::Ready(entry);
        }
        loop {
            this.state = match &mut this.state {
                State::Busy if this.last.is_none() => State::Quiet,
                State::Busy => {
                    let spaced = this.looked.map(|looked| looked + SPACED);
                    this.timer
                        .as_mut()
                        .reset((Instant::now() + SILENT).max(spaced.unwrap_or(Instant::now())));
                    State::Silent
                }
                State::Silent => {
                    ready!(this.timer.as_mut().poll(cx));
                    this.looked = Some(Instant::now());
                    State::Looking((this.look)())
                }
                State::Looking(look) => match ready!(look.poll_unpin(cx)) {
                    newest if newest > this.last => {
                        this.timer.as_mut().reset(Instant::now() + ON_ITS_WAY);
                        State::Doubting
                    }
                    _ => State::Quiet,
                },
                State::Doubting => {
                    ready!(this.timer.as_mut().poll(cx));
                    return Poll::Ready(None);
                }
                State::Quiet => return Poll::Pending,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use bytes::Bytes;
    use futures_util::stream;

    use super::*;
    use crate::engine::StdStream;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    /// An entry of this second once as many seconds have passed.
    fn entries(seconds: &[i64]) -> ResultStream<LogChunk> {
        let entries: Vec<i64> = seconds.to_vec();
        let entry =
            |second: i64| LogChunk { stream: StdStream::Stdout, time: at(second), bytes: Bytes::new() };
        let begun = Instant::now();
        let come = stream::iter(entries).then(move |second| async move {
            tokio::time::sleep_until(begun + Duration::from_secs(second.unsigned_abs())).await;
            Ok(entry(second))
        });
        come.chain(stream::pending()).boxed()
    }

    /// How many come within a time, whether it then ends, and when it was looked, where the engine has this one last.
    async fn watched(seconds: &[i64], newest: i64, limit: u64) -> (usize, bool, Vec<u64>) {
        let looks = Arc::new(Mutex::new(Vec::new()));
        let (noted, begun) = (looks.clone(), Instant::now());
        let look = move || {
            noted.lock().unwrap().push(begun.elapsed().as_secs());
            async move { at(newest) }.boxed()
        };
        let timer = Box::pin(sleep(SILENT));
        let mut watched =
            Watched { entries: entries(seconds), look, last: None, state: State::Busy, timer, looked: None };
        let mut come = 0;
        let all = async {
            while watched.next().await.is_some() {
                come += 1;
            }
        };
        let ends = timeout(Duration::from_secs(limit), all).await.is_ok();
        let looks = looks.lock().unwrap().clone();
        (come, ends, looks)
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_where_the_engine_has_more_than_it_gives() {
        assert_eq!(watched(&[1, 2], 3, 100).await, (2, true, vec![3]));
    }

    #[tokio::test(start_paused = true)]
    async fn it_goes_on_where_the_engine_has_no_more() {
        assert_eq!(watched(&[1, 2], 2, 100).await, (2, false, vec![3]));
        assert_eq!(
            watched(&[], 9, 100).await,
            (0, false, vec![]),
            "nothing was asked for of what was before"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_on_its_way_comes() {
        // It is looked at in second 2.5, and has come in second 3.
        assert_eq!(watched(&[1, 3], 3, 100).await, (2, false, vec![2, 32]));
    }

    #[tokio::test(start_paused = true)]
    async fn looks_are_spaced() {
        let every_third: Vec<i64> = (0..40).map(|number| number * 3).collect();
        assert_eq!(watched(&every_third, 0, 200).await, (40, false, vec![1, 31, 61, 91, 121]));
    }
}
