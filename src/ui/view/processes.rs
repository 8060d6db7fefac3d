//! The processes of the selected container.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::ui::ContainerKey;
use crate::ui::model::Model;

/// Draws the table of processes.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, inside: Rect, of: &ContainerKey) {
    let _ = (model, frame, inside, of);
}
