//! A log in the pane: only the lines that are visible are ever asked for.

use jiff::tz::TimeZone;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::logs::{Line as LogLine, LineKind, LineNumber, LogReader};
use crate::ui::ContainerKey;
use crate::ui::layout::Layout;
use crate::ui::model::{ExecTab, LogView, Model, Output, Place, Tab};

use super::log_text;

/// Which lines of a log are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogWindow {
    /// The first line there is.
    pub first: LineNumber,
    /// The line after the last.
    pub end: LineNumber,
    /// The line on top.
    pub top: LineNumber,
    /// How many rows there are for lines.
    pub rows: usize,
}

/// Which lines of the log in the pane are shown; `None` where it shows none.
#[must_use]
pub fn log_window(model: &Model, of: &ContainerKey) -> Option<LogWindow> {
    let view = model.pane.shown_log(of)?;
    let extent = view.reader.as_ref()?.extent();
    let rows = usize::from(Layout::of(model).inside_pane().height);
    let last = last_top(model, of)?;
    let top = match view.place {
        Place::End => last,
        Place::Line(line) => line.clamp(extent.first, last.max(extent.first)),
    };
    Some(LogWindow { first: extent.first, end: extent.end, top, rows })
}

/// The line that is on top when the end is shown.
#[must_use]
pub fn last_top(model: &Model, of: &ContainerKey) -> Option<LineNumber> {
    let view = model.pane.shown_log(of)?;
    let reader = view.reader.as_ref()?;
    let inside = Layout::of(model).inside_pane();
    let rows = u64::from(inside.height.max(1));
    let extent = reader.extent();
    let uncut = LineNumber(extent.end.0.saturating_sub(rows).max(extent.first.0));
    if !model.pane.display.wrap {
        return Some(uncut);
    }
    // Broken lines take more rows: fewer of them fit.
    let cells = text_cells(model, reader, usize::from(inside.width));
    let mut left = usize::from(inside.height.max(1));
    let mut top = extent.end;
    for line in reader.window(uncut, usize::from(inside.height)).iter().rev() {
        let height = line.text.wrap(cells).len();
        if height > left {
            // One line that is higher than the pane is shown from its beginning.
            return Some(if top == extent.end { line.number } else { top });
        }
        left -= height;
        top = line.number;
    }
    Some(top)
}

/// Cells for the text itself, behind number and time.
fn text_cells(model: &Model, reader: &LogReader, width: usize) -> usize {
    width.saturating_sub(prefix_cells(model, reader)).max(1)
}

/// Cells of number and time.
fn prefix_cells(model: &Model, reader: &LogReader) -> usize {
    let display = model.pane.display;
    let number = if display.numbers { number_cells(reader) + 1 } else { 0 };
    number + if display.timestamps { 9 } else { 0 }
}

fn number_cells(reader: &LogReader) -> usize {
    grouped(reader.extent().end.0).len().max(6)
}

/// Draws a log into the inside of the pane.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, inside: Rect, of: &ContainerKey, view: &LogView) {
    let look = &model.look;
    let (Some(reader), Some(window)) = (&view.reader, log_window(model, of)) else {
        return frame.render_widget(Paragraph::new(Line::styled(waiting(model, of), look.dim)), inside);
    };
    if window.first == window.end {
        return frame
            .render_widget(Paragraph::new(Line::styled(" Nothing was printed yet.", look.dim)), inside);
    }
    let rows = usize::from(inside.height);
    let cells = text_cells(model, reader, usize::from(inside.width));
    let mut drawn: Vec<Line<'_>> = Vec::with_capacity(rows);
    for line in reader.window(window.top, rows) {
        if drawn.len() >= rows && view.place != Place::End {
            break;
        }
        if model.pane.display.wrap {
            for (place, part) in line.text.wrap(cells).iter().enumerate() {
                let mut spans = prefix(model, reader, &line, place == 0);
                spans.extend(styled(model, &line, log_text::spans(part, look)));
                drawn.push(Line::from(spans));
            }
        } else {
            let mut spans = prefix(model, reader, &line, true);
            spans.extend(styled(model, &line, log_text::spans(&line.text.cut(view.column, cells), look)));
            drawn.push(Line::from(spans));
        }
    }
    // At the end it is the last row that must be seen.
    let surplus = drawn.len().saturating_sub(rows);
    let skipped = if view.place == Place::End { surplus } else { 0 };
    let shown: Vec<Line<'_>> = drawn.into_iter().skip(skipped).take(rows).collect();
    frame.render_widget(Paragraph::new(shown), inside);
}

