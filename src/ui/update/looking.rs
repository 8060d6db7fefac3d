//! Searching in the log of the pane, and filtering it.

use crate::logs::{Level, LineNumber, Pattern};
use crate::ui::model::{
    Before, FilterOf, Focus, LogFilter, LogSearch, LogTyping, LogView, LookFor, Place, Sought, Spot, Typing,
};
use crate::ui::view::{log_page, log_window, to_match};
use crate::ui::{ContainerKey, Model, Tone};

/// Begins to type what is looked for in the log of the pane.
pub(super) fn begin(model: &mut Model, looks_for: LookFor) {
    let Some(of) = model.pane_of().cloned() else { return };
    let page = log_page(model, &of);
    let Some(view) = model.pane.shown_log_mut(&of) else { return };
    let from = page.map_or(LineNumber::FIRST, |page| match looks_for {
        LookFor::Previous => page.end,
        LookFor::Next | LookFor::Filter => page.start,
    });
    let is_filter = looks_for == LookFor::Filter;
    let before = Before {
        place: view.place,
        column: view.column,
        search: if is_filter { None } else { view.search.take() },
        filter: if is_filter { view.filter.take() } else { None },
    };
    view.typing = Some(LogTyping { looks_for, text: String::new(), from, before });
    look(view);
    model.focus = Focus::Pane;
    model.typing = Some(Typing::Log);
}

/// What is typed becomes something else: it is looked for at once, from where the typing began.
pub(super) fn change_line(model: &mut Model, change: impl FnOnce(&mut String)) {
    let Some(view) = shown(model) else { return };
    let Some(typing) = &mut view.typing else { return };
    let text = &mut typing.text;
    change(text);
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
    }
    look(view);
}

/// The longest pattern that can be typed: nobody types more.
const LONGEST: usize = 200;

fn look(view: &mut LogView) {
    let extent = view.extent();
    let Some(LogTyping { looks_for, text, from, before }) = &view.typing else { return };
    (view.place, view.column) = (before.place, before.column);
    if *looks_for == LookFor::Filter {
        let place = before.filter.as_ref().map_or(before.place, |filter| filter.before);
        view.filter = LogFilter::new(FilterOf::Typed(text.clone()), place, *from, &extent);
        if let (Some(filter), Some(before)) = (&mut view.filter, &before.filter) {
            filter.set_context(before.findings().context());
        }
    } else {
        let is_back = *looks_for == LookFor::Previous;
        view.search = Pattern::new(text).map(|pattern| LogSearch::new(pattern, is_back, *from, &extent));
    }
    view.relate();
}

/// What was typed stays. Nothing typed is no filter, and the search from before.
pub(super) fn keep(model: &mut Model) {
    model.typing = None;
    let Some(of) = model.pane_of().cloned() else { return };
    let Some(view) = model.pane.shown_log_mut(&of) else { return };
    let Some(LogTyping { looks_for, before, .. }) = view.typing.take() else { return };
    if view.place != before.place {
        view.moves.leave(before.place);
    }
    if looks_for != LookFor::Filter && view.search.is_none() {
        view.search = before.search;
    } else if looks_for == LookFor::Filter && view.filter.is_none() {
        view.filter = before.filter;
        unfilter(model, &of);
    }
    if let Some(view) = shown(model) {
        view.relate();
    }
}

/// Everything is as it was before something was typed.
pub(super) fn take_back(model: &mut Model) {
    model.typing = None;
    let Some(view) = shown(model) else { return };
    let Some(LogTyping { looks_for, before, .. }) = view.typing.take() else { return };
    (view.place, view.column) = (before.place, before.column);
    if looks_for == LookFor::Filter {
        view.filter = before.filter;
    } else {
        view.search = before.search;
    }
    view.relate();
}

