//! The name that was probably meant.

/// More names than this are not listed in an error.
const LISTED: usize = 24;

/// What was expected instead of `word`: the name nearest to it where one is near, else all of them, where they are
/// few enough to be read; `rest` says where to look where they are not.
pub(super) fn expected_one_of(word: &str, known: &[&str], rest: &str) -> String {
    if let Some(name) = nearest(word, known) {
        return format!("did you mean `{name}`?");
    }
    match known {
        [] => "there are none to name here".into(),
        [only] => format!("expected `{only}`"),
        names if names.len() <= LISTED => format!("expected one of: {}", names.join(", ")),
        _ => rest.to_owned(),
    }
}

/// The known name that differs least, where it differs in at most a third of its letters. Case, and `_` for `-`,
/// are no difference.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    // Comparing costs the product of the lengths; no name of ours is nearly as long.
    if word.len() > 64 {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let word = plain(word);
    let distances = known.iter().map(|name| (strsim::damerau_levenshtein(&word, &plain(name)), *name));
    let (distance, name) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= (name.chars().count() / 3).max(1) && distance < name.chars().count()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_that_was_meant_is_found() {
        let known = ["accent", "good", "bad", "next-match"];
        for (word, name) in [
            ("acent", "accent"),
            ("Good", "good"),
            ("next_match", "next-match"),
            ("nxet-match", "next-match"),
        ] {
            assert_eq!(nearest(word, &known), Some(name), "{word}");
        }
        for word in ["", "x", "zebra", "match", &"a".repeat(100_000)] {
            assert_eq!(nearest(word, &known), None, "{word}");
        }
    }

    #[test]
    fn where_none_is_near_all_are_listed_unless_they_are_many() {
        assert_eq!(expected_one_of("x", &["on", "off"], "see"), "expected one of: on, off");
        assert_eq!(expected_one_of("x", &["name"; 25], "see the help"), "see the help");
    }
}
