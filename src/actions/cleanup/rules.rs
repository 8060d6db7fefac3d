//! Which things cleanup may touch at all, and which it must not touch without being told their name.

use std::collections::BTreeMap;
use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Serialize};

use crate::engine::{Container, Volume, labels};

/// Volume names that are protected unless the user says otherwise, whatever their case.
///
/// They are what people call the volumes behind bitbake's `SSTATE_DIR` and `DL_DIR`: caches that fill over
/// months, are shared by all builds, and cost hours of building and a slow network to have again. A name that
/// looks like one and is none costs a typed `--include-protected`; the other mistake costs a day.
pub const USUALLY_PROTECTED: &[&str] =
    &["*sstate*", "*download*", "dl", "dl[-_]*", "*[-_]dl", "*[-_]dl[-_]*", "*dldir*"];

/// The user's rules, beside our own labels, which always count.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Containers of these names are managed too. Upper and lower case differ, as they do for engines.
    pub containers: Vec<NameGlob>,
    /// Volumes of these names are managed too.
    pub volumes: Vec<NameGlob>,
    /// Containers and volumes with one of these labels are managed too.
    pub labels: Vec<LabelRule>,
    /// Volumes of these names are protected, in any case.
    pub protected: Vec<NameGlob>,
    /// Whether [`USUALLY_PROTECTED`] names are protected as well.
    pub protect_usual_names: bool,
}

impl Default for Rules {
    /// Our own labels, and the usual names protected.
    fn default() -> Self {
        Self {
            containers: Vec::new(),
            volumes: Vec::new(),
            labels: Vec::new(),
            protected: Vec::new(),
            protect_usual_names: true,
        }
    }
}

/// Why something counts as managed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManagedBy {
    /// It carries our own label.
    OurLabel,
    /// It carries a label of the user's rules.
    Label(String),
    /// Its name matches a pattern of the user's rules.
    Name(String),
}

impl fmt::Display for ManagedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OurLabel => f.write_str("managed"),
            Self::Label(rule) => write!(f, "managed by your rule for label {rule}"),
            Self::Name(pattern) => write!(f, "managed by your rule for the name {pattern}"),
        }
    }
}

/// Why something is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protection {
    /// It carries our own label.
    Label,
    /// Its name matches a pattern of the user's rules.
    Name(String),
    /// Its name is one that usually means a cache worth keeping.
    UsualName(&'static str),
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label => write!(f, "protected by its label {}=true", labels::PROTECTED),
            Self::Name(pattern) => write!(f, "protected by your rule {pattern}"),
            Self::UsualName(pattern) => write!(f, "protected by its name ({pattern})"),
        }
    }
}

impl Rules {
    /// Why a container is managed, where it is.
    #[must_use]
    pub fn managed_container(&self, container: &Container) -> Option<ManagedBy> {
        self.managed(&self.containers, &container.name, &container.labels)
    }

    /// Why a volume is managed by itself, where it is, whoever uses it.
    #[must_use]
    pub fn managed_volume(&self, volume: &Volume) -> Option<ManagedBy> {
        self.managed(&self.volumes, &volume.name, &volume.labels)
    }

    /// Why a volume is protected, where it is.
    #[must_use]
    pub fn protected_volume(&self, volume: &Volume) -> Option<Protection> {
        if has_protecting_label(&volume.labels) {
            return Some(Protection::Label);
        }
        let named = self.protected.iter().find(|glob| glob.is_match_in_any_case(&volume.name));
        if let Some(glob) = named {
            return Some(Protection::Name(glob.to_string()));
        }
        if !self.protect_usual_names {
            return None;
        }
        // A pattern of ours that does not compile (none: see the test) would protect everything.
        let usual = USUALLY_PROTECTED.iter().find(|pattern| {
            NameGlob::new(**pattern).map_or(true, |glob| glob.is_match_in_any_case(&volume.name))
        });
        usual.map(|pattern| Protection::UsualName(pattern))
    }

