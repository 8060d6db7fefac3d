//! A chart of bars, one a cell, by eighths of a cell; its scale is rounded, so that it stays as it is for long.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::fit;
use crate::ui::Look;

/// What a scale is rounded up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// 1, 2 or 5 times a power of ten.
    Decimal,
    /// A power of two.
    Binary,
}

/// Cells for the scale at the left.
const SCALE: usize = 11;
const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// The upper end of a scale that holds this value.
fn rounded_up(value: f64, unit: Unit) -> f64 {
    if value.is_nan() || value <= 0.0 {
        return if unit == Unit::Decimal { 10.0 } else { 1024.0 };
    }
    match unit {
        Unit::Binary => value.max(1024.0).log2().ceil().exp2(),
        Unit::Decimal => {
            let power = 10_f64.powf(value.log10().floor());
            let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| value <= step * power).unwrap_or(10.0);
            (step * power).max(10.0)
        }
    }
}

/// One value a cell, the newest at the right: where there are more values than cells, the highest of each group.
fn grouped(values: &[f64], cells: usize) -> Vec<f64> {
    let size = values.len().div_ceil(cells.max(1)).max(1);
    // Whole groups counted from the newest, so that a bar once drawn keeps its height as it moves.
    values.rchunks(size).rev().map(|group| group.iter().copied().fold(0.0, f64::max)).collect()
}

/// Draws the chart.
pub(super) fn draw(
    look: &Look,
    frame: &mut Frame<'_>,
    area: Rect,
    values: &[f64],
    unit: Unit,
    shown: fn(f64) -> String,
) {
    let height = usize::from(area.height);
    let Some(cells) = usize::from(area.width).checked_sub(SCALE + 1).filter(|cells| *cells > 0) else {
        return;
    };
    let top = rounded_up(values.iter().copied().fold(0.0, f64::max), unit);
    let bars = grouped(values, cells);
    let blank = cells.saturating_sub(bars.len());
    let lines: Vec<Line<'_>> = (0..height)
        .map(|row| {
            let label = if row == 0 {
                shown(top)
            } else if row + 1 == height {
                shown(0.0)
            } else {
                String::new()
            };
            let bars: String = bars.iter().map(|value| glyph(look, value / top, height, row)).collect();
            Line::from(vec![
                Span::styled(fit::right(&label, SCALE) + look.glyph("▕", "|"), look.dim),
                Span::styled(" ".repeat(blank) + &bars, look.accent),
            ])
        })
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}

/// What a bar has in this row, counted from the top.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "between 0 and eight times the rows of a screen"
)]
fn glyph(look: &Look, part: f64, height: usize, row: usize) -> &'static str {
    let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
    let filled = (part * (height * 8) as f64).ceil() as usize;
    let below = (height - 1 - row) * 8;
    let eighths = filled.saturating_sub(below).min(8);
    if look.is_ascii {
        return if eighths >= 4 {
            "#"
        } else if eighths > 0 {
            "."
        } else {
            " "
        };
    }
    EIGHTHS.get(eighths).copied().unwrap_or(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_hold_their_value() {
        for (value, top) in
            [(0.0, 10.0), (7.0, 10.0), (11.0, 20.0), (100.0, 100.0), (101.0, 200.0), (380.0, 500.0)]
        {
            assert!((rounded_up(value, Unit::Decimal) - top).abs() < 1e-9, "{value}");
        }
        for (value, top) in [(0.0, 1024.0), (1025.0, 2048.0), (3.0e9, 4_294_967_296.0)] {
            assert!((rounded_up(value, Unit::Binary) - top).abs() < 1e-3, "{value}");
        }
    }

    #[test]
    fn a_group_shows_its_highest_and_the_newest_group_is_whole() {
        assert_eq!(grouped(&[1.0, 2.0], 10), [1.0, 2.0]);
        assert_eq!(grouped(&[9.0, 1.0, 2.0, 3.0, 1.0], 3), [9.0, 2.0, 3.0]);
    }

    #[test]
    fn bars_fill_from_below_by_eighths() {
        let look = Look::default();
        let column = |part| (0..2).map(|row| glyph(&look, part, 2, row)).collect::<Vec<_>>();
        assert_eq!(column(1.0), ["█", "█"]);
        assert_eq!(column(0.5), [" ", "█"]);
        assert_eq!(column(0.01), [" ", "▁"]);
        assert_eq!(column(0.0), [" ", " "]);
        assert_eq!(column(f64::NAN), [" ", " "]);
    }
}
