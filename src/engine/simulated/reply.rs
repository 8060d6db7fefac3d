//! Which program a command line is, and filling in what its text leaves open.

/// What `*` stood for, where the pattern fits the whole text; the stars' texts are joined by spaces.
pub(super) fn fits(pattern: &str, text: &str) -> Option<String> {
    let Some((before, mut rest)) = pattern.split_once('*') else {
        return (pattern == text).then(String::new);
    };
    let mut text = text.strip_prefix(before)?;
    let mut stood = Vec::new();
    while let Some((middle, after)) = rest.split_once('*') {
        let at = text.find(middle)?;
        stood.push(text.get(..at)?);
        text = text.get(at + middle.len()..)?;
        rest = after;
    }
    stood.push(text.strip_suffix(rest)?);
    Some(stood.join(" "))
}

/// Replaces each `{name}` that `value` knows; all other text stays as it is.
pub(super) fn fill(text: &str, mut value: impl FnMut(&str) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut filled = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.extend_from_slice(before.as_bytes());
        let known = after.split_once('}').and_then(|(name, after)| Some((value(name)?, after)));
        if let Some((value, after)) = known {
            filled.extend_from_slice(&value);
            rest = after;
        } else {
            filled.push(b'{');
            rest = after;
        }
    }
    filled.extend_from_slice(rest.as_bytes());
    filled
}

/// The command line a scene names a program by: the script of a `sh -c`, else the words.
pub(super) fn command_line(words: &[String]) -> String {
    match words {
        [shell, option, script] if option == "-c" && shell.rsplit('/').next() == Some("sh") => script.clone(),
        words => words.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert_eq!(fits("cat *", "cat /a b").as_deref(), Some("/a b"));
        assert_eq!(fits("cat", "cat").as_deref(), Some(""));
        assert_eq!(fits("cat", "cat x"), None);
        assert_eq!(fits("*", "anything").as_deref(), Some("anything"));
        assert_eq!(fits("a*c*e", "abcde").as_deref(), Some("b d"));
        assert_eq!(fits("a*c*e", "abde"), None);
        assert_eq!(fits("ab*ba", "aba"), None, "the two ends do not share a letter");
    }

    #[test]
    fn only_known_names_are_filled_in() {
        let value = |name: &str| (name == "n").then(|| b"7".to_vec());
        assert_eq!(fill("{n}: {x} {{n}} {n", value), b"7: {x} {7} {n");
    }
}
