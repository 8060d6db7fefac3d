//! Following one build to its end.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::actions::{Begun, CopiedOut, Supervised};
use crate::bitbake::{EventLogReader, TaskHistory};
use crate::engine::{ContainerId, chain};

use super::follow::{FileNews, FollowedFile, follow_file};
use super::sight::Seen;
use super::watching::Watching;
use super::{BuildId, BuildNews, Histories, earlier_builds, histories};

/// The shortest time from telling of a build to telling again.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// How long reading what is left may stand still before it is given up.
const REST: Duration = Duration::from_secs(30);

/// How to reach a build's files, and whom to tell.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) on: Supervised,
    pub(super) container: ContainerId,
    pub(super) histories: Arc<dyn Histories>,
    pub(super) told: mpsc::Sender<BuildNews>,
}

/// What happened.
enum News {
    Looked,
    Over,
    File(Option<FileNews>),
    Events(Option<FileNews>),
    Earlier(TaskHistory),
    Due,
}

/// Follows one build until nobody looks at it any more: then it is over, and what it has printed last is read.
pub(super) async fn follow(way: Way, mut looks: watch::Receiver<Seen>) {
    let seen = looks.borrow_and_update().clone();
    let id = seen.sighting.id.clone();
    let mut following = Following {
        build: Watching::new(&seen, Timestamp::now()),
        id,
        way,
        file: None,
        events: None,
        earlier: Earlier::NotAsked,
        stood: (0, 0),
        tell_at: None,
    };
    // Nobody who listens: whoever watches is told so, too.
    let _ = following.follows_to_the_end(&mut looks, &seen).await;
}

/// Nobody listens any more.
#[derive(Debug)]
struct Unheard;

/// What earlier builds took.
enum Earlier {
    /// It is not known yet of what.
    NotAsked,
    /// It is being read.
    Asked(AbortOnDropHandle<TaskHistory>),
    /// It was read.
    Known,
}

struct Following {
    build: Watching,
    id: BuildId,
    way: Way,
    file: Option<FollowedFile>,
    /// Its event log, where it writes one: it adds to what is printed, and is not waited for at the end.
    events: Option<(FollowedFile, EventLogReader)>,
    earlier: Earlier,
    /// How long the log was at the last look, and how much of it had been read then.
    stood: (u64, u64),
    /// When what is known is told again, where there is anything new.
    tell_at: Option<Instant>,
}

impl Following {
    async fn follows_to_the_end(
        &mut self,
        looks: &mut watch::Receiver<Seen>,
        first: &Seen,
    ) -> Result<(), Unheard> {
        self.looked(first);
        self.tell().await?;
        loop {
            let due = self.tell_at;
            let news = tokio::select! {
                biased;
                looked = looks.changed() => if looked.is_ok() { News::Looked } else { News::Over },
                () = until(due) => News::Due,
                news = next(self.file.as_mut()) => News::File(news),
                news = next(self.events.as_mut().map(|(file, _)| file)) => News::Events(news),
                history = earlier(&mut self.earlier) => News::Earlier(history),
            };
            match news {
                News::Looked => {
                    let seen = looks.borrow_and_update().clone();
                    self.build.look(&seen, Timestamp::now());
                    self.looked(&seen);
                    self.is_new();
                }
                News::File(Some(FileNews::Bytes(bytes))) => self.printed(bytes).await?,
                News::File(Some(FileNews::Trouble(why))) => self.trouble(why).await?,
                News::Events(Some(FileNews::Bytes(bytes))) => {
                    if let Some((_, reader)) = &mut self.events {
                        reader.feed(&bytes, &mut |event| self.build.learn(event));
                        self.is_new();
                    }
                }
                // What it prints is what counts: there may be no event log any more.
                News::Events(Some(FileNews::Trouble(_))) => {}
                News::Events(None) => self.events = None,
                // Its container does not run: the next look will tell.
                News::File(None) => self.file = None,
                News::Earlier(history) => {
                    self.earlier = Earlier::Known;
                    self.build.compare_with(history);
                    self.is_new();
                }
                News::Due => self.tell().await?,
                News::Over => break,
            }
        }
        (self.file, self.events) = (None, None);
        self.rest().await?;
        self.build.finish(Timestamp::now());
        if let Some(((machine, target), newer)) = self.build.subject().zip(self.build.history()) {
            histories::write(self.way.histories.clone(), machine, target, newer).await;
        }
        self.tell().await
    }

