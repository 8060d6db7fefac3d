//! The labels this program puts on what it makes, so that a later run (or another console) can find, compare
//! and clean it up.

/// `io.smidr.managed=true`: ours to clean up.
pub const MANAGED: &str = "io.smidr.managed";
/// The fingerprint of the whole specification an object was made from.
pub const SPEC: &str = "io.smidr.spec";
/// The fingerprint of each field of it, to name the ones that differ.
pub const SPEC_FIELDS: &str = "io.smidr.spec.fields";
/// When it was made, RFC 3339, by the clock of whoever made it.
pub const CREATED: &str = "io.smidr.created";
/// Which request made it, so that a request whose answer was lost can tell what is its own. Like every label
/// under [`PREFIX`] it is no part of the specification.
pub const REQUEST: &str = "io.smidr.request";
/// What all our own labels begin with.
pub const PREFIX: &str = "io.smidr.";
/// `io.smidr.protected=true`: a volume that cleanup must not touch without being told its name.
pub const PROTECTED: &str = "io.smidr.protected";

/// Whether these labels say that the object is ours.
#[must_use]
pub fn is_managed(labels: &std::collections::BTreeMap<String, String>) -> bool {
    labels.get(MANAGED).is_some_and(|value| value == "true")
}
