//! Variables within a value: `${NAME}`, `${NAME:-default}`, `${NAME:+alternative}` and their kin.
//!
//! - `${NAME}` is what the variable says. Whether it may be unset is for the caller to judge.
//! - `${NAME:-default}` is the default where the variable is unset or empty, `${NAME-default}` where it is unset.
//! - `${NAME:+alternative}` is the alternative where the variable says something, `${NAME+alternative}` where it is set;
//!   else nothing.
//! - `${NAME:?words}` and `${NAME?words}` are errors with these words where the others take the default.
//! - `$${` is `${` itself. Any other `$` stands for itself.
//!
//! Defaults and alternatives may name variables in turn; blanks around them are dropped, as Smidr drops them. What a
//! variable says is never looked at for further variables, so nothing can go on for ever.

/// References may lie so deep in each other.
const DEEPEST: usize = 16;

/// A value may come to so many bytes.
const LONGEST: usize = 64 << 10;

/// What a text comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Expanded {
    /// The text.
    pub(super) text: String,
    /// The variables that are set and were asked, none twice.
    pub(super) used: Vec<String>,
    /// The variables that were needed and are not set, each with where its reference begins, in characters.
    pub(super) unset: Vec<(String, usize)>,
}

/// Why a text cannot be expanded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclear {
    /// Where the reference begins, in characters.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) what: String,
    /// What was expected.
    pub(super) expected: &'static str,
}

const FORMS: &str = "expected ${NAME}, ${NAME:-default} or ${NAME:+alternative}; $${ for ${ itself";

/// The text with what the variables say.
pub(super) fn expand<'v>(text: &str, lookup: &dyn Fn(&str) -> Option<&'v str>) -> Result<Expanded, Unclear> {
    let mut expansion = Expansion { text, at: 0, made: 0, lookup, result: Expanded::default() };
    let whole = expansion.run(0, true)?;
    expansion.result.text = whole;
    Ok(expansion.result)
}

struct Expansion<'t, 'l, 'v> {
    text: &'t str,
    /// Where it is, in bytes.
    at: usize,
    /// How many bytes have been put together so far.
    made: usize,
    lookup: &'l dyn Fn(&str) -> Option<&'v str>,
    result: Expanded,
}

