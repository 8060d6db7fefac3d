//! The colours a terminal screen is drawn in: a quiet dark palette for the sixteen names.

use std::fmt;

use ratatui::style::Color;

/// What the screen is drawn on where a cell says nothing else.
pub(crate) const BACKGROUND: Ink = Ink(0x16, 0x19, 0x20);
/// What text is drawn in where a cell says nothing else.
pub(crate) const FOREGROUND: Ink = Ink(0xcd, 0xd3, 0xde);
/// The edge of the window.
pub(crate) const FRAME: Ink = Ink(0x33, 0x3a, 0x47);

/// The sixteen ANSI colours, in their order.
const PALETTE: [Ink; 16] = [
    Ink(0x29, 0x2f, 0x3a),
    Ink(0xe3, 0x6d, 0x76),
    Ink(0x88, 0xc0, 0x70),
    Ink(0xdc, 0xb0, 0x62),
    Ink(0x6b, 0xa4, 0xee),
    Ink(0xbf, 0x8c, 0xe4),
    Ink(0x58, 0xb8, 0xc4),
    Ink(0xa9, 0xb1, 0xc0),
    Ink(0x77, 0x81, 0x92),
    Ink(0xff, 0x8f, 0x95),
    Ink(0xaa, 0xdc, 0x92),
    Ink(0xf2, 0xd1, 0x8a),
    Ink(0x96, 0xc2, 0xff),
    Ink(0xd9, 0xb3, 0xf8),
    Ink(0x8a, 0xdd, 0xe6),
    Ink(0xf3, 0xf5, 0xf9),
];

/// One opaque colour: red, green, blue. Printed as SVG writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ink(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Ink {
    /// The ink of a terminal's colour; `reset` is what `Reset` stands for.
    pub(crate) fn of(color: Color, reset: Self) -> Self {
        match color {
            Color::Reset => reset,
            Color::Black => ansi(0),
            Color::Red => ansi(1),
            Color::Green => ansi(2),
            Color::Yellow => ansi(3),
            Color::Blue => ansi(4),
            Color::Magenta => ansi(5),
            Color::Cyan => ansi(6),
            Color::Gray => ansi(7),
            Color::DarkGray => ansi(8),
            Color::LightRed => ansi(9),
            Color::LightGreen => ansi(10),
            Color::LightYellow => ansi(11),
            Color::LightBlue => ansi(12),
            Color::LightMagenta => ansi(13),
            Color::LightCyan => ansi(14),
            Color::White => ansi(15),
            Color::Rgb(red, green, blue) => Self(red, green, blue),
            Color::Indexed(index) => indexed(index),
        }
    }

    /// This ink with `percent` of another in it.
    pub(crate) fn mixed(self, other: Self, percent: u32) -> Self {
        let part = |own: u8, other: u8| {
            let sum = u32::from(own) * (100 - percent.min(100)) + u32::from(other) * percent.min(100);
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self(part(self.0, other.0), part(self.1, other.1), part(self.2, other.2))
    }
}

impl fmt::Display for Ink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

fn ansi(index: usize) -> Ink {
    PALETTE.get(index).copied().unwrap_or(FOREGROUND)
}

/// The 256 colours of xterm: the sixteen, a cube of six steps a side, a ramp of greys.
fn indexed(index: u8) -> Ink {
    match index {
        0..16 => ansi(usize::from(index)),
        16..232 => {
            let step = |of: u8| if of == 0 { 0 } else { 55 + 40 * of };
            let place = index - 16;
            Ink(step(place / 36), step(place / 6 % 6), step(place % 6))
        }
        232.. => {
            let grey = 8 + 10 * (index - 232);
            Ink(grey, grey, grey)
        }
    }
}
