//! Lines of fields: `level=error`, `{"level":"error"}`.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::Level;
use super::words::{first_word, named};

static LOGFMT: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| ["level=", "lvl=", "severity="].map(Finder::new));
static JSON: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| ["level\"", "lvl\"", "severity\""].map(Finder::new));

/// Whether the line begins with a name and `=`.
pub(super) fn begins(text: &[u8]) -> bool {
    let end = text.iter().position(|byte| !matches!(byte, b'a'..=b'z' | b'_' | b'.'));
    end.and_then(|end| text.get(end)) == Some(&b'=')
}

/// The value of the field `level`, `lvl` or `severity`.
pub(super) fn logfmt(text: &[u8]) -> Option<Level> {
    LOGFMT.iter().find_map(|key| {
        let at = key.find(text)?;
        let is_whole = at == 0 || text.get(at - 1).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'.'));
        let value = text.get(at + key.needle().len()..)?;
        let (word, _) = first_word(value.strip_prefix(b"\"").unwrap_or(value));
        named(word).filter(|_| is_whole)
    })
}

/// The same in a JSON object; in numbers 10 is trace, then each level is 10 more up to 60, fatal.
pub(super) fn json(text: &[u8]) -> Option<Level> {
    JSON.iter().find_map(|key| {
        let at = key.find(text)?;
        let is_key = at > 0 && text.get(at - 1).is_some_and(|byte| matches!(byte, b'"' | b'.' | b'_'));
        let value =
            text.get(at + key.needle().len()..)?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        let level = match value {
            [b'"', value @ ..] => named(first_word(value).0),
            [b'1' | b'2', b'0', b',' | b'}' | b' ', ..] => Some(Level::Debug),
            [b'3', b'0', b',' | b'}' | b' ', ..] => Some(Level::Note),
            [b'4', b'0', b',' | b'}' | b' ', ..] => Some(Level::Warning),
            [b'5' | b'6', b'0', b',' | b'}' | b' ', ..] => Some(Level::Error),
            _ => None,
        };
        level.filter(|_| is_key)
    })
}