/// Goes to the next match, or against the direction of the search: from the one that is looked at, where it is on the
/// page, or from the top of the page.
pub(super) fn step(model: &mut Model, is_against: bool) {
    let Some(of) = model.pane_of().cloned() else { return };
    let Some(page) = log_page(model, &of) else { return };
    let Some(view) = model.pane.shown_log_mut(&of) else { return };
    let extent = view.extent();
    let Some(search) = &mut view.search else { return };
    let at = search.at().filter(|line| page.contains(line));
    let is_up = search.is_back != is_against;
    let from = match at {
        Some(line) if is_up => line,
        Some(line) => line.plus(1),
        None => page.start,
    };
    search.seek(from, is_up, &extent);
}

/// Warnings and errors, errors only, everything.
pub(super) fn next_level(model: &mut Model) {
    let Some(of) = model.pane_of().cloned() else { return };
    let page = log_page(model, &of);
    let Some(view) = model.pane.shown_log_mut(&of) else { return };
    let level = match view.filter.as_ref().map(LogFilter::of) {
        None | Some(FilterOf::Typed(_)) => Level::Warning,
        Some(FilterOf::Level(Level::Warning)) => Level::Error,
        Some(FilterOf::Level(_)) => return unfilter(model, &of),
    };
    let (from, extent) = (page.map_or(LineNumber::FIRST, |page| page.start), view.extent());
    let (before, context) = match &view.filter {
        Some(filter) => (filter.before, filter.findings().context()),
        None => (view.place, 0),
    };
    view.filter = LogFilter::new(FilterOf::Level(level), before, from, &extent);
    if let Some(filter) = &mut view.filter {
        filter.set_context(context);
    }
    view.relate();
}

/// Shows so many lines more around each that the filter has found.
pub(super) fn add_context(model: &mut Model, by: i64) {
    let Some(view) = shown(model) else { return };
    if let Some(filter) = &mut view.filter {
        filter.add_context(by);
    }
    view.relate();
}

/// Ends the search or, where there is none, the filter; whether there was one.
pub(super) fn clear(model: &mut Model) -> bool {
    let Some(of) = model.pane_of().cloned() else { return false };
    let Some(view) = model.pane.shown_log_mut(&of) else { return false };
    if view.search.take().is_some() {
        return true;
    }
    let is_filtered = view.filter.is_some();
    unfilter(model, &of);
    is_filtered
}

/// Shows all lines again. The line on top stays there; who has not moved since is where the log was looked at before.
fn unfilter(model: &mut Model, of: &ContainerKey) {
    let top = log_window(model, of).map(|window| window.top);
    let Some(view) = model.pane.shown_log_mut(of) else { return };
    let Some(filter) = view.filter.take() else { return };
    if let (Place::At(_), Some(Spot { line, .. })) = (view.place, top)
        && view.place != filter.before
    {
        view.place = Place::At(Spot { line, row: 0 });
    }
    view.relate();
}

/// Ends typing whose log is not shown any more, names what is looked for, and goes to the match that was wanted, as soon
/// as it is known.
pub(super) fn settle(model: &mut Model) {
    let is_typed = model.typing == Some(Typing::Log);
    let is_away = model.focus != Focus::Pane;
    let view = shown(model);
    if is_typed && (is_away || view.as_ref().is_none_or(|view| view.typing.is_none())) {
        model.typing = None;
    }
    let is_typed = model.typing == Some(Typing::Log);
    let Some(of) = model.pane_of().cloned() else { return };
    model.pane.name_looks(&of);
    let Some(view) = model.pane.shown_log_mut(&of) else { return };
    if !is_typed {
        view.typing = None;
    }
    let extent = view.extent();
    let Some(search) = view.search.as_mut() else { return };
    let (sought, pattern) = (search.sought(&extent), search.pattern().clone());
    let Sought::At(line, is_round) = sought else { return };
    let to = to_match(model, &of, line, &pattern);
    if let (Some((place, column)), Some(view)) = (to, model.pane.shown_log_mut(&of)) {
        view.settle(&extent);
        (view.place, view.column) = (place, column);
    }
    if is_round && !is_typed {
        model.toasts.tell(Tone::Plain, "search went round", model.now.since_start);
    }
}

fn shown(model: &mut Model) -> Option<&mut LogView> {
    let of = model.pane_of().cloned()?;
    model.pane.shown_log_mut(&of)
}
