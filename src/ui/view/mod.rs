//! Drawing the model, at any size from nothing up.

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
mod stats;
mod strip;
#[cfg(test)]
mod tests;
mod toasts;
mod volumes;

pub use dialog::dialog_area;
pub use inspect::{inspect_lines, to_match};
pub use log::{LogWindow, last_top, log_window, shown_text};
pub use pane::tab_at;
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
}

/// What it needs, where there is not even room for that.
fn too_small(frame: &mut Frame<'_>, screen: Rect) {
    let words = format!("needs {}x{}, has {}x{}", LEAST.0, LEAST.1, screen.width, screen.height);
    let middle = Rect { y: screen.y + screen.height / 2, height: screen.height.min(1), ..screen };
    frame.render_widget(Paragraph::new(Line::from(words)).alignment(Alignment::Center), middle);
}
