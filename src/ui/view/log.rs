//! A log in the pane: only the lines that are visible are ever asked for.

#[cfg(test)]
mod filter_tests;
mod looks;
mod matches;
#[cfg(test)]
mod merged_tests;
mod names;
mod reach;
mod rows;
#[cfg(test)]
mod search_tests;
#[cfg(test)]
mod select_tests;
mod standing;
#[cfg(test)]
mod tests;
mod toned;
#[cfg(test)]
mod travel_tests;

use std::ops::Range;

use jiff::tz::TimeZone;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use crate::engine::Feature;
use crate::logs::{Line as LogLine, LineKind, LineNumber, Text};
use crate::text::bytes;
use crate::ui::model::{ExecTab, LogView, Model, Output, Place, Spot, Tab};
use crate::ui::{ContainerKey, LogState};

use super::log_text;
pub(super) use crate::text::grouped;
use matches::Marks;
pub(in crate::ui) use matches::to_match;
pub(in crate::ui) use rows::Rows;
pub(super) use standing::with_standing;

/// Which lines of a log are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogWindow {
    /// The first line there is.
    pub first: LineNumber,
    /// The line after the last.
    pub end: LineNumber,
    /// The row on top.
    pub top: Spot,
    /// How many rows there are for lines.
    pub rows: usize,
}

/// The rows of the log in the pane; `None` where it shows none.
pub(in crate::ui) fn log_rows<'a>(model: &'a Model, of: &ContainerKey) -> Option<Rows<'a>> {
    Rows::of(model, model.pane.shown_log(of)?)
}

/// The lines of the log in the pane that are on the page: from the one on top to before the first below; `None` where it
/// shows none. Those between that a filter hides are among them.
pub(in crate::ui) fn log_page(model: &Model, of: &ContainerKey) -> Option<Range<LineNumber>> {
    let rows = log_rows(model, of)?;
    let top = window(&rows, model.pane.shown_log(of)?).top;
    Some(top.line..rows.end_of_page(top))
}

/// Which lines of the log in the pane are shown; `None` where it shows none.
#[must_use]
pub fn log_window(model: &Model, of: &ContainerKey) -> Option<LogWindow> {
    Some(window(&log_rows(model, of)?, model.pane.shown_log(of)?))
}

fn window(rows: &Rows<'_>, view: &LogView) -> LogWindow {
    let top = match view.place_in(&rows.extent) {
        Place::End => rows.last(),
        Place::At(spot) => rows.nearest(spot),
    };
    LogWindow { first: rows.extent.first, end: rows.extent.end, top, rows: rows.height }
}

/// Draws a log into the inside of the pane.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, inside: Rect, of: &ContainerKey, view: &LogView) {
    let Some(rows) = Rows::of(model, view).filter(|rows| !rows.extent.is_empty()) else {
        return instead(model, frame, inside, of, view);
    };
    if let Some(filter) = view.filter.as_ref().filter(|_| rows.is_empty()) {
        let words = looks::none_shown(model, filter, &rows.extent);
        return frame.render_widget(Paragraph::new(words), inside);
    }
    let window = window(&rows, view);
    let height = usize::from(inside.height);
    let mut drawn: Vec<Line<'_>> = Vec::with_capacity(height);
    for line in rows.lines(window.top.line, height) {
        let hidden = if line.number == window.top.line { window.top.row } else { 0 };
        drawn.extend(of_line(model, &rows, view, &line).into_iter().skip(hidden));
        if drawn.len() >= height {
            break;
        }
    }
    drawn.truncate(height);
    frame.render_widget(Paragraph::new(drawn), inside);
}

