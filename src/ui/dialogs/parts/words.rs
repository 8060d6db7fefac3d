//! Sentences broken into lines, and lines of facts.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::text::{clean, fit};
use crate::ui::Look;

/// How many cells the labels of facts take.
const LABEL: usize = 14;

/// A text made safe and broken between words into lines of at most so many cells; a word that is longer is broken
/// within. At least one line, perhaps empty.
pub(crate) fn wrapped(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in clean(text).split_whitespace() {
        let mut word = word;
        let gap = usize::from(!line.is_empty());
        if fit::width(&line) + gap + fit::width(word) <= cells {
            if gap == 1 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while fit::width(word) > cells {
            let mut front = fit::beginning(word, cells);
            if front.is_empty() {
                // A character wider than the line: by itself, so that this ends.
                let first = word.chars().next().map_or(word.len(), char::len_utf8);
                front = word.get(..first).unwrap_or(word);
            }
            lines.push(front.to_owned());
            word = word.get(front.len()..).unwrap_or_default();
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The same in one style.
pub(crate) fn paragraph(text: &str, cells: usize, style: Style) -> Vec<Line<'static>> {
    wrapped(text, cells).into_iter().map(|line| Line::styled(line, style)).collect()
}

/// A label and what is to be said about it, broken into lines under one another.
pub(crate) fn fact(look: &Look, label: &str, text: &str, cells: usize) -> Vec<Line<'static>> {
    let lines = wrapped(text, cells.saturating_sub(LABEL));
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    let line = |(label, text): (&str, String)| {
        Line::from(vec![Span::styled(fit::left(label, LABEL), look.dim), Span::styled(text, look.plain)])
    };
    labels.zip(lines).map(line).collect()
}

/// A heading with a blank line before it.
pub(crate) fn section(look: &Look, title: &str) -> [Line<'static>; 2] {
    [Line::default(), Line::styled(title.to_owned(), look.strong)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_long_words_within() {
        assert_eq!(wrapped("stop yocto-a and wait", 10), ["stop", "yocto-a", "and wait"]);
        assert_eq!(wrapped("/very/long/path x", 6), ["/very/", "long/p", "ath x"]);
        assert_eq!(wrapped("", 10), [""]);
        assert_eq!(wrapped("寿司", 1), ["寿", "司"]);
        assert_eq!(wrapped("a\u{1b}[2J", 20), ["a\u{fffd}[2J"]);
    }
}
