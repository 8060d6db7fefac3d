//! A line of a log as ratatui draws it.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span;

use crate::logs::{self, Colour, Text};
use crate::ui::Look;

/// The line's text in its own colours, where colours are shown.
pub(super) fn spans(text: &Text, look: &Look) -> Vec<Span<'static>> {
    text.spans().iter().map(|span| Span::styled(span.text().to_owned(), style(span.style(), look))).collect()
}

fn style(of: logs::Style, look: &Look) -> Style {
    let mut style = look.plain;
    if look.has_colours {
        if let Some(colour) = of.foreground() {
            style = style.fg(colour_of(colour));
        }
        if let Some(colour) = of.background() {
            style = style.bg(colour_of(colour));
        }
    }
    for (has, modifier) in [
        (of.is_bold(), Modifier::BOLD),
        (of.is_dim(), Modifier::DIM),
        (of.is_italic(), Modifier::ITALIC),
        (of.is_underlined(), Modifier::UNDERLINED),
        (of.is_reversed(), Modifier::REVERSED),
    ] {
        if has {
            style = style.add_modifier(modifier);
        }
    }
    style
}

fn colour_of(colour: Colour) -> Color {
    match colour {
        Colour::Black => Color::Black,
        Colour::Red => Color::Red,
        Colour::Green => Color::Green,
        Colour::Yellow => Color::Yellow,
        Colour::Blue => Color::Blue,
        Colour::Magenta => Color::Magenta,
        Colour::Cyan => Color::Cyan,
        Colour::White => Color::Gray,
        Colour::BrightBlack => Color::DarkGray,
        Colour::BrightRed => Color::LightRed,
        Colour::BrightGreen => Color::LightGreen,
        Colour::BrightYellow => Color::LightYellow,
        Colour::BrightBlue => Color::LightBlue,
        Colour::BrightMagenta => Color::LightMagenta,
        Colour::BrightCyan => Color::LightCyan,
        Colour::BrightWhite => Color::White,
    }
}