    /// Why a container is protected, where it is: by our label only.
    #[must_use]
    pub fn protected_container(container: &Container) -> Option<Protection> {
        has_protecting_label(&container.labels).then_some(Protection::Label)
    }

    fn managed(
        &self,
        names: &[NameGlob],
        name: &str,
        has_labels: &BTreeMap<String, String>,
    ) -> Option<ManagedBy> {
        if labels::is_managed(has_labels) {
            return Some(ManagedBy::OurLabel);
        }
        if let Some(rule) = self.labels.iter().find(|rule| rule.is_met(has_labels)) {
            return Some(ManagedBy::Label(rule.to_string()));
        }
        names.iter().find(|glob| glob.is_match(name)).map(|glob| ManagedBy::Name(glob.to_string()))
    }
}

/// Anything but a clear no protects: a mistyped value must not cost a cache.
fn has_protecting_label(has_labels: &BTreeMap<String, String>) -> bool {
    has_labels.get(labels::PROTECTED).is_some_and(|value| !value.trim().eq_ignore_ascii_case("false"))
}

/// A pattern for whole names: `*` any text, `?` any character, `[ab]` one of these, `{a,b}` either.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct NameGlob {
    pattern: String,
    exact_case: GlobMatcher,
    any_case: GlobMatcher,
}

impl NameGlob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(pattern: impl Into<String>) -> Result<Self, InvalidRule> {
        let pattern = pattern.into();
        if pattern.trim().is_empty() {
            return Err(InvalidRule { rule: pattern, why: "it is empty".into() });
        }
        let compile = |any_case| {
            GlobBuilder::new(&pattern)
                .case_insensitive(any_case)
                .build()
                .map(|glob| glob.compile_matcher())
                .map_err(|error| InvalidRule { rule: pattern.clone(), why: error.kind().to_string() })
        };
        let (exact_case, any_case) = (compile(false)?, compile(true)?);
        Ok(Self { pattern, exact_case, any_case })
    }

    /// Whether the whole name matches.
    #[must_use]
    pub fn is_match(&self, name: &str) -> bool {
        self.exact_case.is_match(name)
    }

    /// Whether the whole name matches, upper and lower case alike.
    #[must_use]
    pub fn is_match_in_any_case(&self, name: &str) -> bool {
        self.any_case.is_match(name)
    }
}

impl fmt::Display for NameGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)
    }
}

impl PartialEq for NameGlob {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}

impl Eq for NameGlob {}

impl TryFrom<String> for NameGlob {
    type Error = InvalidRule;

    fn try_from(pattern: String) -> Result<Self, InvalidRule> {
        Self::new(pattern)
    }
}

impl From<NameGlob> for String {
    fn from(glob: NameGlob) -> Self {
        glob.pattern
    }
}

/// A label to have: `name` with any value, or `name=value`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabelRule {
    name: String,
    value: Option<String>,
}

impl LabelRule {
    /// Reads `name` or `name=value`.
    ///
    /// # Errors
    /// When there is no name.
    pub fn new(rule: &str) -> Result<Self, InvalidRule> {
        let (name, value) = match rule.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (rule, None),
        };
        if name.trim().is_empty() {
            return Err(InvalidRule { rule: rule.to_owned(), why: "the label has no name".into() });
        }
        Ok(Self { name: name.to_owned(), value })
    }

    fn is_met(&self, labels: &BTreeMap<String, String>) -> bool {
        labels.get(&self.name).is_some_and(|has| self.value.as_ref().is_none_or(|wanted| wanted == has))
    }
}

impl fmt::Display for LabelRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.value.as_ref().map_or(Ok(()), |value| write!(f, "={value}"))
    }
}

impl TryFrom<String> for LabelRule {
    type Error = InvalidRule;

    fn try_from(rule: String) -> Result<Self, InvalidRule> {
        Self::new(&rule)
    }
}

