//! A key with what is held down beside it.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_width::UnicodeWidthChar;

/// The highest function key.
const LAST_FUNCTION_KEY: u8 = 24;

/// A key, whatever is held down beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the key of that name")]
pub enum Key {
    /// A key that writes this character; the space bar is `' '`.
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Insert,
    Home,
    End,
    PageUp,
    PageDown,
    Up,
    Down,
    Left,
    Right,
    /// A function key, from 1 to 24.
    F(u8),
}

const NAMES: &[(&str, Key)] = &[
    // The first name of a key is the one it is printed with.
    ("space", Key::Char(' ')),
    ("plus", Key::Char('+')),
    ("minus", Key::Char('-')),
    ("enter", Key::Enter),
    ("return", Key::Enter),
    ("esc", Key::Esc),
    ("escape", Key::Esc),
    ("tab", Key::Tab),
    ("backspace", Key::Backspace),
    ("delete", Key::Delete),
    ("del", Key::Delete),
    ("insert", Key::Insert),
    ("ins", Key::Insert),
    ("home", Key::Home),
    ("end", Key::End),
    ("pageup", Key::PageUp),
    ("pgup", Key::PageUp),
    ("pagedown", Key::PageDown),
    ("pgdn", Key::PageDown),
    ("up", Key::Up),
    ("down", Key::Down),
    ("left", Key::Left),
    ("right", Key::Right),
];

/// A key with what is held down beside it, such as `s`, `S`, `ctrl-d`, `alt-x`, `shift-tab`, `f5` or `/`.
///
/// Equal where a terminal cannot tell the two apart: `shift-s` is `S`, the case of a letter with ctrl says nothing,
/// and the control codes have one name each (`ctrl-5` is `ctrl-]`, `ctrl-i` is `tab`, `ctrl-m` is `enter`,
/// `ctrl-[` is `esc`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    key: Key,
    ctrl: bool,
    alt: bool,
    /// Never with a character: its case says it.
    shift: bool,
}

impl Chord {
    /// The chord of a key event. `None` for releases, for keys that cannot be named, and where a key is held down
    /// that is neither ctrl, alt nor shift. Repeats are chords too.
    #[must_use]
    pub fn of(event: KeyEvent) -> Option<Self> {
        let held = event.modifiers;
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        if event.kind == KeyEventKind::Release || !known.contains(held) {
            return None;
        }
        let mut shift = held.contains(KeyModifiers::SHIFT);
        let key = match event.code {
            KeyCode::Char(c) if is_nameable(c) => Key::Char(c),
            KeyCode::Enter => Key::Enter,
            KeyCode::Esc => Key::Esc,
            KeyCode::Tab => Key::Tab,
            KeyCode::BackTab => {
                shift = true;
                Key::Tab
            }
            KeyCode::Backspace => Key::Backspace,
            KeyCode::Delete => Key::Delete,
            KeyCode::Insert => Key::Insert,
            KeyCode::Home => Key::Home,
            KeyCode::End => Key::End,
            KeyCode::PageUp => Key::PageUp,
            KeyCode::PageDown => Key::PageDown,
            KeyCode::Up => Key::Up,
            KeyCode::Down => Key::Down,
            KeyCode::Left => Key::Left,
            KeyCode::Right => Key::Right,
            KeyCode::F(number @ 1..=LAST_FUNCTION_KEY) => Key::F(number),
            _ => return None,
        };
        let (ctrl, alt) = (held.contains(KeyModifiers::CONTROL), held.contains(KeyModifiers::ALT));
        Some(Self { key, ctrl, alt, shift }.in_one_form())
    }

    /// The key.
    #[must_use]
    pub fn key(self) -> Key {
        self.key
    }

    /// Whether ctrl is held down.
    #[must_use]
    pub fn has_ctrl(self) -> bool {
        self.ctrl
    }

