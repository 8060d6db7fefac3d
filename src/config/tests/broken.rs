//! Broken files: each mistake has its place, what is wrong, and what was expected.

use std::path::Path;

use proptest::prelude::*;

use super::{VOCABULARY, mistakes, read};
use crate::config::{ConfigError, Environment, Overrides, Settings, resolve};

/// A file, where its mistake is, and words of what is said about it.
const BROKEN: &[(&str, (usize, usize), &str)] = &[
    // The file itself.
    ("mouse: true\n read_only: false\n", (2, 11), ""),
    ("theme: {accent: red\nmouse: true\n", (2, 6), ""),
    ("shell: [bash\n", (1, 8), ""),
    ("- mouse\n", (1, 1), "a list cannot stand here"),
    ("just text\n", (1, 1), "names with values"),
    ("mouse: true\nwrap: true\nmouse: false\n", (3, 1), "\"mouse\" is given twice, first in line 1"),
    ("mouse: &yes true\n", (1, 13), "anchors"),
    ("mouse: true\n---\nwrap: true\n", (2, 1), "second document"),
    // Names.
    ("muose: true\n", (1, 1), "there is no setting \"muose\" did you mean `mouse`?"),
    ("theme:\n  acent: red\n", (2, 3), "no setting \"acent\" in theme did you mean `accent`?"),
    ("theme:\n  colors: never\n", (2, 3), "did you mean `colours`?"),
    ("sort: {by: name}\n", (1, 8), "in sort expected one of: column, descending"),
    ("stop:\n  grace: 5s\n  gracee: 6s\n", (3, 3), "did you mean `grace`?"),
    ("managed:\n  container: []\n", (2, 3), "did you mean `containers`?"),
    ("commands: [{name: a, command: b, usr: c}]\n", (1, 34), "did you mean `user`?"),
    ("keys:\n  stop: s\n  nxt-match: n\n", (3, 3), "no action \"nxt-match\" did you mean `next-match`?"),
    ("deadlines:\n  stpo: 90s\n", (2, 3), "did you mean `stop`?"),
    // Values.
    ("keys:\n  stop: ctrl+s\n", (2, 9), "\"ctrl+s\" is no key"),
    ("keys:\n  stop: [s, shift-1]\n", (2, 13), "such as !"),
    ("keys:\n  stop:\n    - s\n    - {}\n", (4, 7), "expected a key"),
    ("keys:\n  stop:\n  quit: q\n", (2, 3), "[] for none"),
    ("keys:\n  stop: ~\n", (2, 9), "~ needs quotes"),
    ("keys: [s]\n", (1, 7), "names with values"),
    ("theme:\n  good: geen\n", (2, 9), "\"geen\" cannot be used here did you mean `green`?"),
    ("theme:\n  bad: '#ff0000'\n", (2, 8), "expected one of: default, black, red"),
    ("theme: {accent: 12}\n", (1, 17), "expected one of"),
    ("theme: {borders: round}\n", (1, 18), "did you mean `rounded`?"),
    ("theme: {glyphs: utf8}\n", (1, 17), "auto, unicode, ascii"),
    ("theme: {colours: yes}\n", (1, 18), "auto, always, never"),
    ("theme:\n  accent: [red]\n", (2, 11), "a list cannot stand here expected one of"),
    ("mouse: yes\n", (1, 8), "true or false"),
    ("mouse: \"true\"\n", (1, 8), "without quotes"),
    ("read_only: 1\n", (1, 12), "true or false"),
    ("show_stopped:\n", (1, 1), "there is no value expected true or false"),
    ("protect_usual_names: [true]\n", (1, 22), "true or false"),
    ("notify: {events: [ends]}\n", (1, 19), "did you mean `end`?"),
    ("notify:\n  by: [bell, bell]\n", (2, 14), "\"bell\" is given twice"),
    ("notify: {by: bell}\n", (1, 14), "a list of some of: bell, osc-9"),
    ("notify: {on: [end]}\n", (1, 10), "in notify expected one of: events, by, command"),
    ("notify: {command: []}\n", (1, 19), "such as 'notify-send"),
    ("watch: {worries: [stalls]}\n", (1, 19), "did you mean `stall`?"),
    ("watch: {worries: stall}\n", (1, 18), "a list of some of: out-of-memory, disk"),
    ("watch: {stall: 30}\n", (1, 16), "expected 1m to 7d"),
    ("watch: {full_within: 59s}\n", (1, 22), "expected 1m to 7d"),
    ("watch: {slow_times: 0}\n", (1, 21), "from 1 to 100"),
    ("watch: {memory_percent: 101}\n", (1, 25), "from 0 to 100"),
    ("watch: {free_space: lots}\n", (1, 21), "expected 0 B to 1024 TiB"),
    ("watch: {free_inodes: -1}\n", (1, 22), "from 0 to 1099511627776"),
    ("watch:\n  stal: 1h\n", (2, 3), "did you mean `stall`?"),
    ("frame_rate: 61\n", (1, 13), "from 1 to 60"),
    ("frame_rate: 0\n", (1, 13), "from 1 to 60"),
    ("frame_rate: 12.5\n", (1, 13), "whole number"),
    ("columns: [name, agee]\n", (1, 17), "did you mean `age`?"),
    ("columns: [name, cpu, name]\n", (1, 22), "\"name\" is given twice"),
    ("columns: []\n", (1, 10), "at least one column"),
    ("columns: name\n", (1, 10), "a list of at least one column"),
    ("sort: {column: size}\n", (1, 16), "expected one of: name, doing"),
    ("sort: name\n", (1, 7), "names with values"),
    ("sort:\n  descending: down\n", (2, 15), "true or false"),
    ("log_directory: logs\n", (1, 16), "an absolute directory"),
    ("log_limit: 64 MB\n", (1, 12), "1 MiB to 1 TiB, such as 64 MiB"),
    ("log_limit: 1 KiB\n", (1, 12), "1 MiB to 1 TiB"),
    ("wrap: {}\n", (1, 7), "true or false"),
    ("deadlines:\n  stop: 90\n", (2, 9), "1s to 7d, such as 90s"),
    ("deadlines:\n  stop: 500ms\n", (2, 9), "1s to 7d"),
    ("deadlines:\n  start: 1s\n  pull: 8d\n", (3, 9), "1s to 7d"),
    ("deadlines: 90s\n", (1, 12), "names with values"),
    ("sessions:\n  keep: soon\n", (2, 9), "such as 90s, 10m or 1h 30m"),
    ("stop:\n  grace: 2h\n", (2, 10), "0s to 1h"),
    ("stop:\n  signal: 'KILL it'\n", (2, 11), "TERM, SIGINT or 15"),
    ("shell: []\n", (1, 8), "programs to try in order"),
    ("shell: [bash, '']\n", (1, 15), "a program with its arguments"),
    ("exec_shell: sh -c 'x\n", (1, 13), "a program with its arguments"),
    ("commands:\n  - name: disk\n", (2, 5), "has no command"),
    ("commands:\n  - command: df\n", (2, 5), "has no name"),
    ("commands:\n  - df -h\n", (2, 5), "a name and a command"),
    ("commands:\n  - {name: a, command: b, workdir: work}\n", (2, 36), "absolute"),
    ("commands:\n  - {name: a, command: b, containers: 'a['}\n", (2, 39), "\"a[\" cannot be used"),
    ("commands:\n  - {name: a, command: b, env: {A=B: c}}\n", (2, 33), "without ="),
    (
        "commands:\n  - {name: a, command: b}\n  - {name: a, command: c}\n",
        (3, 5),
        "two commands are called \"a\"",
    ),
    ("managed:\n  containers:\n    - yocto-*\n    - 'b{a'\n", (4, 7), "\"b{a\" cannot be used"),
    ("managed: {volumes: ['']}\n", (1, 21), "a pattern for names"),
    ("managed:\n  labels: ['=x']\n", (2, 12), "name or name=value"),
    ("protected: keep-*\n", (1, 12), "a list of patterns"),
    ("protected: [a, '[']\n", (1, 16), "cannot be used"),
    ("# käse\nprotected: [寿司, '[']\n", (2, 17), "cannot be used"),
];

