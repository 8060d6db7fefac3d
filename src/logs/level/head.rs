//! A level at the beginning of a line, in the forms that need no colon.

use super::words::{first_word, is_loud, named};
use super::{Level, fields};

/// Sentences that begin lines, by their first bytes.
const PHRASES: &[(&[u8], Level)] = &[
    (b"Traceback (most recent call last)", Level::Error),
    (b"Exception in thread ", Level::Error),
    (b"Segmentation fault", Level::Error),
    (b"CMake Error", Level::Error),
    (b"CMake Warning", Level::Warning),
    (b"CMake Deprecation Warning", Level::Warning),
    (b"ninja: build stopped", Level::Error),
    (b"npm ERR!", Level::Error),
    (b"npm error ", Level::Error),
    (b"npm WARN ", Level::Warning),
    (b"npm warn ", Level::Warning),
    (b"E: ", Level::Error), // apt
    (b"W: ", Level::Warning),
    (b"N: ", Level::Note),
];

/// The level of a line by its beginning, without its margin.
pub(super) fn level(text: &[u8]) -> Option<Level> {
    match *text.first()? {
        b'<' => priority(text),
        b'{' => fields::json(text),
        b'[' => columns(text),
        b'0'..=b'9' => begins_with_stamp(text).then(|| columns(text)).flatten(),
        b'A'..=b'Z' if text.get(1).is_some_and(u8::is_ascii_uppercase) => loud(text).or_else(|| phrase(text)),
        b'E' | b'W' | b'I' | b'F' if text.get(1).is_some_and(u8::is_ascii_digit) => klog(text),
        b'C' | b'E' | b'N' | b'S' | b'T' | b'W' | b'n' => phrase(text),
        b'm' => ignored_by_make(text),
        b't' if text.starts_with(b"thread '") => panicked(text),
        b'a'..=b'z' => fields::begins(text).then(|| fields::logfmt(text)).flatten(),
        _ => None,
    }
}

fn phrase(text: &[u8]) -> Option<Level> {
    PHRASES.iter().find(|(phrase, _)| text.starts_with(phrase)).map(|(_, level)| *level)
}

/// `ERROR: `, `ERROR `, `ERROR:root:`, `WARNING!`, but not `ERROR = 1` nor `ERROR_LOG`.
pub(super) fn loud(text: &[u8]) -> Option<Level> {
    let (word, rest) = first_word(text);
    let level = named(word).filter(|_| is_loud(word))?;
    match rest {
        [b':', b':', ..] => None,
        [b':' | b'!' | b'|', ..] => Some(level),
        // "NOTE that", "ALERT all", "NOTICE of": these need their colon.
        [] | [b' ' | b'\t', ..] => {
            let is_column = !matches!(word, b"NOTE" | b"NOTICE" | b"ALERT" | b"REMARK" | b"PANIC");
            (is_column && !rest.trim_ascii_start().starts_with(b"=")).then_some(level)
        }
        _ => None,
    }
}

/// `<3>` and `<30>1 `: the priority of syslog, whose lowest three bits say how serious it is.
fn priority(text: &[u8]) -> Option<Level> {
    let rest = text.get(1..)?;
    let digits = rest.get(..rest.iter().take(4).position(|byte| *byte == b'>')?)?;
    if digits.is_empty() {
        return None;
    }
    let mut number = 0_u16;
    for digit in digits {
        number = number * 10 + u16::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    match number {
        192.. => None,
        _ => Some(match number % 8 {
            0..=3 => Level::Error,
            4 => Level::Warning,
            5 | 6 => Level::Note,
            _ => Level::Debug,
        }),
    }
}

/// `E0302 12:00:00.000000       1 main.go:3] text`
fn klog(text: &[u8]) -> Option<Level> {
    let [letter, date @ .., b' ', b'0'..=b'9'] = text.get(..7)? else { return None };
    match (date.iter().all(u8::is_ascii_digit), letter) {
        (true, b'E' | b'F') => Some(Level::Error),
        (true, b'W') => Some(Level::Warning),
        (true, _) => Some(Level::Note),
        (false, _) => None,
    }
}

/// `make[1]: [Makefile:3: all] Error 1 (ignored)`
fn ignored_by_make(text: &[u8]) -> Option<Level> {
    (text.starts_with(b"make") && text.ends_with(b" (ignored)")).then_some(Level::Warning)
}

/// `thread 'main' (1) panicked at src/main.rs:3:5:`
fn panicked(text: &[u8]) -> Option<Level> {
    let after = text.get(8..)?;
    let end = memchr::memchr(b'\'', after)?;
    let after = after.get(end + 1..)?.trim_ascii_start();
    let after = match after {
        [b'(', ..] => after.get(memchr::memchr(b')', after)? + 1..)?.trim_ascii_start(),
        _ => after,
    };
    after.starts_with(b"panicked at").then_some(Level::Error)
}

fn begins_with_stamp(text: &[u8]) -> bool {
    let (token, _) = first_token(text);
    is_numbers(token) && (token.len() >= 8 || token.contains(&b':'))
}

/// The level among the columns after a time stamp: `[ERROR]`, `ERROR`, `[main] ERROR`, `- root - ERROR -`.
fn columns(text: &[u8]) -> Option<Level> {
    let mut rest = text;
    let mut follows = Follows::Space;
    for _ in 0..6 {
        if let [b'[', inner @ ..] = rest {
            let end = memchr::memchr(b']', inner)?;
            let (inner, after) = inner.split_at_checked(end)?;
            if let Some(level) = bracketed(inner) {
                return Some(level);
            }
            (rest, follows) = step(after.get(1..)?);
            continue;
        }
        let (token, after) = first_token(rest);
        let (word, behind) = first_word(token);
        if let Some(level) = named(word)
            && (is_loud(word) || follows == Follows::Tab)
            && matches!(behind, [] | [b':' | b',' | b'|'])
        {
            return Some(level);
        }
        let is_ruler = token.iter().all(|byte| matches!(byte, b'-' | b'|'));
        if !(is_ruler || is_numbers(token) || follows == Follows::Ruler || matches!(token, b"UTC" | b"GMT")) {
            return fields::begins(rest).then(|| fields::logfmt(rest)).flatten();
        }
        (rest, follows) = step(after);
        if is_ruler {
            follows = Follows::Ruler;
        }
    }
    None
}

/// What is before a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follows {
    Space,
    Tab,
    Ruler,
}

fn step(text: &[u8]) -> (&[u8], Follows) {
    let follows = if text.starts_with(b"\t") { Follows::Tab } else { Follows::Space };
    (text.trim_ascii_start(), follows)
}

/// `ERROR`, ` error   `, `2026-03-01T10:00:00Z ERROR main`, `core:error`: what is between brackets.
pub(super) fn bracketed(inner: &[u8]) -> Option<Level> {
    let inner = inner.trim_ascii();
    if inner.first()?.is_ascii_digit() {
        return inner.split(u8::is_ascii_whitespace).take(4).filter(|word| is_loud(word)).find_map(named);
    }
    let after_colon = memchr::memrchr(b':', inner).and_then(|at| inner.get(at + 1..));
    named(after_colon.unwrap_or(inner))
}

fn first_token(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr2(b' ', b'\t', text).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

fn is_numbers(token: &[u8]) -> bool {
    token.first().is_some_and(u8::is_ascii_digit)
        && token.iter().all(|byte| {
            matches!(byte, b'0'..=b'9' | b'-' | b'/' | b':' | b'.' | b',' | b'T' | b'Z' | b'+' | b'#')
        })
}
