use crossterm::event::KeyEventState;
use proptest::prelude::*;

use super::*;

fn chord(text: &str) -> Chord {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn pressed(code: KeyCode, held: KeyModifiers) -> Option<Chord> {
    Chord::of(KeyEvent::new(code, held))
}

const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const ALT: KeyModifiers = KeyModifiers::ALT;

#[test]
fn what_is_pressed_is_what_is_written() {
    for (code, held, text) in [
        (KeyCode::Char('s'), NONE, "s"),
        (KeyCode::Char('S'), NONE, "S"),
        (KeyCode::Char('S'), SHIFT, "S"),
        (KeyCode::Char('s'), SHIFT, "shift-s"),
        (KeyCode::Char('Ä'), SHIFT, "shift-ä"),
        (KeyCode::Char('d'), CTRL, "ctrl-d"),
        (KeyCode::Char('D'), CTRL, "ctrl-d"),
        (KeyCode::Char('D'), CTRL | SHIFT, "Ctrl-D"),
        (KeyCode::Char('x'), ALT, "alt-x"),
        (KeyCode::Char('X'), ALT | SHIFT, "alt-X"),
        (KeyCode::Char('X'), ALT, "alt-shift-x"),
        (KeyCode::Char('x'), CTRL | ALT, "alt-ctrl-x"),
        (KeyCode::Char(' '), NONE, "space"),
        (KeyCode::Char(' '), SHIFT, "space"),
        (KeyCode::Char(' '), CTRL, "ctrl-space"),
        (KeyCode::Enter, NONE, "enter"),
        (KeyCode::Enter, ALT, "alt-return"),
        (KeyCode::Esc, NONE, "esc"),
        (KeyCode::Tab, NONE, "tab"),
        (KeyCode::BackTab, SHIFT, "shift-tab"),
        (KeyCode::BackTab, NONE, "shift-tab"),
        (KeyCode::Tab, SHIFT, "shift-tab"),
        (KeyCode::F(5), NONE, "f5"),
        (KeyCode::F(12), SHIFT, "shift-F12"),
        (KeyCode::PageUp, NONE, "pageup"),
        (KeyCode::PageDown, CTRL, "ctrl-PgDn"),
        (KeyCode::Home, NONE, "home"),
        (KeyCode::Up, SHIFT, "shift-up"),
        (KeyCode::Char('/'), NONE, "/"),
        (KeyCode::Char('?'), SHIFT, "?"),
        (KeyCode::Char(']'), NONE, "]"),
        (KeyCode::Char('5'), CTRL, "ctrl-]"), // how crossterm tells the byte 0x1d
        (KeyCode::Char(']'), CTRL, "ctrl-]"), // and what the kitty protocol says
        (KeyCode::Char('4'), CTRL, "ctrl-\\"),
        (KeyCode::Char('7'), CTRL, "ctrl-_"),
        (KeyCode::Tab, NONE, "ctrl-i"),
        (KeyCode::Char('-'), NONE, "-"),
        (KeyCode::Char('-'), CTRL, "ctrl--"),
        (KeyCode::Char('-'), ALT, "alt-minus"),
        (KeyCode::Char('+'), SHIFT, "plus"),
    ] {
        assert_eq!(pressed(code, held), Some(chord(text)), "{code:?} {held:?} {text}");
    }
}

#[test]
fn different_chords_differ() {
    let texts = ["s", "S", "ctrl-s", "alt-s", "alt-S", "ctrl-alt-s", "tab", "shift-tab", "f1", "5", "ctrl-]"];
    let chords: std::collections::BTreeSet<Chord> = texts.into_iter().map(chord).collect();
    assert_eq!(chords.len(), texts.len());
}

#[test]
fn releases_and_what_has_no_name_are_no_chords() {
    let mut event = KeyEvent::new(KeyCode::Char('s'), NONE);
    event.kind = KeyEventKind::Repeat;
    event.state = KeyEventState::CAPS_LOCK;
    assert_eq!(Chord::of(event), Some(chord("s")));
    event.kind = KeyEventKind::Release;
    assert_eq!(Chord::of(event), None);
    assert_eq!(pressed(KeyCode::Char('q'), KeyModifiers::SUPER), None, "not the same as q");
    for code in [KeyCode::Null, KeyCode::CapsLock, KeyCode::F(0), KeyCode::F(99), KeyCode::Char('\u{7}')] {
        assert_eq!(pressed(code, NONE), None, "{code:?}");
    }
}

#[test]
fn what_is_no_chord_is_refused_with_the_reason() {
    for (text, why) in [
        ("", "empty"),
        (" ", "has a name"),
        ("\t", "has a name"),
        ("\u{301}", "has a name"),
        ("stop", "has a name"),
        ("ctrl", "has a name"),
        ("ctrl-", "has a name"),
        ("f0", "has a name"),
        ("f25", "has a name"),
        ("f+5", "has a name"),
        ("super-s", "ctrl, alt or shift"),
        ("ctrl+s", "has a name"),
        ("ctrl-ctrl-s", "twice"),
        ("shift-1", "such as !"),
        ("shift-space", "such as !"),
    ] {
        let error = text.parse::<Chord>().unwrap_err().to_string();
        assert!(error.contains(why), "{text:?}: {error}");
    }
}

#[test]
fn chords_are_text_in_files() {
    let chords: Vec<Chord> = serde_json::from_str(r#"["s", "ctrl-D", "shift-s"]"#).unwrap();
    assert_eq!(serde_json::to_string(&chords).unwrap(), r#"["s","ctrl-d","S"]"#);
    assert!(serde_json::from_str::<Chord>(r#""shift-1""#).unwrap_err().to_string().contains("no key"));
}

fn any_code() -> impl Strategy<Value = KeyCode> {
    prop_oneof![
        any::<char>().prop_map(KeyCode::Char),
        proptest::char::range(' ', '~').prop_map(KeyCode::Char),
        any::<u8>().prop_map(KeyCode::F),
        proptest::sample::select(vec![
            KeyCode::Enter,
            KeyCode::Esc,
            KeyCode::Tab,
            KeyCode::BackTab,
            KeyCode::Delete,
            KeyCode::Insert,
            KeyCode::PageUp,
            KeyCode::Left,
        ]),
    ]
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(code in any_code(), held in 0_u8..8) {
        if let Some(chord) = pressed(code, KeyModifiers::from_bits_truncate(held)) {
            prop_assert_eq!(chord.to_string().parse(), Ok(chord));
        }
    }

    #[test]
    fn no_text_is_too_much(text in ".{0,12}") {
        if let Ok(chord) = text.parse::<Chord>() {
            prop_assert_eq!(chord.to_string().parse(), Ok(chord));
        }
    }
}
