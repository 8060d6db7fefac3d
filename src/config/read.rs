//! Each setting of the file, and what it may be.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::node::{Node, Value, quoted};
use super::reader::Reader;
use super::{Chord, Managed, Placed, SavedCommand, Sessions, Settings, Sort, Stop, Theme};

const DEADLINE: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(7 * 86_400);
/// What is kept of sessions.
const KEEP: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(3650 * 24 * 3600);
const GRACE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(3600);
const LOG_LIMIT: RangeInclusive<u64> = 1 << 20..=1 << 40;
const FRAME_RATE: RangeInclusive<u8> = 1..=60;

const PATTERNS: &str = "expected a list of patterns for names, such as [yocto-*]";
const CHORD: &str = "expected a key such as s, S, ctrl-d, alt-x, shift-tab, f5, pageup or space";

/// Puts what the file says over the defaults.
pub(super) fn read(reader: &mut Reader<'_>, root: &Node) -> Settings {
    const KNOWN: &[&str] = &[
        "keys",
        "theme",
        "mouse",
        "read_only",
        "frame_rate",
        "show_stopped",
        "columns",
        "sort",
        "log_limit",
        "log_directory",
        "timestamps",
        "wrap",
        "line_numbers",
        "deadlines",
        "stop",
        "sessions",
        "shell",
        "exec_shell",
        "commands",
        "managed",
        "protected",
        "protect_usual_names",
        "notify",
        "watch",
    ];
    let mut settings = Settings::default();
    let Some(all) = reader.group(root, "", KNOWN) else { return settings };
    reader.set(&all, "keys", &mut settings.keys, keys);
    reader.set(&all, "theme", &mut settings.theme, theme);
    reader.set(&all, "mouse", &mut settings.mouse, Reader::yes_or_no);
    reader.set(&all, "read_only", &mut settings.read_only, Reader::yes_or_no);
    reader.set(&all, "frame_rate", &mut settings.frame_rate, |reader, node| reader.number(node, FRAME_RATE));
    reader.set(&all, "show_stopped", &mut settings.show_stopped, Reader::yes_or_no);
    reader.set(&all, "columns", &mut settings.columns, columns);
    reader.set(&all, "sort", &mut settings.sort, sort);
    reader.set(&all, "log_limit", &mut settings.log_limit, |reader, node| reader.size(node, LOG_LIMIT));
    reader.set_optional(&all, "log_directory", &mut settings.log_directory, directory);
    reader.set(&all, "timestamps", &mut settings.timestamps, Reader::yes_or_no);
    reader.set(&all, "wrap", &mut settings.wrap, Reader::yes_or_no);
    reader.set(&all, "line_numbers", &mut settings.line_numbers, Reader::yes_or_no);
    reader.set(&all, "deadlines", &mut settings.deadlines, deadlines);
    reader.set(&all, "stop", &mut settings.stop, stop);
    reader.set(&all, "sessions", &mut settings.sessions, sessions);
    reader.set(&all, "shell", &mut settings.shell, shell);
    reader.set(&all, "exec_shell", &mut settings.exec_shell, Reader::command_line);
    reader.set(&all, "commands", &mut settings.commands, commands);
    reader.set(&all, "managed", &mut settings.managed, managed);
    reader.set(&all, "protected", &mut settings.protected, globs);
    reader.set(&all, "protect_usual_names", &mut settings.protect_usual_names, Reader::yes_or_no);
    reader.set(&all, "notify", &mut settings.notify, super::notify::read);
    reader.set(&all, "watch", &mut settings.watch, super::watch::read);
    settings
}

fn keys(reader: &mut Reader<'_>, node: &Node) -> Option<BTreeMap<String, Placed<Vec<Placed<Chord>>>>> {
    const ALL: &str = "the console's help (?) and its palette (:) name all actions";
    let mut keys = BTreeMap::new();
    for field in reader.fields(node)? {
        let at = (field.place, field.length);
        if !reader.vocabulary.actions.contains(&field.name.as_str()) {
            let expected = super::nearest::expected_one_of(&field.name, reader.vocabulary.actions, ALL);
            reader.wrong::<()>(at, format!("there is no action {}", quoted(&field.name)), expected);
        }
        reader.lines.insert(format!("keys.{}", field.name), field.place.line);
        let chords = match &field.value.value {
            Value::List(_) => reader.list(&field.value, "", chord),
            _ => chord(reader, &field.value).map(|only| vec![only]),
        };
        if let Some(value) = chords {
            keys.insert(field.name.clone(), Placed { value, place: Some(field.place) });
        }
    }
    Some(keys)
}

