//! Telling whether a container was made from a specification, and which fields differ where it was not.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::labels;

/// A hash of each field that is not at its default, kept in the object's labels.
///
/// Fields at their defaults are left out, so that a later version of this program with more fields still
/// recognises what an earlier one made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    fields: BTreeMap<String, String>,
}

impl Fingerprint {
    /// The fingerprint of a specification.
    #[must_use]
    pub fn of(spec: &impl Serialize) -> Self {
        let fields = match serde_json::to_value(spec) {
            Ok(serde_json::Value::Object(fields)) => fields,
            // A specification is a struct of plain values: it always becomes an object.
            _ => serde_json::Map::new(),
        };
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name, without_our_own(value)))
            .filter(|(_, value)| !is_default(value))
            .map(|(name, value)| (name, hash(&value.to_string(), 8)))
            .collect();
        Self { fields }
    }

    /// The fingerprint an object carries; `None` when it was not made by us.
    #[must_use]
    pub fn in_labels(labels: &BTreeMap<String, String>) -> Option<Self> {
        let fields = labels.get(labels::SPEC_FIELDS)?;
        let pairs = fields.split(',').filter_map(|pair| pair.split_once('='));
        Some(Self { fields: pairs.map(|(name, hash)| (name.to_owned(), hash.to_owned())).collect() })
    }

    /// The fields in which two specifications differ, by name.
    #[must_use]
    pub fn differing(&self, other: &Self) -> Vec<String> {
        let names: BTreeSet<&String> = self.fields.keys().chain(other.fields.keys()).collect();
        let differs = |name: &&String| self.fields.get(*name) != other.fields.get(*name);
        names.into_iter().filter(differs).cloned().collect()
    }

    /// The labels that say an object is ours and what it was made from.
    #[must_use]
    pub fn labels(&self) -> BTreeMap<String, String> {
        let fields: Vec<String> = self.fields.iter().map(|(name, hash)| format!("{name}={hash}")).collect();
        let fields = fields.join(",");
        BTreeMap::from([
            (labels::MANAGED.to_owned(), "true".to_owned()),
            (labels::SPEC.to_owned(), hash(&fields, 16)),
            (labels::SPEC_FIELDS.to_owned(), fields),
            (labels::CREATED.to_owned(), Timestamp::now().to_string()),
        ])
    }
}

/// Labels under our own prefix say who asked and when: the same thing asked twice is still the same.
fn without_our_own(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(items) => {
            items.into_iter().filter(|(name, _)| !name.starts_with(labels::PREFIX)).collect()
        }
        other => other,
    }
}

fn is_default(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null | serde_json::Value::Bool(false) => true,
        serde_json::Value::String(text) => text.is_empty(),
        serde_json::Value::Array(items) => items.is_empty(),
        serde_json::Value::Object(items) => items.is_empty(),
        _ => false,
    }
}

/// The first hexadecimal digits of the SHA-256 of a text.
fn hash(text: &str, digits: usize) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut hex = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    hex.truncate(digits);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ContainerSpec;

    #[test]
    fn the_differing_fields_are_named_and_only_those() {
        let spec = ContainerSpec::new("yocto-a", "debian:12");
        let made = Fingerprint::in_labels(&Fingerprint::of(&spec).labels()).unwrap();
        assert_eq!(made.differing(&Fingerprint::of(&spec)), Vec::<String>::new());

        let mut other = spec.clone();
        other.image = "debian:13".into();
        other.env.push("MACHINE=qemux86-64".into());
        assert_eq!(made.differing(&Fingerprint::of(&other)), ["env", "image"]);
        assert_eq!(Fingerprint::of(&other).differing(&made), ["env", "image"]);
    }

    #[test]
    fn a_field_an_older_version_did_not_know_changes_nothing_at_its_default() {
        #[derive(Serialize)]
        struct Old {
            image: &'static str,
        }
        #[derive(Serialize)]
        struct New {
            image: &'static str,
            gpus: Option<u32>,
            hints: Vec<String>,
        }
        let old = Fingerprint::of(&Old { image: "a" });
        assert_eq!(old, Fingerprint::of(&New { image: "a", gpus: None, hints: Vec::new() }));
        assert_eq!(
            old.differing(&Fingerprint::of(&New { image: "a", gpus: Some(1), hints: vec![] })),
            ["gpus"]
        );
    }

    #[test]
    fn who_asked_is_no_part_of_what_was_asked() {
        let mut spec = ContainerSpec::new("yocto-a", "debian:12");
        let first = Fingerprint::of(&spec);
        spec.labels.insert(labels::REQUEST.into(), "17".into());
        assert_eq!(Fingerprint::of(&spec), first);
        spec.labels.insert("owner".into(), "ada".into());
        assert_eq!(Fingerprint::of(&spec).differing(&first), ["labels"]);
    }

    #[test]
    fn no_value_can_be_read_from_the_labels() {
        let mut spec = ContainerSpec::new("yocto-a", "debian:12");
        spec.env = vec!["TOKEN=hunter2".into()];
        assert!(!format!("{:?}", Fingerprint::of(&spec).labels()).contains("hunter2"));
    }
}
