//! The words for levels.

use super::Level;

/// A word that stands where only a level stands: in brackets, in a column, as the value of a field. Any case.
pub(super) fn named(word: &[u8]) -> Option<Level> {
    let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
    let any = |names: &[&str]| names.iter().any(|name| is(name));
    match word.len() {
        3 if is("err") => Some(Level::Error),
        4 if any(&["crit"]) => Some(Level::Error),
        5 if any(&["alert", "emerg"]) => Some(Level::Error),
        5 if is("trace") => Some(Level::Debug),
        6 if word == b"FAILED" || is("severe") => Some(Level::Error),
        7 if is("verbose") => Some(Level::Debug),
        11 if is("information") => Some(Level::Note),
        _ => said(word),
    }
}

/// A word that makes a level of a line with a colon after it. Any case.
pub(super) fn said(word: &[u8]) -> Option<Level> {
    let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
    let level = |found: bool, level| found.then_some(level);
    match (word.len(), word.first()?.to_ascii_lowercase()) {
        (4, b'n') => level(is("note"), Level::Note),
        (4, b'i') => level(is("info"), Level::Note),
        (4, b'w') => level(is("warn"), Level::Warning),
        (5, b'e') => level(is("error"), Level::Error),
        (5, b'f') => level(is("fatal"), Level::Error),
        (5, b'p') => level(is("panic"), Level::Error),
        (5, b'd') => level(is("debug"), Level::Debug),
        (6, b'n') => level(is("notice"), Level::Note),
        (6, b'r') => level(is("remark"), Level::Note),
        (7, b'w') => level(is("warning"), Level::Warning),
        (8, b'c') => level(is("critical"), Level::Error),
        (9, b'e') => level(is("emergency"), Level::Error),
        _ => None,
    }
}

/// Written in capitals only.
pub(super) fn is_loud(word: &[u8]) -> bool {
    word.iter().all(u8::is_ascii_uppercase)
}

/// The letters at the beginning, and the rest.
pub(super) fn first_word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// What is before the letters at the end, and those.
pub(super) fn last_word(text: &[u8]) -> (&[u8], &[u8]) {
    let begin = text.iter().rposition(|byte| !byte.is_ascii_alphabetic()).map_or(0, |at| at + 1);
    text.split_at_checked(begin).unwrap_or((text, &[]))
}
