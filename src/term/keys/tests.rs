use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers};

use super::super::Modes;
use super::encode_key;

const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CONTROL: KeyModifiers = KeyModifiers::CONTROL;

fn encoded(code: KeyCode, modifiers: KeyModifiers, modes: Modes) -> Option<String> {
    let bytes = encode_key(KeyEvent::new(code, modifiers), &modes)?;
    Some(String::from_utf8(bytes).unwrap())
}

#[track_caller]
fn all(modes: Modes, table: &[(KeyCode, KeyModifiers, &str)]) {
    for (code, modifiers, expected) in table {
        let found = encoded(*code, *modifiers, modes);
        assert_eq!(found.as_deref(), Some(*expected), "{code:?} with {modifiers:?}");
    }
}

#[test]
fn characters_are_sent_as_utf_8() {
    all(
        Modes::default(),
        &[
            (KeyCode::Char('a'), NONE, "a"),
            (KeyCode::Char('A'), SHIFT, "A"),
            (KeyCode::Char('a'), SHIFT, "A"),
            (KeyCode::Char('?'), SHIFT, "?"),
            (KeyCode::Char('é'), NONE, "é"),
            (KeyCode::Char('漢'), NONE, "漢"),
            (KeyCode::Char('a'), ALT, "\x1ba"),
            (KeyCode::Char('A'), ALT | SHIFT, "\x1bA"),
            (KeyCode::Char('é'), KeyModifiers::META, "\x1bé"),
        ],
    );
}

#[test]
fn control_makes_control_characters() {
    let letters = ('a'..='z').zip('\x01'..='\x1a');
    for (letter, byte) in letters {
        for c in [letter, letter.to_ascii_uppercase()] {
            assert_eq!(encoded(KeyCode::Char(c), CONTROL, Modes::default()), Some(byte.to_string()));
        }
    }
    let named = [(' ', '\0'), ('@', '\0'), ('[', '\x1b'), ('\\', '\x1c'), (']', '\x1d'), ('^', '\x1e')];
    let more = [('_', '\x1f'), ('?', '\x7f'), ('/', '\x1f'), ('2', '\0'), ('3', '\x1b')];
    // How the keys before come in from a terminal that sends bytes.
    let digits = [('4', '\x1c'), ('5', '\x1d'), ('6', '\x1e'), ('7', '\x1f'), ('8', '\x7f')];
    for (c, byte) in named.into_iter().chain(more).chain(digits) {
        assert_eq!(encoded(KeyCode::Char(c), CONTROL, Modes::default()), Some(byte.to_string()), "{c}");
    }
    all(
        Modes::default(),
        &[
            (KeyCode::Char('c'), CONTROL | ALT, "\x1b\x03"),
            (KeyCode::Char('c'), CONTROL | SHIFT, "\x03"),
            (KeyCode::Char('1'), CONTROL, "1"),
            (KeyCode::Char('é'), CONTROL, "é"),
        ],
    );
}

#[test]
fn keys_with_a_byte_of_their_own_send_it() {
    all(
        Modes::default(),
        &[
            (KeyCode::Enter, NONE, "\r"),
            (KeyCode::Enter, ALT, "\x1b\r"),
            (KeyCode::Enter, SHIFT, "\r"),
            (KeyCode::Esc, NONE, "\x1b"),
            (KeyCode::Esc, ALT, "\x1b\x1b"),
            (KeyCode::Backspace, NONE, "\x7f"),
            (KeyCode::Backspace, ALT, "\x1b\x7f"),
            (KeyCode::Backspace, CONTROL, "\x08"),
            (KeyCode::Tab, NONE, "\t"),
            (KeyCode::Tab, ALT, "\x1b\t"),
            (KeyCode::Tab, SHIFT, "\x1b[Z"),
            (KeyCode::BackTab, SHIFT, "\x1b[Z"),
            (KeyCode::BackTab, NONE, "\x1b[Z"),
            (KeyCode::Null, NONE, "\0"),
        ],
    );
}

