//! The escape sequence that sets colours and attributes (`ESC [ … m`), applied to a style.

use vte::Params;

use super::style::attribute::{BOLD, DIM, ITALIC, REVERSED, UNDERLINE};
use super::{Colour, Style};

/// The style after the sequence. What a style does not know (blinking, hidden, crossed out) changes nothing: hidden
/// text is shown.
pub(super) fn applied(mut style: Style, params: &Params) -> Style {
    let mut params = params.iter();
    while let Some(param) = params.next() {
        let Some((&code, more)) = param.split_first() else { continue };
        style = match code {
            0 => Style::PLAIN,
            1 => style.with(BOLD),
            2 => style.with(DIM),
            3 => style.with(ITALIC),
            4 if more.first() == Some(&0) => style.without(UNDERLINE),
            4 | 21 => style.with(UNDERLINE),
            7 => style.with(REVERSED),
            22 => style.without(BOLD | DIM),
            23 => style.without(ITALIC),
            24 => style.without(UNDERLINE),
            27 => style.without(REVERSED),
            30..=37 => style.with_foreground(Colour::numbered(code - 30)),
            39 => style.with_foreground(None),
            40..=47 => style.with_background(Colour::numbered(code - 40)),
            49 => style.with_background(None),
            90..=97 => style.with_foreground(Colour::numbered(code - 90 + 8)),
            100..=107 => style.with_background(Colour::numbered(code - 100 + 8)),
            38 | 48 | 58 => {
                let mut next = || params.next().and_then(<[u16]>::first).copied();
                let colour = if more.is_empty() { spread(&mut next) } else { joined(more) };
                match (colour, code) {
                    (Some(colour), 38) => style.with_foreground(Some(colour)),
                    (Some(colour), 48) => style.with_background(Some(colour)),
                    _ => style,
                }
            }
            _ => style,
        };
    }
    style
}

/// `38:5:N`, `38:2:R:G:B` or `38:2:SPACE:R:G:B`, from after the first colon.
fn joined(parts: &[u16]) -> Option<Colour> {
    match *parts {
        [5, number, ..] => Colour::of_256(number),
        [2, _, red, green, blue, ..] | [2, red, green, blue] => mixed(red, green, blue),
        _ => None,
    }
}

/// `38;5;N` or `38;2;R;G;B`, from after the first semicolon.
fn spread(next: &mut impl FnMut() -> Option<u16>) -> Option<Colour> {
    match next()? {
        5 => Colour::of_256(next()?),
        2 => mixed(next()?, next()?, next()?),
        _ => None,
    }
}

fn mixed(red: u16, green: u16, blue: u16) -> Option<Colour> {
    let [red, green, blue] = [red, green, blue].map(u8::try_from);
    Some(Colour::nearest(red.ok()?, green.ok()?, blue.ok()?))
}
