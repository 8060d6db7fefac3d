//! What a session is called.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

/// A session's name in its container: `d-SECONDS-RANDOM`, both in hexadecimal. Names sort by when they were made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SessionId(String);

impl SessionId {
    /// A new name.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "each is another")]
    pub fn new() -> Self {
        Self(format!("d-{:08x}-{:04x}", Timestamp::now().as_second(), fastrand::u16(..)))
    }

    /// Reads a name: 1 to 64 letters, digits, `.`, `_` or `-`, no dot or dash at the beginning.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = (1..=64).contains(&text.len())
            && !text.starts_with(['.', '-'])
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        is_name.then(|| Self(text.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_shim_takes_is_a_name() {
        let new = SessionId::new();
        assert_eq!(SessionId::parse(new.as_str()), Some(new));
        for wrong in ["", ".", "..", "-x", "a/b", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(SessionId::parse(wrong), None, "{wrong}");
        }
    }
}
