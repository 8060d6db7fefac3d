//! Lines of containers on a terminal: cleaned, and the unfinished one drawn again as it grows.

use std::fmt;

use anstyle::AnsiColor;

use crate::engine::StdStream;
use crate::logs::{Colour, SplitLine, Style, Text};

/// What stands on the terminal of the lines that are printed on it. Everything it writes is text, colours of the
/// sixteen, carriage returns and newlines.
///
/// Holds the unfinished line of each stream as it stands there.
pub(crate) struct Rows {
    /// Of standard output and of standard error.
    coloured: [bool; 2],
    columns: Box<dyn Fn() -> usize + Send>,
    /// Where the cursor stands behind a line without an end.
    row: Option<Row>,
    /// Lines without an end in rows further up, by their streams.
    left: [Option<Row>; 3],
}

struct Row {
    stream: StdStream,
    stamp: String,
    text: Text,
    /// Not all of it is there: it would be too wide to be drawn over.
    is_cut: bool,
    /// Nothing more comes of this piece: what follows stands in another row, or is drawn over this one.
    is_whole: bool,
}

impl fmt::Debug for Rows {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Rows").field("coloured", &self.coloured).finish_non_exhaustive()
    }
}

impl Rows {
    /// On a terminal that is so wide at the moment, and takes colours on its standard output and error or not.
    pub(crate) fn new(coloured: [bool; 2], columns: impl Fn() -> usize + Send + 'static) -> Self {
        Self { coloured, columns: Box::new(columns), row: None, left: [const { None }; 3] }
    }

    /// The line as far as it came; what has to be written for it. `stamp` stands before it.
    pub(crate) fn grow(&mut self, stream: StdStream, stamp: String, line: &SplitLine<'_>) -> String {
        self.draw(stream, stamp, line, false)
    }

    /// The whole line, or a whole piece of it; what has to be written for it.
    pub(crate) fn finish(&mut self, stream: StdStream, stamp: String, line: &SplitLine<'_>) -> String {
        let mut out = self.draw(stream, stamp, line, true);
        if self.row.as_ref().is_some_and(|row| row.stream == stream) && line.is_ended() {
            out.push('\n');
            self.row = None;
        }
        out
    }

    /// What has to be written so that the cursor stands at the beginning of a row.
    pub(crate) fn leave(&mut self) -> &'static str {
        let Some(row) = self.row.take() else { return "" };
        let place = index(row.stream);
        if let Some(left) = self.left.get_mut(place) {
            *left = Some(row);
        }
        "\n"
    }

    fn draw(&mut self, stream: StdStream, stamp: String, line: &SplitLine<'_>, is_whole: bool) -> String {
        let text = line.text();
        let mut out = String::new();
        let coloured = self.is_coloured(stream);
        let place = self.left.get_mut(index(stream));
        if let Some(place) = place
            && let Some(left) = place.take_if(|left| !left.is_whole || line.is_drawn_over())
            && left.text == text
            && !left.is_cut
        {
            // It stands there in a row of its own.
            if !line.is_ended() {
                *place = Some(Row { is_whole, ..left });
            }
            return out;
        }
        let is_same = |row: &Row| row.stream == stream && (!row.is_whole || line.is_drawn_over());
        let is_other = self.row.as_ref().is_some_and(|row| !is_same(row));
        if is_other {
            out.push_str(self.leave());
        }
        let is_cut = match self.row.take() {
            None => {
                out.push_str(&stamp);
                paint(&text, coloured, &mut out);
                false
            }
            Some(row) => match appended(&row, &text) {
                Some(more) => {
                    for (more, style) in more {
                        paint_span(more, style, coloured, &mut out);
                    }
                    false
                }
                None => self.draw_over(&row, &stamp, &text, is_whole, &mut out),
            },
        };
        self.row = Some(Row { stream, stamp, text, is_cut, is_whole });
        out
    }

    /// Draws another text where a row stands; says whether a part of it was left away.
    fn draw_over(&self, row: &Row, stamp: &str, text: &Text, is_whole: bool, out: &mut String) -> bool {
        let columns = (self.columns)().max(1);
        let before = row.width(columns);
        let is_cut = !is_whole && stamp.len() + text.width() >= columns;
        let cut = is_cut.then(|| text.cut(0, (columns - 1).saturating_sub(stamp.len())));
        let shown = cut.as_ref().unwrap_or(text);
        if before > columns {
            // It goes over several rows, which cannot be drawn over.
            out.push('\n');
        } else {
            out.push('\r');
            if before > stamp.len() + shown.width() {
                out.extend(std::iter::repeat_n(' ', before));
                out.push('\r');
            }
        }
        out.push_str(stamp);
        paint(shown, self.is_coloured(row.stream), out);
        is_cut
    }

    fn is_coloured(&self, stream: StdStream) -> bool {
        let [out, err] = self.coloured;
        if stream == StdStream::Stderr { err } else { out }
    }
}

