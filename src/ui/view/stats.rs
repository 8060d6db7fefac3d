//! What the selected container uses, over time.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::ui::ContainerKey;
use crate::ui::model::Model;

/// Draws the figures and their charts.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, inside: Rect, of: &ContainerKey) {
    let _ = (model, frame, inside, of);
}