#[test]
fn every_mistake_has_its_place_and_says_what_was_expected() {
    let mut wrong = Vec::new();
    for (text, place, words) in BROKEN {
        let mistakes = mistakes(text);
        let [mistake] = mistakes.as_slice() else { panic!("{text}\n{mistakes:?}") };
        let said = format!("{} {}", mistake.what(), mistake.expected().unwrap_or_default());
        let drawn = mistake.to_string();
        let head = format!("/etc/smidr/settings.yaml:{}:{}: ", place.0, place.1);
        if !said.contains(words) || !drawn.starts_with(&head) || !drawn.contains('^') {
            wrong.push(format!("{text}at {place:?}, {words:?} expected:\n{drawn}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_setting_is_without_a_broken_file() {
    let serde_json::Value::Object(all) = serde_json::to_value(Settings::default()).unwrap() else { panic!() };
    for name in all.keys().filter(|name| !["timestamps", "line_numbers"].contains(&name.as_str())) {
        assert!(BROKEN.iter().any(|(text, ..)| text.contains(name.as_str())), "{name}");
    }
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_file() {
    let text = "wrap: 1\nkeys: {stop: ctrl-}\ntheme: {acent: red, good: 5}\n";
    insta::assert_snapshot!(read(text).unwrap_err());
}

#[test]
fn of_many_mistakes_the_first_are_told_and_the_others_counted() {
    let many: Vec<String> = (0..50_000).map(|number| format!("x{number}: 1\n")).collect();
    let error = read(&many.concat()).unwrap_err().to_string();
    assert!(error.contains("settings.yaml:20:1") && error.ends_with("\nand 49980 more"), "{error}");
}

#[test]
fn what_is_no_text_is_told_with_its_place() {
    let read = |bytes: &[u8]| {
        let file = Some((Path::new("settings.yaml"), bytes));
        resolve(file, &Environment::default(), &Overrides::default(), &VOCABULARY)
    };
    let error = read(b"mouse: true\nsort: {column: \xff}\n").unwrap_err().to_string();
    assert!(error.starts_with("settings.yaml:2:16: what stands here is no text in UTF-8\n"), "{error}");
    assert!(read(b"\xef\xbb\xbfmouse: false\n").is_ok(), "a byte order mark is no text");
}

#[test]
fn a_mistake_of_the_caller_is_drawn_the_same_way() {
    let loaded = read("keys:\n  stop: x\n  kill: [k, x]\n").unwrap();
    let place = loaded.settings.keys["kill"].value[1].place.unwrap();
    let error = loaded.mistake(place, "x is stop already", Some("expected another key".into()));
    assert_eq!(
        error.to_string(),
        "/etc/smidr/settings.yaml:3:13: x is stop already\n  3 |   kill: [k, x]\n    |             ^ expected another key"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_file_is_too_much(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let file = Some((Path::new("settings.yaml"), bytes.as_slice()));
        if let Err(error) = resolve(file, &Environment::default(), &Overrides::default(), &VOCABULARY) {
            let is_mistake = matches!(error, ConfigError::Mistakes { .. });
            prop_assert!(is_mistake);
            let acts = error.to_string().contains('\u{1b}');
            prop_assert!(!acts);
        }
    }

    /// A file that is nearly right: a part of it taken out, and something else put there.
    #[test]
    fn no_change_of_a_file_is_too_much(at in 0_usize..6000, take in 0_usize..40, put in "[\\[\\]{}:,'\"#&*!|>\n\t a-z0-9-]{0,8}") {
        let text = crate::config::DEFAULT_FILE;
        let changed: String = text.chars().take(at).chain(put.chars()).chain(text.chars().skip(at + take)).collect();
        let lines = changed.split('\n').count();
        if let Err(ConfigError::Mistakes { mistakes, .. }) = read(&changed) {
            for mistake in mistakes {
                prop_assert!((1..=lines).contains(&mistake.place().line), "{mistake}");
            }
        }
    }
}
