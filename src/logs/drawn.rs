//! What is drawn of a line, for searching: the same as [`clean`](super::clean) without its looks, and several times faster
//! for lines that hold nothing but text, tabs and colours, as those of a build do.

use super::carry::Carry;
use super::clean::clean_from;
use super::{Style, clean::is_drawn_as_it_is};

const ESCAPE: u8 = 0x1b;
/// Tabs further right are no longer wide: see `cells`.
const TAB_LIMIT: usize = 65_536;

/// Writes what is drawn of a line into a buffer, in place of what was there.
pub(super) fn drawn_into(line: &[u8], carry: Carry, text: &mut String) {
    text.clear();
    let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
    let line = line.get(..end).unwrap_or_default();
    if carry.is_ground() && simple_into(line, text).is_some() {
        return;
    }
    text.clear();
    // Looks do not matter here.
    text.push_str(&clean_from(line, Carry { style: Style::PLAIN, ..carry }).plain());
}

/// `None` where there is anything but text one column wide, tabs, and sequences that set colours.
fn simple_into(line: &[u8], text: &mut String) -> Option<()> {
    let line = str::from_utf8(line).ok()?;
    let (mut column, mut blanks) = (0, 0);
    let mut rest = line;
    while let Some(first) = rest.bytes().next() {
        match first {
            b'\t' => {
                let next = if column < TAB_LIMIT { (column / 8 + 1) * 8 } else { column + 1 };
                // They are there only where something stands behind them.
                blanks += next - column;
                column = next;
                rest = rest.get(1..)?;
            }
            ESCAPE => rest = behind_colours(rest)?,
            _ => {
                let end = rest.bytes().position(|byte| matches!(byte, b'\t' | ESCAPE)).unwrap_or(rest.len());
                let (piece, behind) = rest.split_at_checked(end)?;
                let is_ascii = piece.bytes().all(|byte| matches!(byte, b' '..=b'~'));
                if !is_ascii && !piece.chars().all(is_narrow) {
                    return None;
                }
                text.extend(std::iter::repeat_n(' ', std::mem::take(&mut blanks)));
                text.push_str(piece);
                column += if is_ascii { piece.len() } else { piece.chars().count() };
                rest = behind;
            }
        }
    }
    Some(())
}

fn is_narrow(character: char) -> bool {
    use unicode_width::UnicodeWidthChar;
    character.width() == Some(1) && is_drawn_as_it_is(character)
}

/// What follows a sequence that sets colours.
fn behind_colours(text: &str) -> Option<&str> {
    let params = text.strip_prefix("\x1b[")?;
    let end = params.bytes().position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))?;
    params.get(end..)?.strip_prefix('m')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::clean;

    fn drawn(line: &[u8]) -> String {
        let mut text = "before".to_owned();
        drawn_into(line, Carry::default(), &mut text);
        text
    }

    proptest! {
        #[test]
        fn it_is_what_cleaning_up_gives(
            line in "([a-z ]|\t|\r|\x08|é|日|\u{301}|\u{202e}|\x1b\\[[0-9;:]{0,4}m|\x1b\\[[0-9]?[KCDG]|\x1b\\]0;x\x07|\x1b){0,30}",
        ) {
            prop_assert_eq!(drawn(line.as_bytes()), clean(line.as_bytes()).plain());
        }

        #[test]
        fn whatever_the_bytes(line in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(drawn(&line), clean(&line).plain());
        }
    }

    #[test]
    fn text_tabs_and_colours_are_simple() {
        let simple = |line: &str| {
            let mut text = String::new();
            simple_into(line.as_bytes(), &mut text).map(|()| text)
        };
        assert_eq!(simple("\x1b[33mWARNING: é\x1b[0m\tx\t"), Some("WARNING: é      x".into()));
        assert_eq!(simple("a\rb"), None);
        assert_eq!(simple("\x1b[2K"), None);
    }
}
