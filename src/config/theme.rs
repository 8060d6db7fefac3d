//! Colours and lines.

use ratatui::style::Color;
use serde::{Serialize, Serializer};

/// One of the sixteen colours every terminal has, or its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the colour of that name")]
pub enum Colour {
    /// The terminal's own.
    Default,
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    Grey,
    DarkGrey,
    LightRed,
    LightGreen,
    LightYellow,
    LightBlue,
    LightMagenta,
    LightCyan,
    White,
}

/// How colours are called in the file, and on the screen.
const COLOURS: [(&str, Colour, Color); 17] = [
    ("default", Colour::Default, Color::Reset),
    ("black", Colour::Black, Color::Black),
    ("red", Colour::Red, Color::Red),
    ("green", Colour::Green, Color::Green),
    ("yellow", Colour::Yellow, Color::Yellow),
    ("blue", Colour::Blue, Color::Blue),
    ("magenta", Colour::Magenta, Color::Magenta),
    ("cyan", Colour::Cyan, Color::Cyan),
    ("grey", Colour::Grey, Color::Gray),
    ("dark-grey", Colour::DarkGrey, Color::DarkGray),
    ("light-red", Colour::LightRed, Color::LightRed),
    ("light-green", Colour::LightGreen, Color::LightGreen),
    ("light-yellow", Colour::LightYellow, Color::LightYellow),
    ("light-blue", Colour::LightBlue, Color::LightBlue),
    ("light-magenta", Colour::LightMagenta, Color::LightMagenta),
    ("light-cyan", Colour::LightCyan, Color::LightCyan),
    ("white", Colour::White, Color::White),
];

impl Colour {
    /// What it is called in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        COLOURS.iter().find(|(_, colour, _)| *colour == self).map_or("default", |(name, ..)| name)
    }
}

impl From<Colour> for Color {
    fn from(colour: Colour) -> Self {
        COLOURS.iter().find(|(_, named, _)| *named == colour).map_or(Self::Reset, |(.., drawn)| *drawn)
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A value that is one of a few words in the file.
pub(super) trait Word: Sized + Copy + 'static {
    /// Every word, with what it means.
    fn words() -> Vec<(&'static str, Self)>;
}

impl Word for Colour {
    fn words() -> Vec<(&'static str, Self)> {
        COLOURS.iter().map(|(name, colour, _)| (*name, *colour)).collect()
    }
}

/// The corners of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Borders {
    /// Round ones.
    Rounded,
    /// Square ones.
    Plain,
}

impl Word for Borders {
    fn words() -> Vec<(&'static str, Self)> {
        vec![("rounded", Self::Rounded), ("plain", Self::Plain)]
    }
}

/// Which signs may be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Glyphs {
    /// By the locale. What [`load`](super::load) returns never says this.
    Auto,
    /// All.
    Unicode,
    /// Only those of ASCII.
    Ascii,
}

impl Word for Glyphs {
    fn words() -> Vec<(&'static str, Self)> {
        vec![("auto", Self::Auto), ("unicode", Self::Unicode), ("ascii", Self::Ascii)]
    }
}

/// Whether there is colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colours {
    /// Where the terminal has it.
    Auto,
    /// Whatever the terminal says of itself.
    Always,
    /// None; bold, dim and reversed stay.
    Never,
}

impl Word for Colours {
    fn words() -> Vec<(&'static str, Self)> {
        vec![("auto", Self::Auto), ("always", Self::Always), ("never", Self::Never)]
    }
}

/// What is drawn how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Theme {
    /// What has the focus, and what is selected.
    pub accent: Colour,
    /// What is there to be read.
    pub text: Colour,
    /// Frames, labels, idle rows.
    pub dim: Colour,
    /// What just ended well.
    pub good: Colour,
    /// What needs a look.
    pub warning: Colour,
    /// What failed.
    pub bad: Colour,
    /// Rows that are marked.
    pub marked: Colour,
    /// What a search found.
    pub found: Colour,
    /// The corners of frames.
    pub borders: Borders,
    /// Which signs may be drawn.
    pub glyphs: Glyphs,
    /// Whether there is colour.
    pub colours: Colours,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            accent: Colour::Cyan,
            text: Colour::Default,
            dim: Colour::DarkGrey,
            good: Colour::Green,
            warning: Colour::Yellow,
            bad: Colour::Red,
            marked: Colour::Magenta,
            found: Colour::Yellow,
            borders: Borders::Rounded,
            glyphs: Glyphs::Auto,
            colours: Colours::Auto,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_colour_is_drawn_as_it_is_called() {
        let drawn: HashSet<Color> = COLOURS.iter().map(|(_, colour, _)| Color::from(*colour)).collect();
        assert_eq!(drawn.len(), 17);
        for (name, colour, drawn) in COLOURS {
            assert_eq!((colour.name(), Color::from(colour)), (name, drawn));
            let spelt = name.replace("grey", "gray").replace("default", "reset");
            assert_eq!(spelt.parse::<Color>().unwrap(), drawn, "{name}");
        }
    }
}
