//! What is searched for, as it was typed.

use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

/// The most memory a compiled expression may take, in bytes.
const SIZE: usize = 4 << 20;
/// The longest that is compiled, in bytes: longer ones take seconds.
const LENGTH: usize = 4096;

/// A regular expression in the syntax of the `regex` crate. Letters match capitals, too, unless a capital was typed.
/// `^` and `$` are the ends of a line, and no match goes beyond them. A match of nothing is none.
#[derive(Debug, Clone)]
pub struct Pattern {
    typed: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.typed == other.typed
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// As it was typed; what is no expression, or one that is too large, stands for itself. `None` where nothing was
    /// typed, or more than 4 KiB.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        if typed.is_empty() || typed.len() > LENGTH {
            return None;
        }
        let build = |pattern: &str| {
            RegexBuilder::new(pattern)
                .case_insensitive(!has_capital(typed))
                .multi_line(true)
                .crlf(true)
                .size_limit(SIZE)
                .build()
        };
        let regex = build(typed).or_else(|_| build(&regex::escape(typed))).ok()?;
        Some(Self { typed: typed.into(), regex })
    }

    /// What was typed.
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether it is in a line.
    #[must_use]
    pub fn is_in(&self, line: &str) -> bool {
        self.is_in_bytes(line.as_bytes())
    }

    /// Where it is in a line, in bytes of it.
    pub fn places<'a>(&'a self, line: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let places = self.regex.find_iter(line.as_bytes()).map(|found| found.range());
        // A part of a character cannot be marked.
        places.filter(|place| !place.is_empty() && line.get(place.clone()).is_some())
    }

    pub(super) fn is_in_bytes(&self, line: &[u8]) -> bool {
        self.regex.find_iter(line).any(|found| !found.is_empty())
    }

    /// The first match in many lines from a place on, an empty one or one over several lines included.
    pub(super) fn first(&self, lines: &[u8], from: usize) -> Option<Range<usize>> {
        self.regex.find_at(lines, from).map(|found| found.range())
    }
}

/// Whether there is a capital that stands for itself: not that of a class such as `\S`.
fn has_capital(typed: &str) -> bool {
    let mut is_escaped = false;
    typed.chars().any(|character| {
        let is_capital = character.is_uppercase() && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        is_capital
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(typed: &str, line: &str) -> Vec<(usize, usize)> {
        let pattern = Pattern::new(typed).unwrap();
        pattern.places(line).map(|place| (place.start, place.end)).collect()
    }

    #[test]
    fn capitals_count_only_where_typed() {
        assert_eq!(places("error", "ERROR: no error"), [(0, 5), (10, 15)]);
        assert_eq!(places("Error", "ERROR: Error"), [(7, 12)]);
        assert_eq!(places(r"\Serror", "xERROR"), [(0, 6)], "a class is no capital");
        assert_eq!(places(r"\\Error", r"\error \Error"), [(7, 13)]);
    }

    #[test]
    fn broken_expressions_stand_for_themselves_and_nothing_is_no_match() {
        assert_eq!(places("(x", "f(x"), [(1, 3)]);
        assert_eq!(places("x*", "abxxc"), [(2, 4)]);
        assert!(places("$", "abc").is_empty());
        assert!(Pattern::new("").is_none());
        assert!(Pattern::new(&"x".repeat(10_000)).is_none(), "more than can be searched for");
    }
}
