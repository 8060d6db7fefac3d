//! The list of volumes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{age, clean, fit};
use crate::ui::Do;
use crate::ui::keymap::Context;
use crate::ui::model::{Focus, Model, Typing, VolumeRow, is_anonymous};

use super::frame::{framed, title};

/// Draws the list.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    if area.width < 4 || area.height < 3 {
        return;
    }
    let look = &model.look;
    let has_focus = model.focus == Focus::Volumes;
    let list = &model.volumes;
    let shown = list.shown().len();
    let number =
        if shown == list.count() { shown.to_string() } else { format!("{shown} of {}", list.count()) };
    let heading = title(look, has_focus, "Volumes", Some(number));
    let is_typing = matches!(model.typing, Some(Typing::Filter { .. })) && has_focus;
    let bottom = if is_typing || !list.filter.is_empty() {
        format!(
            " /{}{} ",
            fit::without_front(&list.filter, 24),
            if is_typing { look.glyph("▏", "_") } else { "" }
        )
    } else {
        measured(model)
    };
    let style = if is_typing || !list.filter.is_empty() { look.accent } else { look.dim };
    let inside = framed(frame, area, look, has_focus, heading, Line::styled(bottom, style));
    if shown == 0 {
        let key = |deed| model.keymap.key(deed, &[Context::Volumes, Context::Lists, Context::Everywhere]);
        let (words, way) = if list.count() == 0 {
            (" No volumes.", key(Do::CreateVolume).map(|key| format!(" {key} makes one.")))
        } else {
            (" None of them matches.", key(Do::Close).map(|key| format!(" {key} shows all again.")))
        };
        let words = words.to_owned() + &way.filter(|_| has_focus).unwrap_or_default();
        return frame.render_widget(Paragraph::new(Line::styled(words, look.dim)), inside);
    }
    let rows = list.shown().iter().skip(list.cursor.offset()).take(usize::from(inside.height));
    let rows: Vec<&VolumeRow> = rows.filter_map(|key| list.get(key)).collect();
    let width = usize::from(inside.width);
    let lines: Vec<Line<'_>> = rows.into_iter().map(|row| line(model, row, width, has_focus)).collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

/// How old the sizes are, in the frame.
fn measured(model: &Model) -> String {
    if model.engines.known().any(|engine| engine.measured.is_asking) {
        return " measuring ".into();
    }
    let oldest = model.engines.known().filter_map(|engine| engine.measured.at).min();
    match oldest {
        Some(at) => format!(" sizes {} ", age(Some(at), model.now.time)),
        None => String::new(),
    }
}

fn line(model: &Model, row: &VolumeRow, width: usize, has_focus: bool) -> Line<'static> {
    let look = &model.look;
    let is_under_cursor = model.volumes.cursor.selected() == Some(&row.key);
    let users = model.containers.users(&row.key);
    let base = match (is_under_cursor, has_focus) {
        (true, true) => look.cursor,
        (true, false) => look.quiet_cursor,
        (false, _) if users == 0 => look.dim,
        (false, _) => look.plain,
    };
    let own = |style| if is_under_cursor && has_focus { base } else { base.patch(style) };
    let size = row.size.map_or_else(|| format!("{:>6} {:<3}", "-", ""), fit::size);
    let protected = if row.protected.is_some() { "protected" } else { "" };
    let used = if users == 0 { "unused".into() } else { format!("{users:>2} {}", plural(users, "user")) };
    // The driver goes first where there is no room, then the engine, then who uses it; the protection stays.
    let mut right = vec![(size, base), (fit::left(protected, 9), own(look.accent))];
    if width >= 50 {
        right.push((fit::left(&used, 8), base));
    }
    if width >= 62 && model.engines.known().count() > 1 {
        let engine = fit::without_middle(&model.engines.name(row.key.engine), 9);
        right.push((fit::left(&engine, 9), own(look.dim)));
    }
    if width >= 74 {
        right.push((fit::left(&clean(&row.volume.driver), 8), own(look.dim)));
    }
    let taken: usize = right.iter().map(|(words, _)| fit::width(words) + 2).sum();
    let name_cells = width.saturating_sub(taken + 3);
    let name = clean(&row.volume.name).into_owned();
    let name = if is_anonymous(&name) { format!("{} (unnamed)", fit::beginning(&name, 12)) } else { name };
    let name = fit::left(&fit::without_middle(&name, name_cells), name_cells);
    let mut spans = vec![Span::styled(format!("  {name}"), base)];
    for (words, style) in right {
        spans.push(Span::styled("  ", base));
        spans.push(Span::styled(words, style));
    }
    spans.push(Span::styled(" ", base));
    Line::from(spans)
}

fn plural(number: usize, unit: &str) -> String {
    if number == 1 { unit.to_owned() } else { format!("{unit}s") }
}
