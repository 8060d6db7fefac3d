//! The text of a line without its escape sequences: enough to find a word, not to draw.

use memchr::memchr;

use super::LOOKED_AT;

const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;

/// How many bytes are read at most to fill the room.
const READ: usize = 8 * LOOKED_AT;

/// Fills `room` with the text and returns what was filled.
pub(super) fn text<'room>(line: &[u8], room: &'room mut [u8; LOOKED_AT]) -> &'room [u8] {
    let mut rest = line.get(..READ).unwrap_or(line);
    let mut filled = 0;
    loop {
        let escape = memchr(ESCAPE, rest);
        let (part, after) = rest.split_at_checked(escape.unwrap_or(rest.len())).unwrap_or((rest, &[]));
        let free = room.get_mut(filled..).unwrap_or_default();
        let taken = part.len().min(free.len());
        if let (Some(to), Some(from)) = (free.get_mut(..taken), part.get(..taken)) {
            to.copy_from_slice(from);
        }
        filled += taken;
        if escape.is_none() || filled == LOOKED_AT {
            return room.get(..filled).unwrap_or_default();
        }
        rest = after_escape(after.get(1..).unwrap_or_default());
    }
}

/// What comes after the sequence whose escape character was just before.
fn after_escape(rest: &[u8]) -> &[u8] {
    let Some((&kind, rest)) = rest.split_first() else { return rest };
    match kind {
        b'[' => after_final(rest, 0x40),
        b' '..=b'/' => after_final(rest, 0x30),
        b']' | b'P' | b'X' | b'^' | b'_' => after_string(rest),
        _ => rest,
    }
}

/// Behind the byte from `first` to `~` that ends a sequence.
fn after_final(rest: &[u8], first: u8) -> &[u8] {
    let end = rest.iter().position(|byte| !(b' '..first).contains(byte));
    let after = end.map_or(&[][..], |end| rest.get(end..).unwrap_or_default());
    match after.split_first() {
        Some((b'@'..=b'~', after)) => after,
        Some((byte, after)) if (first..=b'~').contains(byte) => after,
        _ => after, // broken off: what follows is text again
    }
}

/// Behind the end of a title, a link and the like; nothing when it has no end here.
fn after_string(rest: &[u8]) -> &[u8] {
    let Some(end) = memchr::memchr2(BELL, ESCAPE, rest) else { return &[] };
    let rest = rest.get(end..).unwrap_or_default();
    rest.strip_prefix(b"\x1b\\").or_else(|| rest.strip_prefix(&[BELL])).unwrap_or(rest)
}
