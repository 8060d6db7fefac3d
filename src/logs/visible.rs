//! A line as it came, with everything that could act on a terminal written out.

use unicode_width::UnicodeWidthChar;

use super::clean::{is_invisible, turns_direction};
use super::style::attribute::DIM;
use super::text::Pieces;
use super::{Style, Text};

/// Accents and the like on one character; more are written out.
const MARK_LIMIT: u8 = 4;

/// The bytes of one line as they came, in plain colours. Dim, and in place of what a terminal would act on or not show:
/// control characters as `^[` and `^M`, bytes that are no UTF-8 as `<ff>`, all other characters without a shape of their
/// own, or that turn the direction of writing around, as `<U+200B>`.
#[must_use]
pub fn visible(raw: &[u8]) -> Text {
    if let Some(text) = Text::ascii(raw, Style::PLAIN) {
        return text;
    }
    let mut pieces = Pieces::default();
    for chunk in raw.utf8_chunks() {
        let mut plain = String::new();
        // Marks stand on a character of this piece only: what was written out has none.
        let mut marks_left = 0;
        for character in chunk.valid().chars() {
            let is_mark = character.width() == Some(0);
            if is_shown(character) && (!is_mark || marks_left > 0) {
                marks_left = if is_mark { marks_left - 1 } else { MARK_LIMIT };
                plain.push(character);
            } else {
                pieces.push(&std::mem::take(&mut plain), Style::PLAIN);
                pieces.push(&written_out(character), Style::PLAIN.with(DIM));
                marks_left = 0;
            }
        }
        pieces.push(&plain, Style::PLAIN);
        for byte in chunk.invalid() {
            pieces.push(&format!("<{byte:02x}>"), Style::PLAIN.with(DIM));
        }
    }
    pieces.text()
}

fn is_shown(character: char) -> bool {
    character.width().is_some()
        && !matches!(character, '\u{2028}' | '\u{2029}')
        && !turns_direction(character)
        && !is_invisible(character)
}

fn written_out(character: char) -> String {
    match u8::try_from(character) {
        Ok(0x7f) => "^?".into(),
        // As keyboards have it: 64 above.
        Ok(byte @ ..=0x1f) => format!("^{}", char::from(byte | 0x40)),
        _ => format!("<U+{:04X}>", u32::from(character)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::clean::tests::marked;

    #[track_caller]
    fn seen(raw: impl AsRef<[u8]>, expected: &str) {
        assert_eq!(marked(&visible(raw.as_ref())), expected, "{:?}", raw.as_ref().escape_ascii().to_string());
    }

    #[test]
    fn what_would_act_is_written_out() {
        seen("plain text", "plain text");
        seen("", "");
        seen("  1%\r 50%\r100%", "  1%<dim>^M</> 50%<dim>^M</>100%");
        seen("\x1b[31mred\x1b[0m\t\0\x7f", "<dim>^[</>[31mred<dim>^[</>[0m<dim>^I^@^?</>");
        seen(b"caf\xe9 \xff\xfe", "caf<dim><e9></> <dim><ff><fe></>");
        seen(
            "\u{9b}2J\u{202e}x\u{200b}\u{2028}",
            "<dim><U+009B></>2J<dim><U+202E></>x<dim><U+200B><U+2028></>",
        );
        seen("käse 寿司", "käse 寿司");
    }

    #[test]
    fn a_mark_stands_on_a_character_and_on_nothing_else() {
        seen("e\u{301}", "e\u{301}");
        seen("\u{301}", "<dim><U+0301></>");
        seen("\t\u{301}", "<dim>^I<U+0301></>");
        seen(format!("e{}", "\u{301}".repeat(5)), &format!("e{}<dim><U+0301></>", "\u{301}".repeat(4)));
        seen(b"\xff\xcc\x81", "<dim><ff><U+0301></>");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_control_character_gets_out(raw in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            any::<String>().prop_map(String::into_bytes),
            proptest::collection::vec(
                proptest::sample::select(vec!["\x1b[", "\u{9b}", "e", "\u{301}", "寿", "\u{202e}", "\r", "\u{200d}"]), 0..30,
            ).prop_map(|parts| parts.concat().into_bytes()),
        ]) {
            let text = visible(&raw);
            for span in text.spans() {
                prop_assert!(!span.text().is_empty());
                prop_assert!(span.text().chars().all(is_shown), "{:?}", span.text());
            }
            // What is cut and broken holds the same.
            let rows: String = text.wrap(7).iter().map(Text::plain).collect();
            prop_assert_eq!(rows, text.plain());
        }

        #[test]
        fn printable_ascii_is_as_it_is(raw in "[ -~]{0,80}") {
            prop_assert_eq!(visible(raw.as_bytes()).plain(), raw);
        }
    }
}