/// Why there are no lines.
fn instead(model: &Model, frame: &mut Frame<'_>, inside: Rect, of: &ContainerKey, view: &LogView) {
    let look = &model.look;
    let is_own = model.pane.tab(of) == Tab::Log;
    let cannot = model.engines.why_not(of.engine, Feature::Logs).filter(|_| is_own);
    let lines = match (&view.state, &view.reader, cannot) {
        (_, None, Some(why)) => vec![Line::styled(format!(" {why}"), look.warning)],
        (LogState::Failed(problem), ..) => {
            let mut lines = vec![Line::styled(format!(" {}", problem.words), look.bad)];
            lines.extend(problem.hint.as_ref().map(|hint| Line::styled(format!(" {hint}"), look.plain)));
            lines
        }
        (LogState::Ended, Some(_), _) => vec![Line::styled(" Nothing was printed.", look.dim)],
        (LogState::Open, Some(_), _) => vec![Line::styled(" Nothing was printed yet.", look.dim)],
        (_, None, _) if !view.names.is_empty() => vec![Line::styled(" Opening the logs.", look.dim)],
        (_, None, _) if model.pane.tab(of) == Tab::BuildLog => {
            vec![Line::styled(" Opening the build's log.", look.dim)]
        }
        (_, None, _) if model.pane.tab(of) == Tab::TaskLog => {
            vec![Line::styled(" Opening the task's log.", look.dim)]
        }
        (_, None, _) if matches!(model.pane.tab(of), Tab::Session(_)) => {
            vec![Line::styled(" Opening what it has printed.", look.dim)]
        }
        (_, None, _) if is_own => vec![Line::styled(" Opening the log.", look.dim)],
        (_, None, _) => vec![Line::styled(" Starting the command.", look.dim)],
    };
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), inside);
}

/// The rows of a line; a note of what was dropped before it is one of them.
fn of_line(model: &Model, rows: &Rows<'_>, view: &LogView, line: &LogLine) -> Vec<Line<'static>> {
    let look = &model.look;
    let mut drawn = Vec::new();
    if rows.has_note(line.number) {
        let words = format!("{} dropped before this", bytes(rows.extent.dropped_bytes));
        drawn.push(Line::styled(format!(" {} {words}", look.glyph("⋯", "...")), look.dim));
    }
    let parts = if model.pane.display.wrap { rows.broken(line) } else { vec![cut(rows, view, line)] };
    let wraps = model.pane.display.wrap;
    let mut column = if wraps { 0 } else { view.column };
    let end = if wraps { usize::MAX } else { column.saturating_add(rows.text_cells(line.kind)) };
    let marks = Marks::of(look, view, line, end);
    for (place, part) in parts.iter().enumerate() {
        let mut spans = prefix(model, rows, view, line, place == 0);
        let draw = |text: &Text| styled(model, rows, line, toned::spans(text, line.level, look));
        spans.extend(marks.spans(part, column, draw));
        column = column.saturating_add(part.width());
        if !model.pane.display.wrap && is_cut(rows, view, line) {
            spans.push(Span::styled(look.glyph("›", ">"), look.dim));
        }
        let row = Line::from(spans);
        let row = if view.lit == Some(line.number) { row.patch_style(look.strong) } else { row };
        drawn.push(toned::selected(row, rows, view, line.number, look));
    }
    drawn
}

/// Whether a line goes on at the right of what is shown of it.
fn is_cut(rows: &Rows<'_>, view: &LogView, line: &LogLine) -> bool {
    line.text.width() > view.column.saturating_add(rows.text_cells(line.kind))
}

/// What is shown of a line that is not broken; the last cell is left for the sign that it goes on.
fn cut(rows: &Rows<'_>, view: &LogView, line: &LogLine) -> Text {
    let cells = rows.text_cells(line.kind);
    line.text.cut(view.column, if is_cut(rows, view, line) { cells - 1 } else { cells })
}

/// A line of our own looks different from what was printed, and one that the filter did not find from those it did.
fn styled(model: &Model, rows: &Rows<'_>, line: &LogLine, spans: Vec<Span<'static>>) -> Vec<Span<'static>> {
    let style = match line.kind {
        _ if rows.is_context(line.number) => model.look.dim,
        LineKind::Remark => model.look.accent,
        LineKind::Output | LineKind::Continuation => return spans,
    };
    spans.into_iter().map(|span| span.style(style)).collect()
}

