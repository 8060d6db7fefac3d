//! Drawing the model, at any size from nothing up.

mod build;
mod containers;
mod dialog;
mod engine_page;
mod footer;
mod frame;
mod header;
mod inspect;
mod log;
mod log_text;
mod pane;
mod processes;
#[cfg(test)]
mod seen;
#[cfg(test)]
mod shell_tests;
mod stats;
mod strip;
#[cfg(test)]
mod tab_tests;
#[cfg(test)]
mod tests;
mod toasts;
mod volumes;

pub use dialog::dialog_area;
pub use log::{LogWindow, log_window, shown_text};
pub(in crate::ui) use log::{Rows, log_page, log_rows, to_match};
pub use pane::tab_at;
#[cfg(test)]
pub(in crate::ui) use seen::style_of;
pub use strip::strip_action_at;

use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::layout::{LEAST, Layout};
use super::model::Model;

/// Draws everything.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let layout = Layout::of(model);
    if layout.is_too_small {
        return too_small(frame, screen);
    }
    header::draw(model, frame, layout.header);
    if model.shows_engine_page() {
        let rest = Rect { y: 1, height: screen.height.saturating_sub(2), ..screen };
        engine_page::draw(model, frame, rest.intersection(screen));
    } else {
        header::draw_notice(model, frame, layout.notice);
        containers::draw(model, frame, layout.containers);
        volumes::draw(model, frame, layout.volumes);
        pane::draw(model, frame, layout.pane);
        strip::draw(model, frame, layout.strip);
    }
    footer::draw(model, frame, layout.footer);
    toasts::draw(model, frame, screen);
    for opened in &model.dialogs {
        dialog::draw(&**opened, model, frame, screen);
    }
    if model.look.is_ascii {
        only_ascii(frame);
    }
}

/// What containers and engines call things may hold anything: a terminal that shows only ASCII gets a sign instead.
fn only_ascii(frame: &mut Frame<'_>) {
    for cell in &mut frame.buffer_mut().content {
        if !cell.symbol().is_ascii() {
            cell.set_symbol(if cell.symbol() == "…" { "~" } else { "?" });
        }
    }
}

/// What it needs, where there is not even room for that.
fn too_small(frame: &mut Frame<'_>, screen: Rect) {
    let needs = format!("needs {}x{}", LEAST.0, LEAST.1);
    let has = format!("has {}x{}", screen.width, screen.height);
    let on_one = format!("{needs}, {has}");
    let fits = on_one.len() <= usize::from(screen.width);
    let lines = if fits { vec![Line::from(on_one)] } else { vec![Line::from(needs), Line::from(has)] };
    let height = u16::try_from(lines.len()).unwrap_or(1).min(screen.height);
    let middle = Rect { y: screen.y + (screen.height - height) / 2, height, ..screen };
    frame.render_widget(Paragraph::new(lines).alignment(Alignment::Center), middle);
}
