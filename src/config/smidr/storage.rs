//! Where something is kept.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

/// What stands before the name of a volume.
const VOLUME: &str = "volume:";

/// Where something is kept. Prints, and is serialised, as the file takes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Storage {
    /// A directory of this host.
    Directory(PathBuf),
    /// A volume of the engine, by its name; written `volume:NAME`.
    Volume(String),
}

pub(super) const DIRECTORY: &str = "expected a directory, such as ~/.smidr/layers or ./layers";
pub(super) const STORAGE: &str =
    "expected a directory, such as ~/.smidr/downloads or ./downloads, or a volume, such as volume:downloads";

impl Storage {
    /// A directory or a volume; an error is what was expected.
    pub(super) fn parse(text: &str, home: Option<&Path>) -> Result<Self, &'static str> {
        let Some(name) = text.strip_prefix(VOLUME) else { return directory(text, home).map(Self::Directory) };
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if begins && (2..=255).contains(&name.len()) && name.chars().all(is_part) {
            Ok(Self::Volume(name.to_owned()))
        } else {
            Err("expected volume: and a name of letters, digits, _, . and -, at least two")
        }
    }

    /// The directory, where it is one.
    #[must_use]
    pub fn directory(&self) -> Option<&Path> {
        match self {
            Self::Directory(directory) => Some(directory),
            Self::Volume(_) => None,
        }
    }
}

/// A directory, `~` in its place; an error is what was expected.
pub(super) fn directory(text: &str, home: Option<&Path>) -> Result<PathBuf, &'static str> {
    if text.chars().any(char::is_control) {
        return Err("expected a directory in one line, without control characters");
    }
    if text.starts_with(VOLUME) {
        return Err("expected a directory; a volume cannot stand here");
    }
    if text.contains("${")
        || text.split('$').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
    {
        return Err("expected variables in braces, such as ${HOME}");
    }
    let path = match (text.strip_prefix('~'), home) {
        (None, _) => PathBuf::from(text),
        (Some(rest), _) if !rest.is_empty() && !rest.starts_with('/') => {
            return Err("expected ~/ for your own home directory; those of others are not known");
        }
        (Some(_), None) => return Err("expected a directory without ~: there is no home directory"),
        (Some("" | "/"), Some(home)) => home.to_owned(),
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
    };
    if cleaned(&path) == Path::new("/") {
        return Err("expected a directory below /, not all there is");
    }
    Ok(path)
}

/// The path without `.` and with `..` applied to what stands before it; links are not looked at.
pub(super) fn cleaned(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut clean = PathBuf::new();
    for component in path.components() {
        match (component, clean.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                clean.pop();
            }
            _ => clean.push(component),
        }
    }
    clean
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(directory) => write!(f, "{}", directory.display()),
            Self::Volume(name) => write!(f, "{VOLUME}{name}"),
        }
    }
}

impl Serialize for Storage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_and_volumes_are_read_and_written() {
        let home = Path::new("/home/ada");
        for (text, read) in [
            ("/srv/dl", "/srv/dl"),
            ("dl", "dl"),
            ("../dl", "../dl"),
            ("~", "/home/ada"),
            ("~/.smidr/dl", "/home/ada/.smidr/dl"),
            ("a b~", "a b~"),
            ("cost$", "cost$"),
            ("volume:sstate-cache", "volume:sstate-cache"),
        ] {
            assert_eq!(Storage::parse(text, Some(home)).unwrap().to_string(), read, "{text}");
        }
        assert_eq!(Storage::parse("volume:ab", None), Ok(Storage::Volume("ab".into())));
        for (wrong, expected) in [
            ("/", "below /"),
            ("/a/..", "below /"),
            ("~bob/x", "of others"),
            ("$HOME/x", "in braces"),
            ("volume:", "a name"),
            ("volume:a/b", "a name"),
            ("volume:-a", "a name"),
            ("a\u{1b}b", "control"),
        ] {
            assert!(Storage::parse(wrong, Some(home)).unwrap_err().contains(expected), "{wrong}");
        }
        assert!(Storage::parse("~/x", None).unwrap_err().contains("no home directory"));
        assert!(directory("volume:ab", None).is_err());
    }

    #[test]
    fn paths_are_cleaned_by_their_words_alone() {
        for (path, clean) in [
            ("/a/./b/../c", "/a/c"),
            ("/../a", "/a"),
            ("../a/../../b", "../../b"),
            ("./a", "a"),
            ("/a//b/", "/a/b"),
        ] {
            assert_eq!(cleaned(Path::new(path)), Path::new(clean), "{path}");
        }
    }
}
