//! What a log is looked through for, in the words of the frame.

use ratatui::text::{Line, Span};

use crate::logs::{Extent, Level};
use crate::text::{clean, fit};
use crate::ui::model::{FilterOf, LogFilter, LogSearch, LogView, LookFor, Model};

use super::grouped;

/// The most cells of what was typed.
const TYPED: usize = 40;

/// The filter and the search, what is being typed of them, and what they have found.
pub(super) fn looks(model: &Model, view: &LogView) -> Vec<Span<'static>> {
    let look = &model.look;
    let extent = view.extent();
    let typing = view.typing.as_ref();
    let mut spans = Vec::new();
    let mut push = |sign: &str, typed: &str, is_typed: bool, words: String| {
        let cursor = if is_typed { look.glyph("▏", "_") } else { "" };
        let typed = fit::without_front(&clean(typed), TYPED);
        spans.push(Span::styled(format!(" {sign}{typed}{cursor} "), look.accent));
        if !words.is_empty() {
            spans.push(Span::styled(format!("{words} "), look.dim));
        }
    };
    let more = look.glyph("…", "...");
    let filtered = view.filter.as_ref().map(|filter| of_filter(filter, &extent, more)).unwrap_or_default();
    match (typing.filter(|typing| typing.looks_for == LookFor::Filter), &view.filter) {
        (Some(typing), _) => push("&", &typing.text, true, filtered),
        (None, Some(filter)) => match filter.of() {
            FilterOf::Typed(typed) => push("&", typed, false, filtered),
            FilterOf::Level(Level::Warning) => push("", "warnings and errors", false, filtered),
            FilterOf::Level(_) => push("", "errors", false, filtered),
        },
        (None, None) => {}
    }
    let found = view.search.as_ref().map(|search| of_search(search, &extent, more)).unwrap_or_default();
    match (typing.filter(|typing| typing.looks_for != LookFor::Filter), &view.search) {
        (Some(typing), _) => {
            push(if typing.looks_for == LookFor::Next { "/" } else { "?" }, &typing.text, true, found);
        }
        (None, Some(search)) => {
            push(if search.is_back { "?" } else { "/" }, search.pattern().typed(), false, found);
        }
        (None, None) => {}
    }
    spans
}

/// `231 lines +2`, with a sign while it is looked for more.
fn of_filter(filter: &LogFilter, extent: &Extent, more: &str) -> String {
    let found = filter.findings();
    let count = found.count(extent);
    let more = if found.is_complete(extent) { "" } else { more };
    let unit = if count == 1 { "line" } else { "lines" };
    let context = match found.context() {
        0 => String::new(),
        lines => format!(" +{lines}"),
    };
    format!("{}{more} {unit}{context}", grouped(count))
}

/// `17 of 2 304`, with a sign while it is searched for more.
fn of_search(search: &LogSearch, extent: &Extent, more: &str) -> String {
    let found = search.found();
    let (count, is_complete) = (found.count(extent), found.is_complete(extent));
    if search.is_seeking() || (count == 0 && !is_complete) {
        return format!("searching{more}");
    }
    if count == 0 {
        return "nothing".into();
    }
    let more = if is_complete { "" } else { more };
    match search.at() {
        Some(line) => format!("{} of {}{more}", grouped(found.rank(line, extent)), grouped(count)),
        None => format!("{}{more} found", grouped(count)),
    }
}

/// Why no line is shown, where the filter shows none.
pub(super) fn none_shown(model: &Model, filter: &LogFilter, extent: &Extent) -> Line<'static> {
    let words = if filter.findings().is_complete(extent) {
        " No line matches.".to_owned()
    } else {
        format!(" No line matches yet: looked through {} %", filter.percent(extent))
    };
    Line::styled(words, model.look.dim)
}
