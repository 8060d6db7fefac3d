//! Files that are right.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{VOCABULARY, read};
use crate::config::{
    Borders, Colour, Colours, DEFAULT_COLUMNS, DEFAULT_FILE, Glyphs, Managed, Notify, Origin, SavedCommand,
    Sessions, Settings, Sort, Stop, Watch,
};

/// What the settings are where nobody says anything, and no locale is set.
fn defaults() -> Settings {
    let mut settings = Settings::default();
    settings.theme.glyphs = Glyphs::Ascii;
    settings
}

#[test]
fn the_documented_file_says_exactly_the_defaults() {
    assert_eq!(read(DEFAULT_FILE).unwrap_or_else(|error| panic!("{error}")).settings, defaults());
}

#[test]
fn the_documented_file_has_every_setting() {
    let documented = read(DEFAULT_FILE).unwrap();
    for entry in documented.entries().into_iter().filter(|entry| entry.name != "theme.glyphs") {
        let Origin::File { name, line } = &entry.origin else { panic!("{entry:?} is not documented") };
        let last = entry.name.rsplit('.').next().unwrap();
        assert_eq!(name, "settings.yaml");
        let written = DEFAULT_FILE.lines().nth(line - 1).unwrap();
        assert!(written.trim_start().starts_with(&format!("{last}:")), "{entry:?}: {written}");
    }
}

#[test]
fn every_example_of_the_documented_file_can_be_used() {
    // An example is commented with three spaces; it stands before the empty value it explains.
    let example = |line: &str| line.strip_prefix("#   ").map(ToOwned::to_owned);
    let shown: Vec<String> = DEFAULT_FILE.lines().filter_map(example).collect();
    let text: Vec<&str> = shown.iter().map(String::as_str).filter(|line| !line.contains("sets ")).collect();
    let settings = read(&text.join("\n")).unwrap_or_else(|error| panic!("{error}")).settings;
    assert_eq!((settings.keys.len(), settings.deadlines.len(), settings.commands.len()), (3, 2, 1));
    assert_eq!(settings.commands[0].containers.as_deref(), Some("yocto-*"));
}

#[test]
fn nothing_at_all_is_the_defaults() {
    for text in
        ["", "\n\n", "# nothing\n", "---\n", "keys:\ntheme:\ndeadlines:\nstop:\nsort:\nmanaged:\n", "{}"]
    {
        assert_eq!(read(text).unwrap().settings, defaults(), "{text:?}");
    }
}

#[test]
fn the_vocabulary_has_the_columns_shown_by_default() {
    assert!(DEFAULT_COLUMNS.iter().all(|name| VOCABULARY.columns.contains(name)));
}

/// What the file of the test below says of it.
fn watch(worries: Vec<String>) -> Watch {
    Watch {
        worries,
        stall: Duration::from_secs(600),
        stall_of_long: Duration::from_secs(7200),
        slow_times: 5,
        slow_beyond: Duration::ZERO,
        memory_percent: 80,
        memory_for: Duration::from_secs(90),
        free_percent: 1,
        free_space: 3 << 29,
        free_inodes: 7,
        full_within: Duration::from_secs(1800),
    }
}

