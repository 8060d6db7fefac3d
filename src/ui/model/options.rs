//! What the settings say, as far as the screen needs it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::actions::cleanup::Rules;
use crate::actions::{Limits, Verb};
use crate::engine::StopOptions;

use crate::ui::ExecDraft;

use super::{Column, LogDisplay, Notify, Sort};

/// A saved command of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedCommand {
    /// Its name.
    pub name: String,
    /// What it runs.
    pub draft: ExecDraft,
    /// The containers it is for, by a pattern of their names; all where `None`.
    pub containers: Option<crate::actions::cleanup::NameGlob>,
}

/// What the settings say.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether everything that changes something is taken away.
    pub read_only: bool,
    /// Whether the mouse is used.
    pub mouse: bool,
    /// Limits of verbs that the user has set.
    pub limits: BTreeMap<Verb, Limits>,
    /// How containers are stopped.
    pub stop: StopOptions,
    /// How long the running tasks of a build may take to finish before they are stopped.
    pub finish: Duration,
    /// Which are ours, and what is protected.
    pub rules: Rules,
    /// The columns of the list, in order.
    pub columns: Vec<Column>,
    /// The order of the list at first.
    pub sort: Sort,
    /// Whether what does not run is in the list at first.
    pub show_stopped: bool,
    /// How logs are drawn at first.
    pub display: LogDisplay,
    /// The most bytes kept of a log.
    pub log_limit: u64,
    /// Where logs are kept, in files without names.
    pub log_directory: PathBuf,
    /// Interactive shells with their arguments: the first that the container has is used.
    pub shell: Vec<Vec<String>>,
    /// What a command of the exec prompt is given to as its last argument.
    pub exec_shell: Vec<String>,
    /// How long what is kept of a session that is over stays before a cleanup takes it.
    pub keep_sessions: Duration,
    /// The build file that is meant where no container names another.
    pub build_file: String,
    /// Saved commands.
    pub commands: Vec<SavedCommand>,
    /// What somebody is told of who does not look, and by what.
    pub notify: Notify,
    /// From where on builds are worth a worry.
    pub watch: crate::builds::Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            read_only: false,
            mouse: true,
            limits: BTreeMap::new(),
            stop: StopOptions::default(),
            finish: Duration::from_secs(120),
            rules: Rules::default(),
            columns: Column::SHOWN.to_vec(),
            sort: Sort::default(),
            show_stopped: true,
            display: LogDisplay::default(),
            log_limit: 4 << 30,
            log_directory: "/var/tmp".into(),
            shell: vec![vec!["bash".into()], vec!["sh".into()]],
            exec_shell: vec!["/bin/sh".into(), "-c".into()],
            keep_sessions: Duration::from_secs(7 * 24 * 3600),
            build_file: "smidr.yaml".into(),
            commands: Vec::new(),
            notify: Notify::default(),
            watch: crate::builds::Limits::default(),
        }
    }
}

impl Options {
    /// The limits of a verb.
    #[must_use]
    pub fn limits_for(&self, verb: Verb) -> Limits {
        self.limits.get(&verb).copied().unwrap_or_else(|| verb.limits())
    }

    /// How long an action may take at most, a grace counted in.
    #[must_use]
    pub fn deadline(&self, verb: Verb, grace: Duration) -> Option<Duration> {
        self.limits_for(verb).deadline.map(|limit| limit + grace)
    }
}
