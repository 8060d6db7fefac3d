//! Watching the builds of a container.

use std::sync::Arc;

use tokio::sync::{mpsc, watch as channel};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::actions::{Backoff, Outcome, Supervised, Verb};
use crate::engine::{ContainerId, EngineError, ErrorKind, chain};

use super::find::has_bitbake;
use super::followed::{self, Way};
use super::looks::{EVERY, Looks};
use super::sight::{Seen, Sighted};
use super::{BuildId, BuildNews, Histories, pace};

/// The client's beginning may be told a second off from one look to the next where the machine's clock is set.
const SAME_BEGINNING: i64 = 2;

/// Watches the builds of a container for as long as this is not dropped: finds those that run, whoever began them, at
/// most eight at once, and those that begin, every five seconds (where more than twenty containers are watched, as often
/// as four of them can be looked at in a second), follows each and tells what is new of it. Returns
/// when the container is gone or nobody listens any more. A container that stops or starts is watched on.
///
/// While there is no BitBake, only the engine is asked for the processes; nothing runs in the container. Then one
/// command looks, and for each build one reads its log. Dropped, all of them end: by themselves if this program dies.
///
/// A listener that does not take what is told holds back the reading of that build, and nothing else: nothing is lost
/// and nothing piles up.
pub async fn watch(
    on: Supervised,
    container: ContainerId,
    histories: Arc<dyn Histories>,
    told: mpsc::Sender<BuildNews>,
) {
    let mut watch =
        Watch { on, container, histories, told: told.clone(), builds: Vec::new(), followers: JoinSet::new() };
    let watching = async {
        let mut backoff = Backoff::new();
        while watch.waits_for_bitbake().await.is_there() {
            match watch.while_there_is_one(&mut backoff).await {
                Ok(()) => {}
                Err(error) if is_gone(&error) => break,
                Err(error) if *error.kind() == ErrorKind::NotRunning => {}
                // As long as it cannot be seen, nothing is known to have ended.
                Err(error) => {
                    watch.troubled(&error).await;
                    sleep(backoff.next_wait()).await;
                    continue;
                }
            }
            watch.builds.clear();
        }
        watch.builds.clear();
        // What they printed last is still to be read.
        while watch.followers.join_next().await.is_some() {}
    };
    tokio::select! {
        () = watching => {}
        () = told.closed() => {}
    }
}

/// Whether the container is gone for good.
fn is_gone(error: &EngineError) -> bool {
    *error.kind() == ErrorKind::NotFound
}

/// What the wait for a BitBake came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waited {
    Found,
    ContainerGone,
}

impl Waited {
    fn is_there(self) -> bool {
        self == Self::Found
    }
}

/// A build that is followed, until it is dropped.
#[derive(Debug)]
struct Followed {
    id: BuildId,
    client: Option<u32>,
    seen: channel::Sender<Seen>,
}

#[derive(Debug)]
struct Watch {
    on: Supervised,
    container: ContainerId,
    histories: Arc<dyn Histories>,
    told: mpsc::Sender<BuildNews>,
    builds: Vec<Followed>,
    followers: JoinSet<()>,
}

impl Watch {
    /// Waits for a BitBake by the engine's list of processes.
    async fn waits_for_bitbake(&mut self) -> Waited {
        while self.builds.is_empty() {
            match self.engine_shows_one().await {
                Ok(true) => break,
                Err(error) if is_gone(&error) => return Waited::ContainerGone,
                _ => {}
            }
            while self.followers.try_join_next().is_some() {}
            sleep(EVERY).await;
        }
        Waited::Found
    }

    /// Whether there is a BitBake by the engine's list of processes; an engine that has no such list leaves it open.
    async fn engine_shows_one(&self) -> Result<bool, EngineError> {
        pace::turn().await;
        let call = self.on.supervisor.call();
        let name = self.container.as_str();
        let report = self.on.read(&call, Verb::Top, name, |engine| engine.top(&self.container)).await;
        match report.outcome {
            Outcome::Done(table) => Ok(has_bitbake(&table)),
            Outcome::Failed(error) if *error.kind() == ErrorKind::Unsupported => Ok(true),
            Outcome::Failed(error) => Err(error),
            Outcome::TimedOut | Outcome::Cancelled => Ok(false),
        }
    }

    /// Looks again and again until there is no BitBake any more.
    async fn while_there_is_one(&mut self, backoff: &mut Backoff) -> Result<(), EngineError> {
        let mut looks = Looks::new(&self.on, &self.container);
        loop {
            let sighted = looks.next().await?;
            *backoff = Backoff::new();
            let is_over = !sighted.has_bitbake;
            self.saw(sighted);
            while self.followers.try_join_next().is_some() {}
            // Where the engine sees one all the same, the command stays: to begin it again would cost more.
            if is_over && !self.engine_shows_one().await? {
                return Ok(());
            }
        }
    }

    /// Builds have begun, gone on, or ended.
    fn saw(&mut self, sighted: Sighted) {
        let mut before = std::mem::take(&mut self.builds);
        for seen in sighted.builds {
            let known = before.iter().position(|known| known.is(&seen)).map(|at| before.swap_remove(at));
            let followed = match known {
                Some(followed) => {
                    followed.seen.send_replace(seen);
                    followed
                }
                None => self.begin(seen),
            };
            self.builds.push(followed);
        }
        // The others are dropped: their followers read what is left, and end.
    }

    fn begin(&mut self, seen: Seen) -> Followed {
        let (id, client) = (seen.sighting.id.clone(), seen.sighting.client);
        let (sender, looks) = channel::channel(seen);
        let way = Way {
            on: self.on.clone(),
            container: self.container.clone(),
            histories: self.histories.clone(),
            told: self.told.clone(),
        };
        self.followers.spawn(followed::follow(way, looks));
        Followed { id, client, seen: sender }
    }

    async fn troubled(&self, error: &EngineError) {
        for build in &self.builds {
            // Where nobody listens any more, this is dropped in a moment.
            let _ = self.told.send(BuildNews::Trouble(build.id.clone(), chain(error))).await;
        }
    }
}

impl Followed {
    /// Whether this is what was seen. A server whose client is gone goes on with its build.
    fn is(&self, seen: &Seen) -> bool {
        let Seen { sighting, .. } = seen;
        let apart = sighting.id.began.as_second().saturating_sub(self.id.began.as_second()).abs();
        let is_same_client =
            sighting.client.is_none() || (sighting.client == self.client && apart <= SAME_BEGINNING);
        self.id.directory == sighting.id.directory && is_same_client
    }
}