fn chord(reader: &mut Reader<'_>, node: &Node) -> Option<Placed<Chord>> {
    let chord = match &node.value {
        Value::Scalar { text, .. } => text.parse::<Chord>(),
        Value::Null => {
            return reader.unexpected(node, format!("{CHORD}, or [] for none; ~ needs quotes"));
        }
        _ => return reader.unexpected(node, CHORD),
    };
    match chord {
        Ok(value) => Some(Placed { value, place: Some(node.place) }),
        Err(error) => reader.wrong((node.place, node.length), error.to_string(), CHORD),
    }
}

fn theme(reader: &mut Reader<'_>, node: &Node) -> Option<Theme> {
    const KNOWN: &[&str] = &[
        "accent", "text", "dim", "good", "warning", "bad", "marked", "found", "borders", "glyphs", "colours",
    ];
    let mut theme = Theme::default();
    let group = reader.group(node, "theme", KNOWN)?;
    for (name, colour) in [
        ("accent", &mut theme.accent),
        ("text", &mut theme.text),
        ("dim", &mut theme.dim),
        ("good", &mut theme.good),
        ("warning", &mut theme.warning),
        ("bad", &mut theme.bad),
        ("marked", &mut theme.marked),
        ("found", &mut theme.found),
    ] {
        reader.set(&group, name, colour, Reader::word);
    }
    reader.set(&group, "borders", &mut theme.borders, Reader::word);
    reader.set(&group, "glyphs", &mut theme.glyphs, Reader::word);
    reader.set(&group, "colours", &mut theme.colours, Reader::word);
    Some(theme)
}

fn columns(reader: &mut Reader<'_>, node: &Node) -> Option<Vec<String>> {
    const EXPECTED: &str = "expected a list of at least one column";
    let mut seen = BTreeSet::new();
    let columns = reader.list(node, EXPECTED, |reader, item| {
        let name = reader.name(item, reader.vocabulary.columns, "")?;
        if seen.insert(name.clone()) {
            return Some(name);
        }
        reader.wrong((item.place, item.length), format!("{} is given twice", quoted(&name)), "expected once")
    })?;
    let is_empty = matches!(&node.value, Value::List(items) if items.is_empty());
    if is_empty { reader.unexpected(node, EXPECTED) } else { Some(columns) }
}

fn sort(reader: &mut Reader<'_>, node: &Node) -> Option<Sort> {
    let mut sort = Settings::default().sort;
    let group = reader.group(node, "sort", &["column", "descending"])?;
    let column = |reader: &mut Reader<'_>, node: &Node| reader.name(node, reader.vocabulary.columns, "");
    reader.set(&group, "column", &mut sort.column, column);
    reader.set(&group, "descending", &mut sort.descending, Reader::yes_or_no);
    Some(sort)
}

fn deadlines(reader: &mut Reader<'_>, node: &Node) -> Option<BTreeMap<String, Duration>> {
    let mut deadlines = BTreeMap::new();
    for field in reader.fields(node)? {
        let known = reader.vocabulary.verbs;
        if !known.contains(&field.name.as_str()) {
            let expected = super::nearest::expected_one_of(&field.name, known, &known.join(", "));
            let what = format!("there is no deadline for {}", quoted(&field.name));
            reader.wrong::<()>((field.place, field.length), what, expected);
        }
        reader.lines.insert(format!("deadlines.{}", field.name), field.place.line);
        if let Some(deadline) = reader.duration(&field.value, DEADLINE) {
            deadlines.insert(field.name.clone(), deadline);
        }
    }
    Some(deadlines)
}

fn stop(reader: &mut Reader<'_>, node: &Node) -> Option<Stop> {
    let mut stop = Settings::default().stop;
    let group = reader.group(node, "stop", &["grace", "signal", "finish"])?;
    reader.set(&group, "grace", &mut stop.grace, |reader, node| reader.duration(node, GRACE));
    reader.set_optional(&group, "signal", &mut stop.signal, |reader, node| {
        const EXPECTED: &str = "expected a signal such as TERM, SIGINT or 15";
        let is_signal = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "+-".contains(c));
        let name = reader.text(node, EXPECTED)?;
        if is_signal(&name) { Some(name) } else { reader.unexpected(node, EXPECTED) }
    });
    reader.set(&group, "finish", &mut stop.finish, |reader, node| reader.duration(node, GRACE));
    Some(stop)
}

fn sessions(reader: &mut Reader<'_>, node: &Node) -> Option<Sessions> {
    let mut sessions = Settings::default().sessions;
    let group = reader.group(node, "sessions", &["keep"])?;
    reader.set(&group, "keep", &mut sessions.keep, |reader, node| reader.duration(node, KEEP));
    Some(sessions)
}

