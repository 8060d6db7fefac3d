use std::path::Path;

use clap::Parser;

use super::*;
use crate::cli::args::{Cli, Command};
use crate::cli::output::Screen;
use crate::cli::test_support::Capture;
use crate::config::DEFAULT_COLUMNS;

struct Called {
    exit: Exit,
    out: String,
    err: String,
}

/// Calls `config` with these words, cut at spaces, for one whose home this is.
fn call(home: &Path, words: &str) -> Called {
    let words = words.split(' ').filter(|word| !word.is_empty());
    let cli = Cli::try_parse_from(["smidr-console", "config"].into_iter().chain(words)).unwrap();
    let Some(Command::Config(args)) = cli.verb else { panic!("{:?}", cli.verb) };
    let (out, err) = (Capture::default(), Capture::default());
    let context = Context::new(cli.global, Screen::into(out.clone(), err.clone()));
    let home = Some(home.to_path_buf());
    let environment = Environment { home, lang: Some("C.UTF-8".into()), ..Environment::default() };
    let exit = match run_in(&environment, &args, &context) {
        Ok(exit) => exit,
        Err(failure) => context.report(&failure),
    };
    Called { exit, out: out.text(), err: err.text() }
}

fn home_with(text: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join(".config/smidr-console");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("settings.yaml"), text).unwrap();
    home
}

#[test]
fn every_value_is_a_line_with_where_it_came_from() {
    let home = home_with(
        "theme:\n  accent: red\nkeys: {stop: [x, ctrl-x]}\nlog_limit: 64 MiB\ndeadlines: {stop: 90s}\n",
    );
    let called = call(home.path(), "");
    assert_eq!((called.exit, called.err.as_str()), (Exit::Done, ""));
    insta::assert_snapshot!(called.out);
}

#[test]
fn machines_get_the_same() {
    let home = home_with("stop: {grace: 1m}\nprotected: [keep-*]\n");
    let called = call(home.path(), "--json");
    let json: Value = serde_json::from_str(&called.out).unwrap();
    assert!(json["file"].as_str().unwrap().ends_with("/.config/smidr-console/settings.yaml"), "{json}");
    let of = |name: &str| {
        let all = json["settings"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}")).clone()
    };
    assert_eq!(of("stop.grace"), json!({"name": "stop.grace", "value": "1m", "origin": "settings.yaml:1"}));
    assert_eq!(of("protected")["value"], json!(["keep-*"]));
    assert_eq!(of("theme.glyphs"), json!({"name": "theme.glyphs", "value": "unicode", "origin": "LANG"}));
}

#[test]
fn a_broken_file_is_told_in_full() {
    let home = home_with("mouse: true\ntheme:\n  acent: red\nwrap: \"\\e[2J\"\n");
    let called = call(home.path(), "");
    assert_eq!((called.exit, called.out.as_str()), (Exit::Usage, ""));
    let said = called.err.replace(&home.path().display().to_string(), "~");
    assert!(!said.contains('\u{1b}'), "{said:?}");
    insta::assert_snapshot!(said);
    let json: Value = serde_json::from_str(&call(home.path(), "--json").err).unwrap();
    let error = &json["error"];
    assert_eq!(error["kind"], "settings");
    assert!(error["message"].as_str().unwrap().ends_with("in theme (and 1 more)"), "{json}");
    assert_eq!((&error["mistakes"][0]["line"], &error["mistakes"][0]["column"]), (&json!(3), &json!(3)));
    assert_eq!(error["mistakes"][0]["expected"], "did you mean `accent`?");
    assert_eq!(call(home.path(), "--quiet").exit, Exit::Usage);
}

#[test]
fn the_file_may_be_missing_where_nobody_named_it() {
    let home = tempfile::tempdir().unwrap();
    let called = call(home.path(), "");
    assert_eq!(called.exit, Exit::Done, "{}", called.err);
    assert!(called.out.contains("frame_rate") && called.err.contains("config --default"), "{}", called.err);
    let named = call(home.path(), "--settings /no/such/file.yaml");
    assert_eq!(named.exit, Exit::NotFound);
    assert_eq!(named.err, "error: there is no settings file /no/such/file.yaml, named by --settings\n");
    let directory = call(home.path(), &format!("--settings {}", home.path().display()));
    assert!(directory.exit == Exit::Failed && directory.err.contains("directory"), "{}", directory.err);
}

#[test]
fn where_it_is_and_what_it_may_say_are_told_whatever_it_says() {
    let home = home_with("broken: [");
    let path = call(home.path(), "--path");
    let expected = home.path().join(".config/smidr-console/settings.yaml");
    assert_eq!((path.exit, path.out), (Exit::Done, format!("{}\n", expected.display())));
    let named = call(home.path(), "--path --json --settings mine.yaml");
    assert_eq!(named.out, "{\"file\":\"mine.yaml\"}\n");
    let default = call(home.path(), "--default");
    assert_eq!((default.exit, default.out.as_str()), (Exit::Done, DEFAULT_FILE));
    let own = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(own.path(), default.out).unwrap();
    let named = call(home.path(), &format!("--settings {}", own.path().display()));
    assert_eq!(named.exit, Exit::Done, "{}", named.err);
}

#[test]
fn the_vocabulary_has_what_is_there_by_default() {
    assert!(DEFAULT_COLUMNS.iter().all(|name| vocabulary().columns.contains(name)));
}
