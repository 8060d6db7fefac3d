//! The environment a build file is read in, as a value: tests need not touch the process's own.

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::path::PathBuf;

/// The environment a build file is read in. Shows the names of its variables and never what they say.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables {
    /// The variables that are set, empty ones as well.
    pub values: BTreeMap<String, String>,
    /// The home directory, which `~` stands for.
    pub home: Option<PathBuf>,
}

impl Variables {
    /// What the process was given. Variables whose name or value is not UTF-8 are left out.
    #[must_use]
    pub fn from_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            values: env::vars_os().filter_map(text).collect(),
            home: env::home_dir().filter(|home| home.is_absolute()),
        }
    }

    /// What a variable says, where it is set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.values.keys().collect();
        f.debug_struct("Variables").field("names", &names).field("home", &self.home).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_variables_say_is_not_shown() {
        let values = BTreeMap::from([("TOKEN".to_owned(), "geheim".to_owned())]);
        let shown = format!("{:?}", Variables { values, home: None });
        assert!(shown.contains("TOKEN") && !shown.contains("geheim"), "{shown}");
    }
}