impl From<LabelRule> for String {
    fn from(rule: LabelRule) -> Self {
        rule.to_string()
    }
}

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rule {rule:?} cannot be used: {why}")]
pub struct InvalidRule {
    rule: String,
    why: String,
}

#[cfg(test)]
mod tests {
    use super::super::test_objects::{container, volume};
    use super::*;

    fn protects(name: &str) -> bool {
        Rules::default().protected_volume(&volume(name)).is_some()
    }

    #[test]
    fn our_own_patterns_compile() {
        for pattern in USUALLY_PROTECTED {
            assert!(NameGlob::new(*pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn the_usual_caches_are_protected_whatever_their_case() {
        for name in [
            "sstate",
            "yocto-SSTATE-cache",
            "downloads",
            "Downloads",
            "dl-dir",
            "dl_dir",
            "yocto-dl",
            "my_dl_x",
        ] {
            assert!(protects(name), "{name}");
        }
        for name in ["build", "tmp-work", "middle", "dlx", "handle-it"] {
            assert!(!protects(name), "{name}");
        }
    }

    #[test]
    fn the_usual_names_can_be_given_up_and_the_label_cannot() {
        let rules = Rules { protect_usual_names: false, ..Rules::default() };
        let mut sstate = volume("sstate");
        assert_eq!(rules.protected_volume(&sstate), None);
        sstate.labels.insert(labels::PROTECTED.into(), "yes".into());
        assert_eq!(rules.protected_volume(&sstate), Some(Protection::Label));
        sstate.labels.insert(labels::PROTECTED.into(), "False".into());
        assert_eq!(rules.protected_volume(&sstate), None);
        assert_eq!(
            Rules::default().protected_volume(&sstate),
            Some(Protection::UsualName("*sstate*")),
            "the label does not take away what the name gives"
        );
    }

    #[test]
    fn rules_of_the_user_are_read_and_applied() {
        let rules: Rules = serde_yaml::from_str(
            "containers: [yocto-*]\nvolumes: [work-?]\nlabels: [team=kernel, ci]\nprotected: [keep-*]\n",
        )
        .unwrap();
        assert!(rules.protect_usual_names);
        let by = |name: &str, label: &str, value: &str| {
            let mut container = container(name);
            container.labels.insert(label.into(), value.into());
            rules.managed_container(&container)
        };
        assert_eq!(by("yocto-a", "x", "y"), Some(ManagedBy::Name("yocto-*".into())));
        assert_eq!(by("Yocto-a", "x", "y"), None, "what may be removed is matched exactly");
        assert_eq!(by("a-yocto-a", "x", "y"), None, "the whole name");
        assert_eq!(by("a", "team", "kernel"), Some(ManagedBy::Label("team=kernel".into())));
        assert_eq!(by("a", "team", "qa"), None);
        assert_eq!(by("a", "ci", "anything"), Some(ManagedBy::Label("ci".into())));
        assert_eq!(by("a", labels::MANAGED, "true"), Some(ManagedBy::OurLabel));
        assert_eq!(by("a", labels::MANAGED, "false"), None);
        assert!(rules.managed_volume(&volume("work-1")).is_some());
        assert!(rules.managed_volume(&volume("yocto-a")).is_none(), "a container's rule is no volume's");
        assert_eq!(rules.protected_volume(&volume("KEEP-me")), Some(Protection::Name("keep-*".into())));
    }

    #[test]
    fn what_cannot_be_a_rule_is_refused_by_name() {
        let refused = |yaml: &str| serde_yaml::from_str::<Rules>(yaml).unwrap_err().to_string();
        assert!(refused("volums: [a]").contains("volums"));
        assert!(refused("volumes: ['[a']").contains("[a"));
        assert!(refused("volumes: ['']").contains("empty"));
        assert!(refused("labels: ['=x']").contains("no name"));
    }
}