impl Expansion<'_, '_, '_> {
    /// What stands here up to the end, or within a reference up to its brace; counted only where it is wanted.
    fn run(&mut self, depth: usize, is_wanted: bool) -> Result<String, Unclear> {
        let mut said = String::new();
        while let Some(next) = self.rest().chars().next() {
            if self.take("$${") {
                self.add(&mut said, "${")?;
            } else if self.rest().starts_with("${") {
                let value = self.reference(depth + 1, is_wanted)?;
                self.add(&mut said, &value)?;
            } else if depth > 0 && next == '}' {
                break;
            } else {
                self.at += next.len_utf8();
                self.add(&mut said, next.encode_utf8(&mut [0; 4]))?;
            }
        }
        Ok(said)
    }

    fn reference(&mut self, depth: usize, is_wanted: bool) -> Result<String, Unclear> {
        let begin = self.at;
        if depth > DEEPEST {
            return Err(self.unclear(
                begin,
                format!("references lie more than {DEEPEST} deep in each other"),
                "expected fewer",
            ));
        }
        self.take("${");
        let name = self.name();
        if name.is_empty() {
            return Err(self.unclear(begin, "a variable has no name", FORMS));
        }
        let operator = [":-", ":+", ":?", "-", "+", "?"].into_iter().find(|operator| self.take(operator));
        let value = (self.lookup)(&name);
        let is_there = value.is_some_and(|value| {
            !(value.is_empty() && operator.is_some_and(|operator| operator.starts_with(':')))
        });
        let wants_word = match operator {
            Some(":+" | "+") => is_there,
            Some(_) => !is_there,
            None => false,
        };
        let mut word = String::new();
        if operator.is_some() {
            let said = self.run(depth, is_wanted && wants_word)?;
            if wants_word {
                said.trim().clone_into(&mut word);
            }
        }
        if !self.take("}") {
            let what = if self.rest().is_empty() {
                format!("${{{name} has no end")
            } else {
                format!("what follows the name in ${{{name} cannot be understood")
            };
            return Err(self.unclear(begin, what, FORMS));
        }
        if !is_wanted {
            return Ok(String::new());
        }
        if value.is_some() && !self.result.used.contains(&name) {
            self.result.used.push(name.clone());
        }
        Ok(match operator {
            Some(":?" | "?") if !is_there => {
                let words = if word.is_empty() { "must be set" } else { &word };
                return Err(self.unclear(
                    begin,
                    format!("{name}: {words}"),
                    "expected a variable that is set",
                ));
            }
            Some(":+" | "+") => word,
            Some(":-" | "-") if !is_there => word,
            _ => {
                if let Some(value) = value {
                    value.to_owned()
                } else {
                    let begin = self.characters(begin);
                    self.result.unset.push((name, begin));
                    String::new()
                }
            }
        })
    }

    /// The name that stands here, blanks around it dropped.
    fn name(&mut self) -> String {
        self.blanks();
        let is_part =
            |(at, c): &(usize, char)| *c == '_' || c.is_ascii_alphabetic() || (*at > 0 && c.is_ascii_digit());
        let name: String = self.rest().char_indices().take_while(is_part).map(|(_, c)| c).collect();
        self.at += name.len();
        self.blanks();
        name
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, what: &str) -> bool {
        let is_here = self.rest().starts_with(what);
        if is_here {
            self.at += what.len();
        }
        is_here
    }

    fn add(&mut self, to: &mut String, more: &str) -> Result<(), Unclear> {
        self.made = self.made.saturating_add(more.len());
        // What lies deep is put together once for each of its levels.
        if self.made > LONGEST * (DEEPEST + 1) || to.len() + more.len() > LONGEST {
            let what = format!("with its variables this comes to more than {} KiB", LONGEST >> 10);
            return Err(self.unclear(0, what, "expected less"));
        }
        to.push_str(more);
        Ok(())
    }

    fn unclear(&self, at: usize, what: impl Into<String>, expected: &'static str) -> Unclear {
        Unclear { at: self.characters(at), what: what.into(), expected }
    }

    /// This place in bytes as one in characters.
    fn characters(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().chars().count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lookup(name: &str) -> Option<&'static str> {
        match name {
            "A" => Some("a"),
            "EMPTY" => Some(""),
            "AGAIN" => Some("${AGAIN}"),
            "LONG" => Some(Box::leak("x".repeat(LONGEST / 2 + 1).into_boxed_str())),
            _ => None,
        }
    }

    fn said(text: &str) -> String {
        expand(text, &lookup).unwrap_or_else(|error| panic!("{text}: {error:?}")).text
    }

    fn wrong(text: &str) -> (usize, String) {
        let error = expand(text, &lookup).unwrap_err();
        (error.at, error.what)
    }

    #[test]
    fn every_form_is_what_it_says() {
        for (text, value) in [
            ("${A}", "a"),
            ("x${A}y${A}", "xaya"),
            ("${EMPTY}", ""),
            ("${A:-b}", "a"),
            ("${B:-b}", "b"),
            ("${EMPTY:-b}", "b"),
            ("${EMPTY-b}", ""),
            ("${B-b}", "b"),
            ("${B:-}", ""),
            ("${A:+b}", "b"),
            ("${EMPTY:+b}", ""),
            ("${EMPTY+b}", "b"),
            ("${B:+b}", ""),
            ("${B+b}", ""),
            ("${A:?must be set}", "a"),
            ("${EMPTY?must be set}", ""),
            ("${B:-${A}}", "a"),
            ("${B:-${C:-${D:-deep}}}", "deep"),
            ("${B:-x${A}y}z", "xayz"),
            ("${A:+${B:-c}}", "c"),
            ("${A:-${B}}", "a"),
            ("${ A :- b }", "a"),
            ("${B:- b }", "b"),
            ("${B:-file://.* http://x/PATH;a=b}", "file://.* http://x/PATH;a=b"),
            ("$${A}", "${A}"),
            ("$$${A}", "$${A}"),
            ("echo $$ $A $1 $(x) 5$", "echo $$ $A $1 $(x) 5$"),
            ("${AGAIN}", "${AGAIN}"),
            ("{a}}", "{a}}"),
            ("寿${B:-司}", "寿司"),
        ] {
            assert_eq!(said(text), value, "{text}");
        }
    }

    #[test]
    fn what_was_asked_and_what_was_missing_is_told() {
        let all = expand("寿 ${A}${B}${A}${C:-d}${A:-${D}}${EMPTY}", &lookup).unwrap();
        assert_eq!((all.used, all.unset), (vec!["A".into(), "EMPTY".into()], vec![("B".into(), 6)]));
        assert_eq!(expand("${A:-${B}}", &lookup).unwrap().unset, [], "what is not taken is not needed");
    }

    #[test]
    fn what_cannot_be_understood_is_told_with_its_place() {
        for (text, at, what) in [
            ("x${A", 1, "${A has no end"),
            ("${A:-b", 0, "has no end"),
            ("${A:-${B}", 0, "has no end"),
            ("${}", 0, "no name"),
            ("${1}", 0, "no name"),
            ("${-x}", 0, "no name"),
            ("寿${A B}", 1, "cannot be understood"),
            ("${A:x}", 0, "cannot be understood"),
            ("${A%x}", 0, "cannot be understood"),
            ("${A:-${B%x}}", 5, "cannot be understood"),
            ("${B:?say which}", 0, "B: say which"),
            ("${EMPTY:?}", 0, "EMPTY: must be set"),
            ("${LONG}${LONG}", 0, "more than 64 KiB"),
        ] {
            let (place, said) = wrong(text);
            assert!(place == at && said.contains(what), "{text}: {place} {said}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| format!("{}x{}", "${B:-".repeat(levels), "}".repeat(levels));
        assert_eq!(said(&nested(DEEPEST)), "x");
        assert!(wrong(&nested(DEEPEST + 1)).1.contains("16 deep"));
        assert!(expand(&"${A:-".repeat(100_000), &lookup).is_err());
    }

    proptest! {
        #[test]
        fn text_without_a_dollar_is_left_alone(text in "[^$]{0,200}") {
            prop_assert_eq!(said(&text), text);
        }

        #[test]
        fn no_text_is_too_much(text in "[${}AB:?+ \\-寿]{0,60}") {
            let _ = expand(&text, &lookup);
        }
    }
}