impl Row {
    /// How many columns of it stand there.
    fn width(&self, columns: usize) -> usize {
        let width = self.stamp.len() + self.text.width();
        if self.is_cut { width.min(columns.saturating_sub(1)) } else { width }
    }
}

fn index(stream: StdStream) -> usize {
    match stream {
        StdStream::Stdout => 0,
        StdStream::Stderr => 1,
        StdStream::Tty => 2,
    }
}

/// What the text has more than the row, where the row is its beginning.
fn appended<'a>(row: &Row, text: &'a Text) -> Option<Vec<(&'a str, Style)>> {
    if row.is_cut {
        return None;
    }
    let mut spans = text.spans().iter().map(|span| (span.text(), span.style()));
    let mut before = row.text.spans().iter().peekable();
    let mut more = Vec::new();
    while let Some(span) = before.next() {
        let (text, style) = spans.next()?;
        let rest = text.strip_prefix(span.text()).filter(|_| style == span.style())?;
        if !rest.is_empty() {
            if before.peek().is_some() {
                return None;
            }
            more.push((rest, style));
        }
    }
    more.extend(spans);
    Some(more)
}

fn paint(text: &Text, coloured: bool, out: &mut String) {
    for span in text.spans() {
        paint_span(span.text(), span.style(), coloured, out);
    }
}

fn paint_span(text: &str, style: Style, coloured: bool, out: &mut String) {
    use std::fmt::Write as _;
    if coloured && style != Style::PLAIN {
        let style = of_terminal(style);
        // Writing to a string cannot fail.
        let _ = write!(out, "{style}{text}{style:#}");
    } else {
        out.push_str(text);
    }
}

fn of_terminal(style: Style) -> anstyle::Style {
    let colour = |colour: Colour| anstyle::Color::Ansi(ansi(colour));
    let mut painted = anstyle::Style::new()
        .fg_color(style.foreground().map(colour))
        .bg_color(style.background().map(colour));
    for (is_on, effect) in [
        (style.is_bold(), anstyle::Effects::BOLD),
        (style.is_dim(), anstyle::Effects::DIMMED),
        (style.is_italic(), anstyle::Effects::ITALIC),
        (style.is_underlined(), anstyle::Effects::UNDERLINE),
        (style.is_reversed(), anstyle::Effects::INVERT),
    ] {
        if is_on {
            painted = painted.effects(painted.get_effects() | effect);
        }
    }
    painted
}

fn ansi(colour: Colour) -> AnsiColor {
    match colour {
        Colour::Black => AnsiColor::Black,
        Colour::Red => AnsiColor::Red,
        Colour::Green => AnsiColor::Green,
        Colour::Yellow => AnsiColor::Yellow,
        Colour::Blue => AnsiColor::Blue,
        Colour::Magenta => AnsiColor::Magenta,
        Colour::Cyan => AnsiColor::Cyan,
        Colour::White => AnsiColor::White,
        Colour::BrightBlack => AnsiColor::BrightBlack,
        Colour::BrightRed => AnsiColor::BrightRed,
        Colour::BrightGreen => AnsiColor::BrightGreen,
        Colour::BrightYellow => AnsiColor::BrightYellow,
        Colour::BrightBlue => AnsiColor::BrightBlue,
        Colour::BrightMagenta => AnsiColor::BrightMagenta,
        Colour::BrightCyan => AnsiColor::BrightCyan,
        Colour::BrightWhite => AnsiColor::BrightWhite,
    }
}

#[cfg(test)]
mod tests;
