//! A build in the pane: how far it is in few lines, and under them what runs, what failed, what was told and what it
//! builds for.

mod head;
mod rows;
#[cfg(test)]
mod tests;
mod words;

pub(super) use head::cause_line;
pub(super) use words::{eta, in_list};

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::builds::WatchedBuild;
use crate::ui::ContainerKey;
use crate::ui::layout::Layout;
use crate::ui::model::{Focus, Model, Row, page_rows};

/// The build that is shown of a container.
fn shown<'a>(model: &'a Model, of: &ContainerKey) -> Option<(&'a Row, &'a WatchedBuild)> {
    let row = model.containers.get(of)?;
    let id = model.pane.builds(of)?.shown.as_ref()?;
    Some((row, row.builds.get(id)?))
}

/// Draws the page.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, of: &ContainerKey) {
    let Some((row, build)) = shown(model, of) else { return };
    let (head, list) = Layout::of(model).build_page(row.builds.all().len());
    let screen = frame.area();
    let width = usize::from(head.width);
    let lines = head::lines(model, row, build, width, usize::from(head.height));
    draw_lines(frame, head.intersection(screen), lines);
    let Some(cursor) = model.pane.builds(of).map(|view| &view.cursor) else { return };
    let rows = page_rows(build, model.now.time);
    let has_focus = model.focus == Focus::Pane;
    let widths = rows::Widths::of(&rows, usize::from(list.width));
    let shown = rows.iter().enumerate().skip(cursor.top()).take(usize::from(list.height));
    let lines = shown.map(|(number, row)| {
        let is_selected = cursor.is_on(number, row);
        let style = match (is_selected, has_focus) {
            (true, true) => Some(model.look.cursor),
            (true, false) => Some(model.look.quiet_cursor),
            (false, _) => None,
        };
        rows::line(model, build, row, widths, style)
    });
    draw_lines(frame, list.intersection(screen), lines.collect());
}

fn draw_lines(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'static>>) {
    frame.render_widget(Paragraph::new(lines), area);
}

/// The whole page as text, for the clipboard.
pub(super) fn text(model: &Model, of: &ContainerKey) -> Option<String> {
    /// Nobody reads wider lines.
    const WIDTH: usize = 160;
    let (row, build) = shown(model, of)?;
    let mut lines = head::lines(model, row, build, WIDTH, 5);
    let rows = page_rows(build, model.now.time);
    let widths = rows::Widths::of(&rows, WIDTH);
    lines.extend(rows.iter().map(|row| rows::line(model, build, row, widths, None)));
    Some(lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect::<Vec<_>>().join("\n"))
}
