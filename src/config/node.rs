//! The file as a tree that knows where everything stands.

use std::collections::HashMap;

use granit_parser::{Event, Marker, Parser, ScalarStyle, Span};

use super::Place;
use super::aliases::{Aliases, NotCopied};

/// Where a mistake is, how many characters of its line it takes up, and what it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) at: (Place, usize),
    pub(super) what: String,
}

/// A value of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// Where it begins.
    pub(super) place: Place,
    /// How many characters it takes up, where it stands in one line.
    pub(super) length: usize,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// Text; plain where it is not in quotes, which only then may be a number or a yes or no.
    Scalar { text: String, plain: bool },
    /// A list.
    List(Vec<Node>),
    /// Names and values in the order of the file.
    Map(Vec<Field>),
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    /// Where the name stands.
    pub(super) place: Place,
    /// How many characters the name takes up.
    pub(super) length: usize,
    pub(super) value: Node,
}

impl Node {
    /// Reads a file of at most one document; an empty one is `None`. How deep values may lie in each other is bounded
    /// by the parser.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, Broken> {
        Self::document(Events { parser: Parser::new_from_str(text), aliases: None })
    }

    /// The same for a file that may use anchors and aliases: what an alias names stands in its place, and keeps the
    /// place where it was written.
    pub(super) fn parse_with_aliases(text: &str) -> Result<Option<Self>, Broken> {
        Self::document(Events { parser: Parser::new_from_str(text), aliases: Some(Aliases::default()) })
    }

    fn document(mut events: Events<'_>) -> Result<Option<Self>, Broken> {
        let mut root = None;
        loop {
            match events.next()? {
                (Event::StreamEnd, _) => return Ok(root),
                (Event::DocumentStart(..), span) if root.is_some() => {
                    return Err(broken(span, "a second document begins here, and there may be only one"));
                }
                (Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd, _) => {}
                (event, span) => root = Some(events.node(event, span)?),
            }
        }
    }

    /// What it is, in a few words that can be quoted in an error.
    pub(super) fn words(&self) -> String {
        match &self.value {
            Value::Null => "nothing".into(),
            Value::Scalar { text, .. } => quoted(text),
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a group of settings".into(),
        }
    }
}

/// Text as errors quote it: on one line, and not all of it where it is long.
pub(super) fn quoted(text: &str) -> String {
    let end = text.char_indices().nth(40).map(|(at, _)| at);
    match end.and_then(|end| text.get(..end)) {
        Some(start) => format!("{start:?}…"),
        None => format!("{text:?}"),
    }
}

fn place(marker: Marker) -> Place {
    Place { line: marker.line().max(1), column: marker.col() + 1 }
}

fn length(span: Span) -> usize {
    if span.start.line() == span.end.line() { span.end.col().saturating_sub(span.start.col()) } else { 1 }
}

fn broken(span: Span, what: impl Into<String>) -> Broken {
    Broken { at: (place(span.start), length(span)), what: what.into() }
}

struct Events<'t> {
    parser: Parser<'t, granit_parser::StrInput<'t>>,
    /// What anchors name, where the file may use them.
    aliases: Option<Aliases>,
}

