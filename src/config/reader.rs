//! Reads values out of the tree, notes what is wrong with them, and goes on.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use globset::Glob;

use super::error::Found;
use super::nearest::expected_one_of;
use super::node::{Field, Node, Value, quoted};
use super::theme::Word;
use super::units;
use super::{Place, Vocabulary};

/// What has been read, and what was wrong with it. Every reading function gives `None` after it has noted a mistake.
#[derive(Debug)]
pub(super) struct Reader<'v> {
    /// The names that may be used.
    pub(super) vocabulary: &'v Vocabulary<'v>,
    /// All that was wrong.
    pub(super) mistakes: Vec<Found>,
    /// The line of each setting that was read, by its whole name.
    pub(super) lines: BTreeMap<String, usize>,
}

/// The settings of a group.
#[derive(Debug)]
pub(super) struct Group<'n> {
    /// The names of the groups it is in, a dot after each.
    prefix: String,
    fields: &'n [Field],
}

impl<'v> Reader<'v> {
    pub(super) fn new(vocabulary: &'v Vocabulary<'v>) -> Self {
        Self { vocabulary, mistakes: Vec::new(), lines: BTreeMap::new() }
    }

    /// Notes a mistake.
    pub(super) fn wrong<T>(
        &mut self,
        at: (Place, usize),
        what: impl Into<String>,
        expected: impl Into<String>,
    ) -> Option<T> {
        self.mistakes.push(Found { at, what: what.into(), expected: Some(expected.into()) });
        None
    }

    /// Notes that a value is not what it should be.
    pub(super) fn unexpected<T>(&mut self, node: &Node, expected: impl Into<String>) -> Option<T> {
        let what = match node.value {
            Value::Null => "there is no value".to_owned(),
            Value::Scalar { .. } => format!("{} cannot be used here", node.words()),
            _ => format!("{} cannot stand here", node.words()),
        };
        self.wrong((node.place, node.length), what, expected)
    }