#[test]
fn every_setting_can_be_set() {
    let text = r#"
keys: {stop: [x, ctrl-x], kill: K, next-match: [], quit: "]"}
theme: {accent: light-blue, bad: magenta, borders: plain, glyphs: unicode, colours: always}
mouse: false
read_only: true
frame_rate: 12
show_stopped: false
columns: [name, image]
sort: {column: cpu, descending: true}
log_limit: 1.5 GiB
log_directory: /scratch/logs
timestamps: true
wrap: true
line_numbers: true
deadlines: {stop: 90s, pull: 1h 30m}
stop: {grace: 1m, signal: INT, finish: 5m}
sessions: {keep: 2d}
shell: [zsh -l, [sh, "-i"]]
exec_shell: bash -ec
commands:
  - {name: disk, command: df -h, user: "0", workdir: /work, env: {A: "", B: 2}, containers: yocto-*}
  - name: two
    command: |
      cd /work
      ls
managed: {containers: [yocto-*], volumes: ["{a,b}"], labels: [ci, team=kernel]}
protected: [keep-*]
protect_usual_names: false
notify: {events: [end], by: [osc-777, bell], command: 'notify-send "$SMIDR_MESSAGE"'}
watch:
  {worries: [stall, disk], stall: 10m, stall_of_long: 2h, slow_times: 5, slow_beyond: 0s, memory_percent: 80,
   memory_for: 90s, free_percent: 1, free_space: 1.5 GiB, free_inodes: 7, full_within: 30m}
"#;
    let settings = read(text).unwrap_or_else(|error| panic!("{error}")).settings;
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let chords = |action: &str| -> Vec<String> {
        settings.keys[action].value.iter().map(|chord| chord.value.to_string()).collect()
    };
    assert_eq!(chords("stop"), ["x", "ctrl-x"]);
    assert_eq!((chords("kill"), chords("quit")), (words(&["K"]), words(&["]"])));
    assert!(chords("next-match").is_empty());
    let theme = settings.theme;
    assert_eq!((theme.accent, theme.bad, theme.good), (Colour::LightBlue, Colour::Magenta, Colour::Green));
    assert_eq!(
        (theme.borders, theme.glyphs, theme.colours),
        (Borders::Plain, Glyphs::Unicode, Colours::Always)
    );
    let expected = Settings {
        keys: settings.keys.clone(),
        theme,
        mouse: false,
        read_only: true,
        frame_rate: 12,
        show_stopped: false,
        columns: words(&["name", "image"]),
        sort: Sort { column: "cpu".into(), descending: true },
        log_limit: 1_610_612_736,
        log_directory: Some("/scratch/logs".into()),
        timestamps: true,
        wrap: true,
        line_numbers: true,
        deadlines: BTreeMap::from([
            ("stop".into(), Duration::from_secs(90)),
            ("pull".into(), Duration::from_secs(5400)),
        ]),
        stop: Stop {
            grace: Duration::from_secs(60),
            signal: Some("INT".into()),
            finish: Duration::from_secs(300),
        },
        sessions: Sessions { keep: Duration::from_secs(2 * 24 * 3600) },
        shell: vec![words(&["zsh", "-l"]), words(&["sh", "-i"])],
        exec_shell: words(&["bash", "-ec"]),
        commands: vec![
            SavedCommand {
                name: "disk".into(),
                command: "df -h".into(),
                user: Some("0".into()),
                workdir: Some("/work".into()),
                env: BTreeMap::from([("A".into(), String::new()), ("B".into(), "2".into())]),
                containers: Some("yocto-*".into()),
            },
            SavedCommand { name: "two".into(), command: "cd /work\nls\n".into(), ..SavedCommand::default() },
        ],
        managed: Managed {
            containers: words(&["yocto-*"]),
            volumes: words(&["{a,b}"]),
            labels: words(&["ci", "team=kernel"]),
        },
        protected: words(&["keep-*"]),
        protect_usual_names: false,
        notify: Notify {
            events: words(&["end"]),
            by: words(&["osc-777", "bell"]),
            command: Some("notify-send \"$SMIDR_MESSAGE\"".into()),
        },
        watch: watch(words(&["stall", "disk"])),
    };
    assert_eq!(settings, expected);
}

#[test]
fn what_is_printed_is_what_can_be_written() {
    let text = "log_limit: 1.5 GiB\nshell: [bash -l, sh]\ncolumns: [name, cpu]\nprotected: ['keep-*', a b]\n\
                stop: {grace: 90s, signal: TERM, finish: 1s}\nkeys: {stop: [x, ']'], kill: []}\n";
    let first = read(text).unwrap();
    let again: Vec<String> = first
        .entries()
        .into_iter()
        .filter(|entry| !entry.name.contains('.'))
        .map(|entry| format!("{}: {}\n", entry.name, entry.text()))
        .collect();
    let again = again.concat();
    let stop = "stop: {grace: 1m 30s, signal: TERM, finish: 1s}\n";
    let keys = "keys: {stop: [x, \"]\"], kill: []}\n";
    let read_again = read(&format!("{again}{stop}{keys}")).unwrap_or_else(|error| panic!("{error}\n{again}"));
    for (one, other) in first.entries().iter().zip(read_again.entries()) {
        assert_eq!((&one.name, &one.value), (&other.name, &other.value));
    }
    let printed = |name: &str| first.entries().into_iter().find(|entry| entry.name == name).unwrap().text();
    assert_eq!(printed("log_limit"), "1536 MiB");
    assert_eq!(printed("keys.stop"), r#"[x, "]"]"#);
    assert_eq!(printed("protected"), r#"["keep-*", a b]"#);
    assert_eq!(printed("deadlines"), "{}");
    assert_eq!((printed("shell"), printed("exec_shell")), ("[bash -l, sh]".into(), "/bin/sh -c".into()));
}
