//! Reads values of a build file with their variables in place, notes what is wrong with them, and goes on.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::error::Found;
use super::super::nearest::expected_one_of;
use super::super::node::{Field, Node, Value, quoted};
use super::super::reader::Reader;
use super::super::{Place, Vocabulary};
use super::Variables;
use super::expand::expand;

/// A build file uses no names of other rooms.
const NOTHING: Vocabulary<'static> = Vocabulary { actions: &[], columns: &[], verbs: &[] };

/// What has been read, what was wrong with it, and what is worth a word.
#[derive(Debug)]
pub(super) struct Values<'v> {
    /// Notes mistakes, and the line of each value by its whole name.
    pub(super) reader: Reader<'static>,
    pub(super) variables: &'v Variables,
    /// What `TOPDIR` stands for where no variable says so: the build directory.
    pub(super) topdir: Option<String>,
    pub(super) warnings: Vec<Found>,
    /// The variables that were asked for a value, by its whole name.
    pub(super) used: BTreeMap<String, Vec<String>>,
    /// What is not known, as it was written, by its whole name.
    pub(super) other: BTreeMap<String, Json>,
}

/// A group of the file.
#[derive(Debug)]
pub(super) struct Section<'n> {
    /// The names of the groups it is in, a dot after each.
    pub(super) prefix: String,
    pub(super) fields: &'n [Field],
}

impl<'n> Section<'n> {
    pub(super) fn field(&self, key: &str) -> Option<&'n Field> {
        self.fields.iter().find(|field| field.name == key)
    }
}

/// What a value comes to.
enum Said {
    /// It was left out.
    Nothing,
    /// Its variables left nothing of it.
    Emptied,
    Text(String),
    /// It has been noted what is wrong.
    Wrong,
}

impl<'v> Values<'v> {
    pub(super) fn new(variables: &'v Variables) -> Self {
        Self {
            reader: Reader::new(&NOTHING),
            variables,
            topdir: None,
            warnings: Vec::new(),
            used: BTreeMap::new(),
            other: BTreeMap::new(),
        }
    }

