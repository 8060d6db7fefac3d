//! What the search has found: how it looks, and where the log is looked at to see it.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Span;

use crate::logs::{Line, LineNumber, Pattern, Text};
use crate::text::fit;
use crate::ui::model::{LogView, Model, Place, Spot};
use crate::ui::{ContainerKey, Look};

use super::{Rows, log_rows, window};

/// The matches in a line, in columns of its text, in order.
fn columns<'a>(pattern: &'a Pattern, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let (mut byte, mut column) = (0, 0);
    pattern.places(text).map(move |place| {
        let mut to = |end: usize| {
            column += fit::width(text.get(byte..end).unwrap_or_default());
            byte = end;
            column
        };
        to(place.start)..to(place.end)
    })
}

/// The matches of the search in one line, and how they look.
pub(super) struct Marks {
    columns: Vec<Range<usize>>,
    style: Style,
}

impl Marks {
    /// Those in columns before this one. The line that is being looked at stands out.
    pub(super) fn of(look: &Look, view: &LogView, line: &Line, before: usize) -> Self {
        let Some(search) = &view.search else { return Self { columns: Vec::new(), style: look.found } };
        let plain = line.text.plain();
        let found = columns(search.pattern(), &plain);
        let is_current = search.at() == Some(line.number);
        Self {
            columns: found.take_while(|columns| columns.start < before).collect(),
            style: if is_current { look.found.patch(look.strong) } else { look.found },
        }
    }

    /// A part of the line as it is drawn, which begins at this column of it.
    pub(super) fn spans(
        &self,
        part: &Text,
        from: usize,
        draw: impl Fn(&Text) -> Vec<Span<'static>>,
    ) -> Vec<Span<'static>> {
        if self.columns.is_empty() {
            return draw(part);
        }
        let end = from.saturating_add(part.width());
        let (mut spans, mut at) = (Vec::new(), from);
        let piece = |start: usize, stop: usize| draw(&part.cut(start - from, stop.saturating_sub(start)));
        let is_shown = |columns: &&Range<usize>| columns.end > from && columns.start < end;
        for columns in self.columns.iter().filter(is_shown) {
            let (start, stop) = (columns.start.max(at), columns.end.min(end));
            spans.extend(piece(at, start));
            spans.extend(piece(start, stop).into_iter().map(|span| span.style(self.style)));
            at = stop.max(at);
        }
        spans.extend(piece(at, end));
        spans
    }
}

/// Where the log is looked at, and from which column on, so that the first match in a line is shown: as it is where that
/// is on the page, or with the match a third down.
#[must_use]
pub(in crate::ui) fn to_match(
    model: &Model,
    of: &ContainerKey,
    line: LineNumber,
    pattern: &Pattern,
) -> Option<(Place, usize)> {
    let (rows, view) = (log_rows(model, of)?, model.pane.shown_log(of)?);
    let lines = rows.lines(line, 1);
    let found = lines.first()?;
    let columns = columns(pattern, &found.text.plain()).next().unwrap_or(0..0);
    let row = rows.row_of(found, columns.start);
    let spot = Spot { line, row };
    let top = window(&rows, view).top;
    let is_shown = spot >= top && spot < rows.down(top, rows.height);
    let place = match view.place {
        // Where all of it is shown there is nothing to stay at: it goes on following.
        Place::End if rows.last() == rows.first() => Place::End,
        _ if is_shown => Place::At(top),
        _ => Place::At(rows.up(spot, rows.height / 3).min(rows.last())),
    };
    Some((place, column_for(&rows, view, found, &columns)))
}

/// The first column shown, so that a match is.
fn column_for(rows: &Rows<'_>, view: &LogView, line: &Line, found: &Range<usize>) -> usize {
    // The last cell may be the sign that the line goes on.
    let cells = rows.text_cells(line.kind).saturating_sub(1);
    let is_shown = |column: usize| found.start >= column && found.end <= column.saturating_add(cells);
    if is_shown(view.column) {
        view.column
    } else if is_shown(0) {
        0
    } else {
        found.start.saturating_sub(cells / 3)
    }
}
