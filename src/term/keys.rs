use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers};

use super::modes::Modes;

/// The bytes for a key, as xterm sends them.
///
/// `None` for releases, for keys that have none, and for keys held with a modifier that terminals do not send (super
/// and hyper).
#[must_use]
pub fn encode_key(key: KeyEvent, modes: &Modes) -> Option<Vec<u8>> {
    let unsent = KeyModifiers::SUPER | KeyModifiers::HYPER;
    if key.kind == KeyEventKind::Release || key.modifiers.intersects(unsent) {
        return None;
    }
    let held = Held::from(key.modifiers);
    if key.state.contains(KeyEventState::KEYPAD)
        && modes.application_keypad
        && held == Held::default()
        && let Some(end) = keypad_end(key.code)
    {
        return Some(vec![0x1b, b'O', end]);
    }
    Some(match key.code {
        KeyCode::Char(c) => held.escaped(&character(c, held)),
        KeyCode::Enter => held.escaped(b"\r"),
        KeyCode::Esc => held.escaped(b"\x1b"),
        KeyCode::Null => held.escaped(b"\0"),
        KeyCode::Backspace => held.escaped(if held.control { b"\x08" } else { b"\x7f" }),
        KeyCode::Tab if !held.shift => held.escaped(b"\t"),
        KeyCode::Tab | KeyCode::BackTab => held.escaped(b"\x1b[Z"),
        KeyCode::Up => held.cursor_key('A', modes),
        KeyCode::Down => held.cursor_key('B', modes),
        KeyCode::Right => held.cursor_key('C', modes),
        KeyCode::Left => held.cursor_key('D', modes),
        KeyCode::KeypadBegin => held.cursor_key('E', modes),
        KeyCode::End => held.cursor_key('F', modes),
        KeyCode::Home => held.cursor_key('H', modes),
        KeyCode::Insert => held.numbered(2),
        KeyCode::Delete => held.numbered(3),
        KeyCode::PageUp => held.numbered(5),
        KeyCode::PageDown => held.numbered(6),
        // xterm sends those beyond the twelfth as the first ones with shift.
        KeyCode::F(key @ 13..=24) => Held { shift: true, ..held }.function_key(key - 12)?,
        KeyCode::F(key) => held.function_key(key)?,
        _ => return None,
    })
}

/// The modifiers held with a key. Meta counts as alt.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "three keys, each held or not")]
struct Held {
    shift: bool,
    alt: bool,
    control: bool,
}

impl From<KeyModifiers> for Held {
    fn from(modifiers: KeyModifiers) -> Self {
        Self {
            shift: modifiers.contains(KeyModifiers::SHIFT),
            alt: modifiers.intersects(KeyModifiers::ALT | KeyModifiers::META),
            control: modifiers.contains(KeyModifiers::CONTROL),
        }
    }
}

impl Held {
    /// The number that stands for the modifiers, or `None` without any.
    fn number(self) -> Option<u8> {
        let number = 1 + u8::from(self.shift) + 2 * u8::from(self.alt) + 4 * u8::from(self.control);
        (number > 1).then_some(number)
    }

    /// An escape before the bytes when alt is held.
    fn escaped(self, bytes: &[u8]) -> Vec<u8> {
        let escape: &[u8] = if self.alt { b"\x1b" } else { b"" };
        [escape, bytes].concat()
    }

    fn cursor_key(self, end: char, modes: &Modes) -> Vec<u8> {
        match self.number() {
            Some(number) => format!("\x1b[1;{number}{end}"),
            None if modes.application_cursor => format!("\x1bO{end}"),
            None => format!("\x1b[{end}"),
        }
        .into_bytes()
    }

    fn numbered(self, key: u8) -> Vec<u8> {
        match self.number() {
            Some(number) => format!("\x1b[{key};{number}~"),
            None => format!("\x1b[{key}~"),
        }
        .into_bytes()
    }

    /// F1 to F12; the others have no bytes.
    fn function_key(self, key: u8) -> Option<Vec<u8>> {
        let of_vt100 = |end| match self.number() {
            Some(number) => format!("\x1b[1;{number}{end}").into_bytes(),
            None => format!("\x1bO{end}").into_bytes(),
        };
        Some(match key {
            1 => of_vt100('P'),
            2 => of_vt100('Q'),
            3 => of_vt100('R'),
            4 => of_vt100('S'),
            5 => self.numbered(15),
            6..=10 => self.numbered(11 + key),
            11 | 12 => self.numbered(12 + key),
            _ => return None,
        })
    }
}

/// A character's bytes, before alt has its say.
fn character(c: char, held: Held) -> Vec<u8> {
    if held.control
        && let Some(byte) = control_character(c)
    {
        return vec![byte];
    }
    // Some terminals report the key rather than what shift makes of it.
    let c = if held.shift && !held.control { c.to_ascii_uppercase() } else { c };
    c.encode_utf8(&mut [0; 4]).as_bytes().to_vec()
}

/// The control character that a key sends with control held. Digits stand in for keys that are hard to reach.
fn control_character(c: char) -> Option<u8> {
    Some(match c {
        'a'..='z' | 'A'..='Z' => u8::try_from(c).ok()? & 0x1f,
        '@' | ' ' | '2' => 0x00,
        '[' | '3' => 0x1b,
        '\\' | '4' => 0x1c,
        ']' | '5' => 0x1d,
        '^' | '6' | '~' => 0x1e,
        '_' | '7' | '/' | '-' => 0x1f,
        '?' | '8' => 0x7f,
        _ => return None,
    })
}

/// How a key of the keypad ends its sequence in application mode.
fn keypad_end(code: KeyCode) -> Option<u8> {
    Some(match code {
        KeyCode::Enter => b'M',
        KeyCode::Char(c @ ('0'..='9' | '*' | '+' | ',' | '-' | '.' | '/')) => u8::try_from(c).ok()? + (b'p' - b'0'),
        KeyCode::Char('=') => b'X',
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