    /// The group of this name, all of whose settings are known; empty where there is nothing.
    pub(super) fn group<'n>(&mut self, node: &'n Node, name: &str, known: &[&str]) -> Option<Group<'n>> {
        let fields = self.fields(node)?;
        for field in fields.iter().filter(|field| !known.contains(&field.name.as_str())) {
            let within = if name.is_empty() { String::new() } else { format!(" in {name}") };
            let what = format!("there is no setting {}{within}", quoted(&field.name));
            self.wrong::<()>((field.place, field.length), what, expected_one_of(&field.name, known, ""));
        }
        let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
        Some(Group { prefix, fields })
    }

    /// Names and values; none where there is nothing.
    pub(super) fn fields<'n>(&mut self, node: &'n Node) -> Option<&'n [Field]> {
        match &node.value {
            Value::Map(fields) => Some(fields),
            Value::Null => Some(&[]),
            _ => self.unexpected(node, "expected names with values, such as `name: value`"),
        }
    }

    /// Puts a setting of the group, where it is there and makes sense, into its place.
    pub(super) fn set<'n, T>(
        &mut self,
        group: &Group<'n>,
        name: &str,
        into: &mut T,
        read: impl FnOnce(&mut Self, &'n Node) -> Option<T>,
    ) {
        let Some(field) = group.fields.iter().find(|field| field.name == name) else { return };
        self.lines.insert(format!("{}{name}", group.prefix), field.place.line);
        if let Some(value) = read(self, &field.value) {
            *into = value;
        }
    }

    /// The same for a setting that may be nothing.
    pub(super) fn set_optional<'n, T>(
        &mut self,
        group: &Group<'n>,
        name: &str,
        into: &mut Option<T>,
        read: impl FnOnce(&mut Self, &'n Node) -> Option<T>,
    ) {
        let Some(field) = group.fields.iter().find(|field| field.name == name) else { return };
        self.lines.insert(format!("{}{name}", group.prefix), field.place.line);
        *into = if field.value.value == Value::Null { None } else { read(self, &field.value) };
    }

    /// A yes or no.
    pub(super) fn yes_or_no(&mut self, node: &Node) -> Option<bool> {
        match &node.value {
            Value::Scalar { text, plain: true } if text == "true" => Some(true),
            Value::Scalar { text, plain: true } if text == "false" => Some(false),
            _ => self.unexpected(node, "expected true or false, without quotes"),
        }
    }

    /// A whole number within these bounds.
    pub(super) fn number<T: FromStr + PartialOrd + Display>(
        &mut self,
        node: &Node,
        bounds: RangeInclusive<T>,
    ) -> Option<T> {
        let number = match &node.value {
            Value::Scalar { text, plain: true } => text.parse().ok(),
            _ => None,
        };
        number.filter(|number| bounds.contains(number)).or_else(|| {
            self.unexpected(
                node,
                format!("expected a whole number from {} to {}", bounds.start(), bounds.end()),
            )
        })
    }

    /// One of a few words.
    pub(super) fn word<T: Word>(&mut self, node: &Node) -> Option<T> {
        let words = T::words();
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let name = self.name(node, &names, "")?;
        words.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// One of these names; `rest` says where they are told, where they are too many for an error.
    pub(super) fn name(&mut self, node: &Node, known: &[&str], rest: &str) -> Option<String> {
        match &node.value {
            Value::Scalar { text, .. } if known.contains(&text.as_str()) => Some(text.clone()),
            Value::Scalar { text, .. } => self.unexpected(node, expected_one_of(text, known, rest)),
            _ => self.unexpected(node, expected_one_of("", known, rest)),
        }
    }

    /// A length of time within these bounds.
    pub(super) fn duration(&mut self, node: &Node, bounds: RangeInclusive<Duration>) -> Option<Duration> {
        let duration = scalar(node).and_then(units::duration);
        duration.filter(|duration| bounds.contains(duration)).or_else(|| {
            let [least, most] = [bounds.start(), bounds.end()].map(|bound| units::duration_text(*bound));
            self.unexpected(node, format!("expected {least} to {most}, such as 90s, 10m or 1h 30m"))
        })
    }

    /// A size within these bounds.
    pub(super) fn size(&mut self, node: &Node, bounds: RangeInclusive<u64>) -> Option<u64> {
        let size = scalar(node).and_then(units::size);
        size.filter(|size| bounds.contains(size)).or_else(|| {
            let [least, most] = [bounds.start(), bounds.end()].map(|bound| units::size_text(*bound));
            self.unexpected(node, format!("expected {least} to {most}, such as 64 MiB or 1.5 GiB"))
        })
    }

    /// Text that says something.
    pub(super) fn text(&mut self, node: &Node, expected: &str) -> Option<String> {
        match scalar(node) {
            Some(text) if !text.trim().is_empty() && !text.contains('\0') => Some(text.to_owned()),
            _ => self.unexpected(node, expected),
        }
    }

    /// Text that may be left empty, such as the value of a variable.
    pub(super) fn any_text(&mut self, node: &Node, expected: &str) -> Option<String> {
        match scalar(node) {
            Some(text) if !text.contains('\0') => Some(text.to_owned()),
            _ => self.unexpected(node, expected),
        }
    }

    /// A pattern for whole names.
    pub(super) fn glob(&mut self, node: &Node) -> Option<String> {
        let pattern = self.text(node, "expected a pattern for names, such as yocto-*")?;
        match Glob::new(&pattern) {
            Ok(_) => Some(pattern),
            Err(error) => {
                let what = format!("the pattern {} cannot be used", quoted(&pattern));
                self.wrong((node.place, node.length), what, error.kind().to_string())
            }
        }
    }

    /// A command line: text that is cut into words as a shell does it, or a list of words.
    pub(super) fn command_line(&mut self, node: &Node) -> Option<Vec<String>> {
        const EXPECTED: &str = "expected a program with its arguments, such as /bin/sh -c";
        let words = match &node.value {
            Value::List(_) => {
                self.list(node, EXPECTED, |reader, item| reader.text(item, "expected a word"))?
            }
            Value::Scalar { text, .. } if !text.contains('\0') => shlex::split(text).unwrap_or_default(),
            _ => Vec::new(),
        };
        if words.is_empty() { self.unexpected(node, EXPECTED) } else { Some(words) }
    }

    /// A list. Items that make no sense are left out: their mistakes are noted.
    pub(super) fn list<'n, T>(
        &mut self,
        node: &'n Node,
        expected: &str,
        mut read: impl FnMut(&mut Self, &'n Node) -> Option<T>,
    ) -> Option<Vec<T>> {
        match &node.value {
            Value::List(items) => Some(items.iter().filter_map(|item| read(self, item)).collect()),
            _ => self.unexpected(node, expected),
        }
    }
}

fn scalar(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar { text, .. } => Some(text),
        _ => None,
    }
}
