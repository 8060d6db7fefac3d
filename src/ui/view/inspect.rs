//! Everything the engine knows of the selected container, with what the search has found.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::fit;
use crate::ui::ContainerKey;
use crate::ui::model::{InspectView, Model};

/// Draws the text.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, inside: Rect, of: &ContainerKey) {
    let look = &model.look;
    let view = &model.pane.inspect;
    if view.lines().is_empty() {
        let (words, style) = match model.containers.get(of).and_then(|row| row.details.as_ref()) {
            Some(Err(problem)) => (problem.words.clone(), look.bad),
            _ => ("Asking the engine.".to_owned(), look.dim),
        };
        return frame.render_widget(Paragraph::new(Line::styled(format!(" {words}"), style)), inside);
    }
    let width = usize::from(inside.width.saturating_sub(1));
    let lines: Vec<Line<'_>> = (view.top..view.lines().len())
        .take(usize::from(inside.height))
        .map(|at| Line::from(pieces(model, view, at, width)))
        .collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

/// A line, cut to what is shown of it, what was found in it highlighted.
fn pieces<'a>(model: &Model, view: &'a InspectView, at: usize, width: usize) -> Vec<Span<'a>> {
    let look = &model.look;
    let Some(text) = view.lines().get(at) else { return Vec::new() };
    let is_heading = !text.starts_with(' ') && !text.contains("  ");
    let base = if is_heading { look.accent } else { look.plain };
    // What is left of the first column shown, in whole characters.
    let hidden = fit::beginning(text, view.column).len();
    let end = hidden + text.get(hidden..).map_or(0, |rest| fit::beginning(rest, width).len());
    let mut spans = vec![Span::raw(" ")];
    let mut from = hidden;
    let mut push = |from: usize, to: usize, style: Style| {
        if let Some(piece) = text.get(from..to).filter(|piece| !piece.is_empty()) {
            spans.push(Span::styled(piece, style));
        }
    };
    for found in view.found().in_line(at) {
        let (start, stop) = (found.bytes.start.clamp(hidden, end), found.bytes.end.clamp(hidden, end));
        if start < stop {
            let is_current = view.found().current() == Some(found);
            push(from, start, base);
            push(start, stop, if is_current { look.found.patch(look.strong) } else { look.found });
            from = stop;
        }
    }
    push(from, end, base);
    spans
}
