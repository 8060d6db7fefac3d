//! The strip: what is being done, how long already and how long at most, and how to end it; and what just ended.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{elapsed, fit};
use crate::ui::layout::Layout;
use crate::ui::model::{Cancel, Model, Past, Running};
use crate::ui::{ActionId, Do};

/// A line of the strip.
enum Shown<'a> {
    Running(&'a Running),
    Past(&'a Past),
    More(usize),
}

/// What the strip shows in so many lines: what runs first, the newest first.
fn shown(model: &Model, rows: usize) -> Vec<Shown<'_>> {
    let running = model.actions.running().rev().filter(|one| !one.has_tab()).map(Shown::Running);
    let past = model.actions.lingering(model.now.since_start).map(Shown::Past);
    let mut all: Vec<Shown<'_>> = running.chain(past).collect();
    if all.len() > rows && rows > 0 {
        let more = all.len() - (rows - 1);
        all.truncate(rows - 1);
        all.push(Shown::More(more));
    }
    all
}

/// Cells of how long something has been going on.
const ELAPSED: usize = 7;
/// Cells of how long it may take.
const LIMIT: usize = 18;

/// Cells of the columns at the right; none where a column is left out.
#[derive(Clone, Copy)]
struct Cells {
    /// How to cancel it.
    how: usize,
    /// How long it may take.
    limit: usize,
}

/// Draws the strip.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let shown = shown(model, usize::from(area.height));
    let ways = shown.iter().map(|one| match one {
        Shown::Running(running) => fit::width(&how_to_cancel(model, running)),
        Shown::Past(_) | Shown::More(_) => 0,
    });
    let how = ways.max().unwrap_or(0);
    // What has ended has no limit: its own words have the room then.
    let is_limited = width >= 70 && shown.iter().any(|one| matches!(one, Shown::Running(_)));
    let cells = Cells { how, limit: if is_limited { LIMIT } else { 0 } };
    let lines: Vec<Line<'_>> = shown
        .into_iter()
        .map(|one| match one {
            Shown::Running(running) => under_way(model, running, width, cells),
            Shown::Past(past) => over(model, past, width, cells),
            Shown::More(more) => {
                let contexts = super::super::contexts(model);
                let key = model.keymap.key(Do::History, &contexts);
                let how = key.map_or_else(String::new, |key| format!(": {key} shows all"));
                Line::styled(format!("   and {more} more{how}"), model.look.dim)
            }
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}

/// In whole seconds: tenths would flicker.
fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0 => "0s".into(),
        seconds => elapsed(Duration::from_secs(seconds)),
    }
}

fn how_to_cancel(model: &Model, running: &Running) -> String {
    let is_newest = model.actions.running().next_back().map(|one| one.id) == Some(running.id);
    let key = model.keymap.key(Do::CancelAction, &super::super::contexts(model)).filter(|_| is_newest);
    let way = match key {
        Some(key) => key.to_string(),
        None if model.options.mouse => "click".into(),
        None => String::new(),
    };
    let step = model.keymap.key(Do::NextStep, &super::super::contexts(model)).filter(|_| running.has_steps());
    let is_first =
        model.actions.running().rfind(|one| one.has_steps()).is_some_and(|one| one.id == running.id);
    if let Some(step) = step.filter(|_| is_first) {
        let comma = if way.is_empty() { String::new() } else { format!("{way} cancels, ") };
        return format!("{comma}{step} next step");
    }
    match (running.cancel, way.is_empty()) {
        (Cancel::No, false) => format!("{way} cancels"),
        (Cancel::Asked, false) => format!("cancelling, {way} leaves it"),
        (Cancel::Asked, true) => "cancelling".into(),
        (Cancel::Abandoned, _) => "left".into(),
        (Cancel::No, true) => String::new(),
    }
}

/// The right part of a line: in columns, so that nothing moves while the seconds pass.
fn times(time: &str, limit: &str, how: &str, cells: Cells) -> String {
    let limit = if cells.limit > 0 { fit::left(limit, cells.limit) + "  " } else { String::new() };
    format!("{}  {limit}{} ", fit::right(time, ELAPSED), fit::left(how, cells.how))
}

fn under_way(model: &Model, running: &Running, width: usize, cells: Cells) -> Line<'static> {
    let look = &model.look;
    let now = model.now.since_start;
    let limit = running.deadline.map(|deadline| deadline.saturating_sub(running.begun));
    let limit = limit.map_or_else(String::new, |limit| format!("of at most {}", seconds(limit)));
    let time = seconds(now.saturating_sub(running.begun));
    let how = how_to_cancel(model, running);
    // A step tells itself how long it lasts, and needs the room for it.
    let right = if running.has_steps() { format!("{how} ") } else { times(&time, &limit, &how, cells) };
    let room = width.saturating_sub(fit::width(&right) + 5);
    let what = fit::without_middle(&format!("{} {}", running.request.word(), running.object), room);
    let slow = if running.is_slow { "slow" } else { "" };
    let note = running.note.as_deref().unwrap_or(slow);
    let note_room = room.saturating_sub(fit::width(&what) + 2);
    Line::from(vec![
        Span::styled(format!(" {} ", look.spinner(now)), look.accent),
        Span::styled(what, look.plain),
        Span::styled(
            format!("  {}", fit::left(&fitted(running, note, note_room), note_room)),
            if running.is_slow { look.warning } else { look.dim },
        ),
        Span::styled(format!("  {right}"), look.dim),
    ])
}

/// Of a step, the end says when the next comes.
fn fitted(running: &Running, note: &str, room: usize) -> String {
    if running.has_steps() { fit::without_middle(note, room) } else { note.to_owned() }
}

fn over(model: &Model, past: &Past, width: usize, cells: Cells) -> Line<'static> {
    let look = &model.look;
    let (glyph, style) = look.ending(past);
    let right = times(&elapsed(past.elapsed), "", "", cells);
    let room = width.saturating_sub(fit::width(&right) + 5);
    let words_style = if past.is_good() { look.dim } else { look.plain };
    Line::from(vec![
        Span::styled(format!(" {glyph} "), style),
        Span::styled(fit::left(&past.sentence(), room), words_style),
        Span::styled(format!("  {right}"), look.dim),
    ])
}

/// The running action on this row of the screen.
#[must_use]
pub fn strip_action_at(model: &Model, layout: &Layout, row: u16) -> Option<ActionId> {
    let place = usize::from(row.checked_sub(layout.strip.y)?);
    match shown(model, usize::from(layout.strip.height)).get(place)? {
        Shown::Running(running) => Some(running.id),
        Shown::Past(_) | Shown::More(_) => None,
    }
}
