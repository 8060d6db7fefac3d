//! A chart of bars, one a cell, by eighths of a cell; its scale is rounded, so that it stays as it is for long.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span as Piece};
use ratatui::widgets::Paragraph;

use crate::text::{elapsed, fit};
use crate::ui::Look;
use crate::ui::model::{READINGS, StatsHistory};

/// What a scale is rounded up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// 1, 2 or 5 times a power of ten.
    Decimal,
    /// A power of two.
    Binary,
}

/// Cells for the scale at the left.
const SCALE: usize = 12;
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

/// What time a chart shows: everything there is, a reading a cell, while that fits; from then on all that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// Readings in a cell.
    size: usize,
    /// Cells of the whole span.
    cells: usize,
    /// Cells at the left that no reading is old enough for.
    blank: usize,
    /// Readings in the newest cell.
    newest: usize,
    /// How far readings lie apart.
    every: Duration,
}

impl Span {
    /// In a chart of this width, its scale counted in.
    pub(super) fn of(width: u16, history: &StatsHistory) -> Self {
        let cells = usize::from(width).saturating_sub(SCALE + 1).max(1);
        let kept = history.readings().len();
        let size = if kept <= cells { 1 } else { READINGS.div_ceil(cells) };
        let span = if size == 1 { cells } else { READINGS.div_ceil(size).min(cells) };
        let size_in_all = u64::try_from(size).unwrap_or(1);
        let newest = usize::try_from(history.count() % size_in_all).unwrap_or(0);
        let newest = if newest == 0 { size } else { newest };
        Self { size, cells: span, blank: cells - span, newest, every: history.every() }
    }

    /// One value a cell, the newest last: where several readings share a cell, the highest. Groups are counted from the
    /// very first reading, so that a bar once drawn keeps its height as it moves.
    fn grouped(&self, values: &[f64]) -> Vec<f64> {
        let highest = |group: &[f64]| group.iter().copied().fold(0.0, f64::max);
        let (older, newest) = values.split_at(values.len().saturating_sub(self.newest));
        let mut bars: Vec<f64> = older.rchunks(self.size).rev().map(highest).collect();
        bars.push(highest(newest));
        bars.split_off(bars.len().saturating_sub(self.cells))
    }

    /// The line under a chart: from when to when.
    pub(super) fn axis(&self) -> String {
        let readings = u32::try_from(self.size * self.cells).unwrap_or(u32::MAX);
        let all = self.every.saturating_mul(readings);
        // The cells may hold a little more than what is kept.
        let all = all.min(self.every.saturating_mul(u32::try_from(READINGS).unwrap_or(u32::MAX)));
        let seconds = all.as_secs();
        let then = if seconds >= 60 && seconds.is_multiple_of(60) {
            format!("{}m ago", seconds / 60)
        } else {
            format!("{} ago", elapsed(all))
        };
        let start = " ".repeat(SCALE + 1 + self.blank);
        format!("{start}{then}{}", fit::right("now", self.cells.saturating_sub(then.len())))
    }
}

/// Draws the chart.
pub(super) fn draw(
    look: &Look,
    frame: &mut Frame<'_>,
    area: Rect,
    values: &[f64],
    span: Span,
    unit: Unit,
    shown: fn(f64) -> String,
) {
    let height = usize::from(area.height);
    let Some(cells) = usize::from(area.width).checked_sub(SCALE + 1).filter(|cells| *cells > 0) else {
        return;
    };
    let top = rounded_up(values.iter().copied().fold(0.0, f64::max), unit);
    let bars = span.grouped(values);
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
                Piece::styled(fit::left(&label, SCALE) + look.glyph("▕", "|"), look.dim),
                Piece::styled(" ".repeat(blank) + &bars, look.accent),
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
    fn a_group_shows_its_highest_and_keeps_it_as_it_moves() {
        let every = Duration::from_secs(1);
        let span = |size, newest| Span { size, cells: 3, blank: 0, newest, every };
        assert_eq!(span(1, 1).grouped(&[1.0, 2.0]), [1.0, 2.0]);
        assert_eq!(span(2, 1).grouped(&[9.0, 1.0, 2.0, 3.0, 1.0]), [9.0, 3.0, 1.0]);
        assert_eq!(span(2, 2).grouped(&[9.0, 1.0, 2.0, 3.0, 1.0, 5.0]), [9.0, 3.0, 5.0]);
        assert_eq!(span(2, 1).grouped(&[1.0, 2.0, 3.0, 1.0, 5.0, 0.0]), [3.0, 5.0, 0.0]);
        assert_eq!(span(2, 2).grouped(&[]), [0.0]);
    }

    #[test]
    fn the_axis_says_how_long_ago_its_left_end_is() {
        let span = Span { size: 12, cells: 50, blank: 2, newest: 1, every: Duration::from_secs(1) };
        assert_eq!(span.axis(), format!("{}10m ago{}", " ".repeat(15), fit::right("now", 43)));
        let short = Span { size: 1, cells: 47, blank: 0, newest: 1, every: Duration::from_secs(1) };
        assert!(short.axis().trim_start().starts_with("47s ago"), "{}", short.axis());
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