fn shell(reader: &mut Reader<'_>, node: &Node) -> Option<Vec<Vec<String>>> {
    const EXPECTED: &str = "expected a list of programs to try in order, such as [bash, sh]";
    match &node.value {
        Value::List(items) if !items.is_empty() => reader.list(node, EXPECTED, Reader::command_line),
        Value::Scalar { .. } => reader.command_line(node).map(|only| vec![only]),
        _ => reader.unexpected(node, EXPECTED),
    }
}

fn commands(reader: &mut Reader<'_>, node: &Node) -> Option<Vec<SavedCommand>> {
    let mut names = BTreeSet::new();
    reader.list(node, "expected a list of commands, each with a name and a command", |reader, item| {
        let command = saved_command(reader, item)?;
        if names.insert(command.name.clone()) {
            return Some(command);
        }
        let what = format!("two commands are called {}", quoted(&command.name));
        reader.wrong((item.place, item.length), what, "expected a name of its own")
    })
}

fn saved_command(reader: &mut Reader<'_>, node: &Node) -> Option<SavedCommand> {
    const KNOWN: &[&str] = &["name", "command", "user", "workdir", "env", "containers"];
    if !matches!(node.value, Value::Map(_)) {
        return reader
            .unexpected(node, "expected a name and a command, such as {name: disk, command: df -h}");
    }
    let before = reader.mistakes.len();
    let group = reader.group(node, "commands", KNOWN)?;
    let mut command = SavedCommand::default();
    reader.set(&group, "name", &mut command.name, |reader, node| {
        let name = reader.text(node, "expected a name")?;
        if name.chars().any(char::is_control) {
            reader.unexpected(node, "expected a name in one line")
        } else {
            Some(name)
        }
    });
    reader.set(&group, "command", &mut command.command, |reader, node| {
        reader.text(node, "expected what is to be run, such as df -h")
    });
    reader.set_optional(&group, "user", &mut command.user, |reader, node| {
        reader.text(node, "expected a user, such as builder or 1000:1000; numbers with a colon in quotes")
    });
    reader.set_optional(&group, "workdir", &mut command.workdir, directory);
    reader.set(&group, "env", &mut command.env, env);
    reader.set_optional(&group, "containers", &mut command.containers, Reader::glob);
    if reader.mistakes.len() > before {
        return None;
    }
    for (name, text) in [("name", &command.name), ("command", &command.command)] {
        if text.is_empty() {
            let what = format!("a saved command has no {name}");
            return reader.wrong((node.place, 1), what, "expected a name and a command");
        }
    }
    Some(command)
}

fn env(reader: &mut Reader<'_>, node: &Node) -> Option<BTreeMap<String, String>> {
    let mut env = BTreeMap::new();
    for field in reader.fields(node)? {
        if field.name.is_empty() || field.name.contains(['=', '\0']) {
            let what = format!("{} cannot be the name of a variable", quoted(&field.name));
            reader.wrong::<()>((field.place, field.length), what, "expected a name without =");
        }
        if let Some(value) =
            reader.any_text(&field.value, "expected the value of the variable, \"\" for none")
        {
            env.insert(field.name.clone(), value);
        }
    }
    Some(env)
}

fn managed(reader: &mut Reader<'_>, node: &Node) -> Option<Managed> {
    let mut managed = Managed::default();
    let group = reader.group(node, "managed", &["containers", "volumes", "labels"])?;
    reader.set(&group, "containers", &mut managed.containers, globs);
    reader.set(&group, "volumes", &mut managed.volumes, globs);
    reader.set(&group, "labels", &mut managed.labels, |reader, node| {
        reader.list(node, "expected a list of labels, such as [ci, team=kernel]", |reader, item| {
            const EXPECTED: &str = "expected a label, as name or name=value";
            let label = reader.text(item, EXPECTED)?;
            let has_name = label.split('=').next().is_some_and(|name| !name.trim().is_empty());
            if has_name { Some(label) } else { reader.unexpected(item, EXPECTED) }
        })
    });
    Some(managed)
}

fn directory<D: From<String>>(reader: &mut Reader<'_>, node: &Node) -> Option<D> {
    const EXPECTED: &str = "expected an absolute directory, such as /work";
    let directory = reader.text(node, EXPECTED)?;
    if directory.starts_with('/') { Some(directory.into()) } else { reader.unexpected(node, EXPECTED) }
}

fn globs(reader: &mut Reader<'_>, node: &Node) -> Option<Vec<String>> {
    reader.list(node, PATTERNS, Reader::glob)
}
