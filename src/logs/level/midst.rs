//! A level with a colon after it, or behind one: `main.c:3:5: error: text`, `make: *** [all] Error 2`.

use memchr::{memchr, memchr_iter, memrchr};

use super::words::{first_word, is_loud, last_word, said};
use super::{Level, fields, head};

/// What may come between a place and its `error`.
const QUALIFIERS: &[&[u8]] =
    &[b"fatal", b"internal compiler", b"syntax", b"parse", b"Fatal", b"Fatal Python"];

/// How far back the beginning of a label such as `[E0308]` is looked for, in bytes.
const LABEL: usize = 64;

/// The level at the first colon that has one.
pub(super) fn level(text: &[u8]) -> Option<Level> {
    memchr_iter(b':', text).find_map(|at| {
        let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
        match after.first() {
            None | Some(b' ' | b'\t') => before_colon(before).or_else(|| after_colon(before, after)),
            _ => None,
        }
    })
}

fn before_colon(before: &[u8]) -> Option<Level> {
    match before.last()? {
        b']' => unlabelled(before, b'['),
        b')' => unlabelled(before, b'('),
        b'0'..=b'9' => numbered(before),
        b'A'..=b'Z' | b'a'..=b'z' => with_word(before),
        _ => None,
    }
}

/// `error[E0308]`, `Warning (unit_address_vs_reg)`
fn unlabelled(before: &[u8], opening: u8) -> Option<Level> {
    let label = before.get(before.len().saturating_sub(LABEL)..)?;
    let length = label.len() - memrchr(opening, label)?;
    let before = before.get(..before.len() - length)?;
    with_word(before.strip_suffix(b" ").unwrap_or(before))
}

/// `error C2065`, `error TS2304`
fn numbered(before: &[u8]) -> Option<Level> {
    let number = before.iter().rev().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    let (before, letters) = last_word(before.get(..before.len() - number)?);
    ((1..=5).contains(&letters.len()) && is_loud(letters))
        .then(|| with_word(before.strip_suffix(b" ")?))
        .flatten()
}

fn with_word(before: &[u8]) -> Option<Level> {
    // The last letters of the words there are: most lines end here.
    if !b"relogkncy".contains(&before.last()?.to_ascii_lowercase()) {
        return None;
    }
    let (before, word) = last_word(before);
    match said(word) {
        Some(level) => stands_free(before, word).then_some(level),
        None => exception(before, word),
    }
}

/// Whether the word is at the beginning or behind what names a place, a program or a column.
fn stands_free(before: &[u8], word: &[u8]) -> bool {
    match before {
        [] | [.., b'0'..=b'9', b':'] => true,
        [.., b' ' | b'\t'] => {
            let before = before.trim_ascii_end();
            ends_place(before) || QUALIFIERS.iter().any(|qualifier| qualifies(before, qualifier))
        }
        // Glued to what waits for the end of its line: "Parsing recipes...", a bar with its time.
        [.., b'.', b'.', b'.'] | [.., b'|'] | [.., b':', b'0'..=b'9', b'0'..=b'9'] | [.., b'-', b'-'] => {
            is_loud(word)
        }
        _ => false,
    }
}

fn ends_place(before: &[u8]) -> bool {
    matches!(before, [] | [.., b':' | b']' | b'|' | b'-'])
}

fn qualifies(before: &[u8], qualifier: &[u8]) -> bool {
    match before.strip_suffix(qualifier) {
        Some([]) => true,
        Some(before @ [.., b' ' | b'\t']) => ends_place(before.trim_ascii_end()),
        _ => false,
    }
}

/// `ValueError: text` and `java.io.IOException: text` at the beginning, `setup.py:3: UserWarning: text` anywhere.
fn exception(before: &[u8], word: &[u8]) -> Option<Level> {
    if !word.first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    let is_path = |before: &[u8]| {
        before.is_empty()
            || before.ends_with(b".")
                && before.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(byte))
    };
    if word.ends_with(b"Error") || word.ends_with(b"Exception") {
        return is_path(before).then_some(Level::Error);
    }
    let follows_place = || matches!(before, [.., b':', b' ']);
    (word.ends_with(b"Warning") && (is_path(before) || follows_place())).then_some(Level::Warning)
}

fn after_colon(before: &[u8], after: &[u8]) -> Option<Level> {
    let text = after.get(1..)?;
    let said = |phrase: &[u8], level| text.starts_with(phrase).then_some(level);
    match *text.first()? {
        b'*' => said(b"*** ", Level::Error),                    // make
        b'u' => said(b"undefined reference to ", Level::Error), // linkers, the next two as well
        b'm' => said(b"multiple definition of ", Level::Error),
        b'c' => said(b"cannot find -l", Level::Error),
        b'[' => head::bracketed(text.get(1..memchr(b']', text)?)?),
        b'l' | b't' if text.starts_with(b"level=") || text.starts_with(b"time=") => fields::logfmt(text),
        // `prog[12]: ERROR text`
        b'A'..=b'Z' if before.ends_with(b"]") && is_loud(first_word(text).0) => head::loud(text),
        _ => None,
    }
}
