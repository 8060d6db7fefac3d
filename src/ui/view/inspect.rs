//! Everything the engine knows of the selected container, with what the search has found.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use crate::text::fit;
use crate::ui::ContainerKey;
use crate::ui::model::{Engine, InspectView, LABEL, Model};

/// Draws the text.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, inside: Rect, of: &ContainerKey) {
    let look = &model.look;
    let view = &model.pane.inspect;
    if view.lines().is_empty() {
        let is_open = model.engines.get(of.engine).is_some_and(Engine::is_open);
        let lines = match model.containers.get(of).and_then(|row| row.details.as_ref()) {
            Some(Err(problem)) => {
                let hint = problem.hint.as_ref().map(|hint| Line::styled(format!(" {hint}"), look.plain));
                [Line::styled(format!(" {}", problem.words), look.bad)].into_iter().chain(hint).collect()
            }
            _ if is_open => vec![Line::styled(" Asking the engine.", look.dim)],
            _ => vec![Line::styled(" The engine does not answer: it is asked when it does.", look.warning)],
        };
        return frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), inside);
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
    let is_inside = text.starts_with(' ');
    let label =
        if is_inside || text.get(..LABEL).is_none_or(|label| !label.ends_with(' ')) { 0 } else { LABEL };
    let base = if is_inside || label > 0 { look.plain } else { look.strong };
    // What is left of the first column shown, in whole characters.
    let hidden = fit::beginning(text, view.column).len();
    let end = hidden + text.get(hidden..).map_or(0, |rest| fit::beginning(rest, width).len());
    let mut spans = vec![Span::raw(" ")];
    let mut from = hidden;
    let mut push = |from: usize, to: usize, style: Option<Style>| {
        let middle = label.clamp(from, to.max(from));
        for (from, to, base) in [(from, middle, look.dim), (middle, to, base)] {
            if let Some(piece) = text.get(from..to).filter(|piece| !piece.is_empty()) {
                spans.push(Span::styled(piece, style.unwrap_or(base)));
            }
        }
    };
    for found in view.found().in_line(at) {
        let (start, stop) = (found.bytes.start.clamp(hidden, end), found.bytes.end.clamp(hidden, end));
        if start < stop {
            let is_current = view.found().current() == Some(found);
            push(from, start, None);
            push(start, stop, Some(if is_current { look.found.patch(look.strong) } else { look.found }));
            from = stop;
        }
    }
    push(from, end, None);
    spans
}
