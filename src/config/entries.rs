//! The settings as a list of names and values.

use serde::Serialize;
use serde_json::Value;

use super::Origin;

/// A setting that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, groups before it: `theme.accent`.
    pub name: String,
    /// Its value as the file takes it; sizes and lengths of time are text.
    pub value: Value,
    /// Where the value came from.
    pub origin: Origin,
}

impl Entry {
    /// The value in one line as the file takes it, quotes only where they are needed.
    #[must_use]
    pub fn text(&self) -> String {
        words(&self.value)
    }
}

/// Names and values of all settings, or of a group of them, in the order of their names. A group without anything in it, such as no keys,
/// is one value.
pub(super) fn flattened(settings: &impl Serialize) -> Vec<(String, Value)> {
    let mut entries = Vec::new();
    // Maps keyed by strings and plain values always serialise.
    if let Ok(Value::Object(fields)) = settings.serialize(serde_json::value::Serializer) {
        for (name, value) in fields {
            flatten(name, value, &mut entries);
        }
    }
    entries
}

fn flatten(name: String, value: Value, into: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (inner, value) in fields {
                flatten(format!("{name}.{inner}"), value, into);
            }
        }
        value => into.push((name, value)),
    }
}

fn words(value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(words).collect())),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                format!("{}: {}", words(&Value::String(name.clone())), words(value))
            };
            format!("{{{}}}", joined(fields.iter().map(field).collect()))
        }
        other => other.to_string(),
    }
}

/// Whether YAML takes the text for itself wherever it stands.
fn is_plain(text: &str) -> bool {
    let first = text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_'));
    let last = !text.ends_with(' ');
    let all = text.chars().all(|c| c.is_ascii_alphanumeric() || " /._+=-".contains(c));
    first && last && all && !matches!(text, "null" | "Null" | "NULL" | "true" | "false")
}
