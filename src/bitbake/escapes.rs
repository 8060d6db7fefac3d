//! Escape sequences taken out of a line.

use std::borrow::Cow;

use super::scan::text as decoded;

const ESC: u8 = 0x1b;

/// What one escape sequence at the beginning of the bytes means here, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// The cursor goes up or the screen below it is cleared: what is drawn is drawn again.
    Redraws,
    /// Bold and a colour: a level begins.
    Level,
    /// All colours off.
    Plain,
    /// Anything else.
    Other,
}

/// Reads the escape sequence that `bytes` begin with, ESC included; never longer than the bytes.
pub(super) fn escape(bytes: &[u8]) -> (Escape, usize) {
    match bytes.get(1) {
        Some(b'[') => control(bytes),
        Some(b']') => (Escape::Other, operating_system_command(bytes)),
        Some(_) => (Escape::Other, 2),
        None => (Escape::Other, bytes.len().min(1)),
    }
}

fn control(bytes: &[u8]) -> (Escape, usize) {
    let parameters = bytes.get(2..).unwrap_or_default();
    let end = parameters.iter().position(|byte| !(0x20..=0x3f).contains(byte));
    let Some(end) = end else { return (Escape::Other, bytes.len()) };
    let (parameters, last) = (parameters.get(..end).unwrap_or_default(), parameters.get(end).copied());
    let kind = match last {
        Some(b'A' | b'J') => Escape::Redraws,
        Some(b'm') if parameters.is_empty() || parameters == b"0" => Escape::Plain,
        Some(b'm') if parameters.starts_with(b"1;") => Escape::Level,
        // A control character within a sequence ends it here; the character itself stays.
        Some(byte) if byte < 0x20 => return (Escape::Other, 2 + end),
        _ => Escape::Other,
    };
    (kind, 3 + end)
}

/// Its length with the terminator. One that never ends is taken for two bytes, so that its text is not lost.
fn operating_system_command(bytes: &[u8]) -> usize {
    let payload = bytes.get(2..).unwrap_or_default();
    for (at, byte) in payload.iter().enumerate() {
        match byte {
            0x07 => return at + 3,
            &ESC => return if payload.get(at + 1) == Some(&b'\\') { at + 4 } else { at + 2 },
            _ => {}
        }
    }
    2
}

/// What the escapes around a stretch of text say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// What was drawn before is drawn again from here.
    pub(super) redraws: bool,
    /// It begins with a coloured level.
    pub(super) begins_level: bool,
    /// All colours are off at its end.
    pub(super) ends_plain: bool,
}

/// Cuts a line with escapes into what stands between two redraws, and gives each to `each` without the escapes.
pub(super) fn pieces(line: &[u8], mut each: impl FnMut(Cow<'_, str>, Marks)) {
    let mut text = Vec::with_capacity(line.len());
    let mut marks = Marks::default();
    let mut rest = line;
    while let Some(at) = memchr::memchr(ESC, rest) {
        let (before, from) = rest.split_at(at);
        if !before.is_empty() {
            text.extend_from_slice(before);
            marks.ends_plain = false;
        }
        let (kind, length) = escape(from);
        match kind {
            Escape::Redraws => {
                if !text.is_empty() {
                    each(decoded(&text), marks);
                }
                text.clear();
                marks = Marks { redraws: true, ..Marks::default() };
            }
            Escape::Level => marks.begins_level |= text.is_empty(),
            Escape::Plain => marks.ends_plain = true,
            Escape::Other => {}
        }
        rest = from.get(length..).unwrap_or_default();
    }
    if !rest.is_empty() {
        text.extend_from_slice(rest);
        marks.ends_plain = false;
    }
    each(decoded(&text), marks);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str) -> Vec<(String, Marks)> {
        let mut found = Vec::new();
        pieces(line.as_bytes(), |text, marks| found.push((text.into_owned(), marks)));
        found
    }

    #[test]
    fn colours_tell_where_a_message_begins_and_ends() {
        let marks = Marks { begins_level: true, ends_plain: true, redraws: false };
        let line = "\x1b[1;31mERROR\x1b[0m: \x1b[31mtext\x1b[0m";
        assert_eq!(cut(line), [("ERROR: text".into(), marks)]);
        let open = Marks { ends_plain: false, ..marks };
        assert_eq!(cut("\x1b[1;31mERROR\x1b[0m: \x1b[31mtext"), [("ERROR: text".into(), open)]);
        let end = Marks { ends_plain: true, ..Marks::default() };
        assert_eq!(cut("  more\x1b[0m"), [("  more".into(), end)]);
    }

    #[test]
    fn a_redraw_begins_a_new_piece() {
        let again = Marks { redraws: true, ..Marks::default() };
        assert_eq!(cut("\x1b[3A\x1b[JSetscene"), [("Setscene".into(), again)]);
        assert_eq!(cut("one\x1b[71A\x1b[Jtwo"), [("one".into(), Marks::default()), ("two".into(), again)]);
        assert_eq!(cut("\x1b[2A\x1b[J"), [(String::new(), again)]);
    }

    #[test]
    fn links_lose_their_address_and_keep_their_text() {
        let link = "log: \x1b]8;;file:///a\x1b\\/a\x1b]8;;\x1b\\";
        assert_eq!(cut(link), [("log: /a".into(), Marks::default())]);
        assert_eq!(cut("\x1b]0;never ended"), [("0;never ended".into(), Marks::default())]);
        assert_eq!(cut("\x1b[12"), [(String::new(), Marks::default())]);
        assert_eq!(cut("\x1b"), [(String::new(), Marks::default())]);
    }
}
