//! The list of volumes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{age, bytes, clean, count, fit};
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
        format!(" /{}{} ", list.filter, if is_typing { look.glyph("▏", "_") } else { "" })
    } else {
        measured(model)
    };
    let style = if is_typing || !list.filter.is_empty() { look.accent } else { look.dim };
    let inside = framed(frame, area, look, has_focus, heading, Line::styled(bottom, style));
    if shown == 0 {
        let words = if list.count() == 0 { " No volumes." } else { " None of them matches." };
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
    let base = match (is_under_cursor, has_focus) {
        (true, true) => look.cursor,
        (true, false) => look.quiet_cursor,
        (false, _) => look.plain,
    };
    let users = users(model, row);
    let size = row.size.map_or_else(|| "-".to_owned(), bytes);
    let protected = if row.protected.is_some() { "protected" } else { "" };
    let used = if users == 0 { "unused".to_owned() } else { count(users, "user") };
    // The driver goes first where there is no room, then who uses it; the protection stays.
    let mut right = vec![fit::right(&size, 10)];
    right.push(fit::left(protected, 9));
    if width >= 50 {
        right.push(fit::left(&used, 8));
    }
    if width >= 62 {
        right.push(fit::left(&clean(&row.volume.driver), 8));
    }
    let right = right.join("  ");
    let name_cells = width.saturating_sub(fit::width(&right) + 4);
    let name = clean(&row.volume.name).into_owned();
    let name = if is_anonymous(&name) { format!("{} (unnamed)", fit::beginning(&name, 12)) } else { name };
    let name = fit::left(&fit::without_middle(&name, name_cells), name_cells);
    let words = fit::left(&format!("  {name}  {right}"), width);
    let style = if users == 0 && !is_under_cursor { base.patch(look.dim) } else { base };
    match (protected.is_empty() || (is_under_cursor && has_focus), words.find("protected")) {
        (false, Some(at)) => {
            let (before, rest) = words.split_at(at);
            let (word, after) = rest.split_at("protected".len().min(rest.len()));
            Line::from(vec![
                Span::styled(before.to_owned(), style),
                Span::styled(word.to_owned(), look.accent),
                Span::styled(after.to_owned(), style),
            ])
        }
        _ => Line::styled(words, style),
    }
}

/// How many containers use it, running or not.
fn users(model: &Model, row: &VolumeRow) -> usize {
    let uses = |of: &&crate::ui::model::Row| {
        of.key.engine == row.key.engine
            && of.container.mounts.iter().any(|mount| mount.volume.as_ref() == Some(&row.key.name))
    };
    model.containers.all().filter(uses).count()
}
