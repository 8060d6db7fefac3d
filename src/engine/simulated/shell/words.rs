//! Taking a line of shell apart, as far as the built-in shell understands it.

/// One command of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Whether it is run, by how the one before ended.
    pub(super) when: When,
    /// Its words, not filled in yet.
    pub(super) words: Vec<Word>,
}

/// When a command is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// `&&`
    AfterSuccess,
    /// `||`
    AfterFailure,
}

/// A word: text and variables, joined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    parts: Vec<Part>,
    /// Kept although it is empty.
    is_quoted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(String),
}

impl Word {
    fn push(&mut self, letter: char) {
        if let Some(Part::Text(text)) = self.parts.last_mut() {
            text.push(letter);
        } else {
            self.parts.push(Part::Text(letter.into()));
        }
    }

    /// The word with its variables filled in; `None` where nothing is left of it.
    pub(super) fn filled(&self, mut value: impl FnMut(&str) -> String) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Variable(name) => text.push_str(&value(name)),
            }
        }
        (self.is_quoted || !text.is_empty()).then_some(text)
    }
}

/// What of shell is not understood here.
fn not_simulated(what: &str) -> String {
    format!("\"{what}\" is not simulated")
}

/// Takes a line, or several, apart.
///
/// # Errors
/// In a shell's words, what is wrong or what the built-in shell does not do.
pub(super) fn parse(text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    let mut word: Option<Word> = None;
    let mut when = When::Always;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' => words.extend(word.take()),
            '#' if word.is_none() => while letters.next_if(|letter| *letter != '\n').is_some() {},
            '\n' | ';' | '&' | '|' => {
                words.extend(word.take());
                let twice = letters.next_if_eq(&letter).is_some();
                let next = match (letter, twice) {
                    ('&', true) => When::AfterSuccess,
                    ('|', true) => When::AfterFailure,
                    ('&' | '|', false) => return Err(not_simulated(&letter.to_string())),
                    _ => When::Always,
                };
                if !words.is_empty() {
                    steps.push(Step { when, words: std::mem::take(&mut words) });
                } else if next != When::Always {
                    return Err(format!("Syntax error: \"{letter}{letter}\" unexpected"));
                }
                when = next;
            }
            '\'' => {
                let word = word.get_or_insert_default();
                word.is_quoted = true;
                loop {
                    match letters.next() {
                        Some('\'') => break,
                        Some(letter) => word.push(letter),
                        None => return Err("Syntax error: Unterminated quoted string".to_owned()),
                    }
                }
            }
            '"' => quoted(&mut letters, word.get_or_insert_default())?,
            '\\' => {
                if let Some(letter) = letters.next().filter(|letter| *letter != '\n') {
                    word.get_or_insert_default().push(letter);
                }
            }
            '$' => dollar(&mut letters, word.get_or_insert_default())?,
            '~' if word.is_none() => {
                word.get_or_insert_default().parts.push(Part::Variable("HOME".to_owned()));
            }
            '>' if joins_the_streams(word.as_ref()) && takes(&mut letters, "&1") => word = None,
            '<' | '>' | '`' | '(' | ')' => return Err(not_simulated(&letter.to_string())),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    if !words.is_empty() {
        steps.push(Step { when, words });
    }
    Ok(steps)
}

/// `2>&1`: what is printed is read together anyway.
fn joins_the_streams(word: Option<&Word>) -> bool {
    word.is_some_and(|word| matches!(word.parts.as_slice(), [Part::Text(text)] if text == "2"))
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn takes(letters: &mut Letters<'_>, text: &str) -> bool {
    let mut ahead = letters.clone();
    let fits = text.chars().all(|letter| ahead.next() == Some(letter));
    if fits {
        *letters = ahead;
    }
    fits
}

fn quoted(letters: &mut Letters<'_>, word: &mut Word) -> Result<(), String> {
    word.is_quoted = true;
    loop {
        match letters.next() {
            Some('"') => return Ok(()),
            Some('$') => dollar(letters, word)?,
            Some('`') => return Err(not_simulated("`")),
            Some('\\') => match letters.next() {
                Some(letter @ ('"' | '\\' | '$' | '`')) => word.push(letter),
                Some(letter) => ['\\', letter].into_iter().for_each(|letter| word.push(letter)),
                None => return Err("Syntax error: Unterminated quoted string".to_owned()),
            },
            Some(letter) => word.push(letter),
            None => return Err("Syntax error: Unterminated quoted string".to_owned()),
        }
    }
}

/// What follows a `$`.
fn dollar(letters: &mut Letters<'_>, word: &mut Word) -> Result<(), String> {
    let is_of_name = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
    let mut name = String::new();
    match letters.peek() {
        Some('(') => return Err(not_simulated("$(")),
        Some('{') => {
            letters.next();
            name.extend(std::iter::from_fn(|| letters.next_if(is_of_name)));
            if letters.next() != Some('}') || name.is_empty() {
                return Err(format!("Bad substitution: ${{{name}"));
            }
        }
        Some(special @ ('?' | '$' | '#' | '0')) => {
            name.push(*special);
            letters.next();
        }
        _ => name.extend(std::iter::from_fn(|| letters.next_if(is_of_name))),
    }
    if name.is_empty() {
        word.push('$');
    } else {
        word.parts.push(Part::Variable(name));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<Vec<Vec<String>>, String> {
        let filled = |step: Step| {
            let words = step.words.iter();
            words.filter_map(|word| word.filled(|name| format!("<{name}>"))).collect::<Vec<_>>()
        };
        parse(text).map(|steps| steps.into_iter().map(filled).collect())
    }

    #[test]
    fn words_are_cut_and_quoted_as_a_shell_does() {
        for (text, steps) in [
            ("", vec![]),
            ("ls  -l", vec![vec!["ls", "-l"]]),
            ("echo 'a  b' \"c $X\" d\\ e", vec![vec!["echo", "a  b", "c <X>", "d e"]]),
            ("a; b && c || d\ne # f", vec![vec!["a"], vec!["b"], vec!["c"], vec!["d"], vec!["e"]]),
            ("echo $? ${A}b ~ $", vec![vec!["echo", "<?>", "<A>b", "<HOME>", "$"]]),
            ("echo ''", vec![vec!["echo", ""]]),
            ("make 2>&1", vec![vec!["make"]]),
        ] {
            let steps: Vec<Vec<String>> =
                steps.into_iter().map(|words| words.into_iter().map(str::to_owned).collect()).collect();
            assert_eq!(shown(text), Ok(steps), "{text}");
        }
        let steps = parse("a && b || c").unwrap();
        assert_eq!(
            steps.iter().map(|step| step.when).collect::<Vec<_>>(),
            [When::Always, When::AfterSuccess, When::AfterFailure]
        );
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (text, word) in [
            ("ls | wc", "\"|\" is not simulated"),
            ("ls > x", "\">\""),
            ("echo $(ls)", "\"$(\""),
            ("sleep 5 &", "\"&\""),
            ("echo 'a", "Unterminated"),
            ("echo ${", "Bad substitution"),
            ("&& ls", "unexpected"),
        ] {
            assert!(parse(text).is_err_and(|said| said.contains(word)), "{text}: {:?}", parse(text));
        }
    }
}
