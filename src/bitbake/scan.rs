//! Small steps over a line: numbers and what stands between words.

use std::borrow::Cow;

/// The bytes as text, whatever is not UTF-8 replaced.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    // By far most lines are text as they are; to see that is faster than to look for what to replace.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The whole number the text begins with, and what follows it. Too large a number is none.
pub(super) fn number(text: &str) -> Option<(u64, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

/// The number after these words, and what follows it.
pub(super) fn number_after<'a>(text: &'a str, words: &str) -> Option<(u64, &'a str)> {
    number(text.strip_prefix(words)?)
}

/// The two numbers of `N of M`, and what follows them.
pub(super) fn n_of_m(text: &str) -> Option<(u64, u64, &str)> {
    let (n, rest) = number(text)?;
    let (m, rest) = number_after(rest, " of ")?;
    Some((n, m, rest))
}

/// What stands in quotes at the beginning, and what follows the closing one.
pub(super) fn quoted(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('\'')?.split_once('\'')
}

/// The text cut to this many bytes, at a character.
pub(super) fn capped(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}
