//! A build file as a list of names and values.

use serde_json::Value;

use super::super::entries::flattened;
use super::BuildFile;

/// A value, its name, and the name under which its line was noted.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) noted: String,
    pub(super) value: Value,
}

/// All that the file says or leaves to us, in the order of the names; layers come last but for what is not known, in the
/// order of the file, each under its name. What is left out and has no default is not there.
pub(super) fn named(file: &BuildFile) -> Vec<Named> {
    let same = |(name, value): (String, Value)| Named { noted: name.clone(), name, value };
    let mut all: Vec<Named> = flattened(file).into_iter().map(same).collect();
    for (index, layer) in file.layers.iter().enumerate() {
        let prefix = format!("layers.{}", layer.name);
        all.extend(flattened(layer).into_iter().filter(|(key, _)| key != "name").map(|(key, value)| Named {
            name: format!("{prefix}.{key}"),
            noted: format!("layers.{index}.{key}"),
            value,
        }));
    }
    all.extend(file.other.clone().into_iter().map(same));
    all.retain(|named| !is_nothing(&named.value));
    all
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
