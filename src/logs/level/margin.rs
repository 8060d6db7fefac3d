//! What stands before the text of a line: indentation, the bar of quoted log data, ornaments.

/// The text without its margin; `None` for lines that quote something: source under a message, a shell's trace.
pub(super) fn without(text: &[u8]) -> Option<&[u8]> {
    let mut text = text;
    for _ in 0..4 {
        text = match text {
            [b'0'..=b'9', ..] => return (!is_numbered_source(text)).then_some(text),
            // BitBake quotes the log of a failed task so.
            [b'|', b' ', rest @ ..] | [b' ', b'|', b' ', rest @ ..] => rest,
            [b' ' | b'\t', ..] => match text.trim_ascii_start() {
                [b'|', ..] => return None,
                rest => rest,
            },
            [b'+', ..] if behind(text, b"+").starts_with(b" ") => return None,
            [b'*' | b'!' | b'=' | b'>' | b'-', second, ..] if b"*!=>-".contains(second) => {
                match behind(text, b"*!=>-") {
                    [b' ', rest @ ..] => rest,
                    _ => return Some(text),
                }
            }
            _ => return Some(text),
        };
    }
    Some(text)
}

/// `  12 | code` of compilers, `0012:code` of BitBake's stack listings and of `grep -n`.
fn is_numbered_source(text: &[u8]) -> bool {
    let after = behind(text, b"0123456789");
    match after {
        [b':', next, ..] => !next.is_ascii_digit(),
        _ => after.trim_ascii_start().starts_with(b"|") && after.starts_with(b" "),
    }
}

/// The text behind the bytes of `set` at its beginning.
fn behind<'text>(text: &'text [u8], set: &[u8]) -> &'text [u8] {
    let end = text.iter().position(|byte| !set.contains(byte)).unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}
