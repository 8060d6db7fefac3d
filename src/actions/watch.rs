//! Streams that last: the wait for an engine that has fallen silent is bounded, the stream itself is not.

use std::ops::ControlFlow;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, sleep, timeout};

use crate::engine::{ContainerManager, EngineError, ErrorKind, Result, ResultStream};

use super::{Call, Progress, Report, Supervised, Verb};

/// How a silent stream is watched over. A stream that has nothing to say and one whose engine hangs look the
/// same, so the engine is pinged while the stream is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat {
    /// After so long without an item the engine is pinged, and again after as long.
    pub every: Duration,
    /// How long each ping may take.
    pub answer: Duration,
    /// So many pings in a row without an answer, and the engine counts as hung.
    pub misses: u32,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { every: Duration::from_secs(5), answer: Duration::from_secs(3), misses: 2 }
    }
}

/// What is done about an engine that hangs in the midst of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// The stream ends with an error: somebody waits for its end.
    UntilHung,
    /// It is told, and the stream is kept: an engine that wakes again sends what was missed.
    Lasting,
}

impl Supervised {
    /// Reads a stream to its end, or until `each`, which is given every item, breaks.
    ///
    /// The engine is pinged before, within the limits of [`Verb::Ping`] (or the call's own, where shorter), so
    /// that one which accepts and never answers is told at once; and again whenever the stream is silent, see
    /// [`Heartbeat`]. Until the first item a hung engine is an error whatever the patience.
    ///
    /// The deadline of the call, where it has one, bounds the whole. Cancelling drops the stream.
    pub async fn watch<T>(
        &self,
        call: &Call,
        verb: Verb,
        object: impl Into<String>,
        patience: Patience,
        open: impl FnOnce(&dyn ContainerManager) -> ResultStream<T>,
        mut each: impl AsyncFnMut(T) -> ControlFlow<()>,
    ) -> Report<()> {
        let engine = &*self.engine;
        let work = async {
            let ping = Verb::Ping.limits().deadline.unwrap_or(Heartbeat::default().answer);
            match timeout(ping, engine.ping()).await {
                Ok(answered) => answered?,
                Err(_) => return Err(hung(verb, ping)),
            }
            let ping = async || engine.ping().await;
            let beat = Heartbeat::default();
            let mut watched = Watched { ping, verb, call, beat, patience, begun: false };
            let mut items = open(engine);
            while let Some(item) = watched.next(&mut items).await? {
                if each(item).await.is_break() {
                    break;
                }
            }
            Ok(())
        };
        // A stream is not asked for twice: what was printed once must not be printed again.
        let mut work = Some(work);
        let once = || {
            let work = work.take();
            async move {
                match work {
                    Some(work) => work.await,
                    None => Err(EngineError::new(verb.as_str(), ErrorKind::BrokenStream)),
                }
            }
        };
        self.supervisor.run(call, verb, object, once, |_| async { super::Aftermath::Clear }).await
    }
}

struct Watched<'a, Ping> {
    ping: Ping,
    verb: Verb,
    call: &'a Call,
    beat: Heartbeat,
    patience: Patience,
    begun: bool,
}

impl<Ping: AsyncFn() -> Result<()>> Watched<'_, Ping> {
    /// The next item, the engine pinged for as long as there is none.
    async fn next<T>(&mut self, items: &mut ResultStream<T>) -> Result<Option<T>> {
        let silent_since = Instant::now();
        let mut missed = 0;
        loop {
            let beat = async {
                sleep(self.beat.every).await;
                timeout(self.beat.answer, (self.ping)()).await
            };
            let answered = tokio::select! {
                biased;
                item = items.next() => {
                    self.begun = true;
                    if missed >= self.beat.misses {
                        self.call.tell(Progress::Note("the engine answers again".into()));
                    }
                    return item.transpose();
                }
                answered = beat => answered,
            };
            // An error is an answer, too: the stream itself will say what is wrong with it.
            if answered.is_ok() {
                if missed >= self.beat.misses {
                    self.call.tell(Progress::Note("the engine answers again".into()));
                }
                missed = 0;
                continue;
            }
            missed += 1;
            if missed < self.beat.misses {
                continue;
            }
            let silent = silent_since.elapsed();
            if !self.begun || self.patience == Patience::UntilHung {
                return Err(hung(self.verb, silent));
            }
            if missed == self.beat.misses {
                let words =
                    format!("the engine has not answered for {} s; still listening", silent.as_secs());
                self.call.tell(Progress::Note(words));
            }
        }
    }
}

