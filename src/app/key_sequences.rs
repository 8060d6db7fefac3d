//! What a terminal sends, byte by byte, as events.
//!
//! The format is xterm's, with the additions of other terminals: <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

const ESCAPE: u8 = 0x1b;
const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";
/// How many bytes of a paste are handed on as one.
const PASTE: usize = 1024 * 1024;
/// How long the next byte of what has begun is waited for: a line over half the world may send a key in two pieces, and
/// what was pasted in many.
const REST_OF_KEY: Duration = Duration::from_millis(250);
const REST_OF_PASTE: Duration = Duration::from_secs(5);

/// What comes behind a byte: only it tells a key that sends an escape first from the Escape key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Behind {
    /// This one, which is there already.
    Byte(u8),
    /// Nothing is there yet.
    Nothing,
    /// More may be there that was not read yet.
    Unread,
}

/// What has begun and is not complete yet.
#[derive(Debug, Default)]
pub(super) struct Sequences {
    begun: Vec<u8>,
}

impl Sequences {
    /// Takes the next byte, and gives the event that it completes.
    pub(super) fn take(&mut self, byte: u8, behind: Behind) -> Option<Event> {
        if byte == ESCAPE && self.begun == [ESCAPE] {
            // The one before was a key; this one takes its place.
            return Some(escape());
        }
        if self.is_cut_off_by(byte) {
            self.begun.clear();
        }
        if byte == ESCAPE && self.begun.is_empty() && matches!(behind, Behind::Nothing | Behind::Byte(ESCAPE))
        {
            return Some(escape());
        }
        self.begun.push(byte);
        if self.begun == [ESCAPE] {
            return None;
        }
        if self.is_paste() && self.begun.len() >= PASTE {
            return self.piece();
        }
        match terminput::Event::parse_from(&self.begun) {
            Ok(None) => None,
            Ok(Some(event)) => {
                self.begun.clear();
                // A mouse's button that has no name means nothing here.
                terminput_crossterm::to_crossterm(event).ok()
            }
            Err(_) => {
                self.begun.clear();
                None
            }
        }
    }

    /// How long the next byte is to be waited for; `None` where nothing has begun.
    pub(super) fn patience(&self) -> Option<Duration> {
        match self.begun.as_slice() {
            [] => None,
            _ if self.is_paste() => Some(REST_OF_PASTE),
            _ => Some(REST_OF_KEY),
        }
    }

    /// No longer waits for the end of what has begun: a paste is handed on as far as it came, an escape was a key, other
    /// parts of one mean nothing.
    pub(super) fn give_up(&mut self) -> Option<Event> {
        let event = if self.is_paste() { self.pasted() } else { (self.begun == [ESCAPE]).then(escape) };
        self.begun.clear();
        event
    }

    /// Whether this byte begins something though what has begun is not complete.
    fn is_cut_off_by(&self, byte: u8) -> bool {
        let is_text = self.begun.first().is_some_and(|first| !first.is_ascii());
        (byte == ESCAPE && !self.is_paste()) || (is_text && begins_character(byte))
    }

    fn is_paste(&self) -> bool {
        self.begun.starts_with(PASTE_BEGINS)
    }

    /// A piece of a paste that is too long for one, cut neither within a character nor within its end.
    fn piece(&mut self) -> Option<Event> {
        if self.begun.ends_with(PASTE_ENDS) {
            self.begun.truncate(self.begun.len() - PASTE_ENDS.len());
            return self.pasted();
        }
        let near = self.begun.len() - PASTE_ENDS.len();
        let last = self.begun.get(near..).unwrap_or_default();
        let cut = last
            .iter()
            .position(|byte| *byte == ESCAPE)
            .or(last.iter().rposition(|byte| begins_character(*byte)));
        let rest = self.begun.split_off(near + cut.unwrap_or_default());
        let event = self.pasted();
        self.begun = [PASTE_BEGINS, &rest].concat();
        event
    }

    fn pasted(&mut self) -> Option<Event> {
        let text = String::from_utf8_lossy(self.begun.get(PASTE_BEGINS.len()..)?).into_owned();
        self.begun.clear();
        Some(Event::Paste(text))
    }
}

fn escape() -> Event {
    Event::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE))
}

fn begins_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

#[cfg(test)]
mod tests;
