//! The level of a line.
#![expect(missing_docs, reason = "to be replaced")]

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Debug,
    Note,
    Warning,
    Error,
}

/// The level.
#[must_use]
pub fn level(line: &[u8]) -> Option<Level> {
    match line {
        [b'E', b'R', b'R', b'O', b'R', b':', ..] => Some(Level::Error),
        [b'W', b'A', b'R', b'N', b'I', b'N', b'G', b':', ..] => Some(Level::Warning),
        [b'N', b'O', b'T', b'E', b':', ..] => Some(Level::Note),
        _ => None,
    }
}