fn hung(verb: Verb, silent: Duration) -> EngineError {
    EngineError::new(verb.as_str(), ErrorKind::Unreachable)
        .saying(format!("it takes connections and has not answered for {} s", silent.as_secs()))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures_util::stream;

    use super::*;
    use crate::actions::Supervisor;

    /// Items after so many seconds each, from an engine that answers pings but from `hangs` until `wakes`.
    async fn watched(
        items: &[u64],
        patience: Patience,
        hangs: std::ops::Range<u64>,
    ) -> (Vec<Result<Option<usize>>>, Vec<Progress>, Duration) {
        let begun = Instant::now();
        let at = move |second| begun + Duration::from_secs(second);
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = told.clone();
        let call =
            Supervisor::new().call().telling(Arc::new(move |progress| sink.lock().unwrap().push(progress)));
        let ping = async || {
            if (at(hangs.start)..at(hangs.end)).contains(&Instant::now()) {
                tokio::time::sleep_until(at(hangs.end)).await;
            }
            Ok(())
        };
        let times: Vec<Instant> = items.iter().map(|second| at(*second)).collect();
        let mut items: ResultStream<usize> = Box::pin(stream::unfold(0, move |number| {
            let time = times.get(number).copied();
            async move {
                tokio::time::sleep_until(time?).await;
                Some((Ok(number), number + 1))
            }
        }));
        let beat = Heartbeat::default();
        let mut watched = Watched { ping, verb: Verb::Logs, call: &call, beat, patience, begun: false };
        let mut seen = Vec::new();
        loop {
            let next = watched.next(&mut items).await;
            let is_last = !matches!(next, Ok(Some(_)));
            seen.push(next);
            if is_last {
                break;
            }
        }
        let told = told.lock().unwrap().clone();
        (seen, told, begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_no_fault_while_the_engine_answers() {
        let (seen, told, took) = watched(&[1, 3600], Patience::UntilHung, 0..0).await;
        assert!(matches!(seen.as_slice(), [Ok(Some(0)), Ok(Some(1)), Ok(None)]), "{seen:?}");
        assert_eq!((told, took), (vec![], Duration::from_secs(3600)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_engine_that_never_begins_is_given_up_whatever_the_patience() {
        for patience in [Patience::UntilHung, Patience::Lasting] {
            let (seen, _, took) = watched(&[3600], patience, 0..3600).await;
            let error = seen[0].as_ref().unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Unreachable);
            assert_eq!(took, Duration::from_secs(16), "two silences of 5 s, two pings of 3 s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_missed_answer_is_none() {
        let (seen, told, _) = watched(&[60], Patience::UntilHung, 0..9).await;
        assert!(matches!(seen.as_slice(), [Ok(Some(0)), Ok(None)]), "{seen:?}");
        assert_eq!(told, []);
    }

    #[tokio::test(start_paused = true)]
    async fn what_lasts_outlives_a_hung_engine_and_says_so_once() {
        let (seen, told, _) = watched(&[1, 120], Patience::Lasting, 2..100).await;
        assert!(matches!(seen.as_slice(), [Ok(Some(0)), Ok(Some(1)), Ok(None)]), "{seen:?}");
        let note = |words: &str| Progress::Note(words.into());
        let wanted =
            [note("the engine has not answered for 16 s; still listening"), note("the engine answers again")];
        assert_eq!(told, wanted);
        let (seen, _, took) = watched(&[1, 120], Patience::UntilHung, 2..100).await;
        assert!(seen[1].is_err(), "somebody waits for the end of it: {seen:?}");
        assert_eq!(took, Duration::from_secs(17));
    }
}
