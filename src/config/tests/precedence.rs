//! The file, the environment and the flags, and where each value came from.

use std::path::{Path, PathBuf};

use super::VOCABULARY;
use crate::config::{
    Colours, ConfigError, Environment, Glyphs, Loaded, Overrides, load, resolve, settings_file,
};

fn resolved(text: &str, environment: &Environment, overrides: &Overrides) -> Loaded {
    let file = Some((Path::new("/etc/smidr/mine.yaml"), text.as_bytes()));
    resolve(file, environment, overrides, &VOCABULARY).unwrap()
}

fn read_only(text: &str, variable: Option<&str>, flag: Option<bool>) -> (bool, String) {
    let environment = Environment { read_only: variable.map(Into::into), ..Environment::default() };
    let loaded = resolved(text, &environment, &Overrides { read_only: flag, ..Overrides::default() });
    (loaded.settings.read_only, loaded.origin("read_only").to_string())
}

#[test]
fn each_says_more_than_those_before_it() {
    let file = "mouse: true\nread_only: true\n";
    assert_eq!(read_only("", None, None), (false, "default".into()));
    assert_eq!(read_only(file, None, None), (true, "mine.yaml:2".into()));
    assert_eq!(read_only(file, Some("0"), None), (false, "SMIDR_CONSOLE_READ_ONLY".into()));
    assert_eq!(read_only("", Some("1"), None), (true, "SMIDR_CONSOLE_READ_ONLY".into()));
    assert_eq!(read_only("", Some("0"), Some(true)), (true, "--read-only".into()));
}

#[test]
fn a_variable_that_makes_no_sense_is_an_error() {
    let environment = Environment { read_only: Some("perhaps".into()), ..Environment::default() };
    let error = resolve(None, &environment, &Overrides::default(), &VOCABULARY).unwrap_err();
    assert_eq!(error.to_string(), "SMIDR_CONSOLE_READ_ONLY=\"perhaps\": expected 1 or 0");
}

#[test]
fn no_color_takes_colour_away_and_a_flag_gives_it_back() {
    let colours = |text: &str, no_color, colours| {
        let environment = Environment { no_color, ..Environment::default() };
        let loaded = resolved(text, &environment, &Overrides { colours, ..Overrides::default() });
        (loaded.settings.theme.colours, loaded.origin("theme.colours").to_string())
    };
    assert_eq!(colours("", false, None), (Colours::Auto, "default".into()));
    assert_eq!(colours("theme: {colours: always}", false, None), (Colours::Always, "mine.yaml:1".into()));
    assert_eq!(colours("theme: {colours: always}", true, None), (Colours::Never, "NO_COLOR".into()));
    assert_eq!(colours("", true, Some(Colours::Always)), (Colours::Always, "--colours".into()));
}

#[test]
fn the_locale_says_which_signs_where_nobody_else_does() {
    let glyphs = |text: &str, lang: &str, ascii| {
        let environment = Environment { lang: Some(lang.into()), ..Environment::default() };
        let loaded = resolved(text, &environment, &Overrides { ascii, ..Overrides::default() });
        (loaded.settings.theme.glyphs, loaded.origin("theme.glyphs").to_string())
    };
    assert_eq!(glyphs("", "en_GB.UTF-8", None), (Glyphs::Unicode, "LANG".into()));
    assert_eq!(glyphs("theme: {glyphs: auto}", "C", None), (Glyphs::Ascii, "LANG".into()));
    assert_eq!(glyphs("theme: {glyphs: unicode}", "C", None), (Glyphs::Unicode, "mine.yaml:1".into()));
    assert_eq!(glyphs("", "C.UTF-8", Some(true)), (Glyphs::Ascii, "--ascii".into()));
    let unset = resolved("", &Environment::default(), &Overrides::default());
    assert_eq!(unset.settings.theme.glyphs, Glyphs::Ascii);
}

#[test]
fn the_origin_of_each_part_is_its_own_line() {
    let text = "theme:\n  accent: red\nkeys:\n  stop: s\n  kill: []\ndeadlines:\n  pull: 1h\n";
    let overrides = Overrides { mouse: Some(false), ..Overrides::default() };
    let loaded = resolved(text, &Environment::default(), &overrides);
    for (name, origin) in [
        ("theme.accent", "mine.yaml:2"),
        ("theme.good", "default"),
        ("keys.stop", "mine.yaml:4"),
        ("keys.kill", "mine.yaml:5"),
        ("deadlines.pull", "mine.yaml:7"),
        ("stop.grace", "default"),
        ("mouse", "--no-mouse"),
    ] {
        let entry = loaded.entries().into_iter().find(|entry| entry.name == name);
        assert_eq!(entry.unwrap_or_else(|| panic!("{name}")).origin.to_string(), origin, "{name}");
    }
}

#[test]
fn a_flag_names_the_file_before_a_variable_does() {
    let environment = Environment {
        settings: Some("/variable".into()),
        home: Some("/home/ada".into()),
        ..Environment::default()
    };
    let overrides = Overrides { settings: Some("/flag".into()), ..Overrides::default() };
    let file =
        |environment: &Environment, overrides: &Overrides| settings_file(environment, overrides).unwrap();
    assert_eq!(file(&environment, &overrides), ("/flag".into(), Some("--settings")));
    assert_eq!(
        file(&environment, &Overrides::default()),
        ("/variable".into(), Some("SMIDR_CONSOLE_SETTINGS"))
    );
    let usual = Environment { settings: None, ..environment };
    let expected = PathBuf::from("/home/ada/.config/smidr-console/settings.yaml");
    assert_eq!(file(&usual, &Overrides::default()), (expected, None));
    assert_eq!(settings_file(&Environment::default(), &Overrides::default()), None);
}

#[test]
fn a_file_may_be_missing_unless_it_was_named() {
    let home = tempfile::tempdir().unwrap();
    let mut environment = Environment { home: Some(home.path().into()), ..Environment::default() };
    let loading = |environment: &Environment| load(environment, &Overrides::default(), &VOCABULARY);
    assert_eq!(loading(&environment).unwrap().file, None);

    let file = environment.default_file().unwrap();
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "frame_rate: 7\n").unwrap();
    let loaded = loading(&environment).unwrap();
    assert_eq!((loaded.settings.frame_rate, loaded.file), (7, Some(file)));

    environment.settings = Some(home.path().join("other.yaml"));
    let error = loading(&environment).unwrap_err();
    assert!(matches!(error, ConfigError::Missing { .. }), "{error:?}");
    assert!(error.to_string().ends_with("other.yaml, named by SMIDR_CONSOLE_SETTINGS"), "{error}");

    environment.settings = Some(home.path().into());
    assert!(matches!(loading(&environment).unwrap_err(), ConfigError::Unreadable { .. }), "a directory");
}

#[test]
fn a_file_without_end_is_not_read_to_it() {
    let environment = Environment { settings: Some("/dev/zero".into()), ..Environment::default() };
    let error = load(&environment, &Overrides::default(), &VOCABULARY).unwrap_err();
    assert!(matches!(error, ConfigError::TooLong { .. }), "{error:?}");
}
