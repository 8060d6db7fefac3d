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

/// What a container is for, where it is one of a build file: [`WORK`] or [`BUILD`].
pub const ROLE: &str = "io.smidr.role";
/// The [`ROLE`] of a container that is there for commands to run in.
pub const WORK: &str = "work";
/// The [`ROLE`] of a container whose first process is a build, kept as a session.
pub const BUILD: &str = "build";
/// The build file it was made from: its path on the machine it was made from.
pub const FILE: &str = "io.smidr.file";
/// What is built in it.
pub const TARGET: &str = "io.smidr.target";
/// Who had it made: `USER@HOST`.
pub const OWNER: &str = "io.smidr.owner";
/// The name of the session that is its first process.
pub const SESSION: &str = "io.smidr.session";
/// The directory in the container that its session is kept in.
pub const SESSIONS_IN: &str = "io.smidr.sessions-in";

/// Whether these labels say that the object is ours.
#[must_use]
pub fn is_managed(labels: &std::collections::BTreeMap<String, String>) -> bool {
    labels.get(MANAGED).is_some_and(|value| value == "true")
}