/// Why there is nothing yet.
fn waiting(model: &Model, of: &ContainerKey) -> &'static str {
    match model.pane.tab(of) {
        Tab::Log => " Opening the log.",
        _ => " Starting the command.",
    }
}

/// A line of our own looks different from what was printed.
fn styled(model: &Model, line: &LogLine, spans: Vec<Span<'static>>) -> Vec<Span<'static>> {
    if line.kind == LineKind::Remark {
        spans.into_iter().map(|span| span.style(model.look.accent)).collect()
    } else {
        spans
    }
}

fn prefix(model: &Model, reader: &LogReader, line: &LogLine, is_first: bool) -> Vec<Span<'static>> {
    let display = model.pane.display;
    let mut spans = Vec::new();
    let mut push = |words: String| spans.push(Span::styled(words, model.look.dim));
    if display.numbers {
        let width = number_cells(reader);
        let number = if is_first { grouped(line.number.0 + 1) } else { String::new() };
        push(format!("{number:>width$} "));
    }
    if display.timestamps {
        let time = line.time.filter(|_| is_first);
        let shown =
            time.map(|time| time.to_zoned_datetime(TimeZone::system()).strftime("%H:%M:%S").to_string());
        push(format!("{:<8} ", shown.unwrap_or_default()));
    }
    spans
}

/// Digits in groups of three, as people read them: `120 381`.
#[must_use]
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// Where the log is looked at, for the frame of the pane.
pub(super) fn place(model: &Model, of: &ContainerKey, view: &LogView) -> Vec<Span<'static>> {
    let look = &model.look;
    let Some(window) = log_window(model, of) else { return Vec::new() };
    let total = grouped(window.end.0);
    match view.place {
        Place::End => {
            vec![Span::styled(format!(" {total} lines "), look.dim), Span::styled("follow ", look.accent)]
        }
        Place::Line(_) => {
            let last = (window.top.0 + window.rows as u64).min(window.end.0);
            let below = window.end.0.saturating_sub(last);
            vec![
                Span::styled(format!(" line {} of {total} ", grouped(window.top.0 + 1)), look.dim),
                Span::styled(format!("{} below ", grouped(below)), Style::new().patch(look.warning)),
            ]
        }
    }
}

/// The text the pane shows just now, for the clipboard.
#[must_use]
pub fn shown_text(model: &Model) -> Option<String> {
    let of = model.pane_of()?;
    match model.pane.tab(of) {
        Tab::Inspect => Some(super::inspect_lines(model).join("\n")),
        Tab::Log | Tab::Exec(_) => {
            if let Some(ExecTab { output: Output::Shell(terminal), .. }) = model.pane.shown_shell(of) {
                return Some(terminal.text());
            }
            let window = log_window(model, of)?;
            let reader = model.pane.shown_log(of)?.reader.as_ref()?;
            let lines = reader.window(window.top, window.rows);
            Some(lines.iter().map(|line| log_text::plain(&line.text)).collect::<Vec<_>>().join("\n"))
        }
        Tab::Stats | Tab::Processes => None,
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_stand_in_groups() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1 000"), (120_381, "120 381"), (10_000_000, "10 000 000")]
        {
            assert_eq!(grouped(number), text);
        }
    }
}
