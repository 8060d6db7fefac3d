//! How a log stands, in the lower frame of the pane: what is typed, what is selected, what is serious in it, and what is
//! wrong with keeping it.

use ratatui::text::Span;

use crate::text::{clean, count, fit, grouped};
use crate::ui::Model;
use crate::ui::layout::Layout;
use crate::ui::model::{Focus, LogView, Typing};

/// The most cells of why the disk does not take a log, and the least that say anything.
const TROUBLE: usize = 40;
const TROUBLE_LEAST: usize = 16;
/// What stands before it, and the blank behind.
const NOT_ON_DISK: &str = " not on disk: ";

/// With everything that stands before the place. Where the frame is too narrow, how many errors there are goes first, and
/// the place makes room for why nothing is on the disk.
pub(in crate::ui::view) fn with_standing(
    model: &Model,
    view: &LogView,
    place: Vec<Span<'static>>,
) -> Vec<Span<'static>> {
    // The corners are the frame's own.
    let room = usize::from(Layout::of(model).pane.width.saturating_sub(2));
    let cells = |spans: &[Span<'_>]| spans.iter().map(Span::width).sum::<usize>();
    let mut place = place;
    let mut spans = typing(model, view);
    if let Some(trouble) = view.reader.as_ref().and_then(crate::logs::LogReader::trouble) {
        let room = room.saturating_sub(cells(&spans) + NOT_ON_DISK.len() + 1);
        let mut left = room.saturating_sub(cells(&place));
        if left < TROUBLE_LEAST {
            place.clear();
            left = room;
        }
        spans.push(not_on_disk(model, &trouble, left.min(TROUBLE)));
    }
    // What is typed is read first.
    if !spans.is_empty() && cells(&spans) + cells(&place) > room {
        place.clear();
    }
    let counts = counts(model, view);
    if cells(&spans) + cells(&counts) + cells(&place) <= room {
        spans.extend(counts);
    }
    spans.extend(place);
    spans
}

/// What is typed, what is selected, and that lines are as they came.
fn typing(model: &Model, view: &LogView) -> Vec<Span<'static>> {
    let look = &model.look;
    let words = match &model.typing {
        _ if model.focus != Focus::Pane => None,
        Some(Typing::GoTo(text)) => {
            Some(format!(" go to: {}{} ", fit::without_front(&clean(text), 24), look.glyph("▏", "_")))
        }
        Some(Typing::Mark { sets: true }) => Some(" mark: a-z ".to_owned()),
        Some(Typing::Mark { sets: false }) => {
            let letters: String = view.moves.marks.keys().flat_map(|letter| [*letter, ' ']).collect();
            Some(format!(" to mark: {letters}' "))
        }
        _ => None,
    };
    let words = words.or_else(|| {
        let selection = view.moves.selection?;
        let unit = if selection.lines() == 1 { "line" } else { "lines" };
        Some(format!(" {} {unit} selected ", grouped(selection.lines())))
    });
    let mut spans: Vec<_> = words.map(|words| Span::styled(words, look.accent)).into_iter().collect();
    if model.pane.display.raw {
        spans.push(Span::styled(" raw ", look.accent));
    }
    spans
}

/// Why the disk does not take what comes, in so many cells.
fn not_on_disk(model: &Model, trouble: &str, cells: usize) -> Span<'static> {
    let words = clean(trouble);
    let why = words.split(" (os error").next().unwrap_or_default();
    Span::styled(format!("{NOT_ON_DISK}{} ", fit::without_end(why, cells)), model.look.bad)
}

/// How many errors and warnings there are.
fn counts(model: &Model, view: &LogView) -> Vec<Span<'static>> {
    let Some(extent) = view.reader.as_ref().map(crate::logs::LogReader::extent) else { return Vec::new() };
    let look = &model.look;
    let words = |number: u64, unit: &str| {
        let unit = count(number, unit);
        let unit = unit.rsplit(' ').next().unwrap_or_default().to_owned();
        format!("{} {unit} ", grouped(number))
    };
    let mut spans = Vec::new();
    if extent.errors > 0 {
        spans.push(Span::styled(format!(" {}", words(extent.errors, "error")), look.bad));
    }
    if extent.warnings > 0 {
        let before = if spans.is_empty() { " " } else { "" };
        spans.push(Span::styled(format!("{before}{}", words(extent.warnings, "warning")), look.warning));
    }
    spans
}
