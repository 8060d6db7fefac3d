//! The way from everything that happens to the loop.

use tokio::sync::mpsc;

use crate::ui::{ActionId, ActionNews, ContainerKey, ContainerNews, EngineId, EngineNews, Message, Tone};

/// How many messages may wait for the loop. Whoever sends more waits; keys do not.
const MESSAGES: usize = 256;
/// How many pieces of shells' output may wait, of at most 64 KiB each. They have a way of their own, so that a shell
/// that prints without end holds up itself alone.
const PRINTED: usize = 8;

/// The sending end; clones send to the same loop.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    messages: mpsc::Sender<Message>,
    printed: mpsc::Sender<Message>,
}

/// The loop's end.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// What has happened.
    pub(crate) messages: mpsc::Receiver<Message>,
    /// What shells print.
    pub(crate) printed: mpsc::Receiver<Message>,
}

/// Both ends.
pub(crate) fn boxes() -> (Outbox, Inbox) {
    let (messages, heard) = mpsc::channel(MESSAGES);
    let (printed, read) = mpsc::channel(PRINTED);
    (Outbox { messages, printed }, Inbox { messages: heard, printed: read })
}

impl Outbox {
    /// Tells the loop, and waits where too much waits already. A loop that has ended hears nothing any more.
    pub(crate) async fn tell(&self, message: Message) {
        let _ = self.messages.send(message).await;
    }

    /// Tells the loop where there is room: for what a later message says again.
    pub(crate) fn hint(&self, message: Message) -> bool {
        self.messages.try_send(message).is_ok()
    }

    /// Of an engine.
    pub(crate) async fn engine(&self, id: EngineId, news: EngineNews) {
        self.tell(Message::Engine(id, news)).await;
    }

    /// Of a container.
    pub(crate) async fn container(&self, key: &ContainerKey, news: ContainerNews) {
        self.tell(Message::Container(key.clone(), news)).await;
    }

    /// Of an action.
    pub(crate) async fn action(&self, id: ActionId, news: ActionNews) {
        self.tell(Message::Action(id, news)).await;
    }

    /// What a shell printed, at most 64 KiB.
    pub(crate) async fn printed(&self, id: ActionId, bytes: bytes::Bytes) {
        let _ = self.printed.send(Message::Action(id, ActionNews::Printed(bytes))).await;
    }

    /// To the user.
    pub(crate) async fn told(&self, tone: Tone, words: impl Into<String>) {
        self.tell(Message::Told(tone, words.into())).await;
    }
}
