//! The frame of a dialog, in the middle of the screen, its keys in the frame's lower line.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use crate::text::fit;
use crate::ui::dialogs::Dialog;
use crate::ui::model::Model;

/// Where a dialog is drawn, its frame included.
#[must_use]
pub fn dialog_area(dialog: &dyn Dialog, model: &Model, screen: Rect) -> Rect {
    let (width, height) = dialog.size(model, screen);
    let width = width.min(screen.width.saturating_sub(2)).max(screen.width.min(20));
    let height = height.min(screen.height.saturating_sub(2)).max(screen.height.min(3));
    let x = screen.x + (screen.width - width) / 2;
    let y = screen.y + (screen.height - height) / 2;
    Rect { x, y, width, height }
}

/// Draws a dialog.
pub(super) fn draw(dialog: &dyn Dialog, model: &Model, frame: &mut Frame<'_>, screen: Rect) {
    let look = &model.look;
    let area = dialog_area(dialog, model, screen);
    let room = usize::from(area.width.saturating_sub(4));
    let title = fit::without_middle(&dialog.title(model), room);
    let mut keys = Vec::new();
    let mut left = room;
    for (key, words) in dialog.keys(model) {
        let needed = fit::width(&key) + fit::width(words) + 3;
        if needed > left {
            break;
        }
        left -= needed;
        keys.push(Span::styled(format!(" {key}"), look.accent));
        keys.push(Span::styled(format!(" {words} "), look.dim));
    }
    let block = Block::bordered()
        .border_set(look.border())
        .border_style(look.accent)
        .title_top(Line::styled(format!(" {title} "), look.strong))
        .title_bottom(Line::from(keys));
    let inside = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    dialog.draw(model, frame, inside);
}
