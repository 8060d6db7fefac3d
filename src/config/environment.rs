//! What the environment says about settings, as a value: tests need not touch the process's own.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// What the environment says about settings. A variable that is set and empty counts as not set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `SMIDR_CONSOLE_SETTINGS`: the settings file.
    pub settings: Option<PathBuf>,
    /// `SMIDR_CONSOLE_READ_ONLY`: 1 or 0.
    pub read_only: Option<String>,
    /// Whether `NO_COLOR` is set, to whatever.
    pub no_color: bool,
    /// `LC_ALL`, which says the locale for everything.
    pub lc_all: Option<String>,
    /// `LC_CTYPE`, which says the locale of characters.
    pub lc_ctype: Option<String>,
    /// `LANG`, which says the locale where the others do not.
    pub lang: Option<String>,
    /// `XDG_CONFIG_HOME`: where settings are; without it, or where it is not absolute, `~/.config`.
    pub xdg_config_home: Option<PathBuf>,
    /// The home directory.
    pub home: Option<PathBuf>,
}

impl Environment {
    /// What the process was given. Text that is not UTF-8 is read with replacement characters.
    #[must_use]
    pub fn from_process() -> Self {
        let set = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
        let text = |name| set(name).map(|value| value.to_string_lossy().into_owned());
        Self {
            settings: set("SMIDR_CONSOLE_SETTINGS").map(PathBuf::from),
            read_only: text("SMIDR_CONSOLE_READ_ONLY"),
            no_color: set("NO_COLOR").is_some(),
            lc_all: text("LC_ALL"),
            lc_ctype: text("LC_CTYPE"),
            lang: text("LANG"),
            xdg_config_home: set("XDG_CONFIG_HOME").map(PathBuf::from),
            home: env::home_dir().filter(|home| !home.as_os_str().is_empty()),
        }
    }

    /// Where the settings file is unless another is named, whether it exists or not.
    #[must_use]
    pub fn default_file(&self) -> Option<PathBuf> {
        let xdg = self.xdg_config_home.clone().filter(|dir| dir.is_absolute());
        let dir = xdg.or_else(|| self.home.as_ref().map(|home| home.join(".config")))?;
        Some(dir.join("smidr-console").join("settings.yaml"))
    }

    /// Whether the locale's characters are UTF-8, and the variable that says so; `None` where none does, which is
    /// the locale `C` and ASCII.
    pub(super) fn utf8(&self) -> Option<(bool, &'static str)> {
        let variables = [("LC_ALL", &self.lc_all), ("LC_CTYPE", &self.lc_ctype), ("LANG", &self.lang)];
        let (name, locale) =
            variables.into_iter().find_map(|(name, value)| value.as_ref().map(|value| (name, value)))?;
        let locale = locale.to_ascii_lowercase();
        Some((locale.contains("utf-8") || locale.contains("utf8"), name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_in_the_xdg_directory() {
        let mut environment = Environment { home: Some("/home/ada".into()), ..Environment::default() };
        let file = |environment: &Environment| environment.default_file().unwrap().display().to_string();
        assert_eq!(file(&environment), "/home/ada/.config/smidr-console/settings.yaml");
        environment.xdg_config_home = Some("/etc/xdg".into());
        assert_eq!(file(&environment), "/etc/xdg/smidr-console/settings.yaml");
        environment.xdg_config_home = Some("xdg".into());
        assert_eq!(file(&environment), "/home/ada/.config/smidr-console/settings.yaml", "not absolute");
        assert_eq!(Environment::default().default_file(), None);
    }

    #[test]
    fn the_first_variable_that_is_set_says_the_locale() {
        let utf8 = |lc_all: &str, lc_ctype: &str, lang: &str| {
            let set = |value: &str| (!value.is_empty()).then(|| value.to_owned());
            let (lc_all, lc_ctype, lang) = (set(lc_all), set(lc_ctype), set(lang));
            Environment { lc_all, lc_ctype, lang, ..Environment::default() }.utf8()
        };
        assert_eq!(utf8("", "", ""), None);
        assert_eq!(utf8("", "", "en_GB.UTF-8"), Some((true, "LANG")));
        assert_eq!(utf8("", "C", "en_GB.UTF-8"), Some((false, "LC_CTYPE")));
        assert_eq!(utf8("C.utf8", "C", "C"), Some((true, "LC_ALL")));
        assert_eq!(utf8("", "", "de_DE@euro"), Some((false, "LANG")));
    }
}
