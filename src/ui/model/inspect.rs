//! Everything the engine knows of the selected container, as text that can be searched.

mod search;
mod words;

use std::sync::Arc;

use crate::engine::ContainerDetails;
use crate::ui::ContainerKey;

pub use search::{Match, Search};
pub use words::LABEL;

/// What is shown of it. The text is made once for each change, not for each frame.
#[derive(Debug, Default)]
pub struct InspectView {
    /// The first line shown.
    pub top: usize,
    /// The first column shown.
    pub column: usize,
    /// What is searched for.
    pub search: String,
    /// Whether the values of variables that look like secrets are shown.
    pub reveals: bool,
    lines: Vec<String>,
    found: Search,
    made_of: Option<(ContainerKey, Arc<ContainerDetails>, bool)>,
}

impl InspectView {
    /// The text, a line each; safe to draw.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// What the search has found.
    #[must_use]
    pub fn found(&self) -> &Search {
        &self.found
    }

    /// Makes the text anew where the container, what is known of it, or whether secrets are shown has changed; and
    /// searches in it where the search has.
    pub fn settle(&mut self, of: Option<(&ContainerKey, &Arc<ContainerDetails>)>, page: usize) {
        let is_same = match (&self.made_of, of) {
            (Some((key, details, reveals)), Some((of, known))) => {
                key == of && Arc::ptr_eq(details, known) && *reveals == self.reveals
            }
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            let is_another = self.made_of.as_ref().map(|(key, ..)| key) != of.map(|(key, _)| key);
            if is_another {
                (self.top, self.column, self.reveals) = (0, 0, false);
            }
            self.made_of = of.map(|(key, details)| (key.clone(), Arc::clone(details), self.reveals));
            self.lines = of.map(|(_, details)| words::lines(details, self.reveals)).unwrap_or_default();
            self.found = Search::default();
            self.top = self.top.min(self.lines.len().saturating_sub(page));
        }
        if self.found.is_for(&self.search) {
            return;
        }
        self.found = Search::of(&self.search, &self.lines, self.top);
        self.show_match(page);
    }

    /// Goes to the next match, or so many on or back, round and round.
    pub fn step(&mut self, by: isize, page: usize) {
        self.found.step(by);
        self.show_match(page);
    }

    fn show_match(&mut self, page: usize) {
        let Some(found) = self.found.current() else { return };
        if found.line < self.top || found.line >= self.top + page.max(1) {
            self.top = found.line.saturating_sub(page / 2);
        }
    }
}
