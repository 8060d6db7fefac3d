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
            let mut watched =
                Watched { engine, verb, call, beat: Heartbeat::default(), patience, begun: false };
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

struct Watched<'a> {
    engine: &'a dyn ContainerManager,
    verb: Verb,
    call: &'a Call,
    beat: Heartbeat,
    patience: Patience,
    begun: bool,
}

impl Watched<'_> {
    /// The next item, the engine pinged for as long as there is none.
    async fn next<T>(&mut self, items: &mut ResultStream<T>) -> Result<Option<T>> {
        let silent_since = Instant::now();
        let mut missed = 0;
        loop {
            let beat = async {
                sleep(self.beat.every).await;
                timeout(self.beat.answer, self.engine.ping()).await
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
            match answered {
                // An error is an answer, too; the stream itself will say what is wrong with it.
                Ok(_) => {
                    if missed >= self.beat.misses {
                        self.call.tell(Progress::Note("the engine answers again".into()));
                    }
                    missed = 0;
                }
                Err(_) => {
                    missed += 1;
                    if missed >= self.beat.misses {
                        let silent = silent_since.elapsed();
                        if !self.begun || self.patience == Patience::UntilHung {
                            return Err(hung(self.verb, silent));
                        }
                        if missed == self.beat.misses {
                            let words = format!(
                                "the engine has not answered for {} s; still listening",
                                silent.as_secs()
                            );
                            self.call.tell(Progress::Note(words));
                        }
                    }
                }
            }
        }
    }
}

fn hung(verb: Verb, silent: Duration) -> EngineError {
    EngineError::new(verb.as_str(), ErrorKind::Unreachable)
        .saying(format!("it takes connections and has not answered for {} s", silent.as_secs()))
}
