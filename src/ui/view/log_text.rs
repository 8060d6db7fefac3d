//! A line of a log as ratatui draws it.

use ratatui::text::Span;

use crate::logs::Text;
use crate::ui::Look;

/// The line's text in its own colours, where colours are shown.
pub(super) fn spans(text: &Text, _look: &Look) -> Vec<Span<'static>> {
    vec![Span::raw(text.0.clone())]
}

/// The line's text alone.
pub(super) fn plain(text: &Text) -> String {
    text.0.clone()
}
