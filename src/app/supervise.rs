//! Running what the user asks for: one supervised action for each request, and exactly one end for each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::actions::{Call, Progress, Supervised, Verb};
use crate::engine::TermSize;
use crate::ui::{ActionId, ActionNews, Ended, Message, Request};

use super::ending::not_begun;
use super::link::Link;
use super::wires::Wires;
use super::{errands, running};

/// How many keystrokes and pastes may wait for a shell that does not read.
const TYPED: usize = 1024;

/// How an action that is under way is reached.
#[derive(Debug, Clone)]
struct Reached {
    cancel: CancellationToken,
    abandon: CancellationToken,
    skip: Arc<Notify>,
    keys: mpsc::Sender<Vec<u8>>,
    size: watch::Sender<Option<TermSize>>,
}

/// What one action is given.
pub(super) struct Errand {
    /// Which it is.
    pub(super) id: ActionId,
    /// Everything else.
    pub(super) wires: Wires,
    /// Its next step is wanted at once.
    pub(super) skip: Arc<Notify>,
    /// What is typed into its shell.
    pub(super) keys: mpsc::Receiver<Vec<u8>>,
    /// The size of its shell.
    pub(super) size: watch::Receiver<Option<TermSize>>,
    cancel: CancellationToken,
    abandon: CancellationToken,
}

impl Errand {
    /// A call of this action: cancelled with it, bounded as the user has set for this verb, its progress told.
    pub(super) fn call(&self, verb: Verb) -> Call {
        let (outbox, id) = (self.wires.outbox.clone(), self.id);
        let mut call = self.wires.call(verb).abandoned_by(self.abandon.clone());
        call.cancel = self.cancel.clone();
        call.telling(Arc::new(move |progress: Progress| {
            outbox.hint(Message::Action(id, ActionNews::Progress(progress)));
        }))
    }

    /// Whether it has been cancelled.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// How far it has come, in words.
    pub(super) fn step(&self, words: String) {
        self.wires.outbox.hint(Message::Action(self.id, ActionNews::Step(words)));
    }

    /// Something else that is new of it.
    pub(super) async fn tell(&self, news: ActionNews) {
        self.wires.outbox.action(self.id, news).await;
    }
}

/// All actions under way.
pub(super) struct Actions {
    wires: Wires,
    running: Arc<Mutex<HashMap<ActionId, Reached>>>,
}

impl Actions {
    /// None yet.
    pub(super) fn new(wires: Wires) -> Self {
        Self { wires, running: Arc::default() }
    }

    /// Begins one. Its end is told, whatever happens.
    pub(super) fn begin(&self, id: ActionId, request: Request) {
        let cancel = self.wires.supervisor.call().cancel;
        let abandon = CancellationToken::new();
        let skip = Arc::new(Notify::new());
        let (keys, typed) = mpsc::channel(TYPED);
        let size = watch::Sender::new(None);
        let errand = Errand {
            id,
            wires: self.wires.clone(),
            skip: skip.clone(),
            keys: typed,
            size: size.subscribe(),
            cancel: cancel.clone(),
            abandon: abandon.clone(),
        };
        self.lock().insert(id, Reached { cancel, abandon, skip, keys, size });
        let (wires, running) = (self.wires.clone(), self.running.clone());
        tokio::spawn(async move {
            let word = request.word();
            let link = wires.links.get(request.engine());
            // A task of its own: should it panic, its end is told all the same.
            let task = tokio::spawn(run(errand, link.clone(), request));
            let ended = task.await.unwrap_or_else(|error| not_begun(format!("{word}: {error}")));
            running.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            write_down(&wires, id, word, &ended);
            if let Some(link) = link {
                link.relist.notify_one();
            }
            wires.outbox.action(id, ActionNews::Ended(Box::new(ended))).await;
        });
    }

    /// Cancels one: what it began is looked after.
    pub(super) fn cancel(&self, id: ActionId) {
        if let Some(reached) = self.reached(id) {
            reached.cancel.cancel();
        }
    }

    /// Does not wait for that either.
    pub(super) fn abandon(&self, id: ActionId) {
        if let Some(reached) = self.reached(id) {
            reached.cancel.cancel();
            reached.abandon.cancel();
        }
    }

    /// Goes on to its next step, where it has steps.
    pub(super) fn skip(&self, id: ActionId) {
        if let Some(reached) = self.reached(id) {
            reached.skip.notify_one();
        }
    }

    /// Passes keys on to a shell; gives them back where too many wait already.
    pub(super) fn type_into(&self, id: ActionId, bytes: Vec<u8>) -> Result<(), Vec<u8>> {
        match self.reached(id) {
            Some(reached) => match reached.keys.try_send(bytes) {
                Err(mpsc::error::TrySendError::Full(bytes)) => Err(bytes),
                // One that has just ended needs no keys.
                Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
            },
            None => Ok(()),
        }
    }

    /// Tells a shell its size.
    pub(super) fn resize(&self, id: ActionId, size: TermSize) {
        if let Some(reached) = self.reached(id) {
            reached.size.send_replace(Some(size));
        }
    }

    fn reached(&self, id: ActionId) -> Option<Reached> {
        self.lock().get(&id).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ActionId, Reached>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn run(errand: Errand, link: Option<Arc<Link>>, request: Request) -> Ended {
    let word = request.word();
    let Some(link) = link else { return not_begun(format!("{word}: there is no such engine")) };
    let Some(open) = link.current() else {
        return not_begun(format!("{word}: the engine is not there just now"));
    };
    dispatch(errand, &open.on, request).await
}

async fn dispatch(errand: Errand, on: &Supervised, request: Request) -> Ended {
    match request {
        Request::Exec(key, request) => running::exec(errand, on, &key.id, request).await,
        Request::Shell(key, shells, size) => running::shell(errand, on, &key.id, &shells, size).await,
        request => errands::run(&errand, on, request).await,
    }
}

fn write_down(wires: &Wires, id: ActionId, word: &str, ended: &Ended) {
    let mut line =
        format!("action {id}: {word} {} after {}", ended.ending.word(), crate::text::elapsed(ended.elapsed));
    let problem = ended.problem.as_ref().map(|problem| &problem.words);
    for words in problem.into_iter().chain(&ended.aftermath) {
        line += "; ";
        line += words;
    }
    wires.log.note(&line);
}
