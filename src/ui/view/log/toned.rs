//! What a line of a log is beside its text: how serious, and whether it is selected.

use ratatui::text::{Line, Span};

use crate::logs::{Level, LineNumber, Style, Text};
use crate::ui::Look;
use crate::ui::model::LogView;

use super::{Rows, log_text};

/// The text in its own colours; what has none in those of its level.
pub(super) fn spans(text: &Text, level: Option<Level>, look: &Look) -> Vec<Span<'static>> {
    let mut spans = log_text::spans(text, look);
    let style = match level {
        Some(Level::Error) => look.bad,
        Some(Level::Warning) => look.warning,
        _ => return spans,
    };
    for (drawn, span) in spans.iter_mut().zip(text.spans()) {
        if span.style() == Style::PLAIN {
            drawn.style = style;
        }
    }
    spans
}

/// A row, reversed to the edge of the pane where its line is selected.
pub(super) fn selected(
    mut row: Line<'static>,
    rows: &Rows<'_>,
    view: &LogView,
    line: LineNumber,
    look: &Look,
) -> Line<'static> {
    let behind = view.moves.behind(&rows.extent);
    let has = |by: u64| view.moves.selection.is_some_and(|selection| selection.has(line.minus(by)));
    if line.get() > behind && has(behind) {
        let rest = rows.width.saturating_sub(row.width());
        row.push_span(" ".repeat(rest));
        row = row.patch_style(look.cursor);
    }
    row
}
