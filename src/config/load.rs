//! The file, then the environment, then the flags.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::entries::flattened;
use super::error::Found;
use super::node::{Broken, Node};
use super::reader::Reader;
use super::text::{contents, decoded, mistakes, name_of};
use super::{
    Colours, ConfigError, Entry, Environment, Glyphs, Mistake, Origin, Place, Settings, Vocabulary, read,
};

/// What the command line says about settings; `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--settings`: the settings file.
    pub settings: Option<PathBuf>,
    /// `--read-only`.
    pub read_only: Option<bool>,
    /// `--ascii`: whether only signs of ASCII are drawn.
    pub ascii: Option<bool>,
    /// `--mouse`, `--no-mouse`.
    pub mouse: Option<bool>,
    /// `--colours`.
    pub colours: Option<Colours>,
}

/// Settings in force, and where each came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The file that was read.
    pub file: Option<PathBuf>,
    text: String,
    /// Of each setting that is not by default, by its whole name.
    origins: BTreeMap<String, Origin>,
}

impl Loaded {
    /// Where a setting came from, by its whole name, such as `theme.accent` or `keys.stop`.
    #[must_use]
    pub fn origin(&self, name: &str) -> Origin {
        self.origins.get(name).cloned().unwrap_or(Origin::Default)
    }

    /// All settings in the order of their names.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let entry = |(name, value): (String, _)| Entry { origin: self.origin(&name), name, value };
        flattened(&self.settings).into_iter().map(entry).collect()
    }

    /// A mistake in the file that only the caller can see, such as one key for two actions; `what` is one line.
    #[must_use]
    pub fn mistake(&self, place: Place, what: impl Into<String>, expected: Option<String>) -> ConfigError {
        let found = Found { at: (place, 1), what: what.into(), expected };
        let file = self.file.as_deref().unwrap_or(Path::new("settings.yaml"));
        ConfigError::Mistakes { mistakes: vec![Mistake::new(file, &self.text, found)], more: 0 }
    }
}

/// The settings file, whether it is there or not: the one a flag names, else the one a variable names, else the one
/// in its usual place, which is nowhere for who has no home directory. Beside it, what named it.
#[must_use]
pub fn settings_file(
    environment: &Environment,
    overrides: &Overrides,
) -> Option<(PathBuf, Option<&'static str>)> {
    let by_flag = overrides.settings.clone().map(|file| (file, Some("--settings")));
    let by_variable = || environment.settings.clone().map(|file| (file, Some("SMIDR_CONSOLE_SETTINGS")));
    by_flag.or_else(by_variable).or_else(|| environment.default_file().map(|file| (file, None)))
}

/// Reads the settings file, where there is one, and resolves it.
///
/// # Errors
/// When a file that was named is not there, when one that is there cannot be read, and as [`resolve`].
pub fn load(
    environment: &Environment,
    overrides: &Overrides,
    vocabulary: &Vocabulary<'_>,
) -> Result<Loaded, ConfigError> {
    let Some((file, named_by)) = settings_file(environment, overrides) else {
        return resolve(None, environment, overrides, vocabulary);
    };
    match contents(&file)? {
        Some(bytes) => resolve(Some((&file, &bytes)), environment, overrides, vocabulary),
        None => match named_by {
            Some(named_by) => Err(ConfigError::Missing { file, named_by }),
            None => resolve(None, environment, overrides, vocabulary),
        },
    }
}

/// The settings of a file's bytes, of the environment and of flags; each says more than those before it. Reads and
/// asks nothing.
///
/// # Errors
/// All that is wrong in the file, or a variable that makes no sense.
pub fn resolve(
    file: Option<(&Path, &[u8])>,
    environment: &Environment,
    overrides: &Overrides,
    vocabulary: &Vocabulary<'_>,
) -> Result<Loaded, ConfigError> {
    let mut loaded = match file {
        Some((path, bytes)) => of_file(path, bytes, vocabulary)?,
        None => Loaded {
            settings: Settings::default(),
            file: None,
            text: String::new(),
            origins: BTreeMap::new(),
        },
    };
    loaded.hear_environment(environment)?;
    loaded.hear_flags(overrides);
    Ok(loaded)
}

fn of_file(path: &Path, bytes: &[u8], vocabulary: &Vocabulary<'_>) -> Result<Loaded, ConfigError> {
    let text = decoded(path, bytes)?;
    let mut reader = Reader::new(vocabulary);
    let settings = match Node::parse(text) {
        Ok(Some(root)) => read::read(&mut reader, &root),
        Ok(None) => Settings::default(),
        Err(Broken { at, what }) => {
            return Err(mistakes(path, text, vec![Found { at, what, expected: None }]));
        }
    };
    if !reader.mistakes.is_empty() {
        return Err(mistakes(path, text, reader.mistakes));
    }
    let name = name_of(path);
    let origins =
        reader.lines.into_iter().map(|(setting, line)| (setting, Origin::File { name: name.clone(), line }));
    let (file, text) = (Some(path.to_owned()), text.to_owned());
    Ok(Loaded { settings, file, text, origins: origins.collect() })
}

impl Loaded {
    fn hear_environment(&mut self, environment: &Environment) -> Result<(), ConfigError> {
        if environment.no_color {
            self.settings.theme.colours = Colours::Never;
            self.came_from("theme.colours", Origin::Variable("NO_COLOR"));
        }
        if let Some(value) = &environment.read_only {
            const NAME: &str = "SMIDR_CONSOLE_READ_ONLY";
            self.settings.read_only = match value.as_str() {
                "1" | "true" | "yes" => true,
                "0" | "false" | "no" => false,
                _ => {
                    let value = value.chars().take(40).collect();
                    return Err(ConfigError::Variable { name: NAME, value, expected: "1 or 0" });
                }
            };
            self.came_from("read_only", Origin::Variable(NAME));
        }
        if self.settings.theme.glyphs == Glyphs::Auto {
            let said = environment.utf8();
            let is_utf8 = said.is_some_and(|(is_utf8, _)| is_utf8);
            self.settings.theme.glyphs = if is_utf8 { Glyphs::Unicode } else { Glyphs::Ascii };
            self.came_from("theme.glyphs", said.map_or(Origin::Default, |(_, name)| Origin::Variable(name)));
        }
        Ok(())
    }

    fn hear_flags(&mut self, overrides: &Overrides) {
        let either = |is_yes, yes, no| Origin::Flag(if is_yes { yes } else { no });
        if let Some(read_only) = overrides.read_only {
            self.settings.read_only = read_only;
            self.came_from("read_only", either(read_only, "--read-only", "--no-read-only"));
        }
        if let Some(ascii) = overrides.ascii {
            self.settings.theme.glyphs = if ascii { Glyphs::Ascii } else { Glyphs::Unicode };
            self.came_from("theme.glyphs", either(ascii, "--ascii", "--no-ascii"));
        }
        if let Some(mouse) = overrides.mouse {
            self.settings.mouse = mouse;
            self.came_from("mouse", either(mouse, "--mouse", "--no-mouse"));
        }
        if let Some(colours) = overrides.colours {
            self.settings.theme.colours = colours;
            self.came_from("theme.colours", Origin::Flag("--colours"));
        }
    }

    fn came_from(&mut self, name: &str, origin: Origin) {
        self.origins.insert(name.to_owned(), origin);
    }
}
