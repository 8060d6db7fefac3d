//! The strip: what is being done, how long already and how long at most, and how to end it; and what just ended.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{elapsed, fit};
use crate::ui::layout::Layout;
use crate::ui::model::{Cancel, Model, Past, Running};
use crate::ui::{ActionId, Do, Ending};

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

/// Draws the strip.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let lines: Vec<Line<'_>> = shown(model, usize::from(area.height))
        .into_iter()
        .map(|one| match one {
            Shown::Running(running) => under_way(model, running, width),
            Shown::Past(past) => over(model, past, width),
            Shown::More(more) => Line::styled(format!("   and {more} more: H shows all"), model.look.dim),
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}

fn under_way(model: &Model, running: &Running, width: usize) -> Line<'static> {
    let look = &model.look;
    let now = model.now.since_start;
    let mut time = elapsed(now.saturating_sub(running.begun));
    if let Some(deadline) = running.deadline {
        time += &format!(", at most {} more", elapsed(deadline.saturating_sub(now)));
    }
    let newest = model.actions.running().next_back().map(|one| one.id) == Some(running.id);
    let key = model.keymap.key(Do::CancelAction, &super::super::contexts(model)).filter(|_| newest);
    let how = match (running.cancel, key) {
        (Cancel::No, Some(key)) => format!("{key} cancels"),
        (Cancel::Asked, Some(key)) => format!("cancelling, {key} leaves it"),
        (Cancel::Asked, None) => "cancelling".into(),
        (Cancel::Abandoned, _) => "left".into(),
        (Cancel::No, None) => String::new(),
    };
    let what = format!("{} {}", running.request.word(), running.object);
    let note =
        running.note.clone().unwrap_or_else(|| if running.is_slow { "slow".into() } else { String::new() });
    let right = format!("{time}  {how} ");
    let left_cells = width.saturating_sub(fit::width(&right) + 4);
    let words = if note.is_empty() { what.clone() } else { format!("{what}  {note}") };
    Line::from(vec![
        Span::styled(format!(" {} ", look.spinner(now)), look.accent),
        Span::styled(fit::left(&words, left_cells), if running.is_slow { look.warning } else { look.plain }),
        Span::styled(format!(" {right}"), look.dim),
    ])
}

fn over(model: &Model, past: &Past, width: usize) -> Line<'static> {
    let look = &model.look;
    let (glyph, style) = match past.ending {
        Ending::Done => (look.glyph("✓", "+"), look.good),
        Ending::Failed | Ending::TimedOut => (look.glyph("✖", "x"), look.bad),
        Ending::Cancelled => (look.glyph("−", "-"), look.warning),
    };
    let right = format!("{} ", elapsed(past.elapsed));
    let cells = width.saturating_sub(fit::width(&right) + 4);
    let words_style = if past.ending == Ending::Done { look.dim } else { look.plain };
    Line::from(vec![
        Span::styled(format!(" {glyph} "), style),
        Span::styled(fit::left(&past.sentence(), cells), words_style),
        Span::styled(format!(" {right}"), look.dim),
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
