use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::super::{Modes, MouseEncoding, MouseMode};
use super::encode_mouse;

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Right);
const DRAG: MouseEventKind = MouseEventKind::Drag(MouseButton::Middle);
const MOVED: MouseEventKind = MouseEventKind::Moved;
const WHEEL: MouseEventKind = MouseEventKind::ScrollDown;

fn encoded(
    kind: MouseEventKind,
    (column, row): (u16, u16),
    modifiers: KeyModifiers,
    (mouse, mouse_encoding): (MouseMode, MouseEncoding),
) -> Option<Vec<u8>> {
    let modes = Modes { mouse, mouse_encoding, ..Modes::default() };
    encode_mouse(MouseEvent { kind, column, row, modifiers }, &modes)
}

#[test]
fn a_program_gets_the_events_it_asked_for() {
    for (mode, wanted) in [
        (MouseMode::Off, &[][..]),
        (MouseMode::Press, &[DOWN]),
        (MouseMode::PressRelease, &[DOWN, UP, WHEEL]),
        (MouseMode::ButtonMotion, &[DOWN, UP, WHEEL, DRAG]),
        (MouseMode::AnyMotion, &[DOWN, UP, WHEEL, DRAG, MOVED]),
    ] {
        for kind in [DOWN, UP, DRAG, MOVED, WHEEL] {
            for encoding in [MouseEncoding::Bytes, MouseEncoding::Utf8, MouseEncoding::Sgr] {
                let sent = encoded(kind, (0, 0), KeyModifiers::NONE, (mode, encoding));
                assert_eq!(sent.is_some(), wanted.contains(&kind), "{kind:?} in {mode:?}");
            }
        }
    }
}

#[test]
fn each_event_has_its_number() {
    let all = KeyModifiers::SHIFT | KeyModifiers::ALT | KeyModifiers::CONTROL;
    for (kind, modifiers, sgr, byte) in [
        (DOWN, KeyModifiers::NONE, "\x1b[<0;3;6M", 32),
        (MouseEventKind::Down(MouseButton::Middle), KeyModifiers::SHIFT, "\x1b[<5;3;6M", 37),
        (MouseEventKind::Down(MouseButton::Right), KeyModifiers::ALT, "\x1b[<10;3;6M", 42),
        (UP, KeyModifiers::NONE, "\x1b[<2;3;6m", 35),
        (MouseEventKind::Up(MouseButton::Left), KeyModifiers::CONTROL, "\x1b[<16;3;6m", 51),
        (DRAG, KeyModifiers::NONE, "\x1b[<33;3;6M", 65),
        (MOVED, KeyModifiers::NONE, "\x1b[<35;3;6M", 67),
        (MouseEventKind::ScrollUp, KeyModifiers::NONE, "\x1b[<64;3;6M", 96),
        (WHEEL, all, "\x1b[<93;3;6M", 125),
        (MouseEventKind::ScrollLeft, KeyModifiers::NONE, "\x1b[<66;3;6M", 98),
        (MouseEventKind::ScrollRight, KeyModifiers::NONE, "\x1b[<67;3;6M", 99),
    ] {
        let any = |encoding| encoded(kind, (2, 5), modifiers, (MouseMode::AnyMotion, encoding)).unwrap();
        assert_eq!(String::from_utf8(any(MouseEncoding::Sgr)).unwrap(), sgr, "{kind:?}");
        assert_eq!(any(MouseEncoding::Bytes), [0x1b, b'[', b'M', byte, 35, 38], "{kind:?}");
        assert_eq!(any(MouseEncoding::Utf8), [0x1b, b'[', b'M', byte, 35, 38], "{kind:?}");
    }
}

#[test]
fn the_oldest_mode_has_no_modifiers() {
    let sent = encoded(DOWN, (0, 0), KeyModifiers::CONTROL, (MouseMode::Press, MouseEncoding::Bytes));
    assert_eq!(sent.unwrap(), b"\x1b[M !!");
}

#[test]
fn a_place_too_far_out_is_not_sent_as_another() {
    let at = |place, encoding| encoded(DOWN, place, KeyModifiers::NONE, (MouseMode::PressRelease, encoding));
    assert_eq!(at((222, 0), MouseEncoding::Bytes).unwrap(), b"\x1b[M \xff!");
    assert_eq!(at((223, 0), MouseEncoding::Bytes), None);
    assert_eq!(at((0, 223), MouseEncoding::Bytes), None);
    assert_eq!(at((223, 0), MouseEncoding::Utf8).unwrap(), "\x1b[M \u{100}!".as_bytes());
    assert_eq!(at((2014, 0), MouseEncoding::Utf8).unwrap(), "\x1b[M \u{7ff}!".as_bytes());
    assert_eq!(at((2015, 0), MouseEncoding::Utf8), None);
    assert_eq!(at((u16::MAX, u16::MAX), MouseEncoding::Utf8), None);
    assert_eq!(at((u16::MAX, 0), MouseEncoding::Sgr).unwrap(), b"\x1b[<0;65536;1M");
}
