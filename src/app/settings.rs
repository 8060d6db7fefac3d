//! From the settings to what the console is opened with: names become actions, columns and verbs, keys become a map.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use ratatui::style::{Color, Modifier, Style};

use crate::actions::cleanup::{InvalidRule, LabelRule, NameGlob, Rules};
use crate::actions::{Limits, Verb};
use crate::builds::{self, HappeningKind, WorryKind};
use crate::config::{
    Borders, Colour, Colours, ConfigError, Glyphs, Loaded, Place, Settings, Theme, Vocabulary,
};
use crate::engine::{Signal, StopOptions};
use crate::ui::model::{Column, LogDisplay, Notify, Options, SavedCommand, Sort, Ways};
use crate::ui::{Do, ExecDraft, KeyMap, Look};

use super::ConsoleOptions;

/// The verbs a deadline can be set for, by their names in the settings.
const VERBS: &[(&str, Verb)] = &[
    ("connect", Verb::Connect),
    ("list", Verb::List),
    ("inspect", Verb::Inspect),
    ("pull", Verb::Pull),
    ("create", Verb::Create),
    ("start", Verb::Start),
    ("stop", Verb::Stop),
    ("stop-build", Verb::StopBuild),
    ("restart", Verb::Restart),
    ("kill", Verb::Kill),
    ("pause", Verb::Pause),
    ("unpause", Verb::Unpause),
    ("rename", Verb::Rename),
    ("remove", Verb::Remove),
    ("top", Verb::Top),
    ("exec", Verb::Exec),
    ("disk-usage", Verb::DiskUsage),
    ("create-volume", Verb::CreateVolume),
    ("remove-volume", Verb::RemoveVolume),
];

/// The names the settings may use: those of the console's own tables.
#[must_use]
pub fn vocabulary() -> Vocabulary<'static> {
    static ACTIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| Do::names().collect());
    static COLUMNS: LazyLock<Vec<&'static str>> =
        LazyLock::new(|| Column::ALL.iter().map(|one| one.name()).collect());
    static VERB_NAMES: LazyLock<Vec<&'static str>> =
        LazyLock::new(|| VERBS.iter().map(|(name, _)| *name).collect());
    Vocabulary { actions: &ACTIONS, columns: &COLUMNS, verbs: &VERB_NAMES }
}

impl ConsoleOptions {
    /// What these settings say. Engines are named elsewhere.
    ///
    /// # Errors
    /// What only the tables of the console can tell: two actions on one key, a rule that cannot be read.
    pub fn of(loaded: &Loaded) -> Result<Self, ConfigError> {
        let settings = &loaded.settings;
        let options = options(settings)
            .map_err(|error| loaded.mistake(Place { line: 1, column: 1 }, error.to_string(), None))?;
        Ok(Self {
            keymap: keymap(loaded)?,
            look: look(&settings.theme),
            frame_rate: u16::from(settings.frame_rate),
            options,
            ..Self::default()
        })
    }
}

fn keymap(loaded: &Loaded) -> Result<KeyMap, ConfigError> {
    let keys = &loaded.settings.keys;
    let own: BTreeMap<Do, Vec<_>> = keys
        .iter()
        .filter_map(|(name, chords)| {
            Some((Do::named(name)?, chords.value.iter().map(|chord| chord.value).collect()))
        })
        .collect();
    KeyMap::with(&own).map_err(|clash| {
        let chords = keys.get(clash.second.info().name).map(|chords| chords.value.iter());
        let place = chords
            .into_iter()
            .flatten()
            .find(|chord| chord.value == clash.chord)
            .and_then(|chord| chord.place);
        let expected = "a key for each; `?` in the console shows which are taken".to_owned();
        loaded.mistake(place.unwrap_or(Place { line: 1, column: 1 }), clash.to_string(), Some(expected))
    })
}

fn options(settings: &Settings) -> Result<Options, InvalidRule> {
    let globs = |patterns: &[String]| patterns.iter().map(NameGlob::new).collect::<Result<Vec<_>, _>>();
    let managed = &settings.managed;
    let rules = Rules {
        containers: globs(&managed.containers)?,
        volumes: globs(&managed.volumes)?,
        labels: managed.labels.iter().map(|rule| LabelRule::new(rule)).collect::<Result<_, _>>()?,
        protected: globs(&settings.protected)?,
        protect_usual_names: settings.protect_usual_names,
    };
    let limits = VERBS.iter().filter_map(|(name, verb)| {
        let deadline = *settings.deadlines.get(*name)?;
        Some((*verb, Limits { ..verb.limits().with_deadline(deadline) }))
    });
    let signal = settings.stop.signal.as_deref().and_then(|signal| signal.parse::<Signal>().ok());
    Ok(Options {
        read_only: settings.read_only,
        mouse: settings.mouse,
        limits: limits.collect(),
        stop: StopOptions { signal, grace: settings.stop.grace },
        finish: settings.stop.finish,
        rules,
        columns: settings.columns.iter().filter_map(|name| Column::named(name)).collect(),
        sort: Sort {
            column: Column::named(&settings.sort.column).unwrap_or(Sort::default().column),
            descending: settings.sort.descending,
        },
        show_stopped: settings.show_stopped,
        display: LogDisplay {
            wrap: settings.wrap,
            timestamps: settings.timestamps,
            numbers: settings.line_numbers,
            raw: false,
        },
        log_limit: settings.log_limit,
        log_directory: settings.log_directory.clone().unwrap_or_else(logs_directory),
        shell: settings.shell.clone(),
        exec_shell: settings.exec_shell.clone(),
        keep_sessions: settings.sessions.keep,
        build_file: Options::default().build_file,
        commands: settings.commands.iter().map(saved).collect::<Result<_, _>>()?,
        notify: notify(&settings.notify),
        watch: watch(&settings.watch),
    })
}

