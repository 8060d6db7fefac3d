//! Text that is safe to draw, measured in columns.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::Style;

/// A piece of text in one style. Holds no control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    text: String,
    style: Style,
}

impl Span {
    pub(super) const fn new(text: String, style: Style) -> Self {
        Self { text, style }
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it looks.
    #[must_use]
    pub const fn style(&self) -> Style {
        self.style
    }
}

/// One line of text that is safe to draw: no control character, nothing that turns the direction of writing around,
/// no tab. Only [`clean`](super::clean) and
/// [`visible`](super::visible) make them.
///
/// Widths are those of whole characters as people see them (a letter with its accents), so that they agree with a
/// screen that draws them so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    spans: Vec<Span>,
}

/// Stands where a character is too wide for the whole place.
const TOO_WIDE: &str = "\u{fffd}";

impl Text {
    pub(super) const fn new(spans: Vec<Span>) -> Self {
        Self { spans }
    }

    /// Of printable ASCII, which needs no cleaning; `None` where there is anything else.
    pub(super) fn ascii(bytes: &[u8], style: Style) -> Option<Self> {
        if !bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            return None;
        }
        let text = str::from_utf8(bytes).ok()?;
        Some(Self { spans: if text.is_empty() { Vec::new() } else { vec![Span::new(text.into(), style)] } })
    }

    /// Its pieces. None is empty; neighbours differ in style.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// It says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// What it says, without styles.
    #[must_use]
    pub fn plain(&self) -> String {
        self.spans.iter().map(Span::text).collect()
    }

    /// How many columns it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| width(&span.text)).sum()
    }

    /// The part from a column (counted from 0) on, at most so many columns wide. A wide character that begins left
    /// of it is a blank; one that would reach out at the right is left away.
    #[must_use]
    pub fn cut(&self, from_column: usize, columns: usize) -> Self {
        let end = from_column.saturating_add(columns);
        let mut part = Pieces::default();
        let mut column = 0;
        for span in &self.spans {
            if column >= end {
                break;
            }
            if span.text.is_ascii() {
                // A byte a column: long lines are cut without looking at each.
                let from = from_column.saturating_sub(column).min(span.text.len());
                let to = (end - column).min(span.text.len());
                part.push(span.text.get(from..to).unwrap_or_default(), span.style);
                column += span.text.len();
                continue;
            }
            for (character, width) in characters(&span.text) {
                let next = column + width;
                if column >= from_column && next <= end && (width > 0 || column > from_column) {
                    part.push(character, span.style);
                } else if column < from_column && next > from_column {
                    for _ in from_column..next.min(end) {
                        part.push(" ", span.style);
                    }
                }
                column = next;
                if column >= end {
                    break;
                }
            }
        }
        part.text()
    }

    /// The whole in rows of at most so many columns (at least 1), broken anywhere between two characters; one row
    /// where it is empty. A character wider than a row becomes U+FFFD.
    #[must_use]
    pub fn wrap(&self, columns: usize) -> Vec<Self> {
        let columns = columns.max(1);
        let mut rows = Vec::new();
        let mut row = Pieces::default();
        let mut room = columns;
        for span in &self.spans {
            if span.text.is_ascii() {
                let mut rest = span.text.as_str();
                while !rest.is_empty() {
                    if room == 0 {
                        rows.push(std::mem::take(&mut row).text());
                        room = columns;
                    }
                    let (piece, more) = rest.split_at_checked(room).unwrap_or((rest, ""));
                    row.push(piece, span.style);
                    room -= piece.len();
                    rest = more;
                }
                continue;
            }
            for (character, width) in characters(&span.text) {
                let (character, width) =
                    if width > columns { (TOO_WIDE, TOO_WIDE.width()) } else { (character, width) };
                if width > room {
                    rows.push(std::mem::take(&mut row).text());
                    room = columns;
                }
                row.push(character, span.style);
                room -= width;
            }
        }
        rows.push(row.text());
        rows
    }
}

/// Characters as people see them, and how many columns each takes.
fn characters(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.graphemes(true).map(|character| (character, character.width()))
}

fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { characters(text).map(|(_, width)| width).sum() }
}

/// Spans in the making: neighbours of one style are joined.
#[derive(Default)]
pub(super) struct Pieces {
    spans: Vec<Span>,
}

impl Pieces {
    pub(super) fn push(&mut self, piece: &str, style: Style) {
        match self.spans.last_mut() {
            _ if piece.is_empty() => {}
            Some(last) if last.style == style => last.text.push_str(piece),
            _ => self.spans.push(Span::new(piece.into(), style)),
        }
    }

    pub(super) fn text(self) -> Text {
        Text::new(self.spans)
    }
}
