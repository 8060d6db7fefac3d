//! The commands that were run in containers, and what was typed and not run yet.

use std::collections::{BTreeMap, BTreeSet};

use crate::ui::ExecDraft;

/// How many commands of a container are kept here; the oldest go first.
const COMMANDS: usize = 1000;
/// Of how many containers what was typed is kept.
const DRAFTS: usize = 200;

/// The commands that were run, by container name.
#[derive(Debug, Default)]
pub struct Histories {
    commands: BTreeMap<String, Vec<ExecDraft>>,
    told: BTreeSet<String>,
}

impl Histories {
    /// The commands that were run in containers of this name, the newest last, none twice.
    #[must_use]
    pub fn of(&self, name: &str) -> &[ExecDraft] {
        self.commands.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether those of earlier consoles are known, too.
    #[must_use]
    pub fn is_told(&self, name: &str) -> bool {
        self.told.contains(name)
    }

    /// Takes those of earlier consoles. What was run meanwhile stays, and is newer.
    pub fn tell(&mut self, name: &str, drafts: Vec<ExecDraft>) {
        self.told.insert(name.to_owned());
        let meanwhile = self.commands.remove(name).unwrap_or_default();
        for draft in drafts.into_iter().chain(meanwhile) {
            self.push(name, draft);
        }
    }

    /// Takes a command that is run now. One that was run before moves to the end.
    pub fn push(&mut self, name: &str, draft: ExecDraft) {
        let commands = self.commands.entry(name.to_owned()).or_default();
        commands.retain(|other| *other != draft);
        commands.push(draft);
        if commands.len() > COMMANDS {
            commands.remove(0);
        }
    }
}

/// One of the texts that can be brought back into the exec prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum PromptLine {
    /// What is being typed anew.
    #[default]
    Typed,
    /// A command that was run; the newest is 0.
    Past(usize),
    /// A saved command of the settings, by its place among those for the container.
    Saved(usize),
}

/// What has been typed for a container: the line that is shown, and each line that was changed, as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PromptDraft {
    /// The line that is shown.
    pub line: PromptLine,
    /// The lines that differ from what was run or saved.
    pub changed: BTreeMap<PromptLine, ExecDraft>,
}

/// What was typed and not run, by container name.
#[derive(Debug, Default)]
pub struct Drafts(BTreeMap<String, PromptDraft>);

impl Drafts {
    /// What was typed for containers of this name.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&PromptDraft> {
        self.0.get(name)
    }

    /// Keeps what was typed, in place of what was kept; nothing where nothing was typed.
    pub fn keep(&mut self, name: &str, draft: PromptDraft) {
        self.0.remove(name);
        if draft.changed.is_empty() {
            return;
        }
        if self.0.len() >= DRAFTS {
            self.0.pop_first();
        }
        self.0.insert(name.to_owned(), draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(command: &str) -> ExecDraft {
        ExecDraft { command: command.into(), ..ExecDraft::default() }
    }

    fn commands(histories: &Histories) -> Vec<&str> {
        histories.of("a").iter().map(|draft| draft.command.as_str()).collect()
    }

    #[test]
    fn what_was_run_meanwhile_is_newer_than_what_is_read() {
        let mut histories = Histories::default();
        histories.push("a", draft("ls"));
        assert!(!histories.is_told("a"));
        histories.tell("a", vec![draft("ls"), draft("df")]);
        assert!(histories.is_told("a"));
        assert_eq!(commands(&histories), ["df", "ls"]);
        histories.push("a", draft("df"));
        assert_eq!(commands(&histories), ["ls", "df"], "run again, it is there once");
        assert_eq!(histories.of("b"), []);
    }

    #[test]
    fn both_are_bounded() {
        let mut histories = Histories::default();
        histories.tell("a", (0..COMMANDS + 5).map(|number| draft(&number.to_string())).collect());
        assert_eq!(histories.of("a").len(), COMMANDS);
        assert_eq!(histories.of("a")[0].command, "5");
        let mut drafts = Drafts::default();
        for number in 0..DRAFTS + 5 {
            let changed = BTreeMap::from([(PromptLine::Typed, draft("x"))]);
            drafts.keep(&number.to_string(), PromptDraft { line: PromptLine::Typed, changed });
        }
        assert_eq!(drafts.0.len(), DRAFTS);
    }
}