fn notify(settings: &crate::config::Notify) -> Notify {
    let is_told = |kind: &HappeningKind| settings.events.iter().any(|name| name == kind.name());
    let by = |way: &str| settings.by.iter().any(|name| name == way);
    Notify {
        of: HappeningKind::ALL.into_iter().filter(is_told).collect(),
        ways: Ways { bell: by("bell"), osc_9: by("osc-9"), osc_777: by("osc-777"), title: by("title") },
        command: settings.command.clone(),
    }
}

fn watch(settings: &crate::config::Watch) -> builds::Limits {
    let is_on = |kind: &WorryKind| settings.worries.iter().any(|name| name == kind.name());
    builds::Limits {
        of: WorryKind::ALL.into_iter().filter(is_on).collect(),
        stall: settings.stall,
        stall_of_long: settings.stall_of_long,
        slow_times: settings.slow_times.into(),
        slow_beyond: settings.slow_beyond,
        memory_percent: settings.memory_percent,
        memory_for: settings.memory_for,
        free_percent: settings.free_percent,
        free_bytes: settings.free_space,
        free_inodes: settings.free_inodes,
        falling_within: settings.full_within,
        ..builds::Limits::default()
    }
}

/// Where large temporary files go: `$TMPDIR`, or else `/var/tmp`, which lies on a disk where `/tmp` may be memory.
fn logs_directory() -> PathBuf {
    let chosen = std::env::var_os("TMPDIR").map(PathBuf::from).filter(|path| path.is_absolute());
    chosen.unwrap_or_else(|| "/var/tmp".into())
}

fn saved(command: &crate::config::SavedCommand) -> Result<SavedCommand, InvalidRule> {
    Ok(SavedCommand {
        name: command.name.clone(),
        draft: ExecDraft {
            command: command.command.clone(),
            user: command.user.clone().unwrap_or_default(),
            workdir: command.workdir.clone().unwrap_or_default(),
            env: command.env.iter().map(|(name, value)| format!("{name}={value}")).collect(),
            durable: false,
        },
        containers: command.containers.as_ref().map(NameGlob::new).transpose()?,
    })
}

fn look(theme: &Theme) -> Look {
    let fg = |colour: Colour| match colour {
        Colour::Default => Style::new(),
        colour => Style::new().fg(Color::from(colour)),
    };
    let plain = fg(theme.text);
    let look = Look {
        accent: fg(theme.accent),
        good: fg(theme.good),
        warning: fg(theme.warning),
        bad: fg(theme.bad),
        dim: fg(theme.dim),
        marked: fg(theme.marked),
        plain,
        strong: plain.add_modifier(Modifier::BOLD),
        found: match theme.found {
            Colour::Default => Style::new().add_modifier(Modifier::REVERSED),
            colour => Style::new().fg(Color::Black).bg(Color::from(colour)),
        },
        is_rounded: theme.borders == Borders::Rounded,
        is_ascii: theme.glyphs == Glyphs::Ascii,
        ..Look::default()
    };
    if theme.colours == Colours::Never { look.without_colours() } else { look }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Environment, Overrides, resolve};

    fn opened(text: &str) -> Result<ConsoleOptions, ConfigError> {
        let file = Some((Path::new("settings.yaml"), text.as_bytes()));
        let environment = Environment { lang: Some("C.UTF-8".into()), ..Environment::default() };
        ConsoleOptions::of(&resolve(file, &environment, &Overrides::default(), &vocabulary())?)
    }

    #[test]
    fn the_settings_own_defaults_are_the_consoles() {
        let (of_settings, mut own) = (opened("{}").unwrap(), ConsoleOptions::default());
        own.options.log_directory = logs_directory();
        assert_eq!(of_settings.look, own.look);
        assert_eq!(format!("{:?}", of_settings.options), format!("{:?}", own.options));
    }

    #[test]
    fn settings_reach_the_screen() {
        let text = "keys: {stop: x}\nstop: {grace: 30s, signal: INT, finish: 5m}\ncolumns: [name, cpu]\ndeadlines: {stop: 90s}\n\
                    theme: {accent: green}\nprotected: ['*cache*']\nsort: {column: cpu, descending: true}\n\
                    watch: {worries: [disk], free_space: 1 GiB}\n";
        let opened = opened(text).unwrap();
        let options = &opened.options;
        assert_eq!(options.stop.signal, Some(Signal::int()));
        assert_eq!(options.columns, [Column::Name, Column::Cpu]);
        assert_eq!(options.sort, Sort { column: Column::Cpu, descending: true });
        assert_eq!(options.finish.as_secs(), 300);
        assert_eq!(options.deadline(Verb::Stop, options.stop.grace).map(|limit| limit.as_secs()), Some(120));
        assert_eq!(
            (options.watch.of.clone(), options.watch.free_bytes),
            ([WorryKind::Space].into(), 1 << 30)
        );
        assert_eq!(opened.look.accent, Style::new().fg(Color::Green));
        let at = [crate::ui::keymap::Context::Containers];
        assert_eq!(opened.keymap.lookup(&at, "x".parse().unwrap()), Some(Do::Stop));
    }

    #[test]
    fn one_key_for_two_actions_is_told_with_its_place() {
        let error = opened("keys:\n  start: x\n  stop: [f8, x]\n").unwrap_err().to_string();
        assert!(error.contains("settings.yaml:3:14") || error.contains("settings.yaml:2:10"), "{error}");
        assert!(error.contains("does both"), "{error}");
    }
}
