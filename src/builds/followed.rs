//! Following one build to its end.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

use crate::actions::Supervised;
use crate::engine::{ContainerId, chain};

use super::follow::{FileNews, FollowedFile};
use super::read::{Begun, CopiedOut};
use super::sight::Seen;
use super::watching::Watching;
use super::{BuildId, BuildNews};

/// The shortest time from telling of a build to telling again.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// How long reading what is left may stand still before it is given up.
const REST: Duration = Duration::from_secs(30);

/// How to reach a build's files, and whom to tell.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) on: Supervised,
    pub(super) container: ContainerId,
    pub(super) told: mpsc::Sender<BuildNews>,
}

/// What happened.
enum News {
    Looked,
    Over,
    File(Option<FileNews>),
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
        stood: (0, 0),
        tell_at: None,
    };
    // Nobody who listens: whoever watches is told so, too.
    let _ = following.follows_to_the_end(&mut looks, &seen).await;
}

/// Nobody listens any more.
#[derive(Debug)]
struct Unheard;

struct Following {
    build: Watching,
    id: BuildId,
    way: Way,
    file: Option<FollowedFile>,
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
                // Its container does not run: the next look will tell.
                News::File(None) => self.file = None,
                News::Due => self.tell().await?,
                News::Over => break,
            }
        }
        self.file = None;
        self.rest().await?;
        // A reader of the event log would be asked for its last word here.
        self.build.finish(Timestamp::now());
        self.tell().await
    }

    /// Begins to follow the log once there is one, and again where it has grown and nothing has come since the look
    /// before: an engine can lose a stream without a word.
    fn looked(&mut self, seen: &Seen) {
        let offset = self.build.offset();
        match (&mut self.file, self.build.log()) {
            (None, Some(path)) => {
                let user = (!self.build.user().is_empty()).then(|| self.build.user().to_owned());
                self.file =
                    Some(FollowedFile::new(&self.way.on, &self.way.container, user, path, offset, true));
            }
            (Some(file), _) => {
                let (size, read) = self.stood;
                if size > offset && read == offset {
                    file.restart();
                }
            }
            (None, None) => {}
        }
        // A reader of the event log would begin here, once `seen.sighting.event_log` says where it is.
        self.stood = (seen.log_size, offset);
    }

    async fn printed(&mut self, bytes: Bytes) -> Result<(), Unheard> {
        self.build.printed(&bytes, Timestamp::now());
        self.is_new();
        self.send(BuildNews::Printed(self.id.clone(), bytes)).await
    }

    /// Reads what is left of the log, by a command in the container or, where that does not run any more, by a copy.
    async fn rest(&mut self) -> Result<(), Unheard> {
        let Some(path) = self.build.log().map(str::to_owned) else { return Ok(()) };
        let (on, container) = (self.way.on.clone(), self.way.container.clone());
        let user = (!self.build.user().is_empty()).then(|| self.build.user().to_owned());
        let mut file = FollowedFile::new(&on, &container, user, &path, self.build.offset(), false);
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

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
