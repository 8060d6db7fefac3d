//! Cleaning: what is kept, what goes, and that nothing hostile gets through.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::logs::carry::Inside;

/// With styles in words: `<bold red>text</>`.
pub(in crate::logs) fn marked(text: &Text) -> String {
    let mark = |span: &crate::logs::Span| match span.style() {
        Style::PLAIN => span.text().to_owned(),
        style => format!("<{style:?}>{}</>", span.text()),
    };
    text.spans().iter().map(mark).collect()
}

#[track_caller]
fn cleaned(raw: impl AsRef<[u8]>, expected: &str) {
    assert_eq!(marked(&clean(raw.as_ref())), expected, "{:?}", raw.as_ref().escape_ascii().to_string());
}

#[test]
fn a_line_that_is_drawn_over_shows_its_last_state() {
    cleaned("  1%\r 50%\r100%", "100%");
    cleaned("plain\r", "plain");
    cleaned("plain\r\r", "plain");
    cleaned("long text\rshort", "shorttext");
    cleaned("long text\r\x1b[Kshort", "short");
    cleaned("long text\r          \rnew", "new");
    cleaned("abc\x08\x08X", "aXc");
    cleaned("\x08\x08abc", "abc");
    cleaned("abc\x1b[2DX", "aXc");
    cleaned("ab\x1b[3Ccd", "ab   cd");
    cleaned("abcd\x1b[2Gx", "axcd");
    cleaned("abcd\x1b[2G\x1b[1K", "  cd");
    cleaned("abcd\x1b[2G\x1b[2X", "a  d");
    cleaned("abcd\x1b[2K!", "    !");
    cleaned("trailing ", "trailing ");
}

#[test]
fn tabs_go_to_every_eighth_column() {
    cleaned("a\tb", "a       b");
    cleaned("1234567\tb", "1234567 b");
    cleaned("12345678\tb", "12345678        b");
    cleaned("寿\tb", "寿      b");
}

#[test]
fn colours_and_attributes_are_kept() {
    cleaned("\x1b[1;31mERROR\x1b[0m: \x1b[31mtext\x1b[0m", "<bold red>ERROR</>: <red>text</>");
    cleaned("\x1b[2;3;4;7mx\x1b[22;23;24;27my", "<dim italic underlined reversed>x</>y");
    cleaned("\x1b[94;103mx\x1b[39my\x1b[mz", "<brightblue on brightyellow>x</><on brightyellow>y</>z");
    cleaned("\x1b[38;5;196mx\x1b[48;2;0;0;0my", "<brightred>x</><brightred on black>y</>");
    cleaned(
        "\x1b[38:5:2mx\x1b[38:2::255:0:0my\x1b[38:2:0:255:0mz",
        "<green>x</><brightred>y</><brightgreen>z</>",
    );
    cleaned("\x1b[58;5;1;4mx\x1b[4:0my\x1b[38;5mz\x1b[38;7;1mw", "<underlined>x</>yz<bold>w</>");
    cleaned("\x1b[8mhidden\x1b[5;9;53;999mshown", "hiddenshown");
    cleaned("\x1b[31ma\rb", "<red>b</>");
}

#[test]
fn links_keep_their_text() {
    cleaned("see \x1b]8;;file:///tmp/log\x1b\\the log\x1b]8;;\x1b\\.", "see the log.");
    cleaned("\x1b]8;id=1;http://x\x07text\x1b]8;;\x07", "text");
}

