//! The clipboard of the user's own terminal, wherever that is: OSC 52.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The most that is copied, in bytes.
pub(crate) const MOST: usize = crate::ui::COPIED;

/// What the terminal is sent to take a text into its clipboard; `None` where it is too long for it.
pub(crate) fn copied(text: &str) -> Option<Vec<u8>> {
    (text.len() <= MOST).then(|| format!("\x1b]52;c;{}\x07", STANDARD.encode(text)).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_the_sequence() {
        let sent = copied("a\u{7}\u{1b}\\b").unwrap();
        assert_eq!(sent, b"\x1b]52;c;YQcbXGI=\x07");
        assert!(copied(&"x".repeat(MOST)).unwrap().len() < 100_000);
        assert_eq!(copied(&"x".repeat(MOST + 1)), None);
    }
}