    /// Whether alt is held down.
    #[must_use]
    pub fn has_alt(self) -> bool {
        self.alt
    }

    /// Whether shift is held down with a key that writes no character.
    #[must_use]
    pub fn has_shift(self) -> bool {
        self.shift
    }

    /// Those that cannot be told apart, made the same.
    fn in_one_form(mut self) -> Self {
        let Key::Char(c) = self.key else { return self };
        self.key = Key::Char(match (self.ctrl, self.shift) {
            (true, _) => of_control(single(c.to_lowercase(), c)),
            (false, true) => single(c.to_uppercase(), c),
            (false, false) => c,
        });
        self.shift = false;
        let named = match self.key {
            Key::Char('i') => Key::Tab,
            Key::Char('m') => Key::Enter,
            Key::Char('[') => Key::Esc,
            _ => return self,
        };
        if self.ctrl {
            self = Self { key: named, ctrl: false, ..self };
        }
        self
    }
}

/// The usual name of a control code that is reported by the digit of an old keyboard.
fn of_control(c: char) -> char {
    match c {
        '2' | '@' => ' ',
        '3' => '[',
        '4' => '\\',
        '5' => ']',
        '6' => '^',
        '7' | '/' => '_',
        c => c,
    }
}

/// The letter in the other case, where that is one letter.
fn single(mut cased: impl Iterator<Item = char>, c: char) -> char {
    match (cased.next(), cased.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

/// Whether the character can be written in a file and seen there; the space has a name.
fn is_nameable(c: char) -> bool {
    c == ' ' || !c.is_whitespace() && c.width().is_some_and(|width| width > 0)
}

/// A text that is no chord.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no key: {why}")]
pub struct InvalidChord {
    text: String,
    why: String,
}

impl FromStr for Chord {
    type Err = InvalidChord;

    fn from_str(text: &str) -> Result<Self, InvalidChord> {
        let wrong = |why: &str| InvalidChord { text: text.chars().take(40).collect(), why: why.to_owned() };
        let (mut rest, mut ctrl, mut alt, mut shift) = (text, false, false, false);
        // What follows the last dash may be a dash itself.
        while let Some((name, after)) = rest.split_once('-').filter(|(_, after)| !after.is_empty()) {
            let held = match name.to_ascii_lowercase().as_str() {
                "ctrl" => &mut ctrl,
                "alt" => &mut alt,
                "shift" => &mut shift,
                _ => return Err(wrong("before a dash stands ctrl, alt or shift")),
            };
            if std::mem::replace(held, true) {
                return Err(wrong("the same twice"));
            }
            rest = after;
        }
        let key = key_of(rest).ok_or_else(|| {
            wrong(match rest {
                "" => "it is empty",
                _ => "a key is one character, or has a name such as enter or f5",
            })
        })?;
        if let Key::Char(c) = key
            && shift
            && !ctrl
            && single(c.to_uppercase(), c) == c
            && !c.is_uppercase()
        {
            return Err(wrong("give the character that shift makes of it, such as ! or ?"));
        }
        Ok(Self { key, ctrl, alt, shift }.in_one_form())
    }
}

fn key_of(text: &str) -> Option<Key> {
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (c != ' ' && is_nameable(c)).then_some(Key::Char(c));
    }
    let name = text.to_ascii_lowercase();
    if let Some((_, key)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*key);
    }
    let number = name.strip_prefix('f').filter(|digits| !digits.starts_with(['0', '+']))?;
    number.parse().ok().filter(|number| (1..=LAST_FUNCTION_KEY).contains(number)).map(Key::F)
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(name)?;
            }
        }
        match self.key {
            Key::Char(c) if c != ' ' => write!(f, "{c}"),
            Key::F(number) => write!(f, "f{number}"),
            key => f.write_str(NAMES.iter().find(|(_, named)| *named == key).map_or("?", |(name, _)| name)),
        }
    }
}

impl Serialize for Chord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Chord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