#[test]
fn every_other_sequence_goes_with_its_payload() {
    for gone in [
        "\x1b]52;c;cm0gLXJmIC8=\x07",
        "\x1b]0;title\x1b\\",
        "\x1b[2J",
        "\x1b[3J",
        "\x1b[5;9H",
        "\x1b[4A\x1b[J",
        "\x1b[?1049h",
        "\x1b[?25l",
        "\x1b[>4;1m",
        "\x1b[6n",
        "\x1b[c",
        "\x1b[18t",
        "\x1bc",
        "\x1b(0",
        "\x1b7\x1b8",
        "\x1bP1$r0m\x1b\\",
        "\x1bPq#0;2;0;0;0\x1b\\",
        "\x1b_Gf=24;AAAA\x1b\\",
        "\x1b^private\x1b\\",
        "\x1bXstring\x1b\\",
        "\x00\x01\x05\x07\x0b\x0c\x0e\x0f\x7f",
        "\u{80}\u{85}\u{9d}",
    ] {
        cleaned(format!("before{gone}after"), "beforeafter");
        // A cut sequence does not get out either.
        let cut = clean(&[b"before", &gone.as_bytes()[..gone.len() - 1]].concat());
        assert!(cut.plain().starts_with("before"), "{cut:?}");
        assert!(!cut.plain().contains(char::is_control), "{cut:?}");
    }
    cleaned("before\x1b]52;c;never ended", "before");
}

#[test]
fn what_is_not_utf8_is_replaced() {
    cleaned(b"a\xffb\xc3", "a\u{fffd}b\u{fffd}");
    cleaned(b"\xe2\x82", "\u{fffd}");
    cleaned(b"\xe2\x82\x1b[31mx", "\u{fffd}<red>x</>");
    // The last byte counts as one of the controls of the second set.
    cleaned(b"\xed\xa0\x80", "\u{fffd}\u{fffd}");
}

#[test]
fn what_deceives_the_eye_is_harmless() {
    cleaned("gpj.\u{202e}exe", "gpj.\u{fffd}exe");
    cleaned("a\u{2066}b\u{2069}c\u{200f}", "a\u{fffd}b\u{fffd}c\u{fffd}");
    cleaned("a\u{200b}\u{feff}\u{ad}\u{2060}\u{e0041}b", "ab");
    cleaned("a\u{2028}b", "a b");
    cleaned(format!("a{}b", "\u{301}".repeat(100)), "a\u{301}\u{301}\u{301}\u{301}b");
    cleaned("\u{301}a", "a");
}

#[test]
fn wide_and_combined_characters_are_whole() {
    cleaned("寿司\rab", "ab司");
    cleaned("寿司\x1b[2Gx", " x司");
    cleaned("a\u{308}b\rc", "cb");
    cleaned("寿\u{301}x", "寿\u{301}x");
    cleaned("a寿\x08X", "a X");
    let family = clean("👩\u{200d}💻👍🏽".as_bytes());
    assert_eq!((family.plain().as_str(), family.width()), ("👩💻👍🏽", 6));
}

#[test]
fn few_bytes_do_not_become_many_columns() {
    assert!(clean(b"\x1b[65535Cx\x1b[65535Gy").width() <= 4098);
    assert_eq!(clean(&vec![b'\t'; 100_000]).width(), 0);
    let text = clean(&[&vec![b'\t'; 100_000][..], b"x"].concat());
    assert!(text.width() <= 200_000, "{}", text.width());
}

#[test]
fn a_cut_halves_no_wide_character() {
    let text = clean("ab寿\x1b[31m司cd".as_bytes());
    let cut = |from, columns| marked(&text.cut(from, columns));
    assert_eq!(text.width(), 8);
    assert_eq!(cut(0, 80), "ab寿<red>司cd</>");
    assert_eq!(cut(0, 3), "ab");
    assert_eq!(cut(0, 4), "ab寿");
    assert_eq!(cut(3, 3), " <red>司</>");
    assert_eq!(cut(3, 1), " ");
    assert_eq!(cut(5, 2), "<red> c</>");
    assert_eq!(cut(7, 9), "<red>d</>");
    assert_eq!(cut(8, 9), "");
    assert_eq!(cut(2, 0), "");
    assert_eq!(cut(usize::MAX, usize::MAX), "");
}

