//! Fuzzy matching, as every list and the palette use it.

use std::fmt;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

/// Matches text whose letters contain those typed, in order, perhaps with others between. Capitals only count where
/// some were typed.
#[derive(Default)]
pub struct Matcher(SkimMatcherV2);

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Matcher")
    }
}

impl Matcher {
    /// How well a text matches what was typed, word by word; higher is better, `None` not at all.
    #[must_use]
    pub fn score(&self, typed: &str, text: &str) -> Option<i64> {
        typed.split_whitespace().try_fold(0, |score, word| Some(score + self.0.fuzzy_match(text, word)?))
    }

    /// Whether every word typed matches one of the texts.
    #[must_use]
    pub fn is_match(&self, typed: &str, texts: &[&str]) -> bool {
        typed.split_whitespace().all(|word| texts.iter().any(|text| self.0.fuzzy_match(text, word).is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_may_be_apart_and_words_anywhere() {
        let matcher = Matcher::default();
        assert!(matcher.is_match("", &["anything"]));
        assert!(matcher.is_match("yca", &["yocto-a"]));
        assert!(matcher.is_match("kirk run", &["yocto-a", "yocto:kirkstone", "running"]));
        assert!(!matcher.is_match("kirk zeus", &["yocto-a", "yocto:kirkstone"]));
        assert!(matcher.score("stop", "stop") > matcher.score("stop", "show-stopped"));
        assert_eq!(matcher.score("xyz", "stop"), None);
    }
}
