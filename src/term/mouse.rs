use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::modes::{Modes, MouseEncoding, MouseMode};

const MOTION: u8 = 32;
const WHEEL: u8 = 64;
/// The number that stands for no button, and, where releases do not name theirs, for a release.
const NO_BUTTON: u8 = 3;

/// What each number is raised by where it is written as a character, so that it is no control character.
const OFFSET: u32 = 32;

/// The bytes for a mouse event at a place of the terminal (the top left cell is column 0, row 0), as xterm sends them.
///
/// `None` when the program does not want the event, or when the place is too far out for the encoding it chose.
#[must_use]
pub fn encode_mouse(event: MouseEvent, modes: &Modes) -> Option<Vec<u8>> {
    if !is_wanted(event.kind, modes.mouse) {
        return None;
    }
    let mut number = number(event.kind);
    if modes.mouse != MouseMode::Press {
        for (key, bit) in [(KeyModifiers::SHIFT, 4), (KeyModifiers::ALT, 8), (KeyModifiers::CONTROL, 16)] {
            number |= if event.modifiers.contains(key) { bit } else { 0 };
        }
    }
    let (column, row) = (u32::from(event.column) + 1, u32::from(event.row) + 1);
    let is_release = matches!(event.kind, MouseEventKind::Up(_));
    if modes.mouse_encoding == MouseEncoding::Sgr {
        let end = if is_release { 'm' } else { 'M' };
        return Some(format!("\x1b[<{number};{column};{row}{end}").into_bytes());
    }
    if is_release {
        number |= NO_BUTTON;
    }
    let mut bytes = b"\x1b[M".to_vec();
    for number in [u32::from(number), column, row] {
        match modes.mouse_encoding {
            MouseEncoding::Utf8 => {
                // Two bytes at most: a program may read no more.
                let c = char::from_u32(number + OFFSET).filter(|c| c.len_utf8() <= 2)?;
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => bytes.push(u8::try_from(number + OFFSET).ok()?),
        }
    }
    Some(bytes)
}

fn is_wanted(kind: MouseEventKind, mode: MouseMode) -> bool {
    match kind {
        MouseEventKind::Down(_) => mode != MouseMode::Off,
        MouseEventKind::Drag(_) => matches!(mode, MouseMode::ButtonMotion | MouseMode::AnyMotion),
        MouseEventKind::Moved => mode == MouseMode::AnyMotion,
        _ => !matches!(mode, MouseMode::Off | MouseMode::Press),
    }
}

fn number(kind: MouseEventKind) -> u8 {
    let of = |button| match button {
        MouseButton::Left => 0,
        MouseButton::Middle => 1,
        MouseButton::Right => 2,
    };
    match kind {
        MouseEventKind::Down(button) | MouseEventKind::Up(button) => of(button),
        MouseEventKind::Drag(button) => MOTION | of(button),
        MouseEventKind::Moved => MOTION | NO_BUTTON,
        MouseEventKind::ScrollUp => WHEEL,
        MouseEventKind::ScrollDown => WHEEL | 1,
        MouseEventKind::ScrollLeft => WHEEL | 2,
        MouseEventKind::ScrollRight => WHEEL | 3,
    }
}

#[cfg(test)]
mod tests;
