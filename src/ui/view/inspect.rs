//! Everything the engine knows of the selected container.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::ui::ContainerKey;
use crate::ui::model::Model;

/// The lines of the text, secrets masked unless revealed.
#[must_use]
pub fn inspect_lines(model: &Model) -> Vec<String> {
    let _ = model;
    Vec::new()
}

/// Moves to the next match of the search (or the one before, for a negative step), round and round.
pub fn to_match(model: &mut Model, by: isize) {
    let _ = (model, by);
}

/// How many matches there are and on which one the text stands, for the frame.
pub(super) fn matches(model: &Model) -> String {
    let _ = model;
    String::new()
}

/// Draws the text.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, inside: Rect, of: &ContainerKey) {
    let _ = (model, frame, inside, of);
}
