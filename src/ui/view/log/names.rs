//! The names before the lines of logs that are merged.

use ratatui::text::Span;

use crate::text::fit;
use crate::ui::model::{LogView, Model};

/// The most cells of a name.
const MOST: usize = 16;

/// Cells of the names before the lines in a pane of this width, of which they take a third at most; 0 where there are none.
pub(super) fn cells(view: &LogView, width: u16) -> usize {
    let widest = view.names.iter().map(|name| fit::width(name)).max().unwrap_or(0);
    widest.min(MOST).min(usize::from(width) / 3)
}

/// The name of a source in so many cells, and a blank; only blanks before what is not the first row of a line.
pub(super) fn before(
    model: &Model,
    cells: usize,
    view: &LogView,
    source: u8,
    is_first: bool,
) -> Span<'static> {
    let look = &model.look;
    let place = usize::from(source).checked_sub(1);
    let name = place.filter(|_| is_first).and_then(|place| view.names.get(place));
    let name = name.map(|name| fit::without_middle(name, cells)).unwrap_or_default();
    let blanks = (cells + 1).saturating_sub(fit::width(&name));
    let style = place.and_then(|place| look.names.get(place % look.names.len())).copied().unwrap_or(look.dim);
    Span::styled(format!("{name}{:blanks$}", ""), style)
}