#[test]
fn wrapping_makes_full_rows() {
    let rows = |text: &str, columns| -> Vec<String> {
        clean(text.as_bytes()).wrap(columns).iter().map(marked).collect()
    };
    assert_eq!(rows("", 10), [""]);
    assert_eq!(rows("abcdef", 3), ["abc", "def"]);
    assert_eq!(rows("abcdefg", 3), ["abc", "def", "g"]);
    assert_eq!(rows("a寿司b", 2), ["a", "寿", "司", "b"]);
    assert_eq!(rows("a寿司b", 3), ["a寿", "司b"]);
    assert_eq!(rows("寿a", 1), ["\u{fffd}", "a"]);
    assert_eq!(rows("ab", 0), ["a", "b"]);
    assert_eq!(rows("ab\x1b[31mcd", 3), ["ab<red>c</>", "<red>d</>"]);
}

/// Pieces a program might print, and a hostile one: more telling than random bytes alone.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..8),
        "[ -~]{0,12}".prop_map(String::into_bytes),
        any::<String>().prop_map(String::into_bytes),
        prop::sample::select(vec![
            "\r",
            "\t",
            "\x08",
            "\x1b[",
            "\x1b]",
            "\x1bP",
            "\x1b\\",
            "\x07",
            "\x1b[K",
            "\x1b[1K",
            "\x1b[2K",
            "\x1b[3X",
            "\x1b[5D",
            "\x1b[5C",
            "\x1b[3G",
            "\x1b[31m",
            "\x1b[44m",
            "\x1b[0m",
            "寿",
            "司",
            "👍",
            "🏽",
            "🇩🇪",
            "\u{301}",
            "\u{200d}",
            "\u{fe0f}",
            "\u{202e}",
            "\u{1160}",
            "क्षि",
            "กำ",
            "각",
            "\u{2d7f}",
            "\u{17d2}",
        ])
        .prop_map(|piece| piece.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

fn harmless(text: &Text) -> std::result::Result<(), TestCaseError> {
    for (place, span) in text.spans().iter().enumerate() {
        prop_assert!(!span.text().is_empty());
        prop_assert!(place == 0 || text.spans()[place - 1].style() != span.style());
        for character in span.text().chars() {
            prop_assert!(!character.is_control(), "{character:?}");
            prop_assert!(!turns_direction(character) && !is_invisible(character), "{character:?}");
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn nothing_hostile_gets_through(raw in hostile(), carry in 0_usize..3) {
        let inside = [Inside::Ground, Inside::Command, Inside::Other][carry];
        harmless(&clean_from(&raw, Carry { inside, ..Carry::default() }))?;
        harmless(&clean(&raw))?;
    }

    #[test]
    fn colours_at_the_end_are_those_that_are_carried_on(raw in hostile()) {
        let carry = Carry::default().after_line(&raw);
        let next = clean_from(b"next", carry);
        // The same two lines on one, with the erased first.
        let both = clean(&[&raw[..], b"\x18\x1b[2K\rnext"].concat());
        prop_assert_eq!(next, both);
    }

    #[test]
    fn widths_are_those_of_the_screen(raw in hostile(), from in 0_usize..40, columns in 0_usize..40) {
        let text = clean(&raw);
        let drawn: usize = text.spans().iter().flat_map(|span| span.text().graphemes(true)).map(UnicodeWidthStr::width).sum();
        prop_assert_eq!(text.width(), drawn);
        let cut = text.cut(from, columns);
        harmless(&cut)?;
        prop_assert!(cut.width() <= columns);
        let wanted = text.width().saturating_sub(from).min(columns);
        prop_assert!(cut.width() + 4 > wanted, "{} of {wanted}", cut.width());
        let rows = text.wrap(columns);
        for row in &rows {
            harmless(row)?;
            prop_assert!(row.width() <= columns.max(1), "{row:?}");
        }
        if columns > 8 {
            let joined: String = rows.iter().map(Text::plain).collect();
            prop_assert_eq!(joined, text.plain(), "nothing is lost");
        }
    }

    #[test]
    fn ascii_is_drawn_the_same_on_the_short_way(text in "[ -~]{0,200}") {
        // The escape makes it take the long way.
        prop_assert_eq!(clean(text.as_bytes()), clean(format!("\x1b[m{text}").as_bytes()));
    }
}
