//! The list of commands that can be brought back: those that were run, and the saved ones.

use std::cmp::Reverse;

use crate::ui::ExecDraft;
use crate::ui::model::{Model, PromptLine, SavedCommand};

/// The longest search.
const LONGEST: usize = 100;
/// How many characters of a command are searched.
const SEARCHED: usize = 1000;

/// A search.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// What is searched for.
    pub(super) query: String,
    /// Which of those found is chosen.
    pub(super) at: usize,
    /// Whether only saved commands are shown.
    pub(super) saved_only: bool,
}

/// One that was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) line: PromptLine,
    pub(super) draft: &'a ExecDraft,
    /// Its name in the settings, where it is a saved one.
    pub(super) saved_as: Option<&'a str>,
}

/// The saved commands for containers of this name.
pub(super) fn saved<'a>(model: &'a Model, name: &'a str) -> impl Iterator<Item = &'a SavedCommand> {
    let is_for = move |one: &&SavedCommand| one.containers.as_ref().is_none_or(|glob| glob.is_match(name));
    model.options.commands.iter().filter(is_for)
}

impl Search {
    /// Those found, the best first; with nothing to search for, the newest first, and the saved ones behind.
    pub(super) fn found<'a>(&self, model: &'a Model, name: &'a str) -> Vec<Found<'a>> {
        let past = model.histories.of(name).iter().rev().enumerate();
        let past = past.filter(|_| !self.saved_only);
        let past = past.map(|(place, draft)| Found { line: PromptLine::Past(place), draft, saved_as: None });
        let saved = saved(model, name).enumerate().map(|(place, one)| Found {
            line: PromptLine::Saved(place),
            draft: &one.draft,
            saved_as: Some(&one.name),
        });
        let scored = past.chain(saved).filter_map(|found| {
            let command = &found.draft.command;
            let end = command.char_indices().nth(SEARCHED).map_or(command.len(), |(at, _)| at);
            let text = format!("{} {}", found.saved_as.unwrap_or_default(), command.get(..end)?);
            Some((model.matcher.score(&self.query, &text)?, found))
        });
        let mut scored: Vec<(i64, Found<'a>)> = scored.collect();
        scored.sort_by_key(|(score, _)| Reverse(*score));
        scored.into_iter().map(|(_, found)| found).collect()
    }

    /// Adds to what is searched for.
    pub(super) fn push(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.query.chars().count());
        self.query.extend(text.chars().filter(|c| !c.is_control()).take(room));
        self.at = 0;
    }

    /// Moves the choice among so many.
    pub(super) fn step(&mut self, by: isize, count: usize) {
        self.at = self.at.saturating_add_signed(by).min(count.saturating_sub(1));
    }
}
