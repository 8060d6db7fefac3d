//! What dialogs say of containers and volumes.

use std::time::Duration;

use ratatui::text::{Line, Span};

use crate::text::{clean, fit};
use crate::ui::model::Row;
use crate::ui::{ContainerKey, Model, Request, VolumeKey};

/// A container's name; the beginning of its id where it is gone.
pub(crate) fn container_name(model: &Model, key: &ContainerKey) -> String {
    match model.containers.get(key) {
        Some(row) => clean(&row.container.name).into_owned(),
        None => clean(key.id.short()).into_owned(),
    }
}

/// One line: its state, its name, the engine's words for it, and a note.
pub(crate) fn container_line(
    model: &Model,
    key: &ContainerKey,
    cells: usize,
    note: Option<&str>,
) -> Line<'static> {
    let look = &model.look;
    let Some(row) = model.containers.get(key) else {
        return Line::styled(format!("  {} is gone", container_name(model, key)), look.dim);
    };
    let (glyph, style) = look.state(row.container.state, row.has_failed());
    let name_cells = (cells / 2).clamp(12, 32);
    let name = fit::without_middle(&clean(&row.container.name), name_cells);
    let state = fit::left(&row.container.state.to_string(), 10);
    let words = format!("{state}  {}", note.map_or_else(|| clean(&row.container.status), Into::into));
    let words = fit::without_end(&words, cells.saturating_sub(name_cells + 4));
    Line::from(vec![
        Span::styled(format!("{glyph} "), style),
        Span::styled(fit::left(&name, name_cells), look.strong),
        Span::raw("  "),
        Span::styled(words, look.plain),
    ])
}

/// How many commands of this console run in it.
pub(crate) fn running_execs(model: &Model, key: &ContainerKey) -> usize {
    let is_in =
        |request: &Request| matches!(request, Request::Exec(of, _) | Request::Shell(of, ..) if of == key);
    model.actions.running().filter(|running| is_in(&running.request)).count()
}

/// Where a stop of this console is under way: how long until the engine kills it.
pub(crate) fn stop_under_way(model: &Model, key: &ContainerKey) -> Option<Duration> {
    model.actions.running().find_map(|running| match &running.request {
        Request::Stop(of, options) | Request::Restart(of, options) if of == key => {
            Some((running.begun + options.grace).saturating_sub(model.now.since_start))
        }
        _ => None,
    })
}

/// The containers that have a volume mounted, running or not.
pub(crate) fn users_of<'a>(model: &'a Model, volume: &'a VolumeKey) -> impl Iterator<Item = &'a Row> {
    model.containers.all().filter(|row| {
        row.key.engine == volume.engine
            && row.container.mounts.iter().any(|mount| mount.volume.as_deref() == Some(&volume.name))
    })
}
