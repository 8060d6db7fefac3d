//! Block elements (U+2580 to U+259F) and braille (U+2800 to U+28FF) as shapes: bars, charts and shades.

use crate::shapes::{CELL_HEIGHT, CELL_WIDTH, Pen};

const HALF: (u32, u32) = (CELL_WIDTH / 2, CELL_HEIGHT / 2);

/// How much of the ink a shade shows, in percent.
pub(crate) fn shade(character: char) -> Option<u32> {
    match character {
        '░' => Some(25),
        '▒' => Some(50),
        '▓' => Some(75),
        _ => None,
    }
}

/// Draws the character, and says whether it is one of these. A shade is drawn full: its ink is to be mixed before.
pub(crate) fn draw(character: char, pen: &mut Pen<'_>) -> bool {
    let eighth = (CELL_WIDTH / 8, CELL_HEIGHT / 8);
    let code = u32::from(character);
    match character {
        '▀' => pen.block((0, CELL_WIDTH), (0, HALF.1)),
        '▁'..='█' => pen.block((0, CELL_WIDTH), (CELL_HEIGHT - eighth.1 * (code - 0x2580), CELL_HEIGHT)),
        '▉'..='▏' => pen.block((0, eighth.0 * (0x2590 - code)), (0, CELL_HEIGHT)),
        '▐' => pen.block((HALF.0, CELL_WIDTH), (0, CELL_HEIGHT)),
        '░' | '▒' | '▓' => pen.block((0, CELL_WIDTH), (0, CELL_HEIGHT)),
        '▔' => pen.block((0, CELL_WIDTH), (0, eighth.1)),
        '▕' => pen.block((CELL_WIDTH - eighth.0, CELL_WIDTH), (0, CELL_HEIGHT)),
        '▖' => quarters([false, false, true, false], pen),
        '▗' => quarters([false, false, false, true], pen),
        '▘' => quarters([true, false, false, false], pen),
        '▙' => quarters([true, false, true, true], pen),
        '▚' => quarters([true, false, false, true], pen),
        '▛' => quarters([true, true, true, false], pen),
        '▜' => quarters([true, true, false, true], pen),
        '▝' => quarters([false, true, false, false], pen),
        '▞' => quarters([false, true, true, false], pen),
        '▟' => quarters([false, true, true, true], pen),
        '\u{2800}'..='\u{28ff}' => braille(code - 0x2800, pen),
        _ => return false,
    }
    true
}

/// Left and right above, left and right below.
fn quarters(filled: [bool; 4], pen: &mut Pen<'_>) {
    let (left, right) = ((0, HALF.0), (HALF.0, CELL_WIDTH));
    let (above, below) = ((0, HALF.1), (HALF.1, CELL_HEIGHT));
    let places = [(left, above), (right, above), (left, below), (right, below)];
    for (_, (across, down)) in filled.iter().zip(places).filter(|(filled, _)| **filled) {
        pen.block(across, down);
    }
}

fn braille(bits: u32, pen: &mut Pen<'_>) {
    /// Column and row of the dot each bit stands for.
    const DOTS: [(u32, u32); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
    let step = (CELL_WIDTH / 2, CELL_HEIGHT / 4);
    for (_, (column, row)) in (0..).zip(DOTS).filter(|(bit, _)| bits >> bit & 1 == 1) {
        pen.dot(column * step.0 + step.0 / 2, row * step.1 + step.1 / 2);
    }
}
