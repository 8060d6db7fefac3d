//! A line of the file with a caret under what is wrong.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

use super::Place;

/// At most so many characters of a line are shown.
const SHOWN: usize = 100;

/// At most so many of them stand before what is wrong.
const BEFORE: usize = 60;

/// What is shown of the file: the line, and how wide what is wrong in it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Snippet {
    line: String,
    caret: String,
}

impl Snippet {
    /// The line of this place, without anything that could act on a terminal; the caret is `length` characters long,
    /// at least one, and ends with the line.
    pub(super) fn of(text: &str, place: Place, length: usize) -> Option<Self> {
        let line = text.lines().nth(place.line.checked_sub(1)?).unwrap_or("");
        let column = place.column.saturating_sub(1);
        let skipped = column.saturating_sub(BEFORE);
        let mut snippet = Self { line: String::new(), caret: String::new() };
        if skipped > 0 {
            snippet.line.push('…');
            snippet.caret.push(' ');
        }
        for (at, c) in line.chars().enumerate().skip(skipped).take(SHOWN) {
            let c = match c {
                '\t' => ' ',
                c if c.width().is_none_or(|width| width == 0) => '\u{fffd}',
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
                c => c,
            };
            snippet.line.push(c);
            let under = if at < column {
                " "
            } else if at == column || at - column < length {
                "^"
            } else {
                ""
            };
            snippet.caret.push_str(&under.repeat(c.width().unwrap_or(1)));
        }
        if !snippet.caret.ends_with('^') {
            snippet.caret.push('^');
        }
        if line.chars().nth(skipped + SHOWN).is_some() {
            snippet.line.push('…');
        }
        Some(snippet)
    }

    /// Writes the two lines, `words` behind the caret.
    pub(super) fn write(&self, to: &mut impl Write, line: usize, words: Option<&str>) -> std::fmt::Result {
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        write!(to, "\n  {number} | {}", self.line)?;
        write!(to, "\n  {margin} | {}", self.caret)?;
        words.map_or(Ok(()), |words| write!(to, " {words}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, line: usize, column: usize, length: usize) -> String {
        let mut drawn = String::new();
        let snippet = Snippet::of(text, Place { line, column }, length).unwrap();
        snippet.write(&mut drawn, line, None).unwrap();
        drawn
    }

    #[test]
    fn the_caret_stands_under_what_is_wrong() {
        assert_eq!(drawn("a: 1\nb: red\n", 2, 4, 3), "\n  2 | b: red\n    |    ^^^");
        assert_eq!(
            drawn("a: 1\n寿司: red", 2, 5, 3),
            "\n  2 | 寿司: red\n    |       ^^^",
            "wide ones count twice"
        );
        assert_eq!(drawn("\ta: 1", 1, 2, 1), "\n  1 |  a: 1\n    |  ^");
        assert_eq!(drawn("a:", 1, 3, 9), "\n  1 | a:\n    |   ^", "after the end of the line");
        assert_eq!(drawn("", 1, 1, 0), "\n  1 | \n    | ^");
        assert_eq!(drawn("a\n", 7, 1, 0), "\n  7 | \n    | ^", "after the end of the text");
        assert_eq!(Snippet::of("a", Place { line: 0, column: 0 }, 1), None);
    }

    #[test]
    fn long_lines_are_cut_and_nothing_acts_on_the_terminal() {
        let text = format!("{}\u{1b}[2J: x{}", "a".repeat(200), "b".repeat(200));
        let drawn = drawn(&text, 1, 201, 1);
        assert!(drawn.contains("…a") && drawn.contains("b…") && !drawn.contains('\u{1b}'), "{drawn}");
        let lines: Vec<&str> = drawn.lines().collect();
        let column = |line: &str, c| line.chars().position(|one| one == c);
        assert_eq!(column(lines[1], '\u{fffd}'), column(lines[2], '^'), "{drawn}");
    }
}
