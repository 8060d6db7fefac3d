//! How a piece of text looks: the sixteen colours and five attributes, in two bytes.

use std::fmt;

/// One of the sixteen colours every terminal has, by their ANSI names. What they look like is the terminal's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Colour {
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
    BrightBlack,
    BrightRed,
    BrightGreen,
    BrightYellow,
    BrightBlue,
    BrightMagenta,
    BrightCyan,
    BrightWhite,
}

impl Colour {
    /// All of them, in the order of their ANSI numbers.
    pub const ALL: [Self; 16] = [
        Self::Black,
        Self::Red,
        Self::Green,
        Self::Yellow,
        Self::Blue,
        Self::Magenta,
        Self::Cyan,
        Self::White,
        Self::BrightBlack,
        Self::BrightRed,
        Self::BrightGreen,
        Self::BrightYellow,
        Self::BrightBlue,
        Self::BrightMagenta,
        Self::BrightCyan,
        Self::BrightWhite,
    ];

    /// The usual red, green and blue of each, to find the nearest.
    const USUAL: [[u8; 3]; 16] = [
        [0, 0, 0],
        [205, 0, 0],
        [0, 205, 0],
        [205, 205, 0],
        [0, 0, 238],
        [205, 0, 205],
        [0, 205, 205],
        [229, 229, 229],
        [127, 127, 127],
        [255, 0, 0],
        [0, 255, 0],
        [255, 255, 0],
        [92, 92, 255],
        [255, 0, 255],
        [0, 255, 255],
        [255, 255, 255],
    ];

    /// The colour with this ANSI number, 0 to 15.
    #[must_use]
    pub fn numbered(number: u16) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The one of the sixteen that looks most like it.
    #[must_use]
    pub fn nearest(red: u8, green: u8, blue: u8) -> Self {
        let apart = |usual: &[u8; 3]| -> u32 {
            usual.iter().zip([red, green, blue]).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
        };
        let pairs = Self::ALL.into_iter().zip(&Self::USUAL);
        pairs.min_by_key(|(_, usual)| apart(usual)).map_or(Self::White, |(colour, _)| colour)
    }

    /// Of the 256 colours the one with this number, as one of the sixteen.
    pub(super) fn of_256(number: u16) -> Option<Self> {
        let number = u8::try_from(number).ok()?;
        Some(match number {
            0..=15 => return Self::numbered(u16::from(number)),
            16..=231 => {
                let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
                let cube = number - 16;
                Self::nearest(level(cube / 36), level(cube / 6 % 6), level(cube % 6))
            }
            232..=255 => {
                let grey = 8 + 10 * (number - 232);
                Self::nearest(grey, grey, grey)
            }
        })
    }
}

/// How a piece of text looks. The default is plain.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
// Bits 0 to 4 the colour of the text plus one, 5 to 9 that behind it, then the attributes: kept with every line.
pub struct Style(u16);

const COLOUR: u16 = 0x1f;
const BACKGROUND: u16 = 5;

/// Bits of the attributes.
pub(super) mod attribute {
    pub(in crate::logs) const BOLD: u16 = 1 << 10;
    pub(in crate::logs) const DIM: u16 = 1 << 11;
    pub(in crate::logs) const ITALIC: u16 = 1 << 12;
    pub(in crate::logs) const UNDERLINE: u16 = 1 << 13;
    pub(in crate::logs) const REVERSED: u16 = 1 << 14;
}
use attribute::{BOLD, DIM, ITALIC, REVERSED, UNDERLINE};

impl Style {
    /// Nothing special.
    pub const PLAIN: Self = Self(0);

    /// The colour of the text; the terminal's own where there is none.
    #[must_use]
    pub fn foreground(self) -> Option<Colour> {
        (self.0 & COLOUR).checked_sub(1).and_then(Colour::numbered)
    }

    /// The colour behind the text; the terminal's own where there is none.
    #[must_use]
    pub fn background(self) -> Option<Colour> {
        (self.0 >> BACKGROUND & COLOUR).checked_sub(1).and_then(Colour::numbered)
    }

    /// Bold.
    #[must_use]
    pub const fn is_bold(self) -> bool {
        self.0 & BOLD != 0
    }

    /// Dim.
    #[must_use]
    pub const fn is_dim(self) -> bool {
        self.0 & DIM != 0
    }

