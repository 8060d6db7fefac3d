//! The frame of a part of the screen: one line, its title in it, brighter where the keys are.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Block;

use crate::ui::Look;

/// Draws a frame, and gives its inside.
pub(super) fn framed(
    frame: &mut Frame<'_>,
    area: Rect,
    look: &Look,
    has_focus: bool,
    title: Line<'_>,
    bottom: Line<'_>,
) -> Rect {
    let style = if has_focus { look.accent } else { look.dim };
    let block = Block::bordered()
        .border_set(look.border())
        .border_style(style)
        .title_top(title)
        .title_bottom(bottom.right_aligned());
    let inside = block.inner(area);
    frame.render_widget(block, area);
    inside
}

/// A title: its words, and how many there are.
pub(super) fn title(look: &Look, has_focus: bool, words: &str, count: Option<String>) -> Line<'static> {
    let style = if has_focus { look.strong.patch(look.accent) } else { look.plain };
    let mut spans = vec![Span::styled(format!(" {words} "), style)];
    if let Some(count) = count {
        spans.push(Span::styled(format!("{count} "), look.dim));
    }
    Line::from(spans)
}
