//! Where keys come from.

use std::io;

use crossterm::event::{Event, EventStream, KeyEventKind, MouseEventKind};
use futures_util::StreamExt;

use crate::ui::Message;

/// The terminal's events: the real ones, or those of a test.
pub(crate) trait EventSource {
    /// The next one; `None` when there can be none any more. May be dropped at any await.
    fn next(&mut self) -> impl Future<Output = Option<io::Result<Event>>> + Send;

    /// The terminal is lent to another program: nothing may be read from it.
    fn pause(&mut self);

    /// It is ours again.
    fn resume(&mut self);
}

/// The real terminal's. While it is paused it is dropped, not merely left alone: it reads on a thread of its own.
#[derive(Default)]
pub(crate) struct TerminalEvents(Option<EventStream>);

impl TerminalEvents {
    /// Reads from now on.
    pub(crate) fn new() -> Self {
        Self(Some(EventStream::new()))
    }
}

impl EventSource for TerminalEvents {
    async fn next(&mut self) -> Option<io::Result<Event>> {
        match &mut self.0 {
            Some(events) => events.next().await,
            None => std::future::pending().await,
        }
    }

    fn pause(&mut self) {
        self.0 = None;
    }

    fn resume(&mut self) {
        self.0 = Some(EventStream::new());
    }
}

/// What an event means to the console; `None` for those that mean nothing.
pub(crate) fn translate(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Message::Key(key)),
        Event::Mouse(mouse) if mouse.kind != MouseEventKind::Moved => Some(Message::Mouse(mouse)),
        Event::Paste(text) => Some(Message::Pasted(text)),
        Event::Resize(columns, rows) => Some(Message::Resized(columns, rows)),
        Event::Key(_) | Event::Mouse(_) | Event::FocusGained | Event::FocusLost => None,
    }
}
