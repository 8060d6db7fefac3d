//! What can be set.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::units::{duration_text, size_text};
use super::{Chord, Notify, Placed, SavedCommand, Theme, Watch};

/// The documented file: parsing it gives exactly the defaults.
pub const DEFAULT_FILE: &str = include_str!("../../assets/settings.yaml");

/// The columns that are shown where the user has not said which.
pub const DEFAULT_COLUMNS: &[&str] =
    &["name", "doing", "eta", "failures", "cpu", "memory", "age", "image", "engine"];

/// All settings, checked. `assets/settings.yaml` says of each what it does; here stands what that leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own, and any of them may be true"
)]
pub struct Settings {
    /// The chords of actions the user has bound. An action that is here has no other chord than these; without any
    /// it is unbound. The place of the outer value is that of the action's name, those inside are the chords' own:
    /// whether two actions may share a chord is not judged here.
    pub keys: BTreeMap<String, Placed<Vec<Placed<Chord>>>>,
    /// Colours and lines.
    pub theme: Theme,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// Whether everything that changes something is taken away.
    pub read_only: bool,
    /// The most frames a second, from 1 to 60.
    pub frame_rate: u8,
    /// Whether containers that do not run are listed at first.
    pub show_stopped: bool,
    /// The columns of the list of containers, in order; at least one, none twice.
    pub columns: Vec<String>,
    /// What the list of containers is sorted by at first.
    pub sort: Sort,
    /// The most bytes kept of a log, from 1 MiB to 1 TiB.
    #[serde(serialize_with = "as_size")]
    pub log_limit: u64,
    /// The absolute directory in which logs are kept; the system's own for large temporary files where none is set.
    pub log_directory: Option<PathBuf>,
    /// Whether lines of logs have their time before them at first.
    pub timestamps: bool,
    /// Whether long lines are wrapped at first.
    pub wrap: bool,
    /// Whether lines of logs have their number before them at first.
    pub line_numbers: bool,
    /// Deadlines that replace those of the verbs, from 1 s to 7 days.
    #[serde(serialize_with = "as_durations")]
    pub deadlines: BTreeMap<String, Duration>,
    /// How containers are stopped.
    pub stop: Stop,
    /// What becomes of sessions.
    pub sessions: Sessions,
    /// Programs with their arguments, tried in order: the first that is there is the shell. At least one, none empty.
    #[serde(serialize_with = "as_command_lines")]
    pub shell: Vec<Vec<String>>,
    /// The words before the text of the exec prompt; at least one.
    #[serde(serialize_with = "as_command_line")]
    pub exec_shell: Vec<String>,
    /// Commands kept for the exec prompt.
    pub commands: Vec<SavedCommand>,
    /// What cleanup may remove beside what carries our own label.
    pub managed: Managed,
    /// Globs for names of volumes that cleanup must not remove without being told so.
    pub protected: Vec<String>,
    /// Whether names that usually mean a cache of downloads or shared state are protected too.
    pub protect_usual_names: bool,
    /// What somebody is told of who does not look, and by what.
    pub notify: Notify,
    /// From where on something about a build is worth a worry.
    pub watch: Watch,
}

/// A column to sort by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sort {
    /// Its name; the column need not be shown.
    pub column: String,
    /// Whether the greatest is first.
    pub descending: bool,
}

/// How containers and builds are stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stop {
    /// How long a container may take to end before it is killed, from nothing to an hour.
    #[serde(serialize_with = "as_duration")]
    pub grace: Duration,
    /// The signal it is asked with, by name or number; without one, the container's own.
    pub signal: Option<String>,
    /// How long the running tasks of a build may take to finish before they are stopped, from nothing to an hour.
    #[serde(serialize_with = "as_duration")]
    pub finish: Duration,
}

/// What becomes of sessions: durable execs, and builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sessions {
    /// How long what is kept of one that is over stays before a cleanup takes it, from nothing to ten years.
    #[serde(serialize_with = "as_duration")]
    pub keep: Duration,
}

/// What counts as managed beside what carries our own label.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Managed {
    /// Globs for names of containers.
    pub containers: Vec<String>,
    /// Globs for names of volumes.
    pub volumes: Vec<String>,
    /// Labels, as `name` or `name=value`.
    pub labels: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keys: BTreeMap::new(),
            theme: Theme::default(),
            mouse: true,
            read_only: false,
            frame_rate: 30,
            show_stopped: true,
            columns: DEFAULT_COLUMNS.iter().map(ToString::to_string).collect(),
            sort: Sort { column: "doing".into(), descending: false },
            log_limit: 4 << 30,
            log_directory: None,
            timestamps: false,
            wrap: false,
            line_numbers: false,
            deadlines: BTreeMap::new(),
            stop: Stop { grace: Duration::from_secs(10), signal: None, finish: Duration::from_secs(120) },
            sessions: Sessions { keep: Duration::from_secs(7 * 24 * 3600) },
            shell: vec![vec!["bash".into()], vec!["sh".into()]],
            exec_shell: vec!["/bin/sh".into(), "-c".into()],
            commands: Vec::new(),
            managed: Managed::default(),
            protected: Vec::new(),
            protect_usual_names: true,
            notify: Notify::default(),
            watch: Watch::default(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
pub(super) fn as_size<S: Serializer>(bytes: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&size_text(*bytes))
}

pub(super) fn as_duration<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&duration_text(*duration))
}

fn as_durations<S: Serializer>(
    durations: &BTreeMap<String, Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(durations.iter().map(|(verb, duration)| (verb, duration_text(*duration))))
}

/// Words without a NUL, which are all that are read, always have a command line.
fn command_line(words: &[String]) -> String {
    shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default()
}

#[expect(clippy::ptr_arg, reason = "serde gives the field's own type")]
fn as_command_line<S: Serializer>(words: &Vec<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&command_line(words))
}

#[expect(clippy::ptr_arg, reason = "serde gives the field's own type")]
fn as_command_lines<S: Serializer>(programs: &Vec<Vec<String>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(programs.iter().map(|words| command_line(words)))
}