impl<'t> Events<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Broken> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(Broken { at: (place(*error.marker()), 1), what: error.info().clone() }),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// The value that begins with this event.
    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Node, Broken> {
        let anchor = match &event {
            Event::Alias(anchor) => return self.copy(*anchor, span),
            Event::Scalar(_, _, anchor, tag)
            | Event::SequenceStart(_, anchor, tag)
            | Event::MappingStart(_, anchor, tag) => {
                if tag.is_some() || (*anchor > 0 && self.aliases.is_none()) {
                    return Err(self.refused(span));
                }
                *anchor
            }
            _ => return Err(self.refused(span)),
        };
        let value = match event {
            Event::Scalar(text, style, ..) => scalar(&text, style),
            Event::SequenceStart(..) => Value::List(self.list()?),
            _ => Value::Map(self.map()?),
        };
        let node = Node { place: place(span.start), length: length(span), value };
        if let (true, Some(aliases)) = (anchor > 0, &mut self.aliases) {
            aliases.keep(anchor, &node).map_err(|error| broken(span, error.to_string()))?;
        }
        Ok(node)
    }

    /// What this alias names.
    fn copy(&mut self, anchor: usize, span: Span) -> Result<Node, Broken> {
        let Some(aliases) = &mut self.aliases else { return Err(self.refused(span)) };
        aliases.copy(anchor).map_err(|error: NotCopied| broken(span, error.to_string()))
    }

    fn refused(&self, span: Span) -> Broken {
        let what = match self.aliases {
            None => {
                "anchors (&), aliases (*) and tags (!) are not used in this file; text with them needs quotes"
            }
            Some(_) => "tags (!) are not used in this file; text with a ! needs quotes",
        };
        broken(span, what)
    }

    fn list(&mut self) -> Result<Vec<Node>, Broken> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd | Event::StreamEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span)?),
            }
        }
    }

    fn map(&mut self) -> Result<Vec<Field>, Broken> {
        let mut fields = Vec::new();
        let mut lines: HashMap<String, usize> = HashMap::new();
        loop {
            let (event, span) = match self.next()? {
                (Event::MappingEnd | Event::StreamEnd, _) => return Ok(fields),
                next => next,
            };
            let key = self.node(event, span)?;
            let Value::Scalar { text: name, .. } = key.value else {
                return Err(broken(span, format!("a name is expected here, not {}", key.words())));
            };
            let (event, value_span) = self.next()?;
            let mut value = self.node(event, value_span)?;
            if let Some(first) = lines.insert(name.clone(), key.place.line) {
                return Err(broken(span, format!("{} is given twice, first in line {first}", quoted(&name))));
            }
            if value.value == Value::Null && value.length == 0 {
                // What is left out has no place of its own that anyone could see.
                (value.place, value.length) = (key.place, key.length);
            }
            fields.push(Field { name, place: key.place, length: key.length, value });
        }
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    let plain = style == ScalarStyle::Plain;
    if plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Value::Null;
    }
    Value::Scalar { text: text.to_owned(), plain }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wrong(text: &str) -> (usize, usize, String) {
        let Broken { at: (place, _), what } = Node::parse(text).unwrap_err();
        (place.line, place.column, what)
    }

    #[test]
    fn everything_knows_its_place() {
        let root = Node::parse("# first\na: 1\nb:\n  - x\n  - 'ÿ': [y]\n").unwrap().unwrap();
        let Value::Map(fields) = root.value else { panic!("{root:?}") };
        let at = |line, column| Place { line, column };
        assert_eq!((fields[0].place, fields[0].value.place, fields[1].place), (at(2, 1), at(2, 4), at(3, 1)));
        let Value::List(items) = &fields[1].value.value else { panic!("{fields:?}") };
        assert_eq!((items[0].place, items[1].place), (at(4, 5), at(5, 5)));
        let Value::Map(inner) = &items[1].value else { panic!("{items:?}") };
        assert_eq!((inner[0].name.as_str(), inner[0].length, inner[0].value.place), ("ÿ", 3, at(5, 10)));
    }

    #[test]
    fn nothing_is_nothing() {
        for text in ["", "\n", "# a comment\n", "---\n", "~"] {
            let root = Node::parse(text).unwrap();
            assert!(root.is_none_or(|root| root.value == Value::Null), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_used_here_is_refused() {
        assert_eq!(wrong("a: 1\nb: 2\na: 3"), (3, 1, "\"a\" is given twice, first in line 1".into()));
        assert_eq!(wrong("a: &x 1").0, 1);
        assert!(wrong("a: !!str 1").2.contains("tags"));
        assert!(wrong("a: 1\n---\nb: 2").2.contains("second document"));
        assert!(wrong("[a, b]: 2").2.contains("name is expected"));
        assert_eq!(wrong("a: 1\n b: 2").0, 2);
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in "[a-c:\\[\\]{}&*!|>'\"#%@`,? \n\t~0-\u{e9}-]{0,60}") {
            let _ = Node::parse(&text);
        }
    }

    #[test]
    fn depth_is_bounded() {
        for opening in ["[", "{a: ", "- ", "? "] {
            assert!(Node::parse(&opening.repeat(100_000)).is_err(), "{opening}");
        }
    }
}
