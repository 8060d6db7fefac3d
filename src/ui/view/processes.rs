//! The processes of the selected container.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::engine::{ContainerState, Feature, ProcessTable};
use crate::text::{clean, fit};
use crate::ui::ContainerKey;
use crate::ui::model::Model;

/// The widest a column is but for the last.
const WIDEST: usize = 16;

/// Draws the table of processes.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, inside: Rect, of: &ContainerKey) {
    let look = &model.look;
    let mut say = |words: String, style| {
        frame.render_widget(Paragraph::new(Line::styled(format!(" {words}"), style)), inside);
    };
    if let Some(why) = model.engines.why_not(of.engine, Feature::Top) {
        return say(why, look.warning);
    }
    match model.containers.get(of).map(|row| row.container.state) {
        Some(ContainerState::Running) => {}
        Some(ContainerState::Paused) => {
            return say("It is paused: its processes are shown once it is thawed.".into(), look.dim);
        }
        _ => return say("It does not run: it has no processes.".into(), look.dim),
    }
    match &model.pane.processes.table {
        Some((whose, Ok(table))) if whose == of => {
            let (heading, rows) = lines(table);
            let skip = model.pane.processes.column;
            let width = usize::from(inside.width);
            let shown = |line: &str| fit::beginning(&fit::beyond(line, skip), width).to_owned();
            let mut drawn = vec![Line::styled(shown(&heading), look.dim)];
            let fitting = usize::from(inside.height.saturating_sub(1));
            drawn.extend(
                rows.iter().skip(model.pane.processes.top).take(fitting).map(|row| Line::raw(shown(row))),
            );
            frame.render_widget(Paragraph::new(drawn), inside);
        }
        Some((whose, Err(problem))) if whose == of => say(problem.words.clone(), look.bad),
        _ => say("Asking for its processes.".into(), look.dim),
    }
}

/// The heading and the rows: columns as wide as what is in them, numbers at their right edge, the command last.
fn lines(table: &ProcessTable) -> (String, Vec<String>) {
    let last = table.titles.len().saturating_sub(1);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let columns: Vec<(usize, bool)> = table
        .titles
        .iter()
        .enumerate()
        .map(|(at, title)| {
            let cells =
                table.processes.iter().filter_map(|row| row.get(at)).map(|cell| fit::width(&clean(cell)));
            let width = cells.chain([fit::width(title)]).max().unwrap_or(0).min(WIDEST);
            let numbers = table.processes.iter().filter_map(|row| row.get(at)).all(|cell| is_number(cell));
            (width, numbers)
        })
        .collect();
    let row = |cells: &[String]| {
        let mut line = String::new();
        for (at, (cell, (width, is_right))) in cells.iter().zip(&columns).enumerate() {
            let cell = clean(cell);
            line += &match (at == last, is_right) {
                (true, _) => cell.into_owned(),
                (false, true) => fit::right(&cell, *width) + "  ",
                (false, false) => fit::left(&cell, *width) + "  ",
            };
        }
        format!(" {line}")
    };
    (row(&table.titles), table.processes.iter().map(|cells| row(cells)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_command_is_whole() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let table = ProcessTable {
            titles: words(&["USER", "PID", "CMD"]),
            processes: vec![
                words(&["builder", "7", "Cooker"]),
                words(&["root", "12345", "linux-yocto:com\u{1b}[2J with arguments"]),
            ],
        };
        let (heading, rows) = lines(&table);
        assert_eq!(heading, " USER       PID  CMD");
        assert_eq!(rows[0], " builder      7  Cooker");
        assert_eq!(rows[1], " root     12345  linux-yocto:com\u{fffd}[2J with arguments");
    }
}
