//! Searching in a text that is all in memory.

use std::ops::Range;

use crate::logs::Pattern;

/// The most matches that are kept: more tell nobody anything.
const MOST: usize = 10_000;

/// A match: in which line, and which of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The line, from 0.
    pub line: usize,
    /// The bytes.
    pub bytes: Range<usize>,
}

/// What a search has found, and which of it is being looked at.
#[derive(Debug, Default)]
pub struct Search {
    typed: String,
    matches: Vec<Match>,
    at: usize,
}

impl Search {
    /// Searches; begins at the first match from this line on. Capitals count only where some were typed. What is no
    /// regular expression (yet) is searched for as it stands.
    #[must_use]
    pub fn of(typed: &str, lines: &[String], from: usize) -> Self {
        let mut matches = Vec::new();
        if let Some(pattern) = Pattern::new(typed) {
            let places = |(line, text)| pattern.places(text).map(move |bytes| Match { line, bytes });
            matches.extend(lines.iter().map(String::as_str).enumerate().flat_map(places).take(MOST));
        }
        let at = matches.iter().position(|found| found.line >= from).unwrap_or(0);
        Self { typed: typed.to_owned(), matches, at }
    }

    /// Whether it was for this.
    #[must_use]
    pub fn is_for(&self, typed: &str) -> bool {
        self.typed == typed
    }

    /// The match that is being looked at.
    #[must_use]
    pub fn current(&self) -> Option<&Match> {
        self.matches.get(self.at)
    }

    /// The matches in a line.
    pub fn in_line(&self, line: usize) -> impl Iterator<Item = &Match> {
        let first = self.matches.partition_point(|found| found.line < line);
        self.matches.iter().skip(first).take_while(move |found| found.line == line)
    }

    /// Looks at another match.
    pub(super) fn step(&mut self, by: isize) {
        let count = self.matches.len().cast_signed();
        if count > 0 {
            self.at = (self.at.cast_signed() + by).rem_euclid(count).cast_unsigned();
        }
    }

    /// `3 of 17`, for the frame.
    #[must_use]
    pub fn words(&self) -> String {
        match self.matches.len() {
            0 if self.typed.is_empty() => String::new(),
            0 => "nothing".into(),
            MOST => format!("{} of {MOST} or more", self.at + 1),
            count => format!("{} of {count}", self.at + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<String> {
        ["Memory 1", "cpu", "memory 22", "MEMORY (x"].map(String::from).to_vec()
    }

    #[test]
    fn capitals_count_only_where_typed() {
        assert_eq!(Search::of("memory", &lines(), 0).words(), "1 of 3");
        assert_eq!(Search::of("Memory", &lines(), 0).words(), "1 of 1");
        assert_eq!(Search::of("", &lines(), 0).words(), "");
        assert_eq!(Search::of("zeus", &lines(), 0).words(), "nothing");
    }

    #[test]
    fn expressions_search_and_broken_ones_stand_for_themselves() {
        let found = Search::of(r"\d+", &lines(), 1);
        assert_eq!(found.current(), Some(&Match { line: 2, bytes: 7..9 }));
        assert_eq!(Search::of("(x", &lines(), 0).current().map(|found| found.line), Some(3));
        assert_eq!(Search::of("x*", &lines(), 0).words(), "1 of 1", "nothing is no match");
    }

    #[test]
    fn matches_go_round() {
        let mut found = Search::of("m", &lines(), 3);
        let at = |found: &Search| found.current().map(|one| (one.line, one.bytes.start));
        assert_eq!(at(&found), Some((3, 0)));
        found.step(2);
        assert_eq!(at(&found), Some((0, 0)));
        found.step(-1);
        assert_eq!(at(&found), Some((3, 2)));
        assert_eq!(found.in_line(2).count(), 2);
    }
}