    /// Italic.
    #[must_use]
    pub const fn is_italic(self) -> bool {
        self.0 & ITALIC != 0
    }

    /// Underlined.
    #[must_use]
    pub const fn is_underlined(self) -> bool {
        self.0 & UNDERLINE != 0
    }

    /// Text and background change places.
    #[must_use]
    pub const fn is_reversed(self) -> bool {
        self.0 & REVERSED != 0
    }

    /// The same with another colour of the text.
    #[must_use]
    pub fn with_foreground(self, colour: Option<Colour>) -> Self {
        Self(self.0 & !COLOUR | colour.map_or(0, |colour| colour as u16 + 1))
    }

    /// The same with another colour behind the text.
    #[must_use]
    pub fn with_background(self, colour: Option<Colour>) -> Self {
        Self(self.0 & !(COLOUR << BACKGROUND) | colour.map_or(0, |colour| colour as u16 + 1) << BACKGROUND)
    }

    /// As it is kept with every line.
    pub(super) const fn bits(self) -> u16 {
        self.0
    }

    /// From a disk: bits that mean nothing are nothing.
    pub(super) const fn from_bits(bits: u16) -> Self {
        Self(bits & 0x7fff)
    }

    pub(super) const fn with(self, attributes: u16) -> Self {
        Self(self.0 | attributes)
    }

    pub(super) const fn without(self, attributes: u16) -> Self {
        Self(self.0 & !attributes)
    }

    /// A space in this style can be seen.
    pub(super) fn marks_blanks(self) -> bool {
        self.background().is_some() || self.is_underlined() || self.is_reversed()
    }
}

/// In words: `bold red on white`, `plain`.
impl fmt::Debug for Style {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes = [
            (self.is_bold(), "bold"),
            (self.is_dim(), "dim"),
            (self.is_italic(), "italic"),
            (self.is_underlined(), "underlined"),
            (self.is_reversed(), "reversed"),
        ];
        let mut words: Vec<String> =
            attributes.iter().filter(|(is_on, _)| *is_on).map(|(_, word)| (*word).into()).collect();
        words.extend(self.foreground().map(|colour| format!("{colour:?}").to_lowercase()));
        words.extend(self.background().map(|colour| format!("on {colour:?}").to_lowercase()));
        out.write_str(if words.is_empty() { "plain" } else { "" })?;
        out.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bytes_hold_everything() {
        for (number, colour) in Colour::ALL.into_iter().enumerate() {
            let style = Style::PLAIN
                .with(BOLD | REVERSED)
                .with_foreground(Some(colour))
                .with_background(Some(Colour::ALL[15 - number]));
            assert_eq!(style.foreground(), Some(colour));
            assert_eq!(style.background(), Some(Colour::ALL[15 - number]));
            assert!(style.is_bold() && style.is_reversed());
            assert!(!style.is_dim() && !style.is_italic() && !style.is_underlined());
            let plain = style.with_foreground(None).with_background(None).without(BOLD | REVERSED);
            assert_eq!(plain, Style::PLAIN);
        }
        assert_eq!(size_of::<Style>(), 2);
    }

    #[test]
    fn other_colours_become_the_nearest_of_the_sixteen() {
        for colour in Colour::ALL {
            let [red, green, blue] = Colour::USUAL[colour as usize];
            assert_eq!(Colour::nearest(red, green, blue), colour);
            assert_eq!(Colour::of_256(colour as u16), Some(colour));
        }
        assert_eq!(Colour::of_256(196), Some(Colour::BrightRed));
        assert_eq!(Colour::of_256(22), Some(Colour::Black), "a very dark green");
        assert_eq!(Colour::of_256(232), Some(Colour::Black));
        assert_eq!(Colour::of_256(255), Some(Colour::White));
        assert_eq!(Colour::of_256(256), None);
        assert_eq!(Colour::nearest(255, 140, 0), Colour::Yellow, "orange");
    }

    #[test]
    fn a_style_is_written_in_words() {
        assert_eq!(format!("{:?}", Style::PLAIN), "plain");
        let style = Style::PLAIN.with(BOLD).with_foreground(Some(Colour::Red));
        assert_eq!(format!("{style:?}"), "bold red");
        assert_eq!(format!("{:?}", style.with_background(Some(Colour::White))), "bold red on white");
    }
}