    /// A group of this whole name. What is not known in it is kept and told; names that begin with `x-` are for
    /// whatever the user likes, and not told.
    pub(super) fn section<'n>(&mut self, node: &'n Node, name: &str, known: &[&str]) -> Section<'n> {
        let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
        let fields = self.reader.fields(node).unwrap_or_default();
        for field in fields.iter().filter(|field| !known.contains(&field.name.as_str())) {
            let whole = format!("{prefix}{}", field.name);
            self.reader.lines.insert(whole.clone(), field.place.line);
            self.other.insert(whole, as_written(&field.value));
            if !field.name.starts_with("x-") {
                let within = if name.is_empty() { String::new() } else { format!(" in {name}") };
                let what =
                    format!("there is no key {}{within}; it is kept and has no effect", quoted(&field.name));
                let expected = Some(expected_one_of(&field.name, known, ""));
                self.warnings.push(Found { at: (field.place, field.length), what, expected });
            }
        }
        Section { prefix, fields }
    }

    /// The group of this name within another; empty where it is left out.
    pub(super) fn within<'n>(&mut self, section: &Section<'n>, name: &str, known: &[&str]) -> Section<'n> {
        match section.field(name) {
            Some(field) => self.section(&field.value, &format!("{}{name}", section.prefix), known),
            None => Section { prefix: format!("{}{name}.", section.prefix), fields: &[] },
        }
    }

    /// A single value, `None` where it is left out, is empty or makes no sense. `parse` gives what was expected where
    /// it does not take the text.
    pub(super) fn one<T>(
        &mut self,
        section: &Section<'_>,
        key: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        let field = section.field(key)?;
        let whole = format!("{}{key}", section.prefix);
        match self.said(&field.value, &whole, true, expected) {
            Said::Text(text) => match parse(&text) {
                Ok(value) => {
                    self.reader.lines.insert(whole, field.place.line);
                    Some(value)
                }
                Err(expected) => self.unusable(&field.value, &text, expected),
            },
            Said::Nothing | Said::Emptied | Said::Wrong => None,
        }
    }

    /// The same for what is told in one way only.
    pub(super) fn value<T>(
        &mut self,
        section: &Section<'_>,
        key: &str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.one(section, key, expected, |text| parse(text).ok_or(expected))
    }

    /// A list, empty where it is left out. Items whose variables leave nothing of them are dropped.
    pub(super) fn list(
        &mut self,
        section: &Section<'_>,
        key: &str,
        expected: &str,
        item_expected: &'static str,
        parse: impl Fn(&str) -> Option<String>,
    ) -> Vec<String> {
        let Some(field) = section.field(key) else { return Vec::new() };
        let whole = format!("{}{key}", section.prefix);
        let items = match &field.value.value {
            Value::Null => return Vec::new(),
            Value::List(items) => items,
            _ => {
                self.reader.unexpected::<()>(&field.value, expected);
                return Vec::new();
            }
        };
        self.reader.lines.insert(whole.clone(), field.place.line);
        let mut values = Vec::new();
        for item in items {
            match self.said(item, &whole, false, item_expected) {
                Said::Text(text) => match parse(&text) {
                    Some(value) => values.push(value),
                    None => {
                        self.unusable::<()>(item, &text, item_expected);
                    }
                },
                Said::Nothing => {
                    self.reader.unexpected::<()>(item, item_expected);
                }
                Said::Emptied | Said::Wrong => {}
            }
        }
        values
    }

    /// What a value comes to. Where it is optional and stands for a variable alone that is not set, it is as if it were
    /// left out, which is told.
    fn said(&mut self, node: &Node, whole: &str, is_optional: bool, expected: &str) -> Said {
        let written = match &node.value {
            Value::Null => return Said::Nothing,
            Value::Scalar { text, .. } => text,
            _ => {
                self.reader.unexpected::<()>(node, expected);
                return Said::Wrong;
            }
        };
        if !written.contains("${") {
            return if written.trim().is_empty() { Said::Nothing } else { Said::Text(written.clone()) };
        }
        let (variables, topdir) = (self.variables, self.topdir.as_deref());
        let lookup = |name: &str| variables.get(name).or(topdir.filter(|_| name == "TOPDIR"));
        let expanded = match expand(written, &lookup) {
            Ok(expanded) => expanded,
            Err(unclear) => {
                self.reader.wrong::<()>(within(node, written, unclear.at), unclear.what, unclear.expected);
                return Said::Wrong;
            }
        };
        let is_empty = expanded.text.trim().is_empty();
        if let Some((name, at)) = expanded.unset.first() {
            let at = within(node, written, *at);
            if !is_optional || !is_empty {
                let expected =
                    format!("expected a variable that is set, or a default such as ${{{name}:-value}}");
                self.reader.wrong::<()>(at, format!("the variable {name} is not set"), expected);
                return Said::Wrong;
            }
            let what = format!("the variable {name} is not set, so {whole} is as if it were left out");
            self.warnings.push(Found { at, what, expected: Some(format!("${{{name}:-}} says so")) });
        }
        let used = self.used.entry(whole.to_owned()).or_default();
        for name in expanded.used {
            if !used.contains(&name) {
                used.push(name);
            }
        }
        if is_empty { Said::Emptied } else { Said::Text(expanded.text) }
    }

    /// Notes that what a value comes to is not what it should be.
    pub(super) fn unusable<T>(&mut self, node: &Node, text: &str, expected: &str) -> Option<T> {
        self.reader.wrong(
            (node.place, node.length),
            format!("{} cannot be used here", quoted(text)),
            expected,
        )
    }
}

/// Where this character of a value stands in the file, as far as that can be told: the value's own place where it is in
/// several lines or has escapes.
fn within(node: &Node, written: &str, at: usize) -> (Place, usize) {
    let length = written.chars().count();
    let before = match node.length.checked_sub(length) {
        Some(0) => 0,
        Some(2) => 1, // quotes
        _ => return (node.place, node.length),
    };
    let Place { line, column } = node.place;
    (Place { line, column: column + before + at }, length.saturating_sub(at).max(1))
}

/// The value as it was written: text for all that is neither a list nor a group.
fn as_written(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Scalar { text, .. } => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(as_written).collect()),
        Value::Map(fields) => {
            Json::Object(fields.iter().map(|field| (field.name.clone(), as_written(&field.value))).collect())
        }
    }
}