#[test]
fn cursor_keys_follow_the_mode_unless_a_modifier_is_held() {
    let application = Modes { application_cursor: true, ..Modes::default() };
    for (code, end) in [
        (KeyCode::Up, 'A'),
        (KeyCode::Down, 'B'),
        (KeyCode::Right, 'C'),
        (KeyCode::Left, 'D'),
        (KeyCode::KeypadBegin, 'E'),
        (KeyCode::End, 'F'),
        (KeyCode::Home, 'H'),
    ] {
        all(Modes::default(), &[(code, NONE, &format!("\x1b[{end}"))]);
        all(application, &[(code, NONE, &format!("\x1bO{end}"))]);
        for modes in [Modes::default(), application] {
            all(
                modes,
                &[
                    (code, SHIFT, &format!("\x1b[1;2{end}")),
                    (code, ALT, &format!("\x1b[1;3{end}")),
                    (code, CONTROL, &format!("\x1b[1;5{end}")),
                    (code, CONTROL | SHIFT | ALT, &format!("\x1b[1;8{end}")),
                ],
            );
        }
    }
}

#[test]
fn keys_with_a_number_send_it() {
    let keys = [
        (KeyCode::Insert, 2),
        (KeyCode::Delete, 3),
        (KeyCode::PageUp, 5),
        (KeyCode::PageDown, 6),
        (KeyCode::F(5), 15),
        (KeyCode::F(6), 17),
        (KeyCode::F(7), 18),
        (KeyCode::F(8), 19),
        (KeyCode::F(9), 20),
        (KeyCode::F(10), 21),
        (KeyCode::F(11), 23),
        (KeyCode::F(12), 24),
    ];
    for (code, number) in keys {
        all(
            Modes::default(),
            &[
                (code, NONE, &format!("\x1b[{number}~")),
                (code, SHIFT, &format!("\x1b[{number};2~")),
                (code, CONTROL | ALT, &format!("\x1b[{number};7~")),
            ],
        );
    }
}

#[test]
fn the_first_function_keys_are_those_of_a_vt100() {
    all(
        Modes::default(),
        &[
            (KeyCode::F(1), NONE, "\x1bOP"),
            (KeyCode::F(2), NONE, "\x1bOQ"),
            (KeyCode::F(3), NONE, "\x1bOR"),
            (KeyCode::F(4), NONE, "\x1bOS"),
            (KeyCode::F(1), CONTROL, "\x1b[1;5P"),
            (KeyCode::F(13), NONE, "\x1b[1;2P"),
            (KeyCode::F(24), CONTROL, "\x1b[24;6~"),
        ],
    );
}

#[test]
fn the_keypad_follows_its_mode() {
    let modes = Modes { application_keypad: true, ..Modes::default() };
    let key = |code| KeyEvent::new_with_kind_and_state(code, NONE, KeyEventKind::Press, KeyEventState::KEYPAD);
    for (c, end) in "0123456789*+,-./=".chars().zip("pqrstuvwxyjklmnoX".chars()) {
        let sent = encode_key(key(KeyCode::Char(c)), &modes).unwrap();
        assert_eq!(String::from_utf8(sent).unwrap(), format!("\x1bO{end}"), "{c}");
        assert_eq!(encode_key(key(KeyCode::Char(c)), &Modes::default()), Some(c.to_string().into_bytes()));
    }
    assert_eq!(encode_key(key(KeyCode::Enter), &modes).unwrap(), b"\x1bOM");
    assert_eq!(encode_key(KeyEvent::new(KeyCode::Enter, NONE), &modes).unwrap(), b"\r");
}

#[test]
fn what_a_terminal_does_not_send_is_nothing() {
    for code in [KeyCode::CapsLock, KeyCode::Menu, KeyCode::F(0), KeyCode::F(25), KeyCode::F(255)] {
        assert_eq!(encoded(code, NONE, Modes::default()), None, "{code:?}");
    }
    assert_eq!(encoded(KeyCode::Char('a'), KeyModifiers::SUPER, Modes::default()), None);
    let of_kind = |kind| encode_key(KeyEvent::new_with_kind(KeyCode::Up, NONE, kind), &Modes::default());
    assert_eq!(of_kind(KeyEventKind::Release), None);
    assert_eq!(of_kind(KeyEventKind::Repeat).unwrap(), b"\x1b[A");
}
