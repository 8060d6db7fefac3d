//! Where keys come from.

use std::io;

use crossterm::event::{Event, KeyEventKind, MouseEventKind};

use crate::ui::Message;

/// The terminal's events: the real ones, or those of a test.
pub(crate) trait EventSource {
    /// The next one; `None` when there can be none any more. May be dropped at any await, and nothing is read from the
    /// terminal but while it is polled.
    fn next(&mut self) -> impl Future<Output = Option<io::Result<Event>>> + Send;
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