/// The number and the time, of merged logs the name, and of a remark its sign: it is told from output without colours, too.
fn prefix(
    model: &Model,
    rows: &Rows<'_>,
    view: &LogView,
    line: &LogLine,
    is_first: bool,
) -> Vec<Span<'static>> {
    let display = model.pane.display;
    let mut spans = Vec::new();
    let mut push = |words: String| spans.push(Span::styled(words, model.look.dim));
    if display.numbers {
        let width = rows.number_cells();
        let number = if is_first { grouped(line.number.get()) } else { String::new() };
        push(format!("{number:>width$} "));
    }
    if display.timestamps {
        let time = line.time.filter(|_| is_first);
        let shown =
            time.map(|time| time.to_zoned_datetime(TimeZone::system()).strftime("%H:%M:%S").to_string());
        push(format!("{:<8} ", shown.unwrap_or_default()));
    }
    if rows.names > 0 {
        spans.push(names::before(model, rows.names, view, line.source, is_first));
    }
    if line.kind == LineKind::Remark {
        let sign = if is_first { model.look.glyph("── ", "-- ") } else { "   " };
        spans.push(Span::styled(sign, model.look.accent));
    }
    spans
}

/// Where the log is looked at, for the frame of the pane.
pub(super) fn place(model: &Model, of: &ContainerKey, view: &LogView) -> Vec<Span<'static>> {
    let look = &model.look;
    let Some(rows) = log_rows(model, of).filter(|rows| !rows.extent.is_empty()) else { return Vec::new() };
    let mut spans = looks::looks(model, view);
    if view.column > 0 && !model.pane.display.wrap {
        spans.push(Span::styled(format!(" column {} ", grouped(view.column as u64 + 1)), look.dim));
    }
    let total = grouped(rows.extent.end.minus(1).get());
    match view.place {
        Place::End => {
            let unit = if rows.extent.end.get() == 2 { "line" } else { "lines" };
            spans.push(Span::styled(format!(" {total} {unit} "), look.dim));
            // What has ended has nothing left to follow.
            if view.state == LogState::Open {
                spans.push(Span::styled(" follow ", look.accent));
            }
        }
        Place::At(_) => {
            let top = window(&rows, view).top;
            let below = grouped(rows.count(&(rows.end_of_page(top)..rows.extent.end)));
            spans.push(Span::styled(format!(" line {} of {total} ", grouped(top.line.get())), look.dim));
            spans.push(Span::styled(format!(" {below} below "), look.plain));
        }
    }
    spans
}

/// The text the pane shows just now, for the clipboard.
#[must_use]
pub fn shown_text(model: &Model) -> Option<String> {
    let of = model.pane_of()?;
    match model.pane.tab(of) {
        Tab::Inspect => Some(model.pane.inspect.lines().join("\n")),
        Tab::Build => super::build::text(model, of),
        Tab::Log | Tab::BuildLog | Tab::TaskLog | Tab::Merged | Tab::Session(_) | Tab::Exec(_) => {
            if let Some(ExecTab { output: Output::Shell(terminal), .. }) = model.pane.shown_shell(of) {
                return Some(terminal.text());
            }
            let rows = log_rows(model, of)?;
            let view = model.pane.shown_log(of)?;
            let top = window(&rows, view).top;
            let count = usize::try_from(rows.count(&(top.line..rows.end_of_page(top)))).unwrap_or(0);
            let lines = rows.lines(top.line, count);
            Some(lines.iter().map(|line| line.text.plain()).collect::<Vec<_>>().join("\n"))
        }
        Tab::Stats | Tab::Processes => None,
    }
}