    /// Begins to follow the log once there is one, and again where it has grown and nothing has come since the look
    /// before: an engine can lose a stream without a word.
    fn looked(&mut self, seen: &Seen) {
        let offset = self.build.offset();
        match (&mut self.file, self.build.log()) {
            (None, Some(path)) => {
                let (on, container) = (&self.way.on, &self.way.container);
                self.file = Some(FollowedFile::new(on, container, self.user(), path, offset, true));
            }
            (Some(file), _) => {
                let (size, read) = self.stood;
                if size > offset && read == offset {
                    file.restart();
                }
            }
            (None, None) => {}
        }
        self.ask_of_earlier();
        if let (None, Some(path)) = (&self.events, self.build.event_log()) {
            let file = follow_file(&self.way.on, &self.way.container, self.user(), path, 0);
            self.events = Some((file, EventLogReader::new()));
        }
        self.stood = (seen.log_size, offset);
    }

    /// Asks what earlier builds took, as soon as it is known of what: where it is kept, else BitBake's own statistics.
    fn ask_of_earlier(&mut self) {
        let Some((machine, target)) = self.build.subject() else { return };
        let (Earlier::NotAsked, Some(log)) = (&self.earlier, self.build.log().map(str::to_owned)) else {
            return;
        };
        let (way, user) = (self.way.clone(), self.user());
        let asking = async move {
            let kept = histories::read(way.histories.clone(), machine, target).await;
            if !kept.is_empty() {
                return kept;
            }
            earlier_builds::newest(&way.on, &way.container, user, &log).await.unwrap_or(kept)
        };
        self.earlier = Earlier::Asked(AbortOnDropHandle::new(tokio::spawn(asking)));
    }

    /// As whom to read; the container's own user where it is not known.
    fn user(&self) -> Option<String> {
        (!self.build.user().is_empty()).then(|| self.build.user().to_owned())
    }

    async fn printed(&mut self, mut bytes: Bytes) -> Result<(), Unheard> {
        let now = Timestamp::now();
        let old = bytes.split_to(self.build.printed(&bytes, now));
        self.is_new();
        for (time, bytes) in [(None, old), (Some(now), bytes)] {
            if !bytes.is_empty() {
                self.send(BuildNews::Printed(self.id.clone(), time, bytes)).await?;
            }
        }
        Ok(())
    }

    /// Reads what is left of the log, by a command in the container or, where that does not run any more, by a copy.
    async fn rest(&mut self) -> Result<(), Unheard> {
        let Some(path) = self.build.log().map(str::to_owned) else { return Ok(()) };
        let (on, container) = (self.way.on.clone(), self.way.container.clone());
        let mut file = FollowedFile::new(&on, &container, self.user(), &path, self.build.offset(), false);
        // Trouble with it means that its command does not run, or the file is gone: the copy will tell.
        while let Ok(Some(FileNews::Bytes(bytes))) = timeout(REST, file.next()).await {
            self.printed(bytes).await?;
        }
        if file.is_whole() {
            return Ok(());
        }
        drop(file);
        let mut copy = CopiedOut::open(&*on.engine, &container, &path, self.build.offset());
        let begun = timeout(REST, copy.begin()).await;
        let Ok(Ok(Begun::File(_))) = begun else {
            let why = match begun {
                Ok(Err(error)) => chain(&error),
                _ => "its end could not be read".to_owned(),
            };
            return self.trouble(why).await;
        };
        loop {
            match timeout(REST, copy.next()).await {
                Ok(Ok(Some(bytes))) => self.printed(bytes).await?,
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) => return self.trouble(chain(&error)).await,
                Err(_) => return self.trouble("its end could not be read in time".to_owned()).await,
            }
        }
    }

    fn is_new(&mut self) {
        self.tell_at.get_or_insert_with(|| Instant::now() + TELL_EVERY);
    }

    async fn tell(&mut self) -> Result<(), Unheard> {
        self.tell_at = None;
        let known = self.build.known(Timestamp::now());
        self.send(BuildNews::Read(Arc::new(known))).await
    }

    async fn trouble(&self, why: String) -> Result<(), Unheard> {
        self.send(BuildNews::Trouble(self.id.clone(), why)).await
    }

    async fn send(&self, news: BuildNews) -> Result<(), Unheard> {
        self.way.told.send(news).await.map_err(|_| Unheard)
    }
}

async fn next(file: Option<&mut FollowedFile>) -> Option<FileNews> {
    match file {
        Some(file) => file.next().await,
        None => std::future::pending().await,
    }
}

/// What earlier builds took, once it has been read.
async fn earlier(earlier: &mut Earlier) -> TaskHistory {
    match earlier {
        Earlier::Asked(asking) => asking.await.unwrap_or_default(),
        _ => std::future::pending().await,
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
