//! What the selected container uses: figures, and charts of the last ten minutes.

mod chart;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::engine::Feature;
use crate::text::{bytes, count, fit};
use crate::ui::ContainerKey;
use crate::ui::model::{Model, Reading, Row};

/// The least rows a chart is worth drawing in, its headline counted in.
const LEAST: u16 = 3;
/// From this width on, charts stand in two columns.
const TWO_COLUMNS: u16 = 90;

/// From this width on a headline has room for the mean.
const WITH_AVERAGE: u16 = 60;

/// One thing that is measured.
struct Measure {
    name: &'static str,
    of: fn(&Reading) -> f64,
    /// In [`chart::SCALE`] cells: number right, unit left.
    shown: fn(f64) -> String,
    /// What a scale is rounded up to.
    unit: chart::Unit,
}

const MEASURES: [Measure; 6] = [
    Measure { name: "cpu", of: |one| one.cpu, shown: percent, unit: chart::Unit::Decimal },
    Measure { name: "memory", of: memory, shown: size, unit: chart::Unit::Binary },
    Measure { name: "received", of: |one| one.received, shown: rate, unit: chart::Unit::Binary },
    Measure { name: "sent", of: |one| one.sent, shown: rate, unit: chart::Unit::Binary },
    Measure { name: "read", of: |one| one.read, shown: rate, unit: chart::Unit::Binary },
    Measure { name: "written", of: |one| one.written, shown: rate, unit: chart::Unit::Binary },
];

#[expect(clippy::cast_precision_loss, reason = "drawn in eighths of a cell")]
fn memory(reading: &Reading) -> f64 {
    reading.memory as f64
}

fn percent(value: f64) -> String {
    format!("{value:>6.0} {:<5}", "%")
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes, never negative")]
fn size(value: f64) -> String {
    format!("{:<12}", fit::size(value.max(0.0) as u64))
}

fn rate(value: f64) -> String {
    let size = size(value);
    fit::left(&(size.trim_end().to_owned() + "/s"), 12)
}

/// Draws the figures and their charts.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, inside: Rect, of: &ContainerKey) {
    let look = &model.look;
    let mut say = |words: String, style| {
        frame.render_widget(Paragraph::new(Line::styled(format!(" {words}"), style)), inside);
    };
    if let Some(why) = model.engines.why_not(of.engine, Feature::Stats) {
        return say(why, look.warning);
    }
    let Some(row) = model.containers.get(of) else { return };
    if !row.container.state.is_alive() {
        return say("It does not run: it uses nothing.".into(), look.dim);
    }
    if row.stats.readings().len() == 0 {
        return say("Reading: the first figures take two seconds.".into(), look.dim);
    }
    let [top, rest] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    frame.render_widget(Paragraph::new(summary(model, row)), top);
    let columns: u16 = if rest.width >= TWO_COLUMNS { 2 } else { 1 };
    let high = u16::try_from(MEASURES.len()).unwrap_or(6).div_ceil(columns);
    if rest.height < high * LEAST + 1 {
        return figures(model, row, frame, rest);
    }
    let across = Layout::horizontal(vec![Constraint::Fill(1); usize::from(columns)]).spacing(2).split(rest);
    for (place, column) in across.iter().enumerate() {
        let [charts, axis] = Layout::vertical([Constraint::Min(0), Constraint::Length(1)]).areas(*column);
        let span = chart::Span::of(axis.width, &row.stats);
        frame.render_widget(Paragraph::new(Line::styled(span.axis(), look.dim)), axis);
        let down = Layout::vertical(vec![Constraint::Fill(1); usize::from(high)]).split(charts);
        // Two columns: what comes in on the left, what goes out on the right.
        let measures = MEASURES.iter().skip(place).step_by(usize::from(columns));
        for (measure, area) in measures.zip(down.iter()) {
            let [headline, chart] =
                Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(*area);
            frame.render_widget(Paragraph::new(headline_of(model, row, measure, headline.width)), headline);
            let values: Vec<f64> = row.stats.readings().map(|reading| (measure.of)(&reading)).collect();
            chart::draw(look, frame, chart, &values, span, measure.unit, measure.shown);
        }
    }
}

fn summary(model: &Model, row: &Row) -> Line<'static> {
    let look = &model.look;
    let Some(stats) = row.stats.last() else { return Line::default() };
    let mut words = vec![count(stats.cpu.online, "processor")];
    if stats.memory.limit > 0 {
        let used = u128::from(stats.memory.used) * 100 / u128::from(stats.memory.limit);
        words.push(format!("{used:>3}% of {} memory", bytes(stats.memory.limit)));
    }
    if let Some(pids) = stats.pids {
        words.push(format!("{pids:>5} {}", if pids == 1 { "thread" } else { "threads" }));
    }
    Line::styled(format!(" {}", words.join("   ")), look.dim)
}

/// Name, value now, peak and average, in columns that keep their width.
fn headline_of(model: &Model, row: &Row, measure: &Measure, width: u16) -> Line<'static> {
    let look = &model.look;
    let values: Vec<f64> = row.stats.readings().map(|reading| (measure.of)(&reading)).collect();
    let peak = values.iter().copied().fold(0.0, f64::max);
    #[expect(clippy::cast_precision_loss, reason = "at most 600")]
    let average = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let now = values.last().copied().unwrap_or_default();
    let mut spans = vec![
        Span::styled(format!(" {:<9}", measure.name), look.dim),
        Span::styled((measure.shown)(now), look.strong),
        Span::styled(format!("  peak {}", (measure.shown)(peak)), look.dim),
    ];
    // Whole or not at all.
    if width >= WITH_AVERAGE {
        spans.push(Span::styled(format!("  mean {}", (measure.shown)(average)), look.dim));
    }
    Line::from(spans)
}

/// Where there is no room for charts.
fn figures(model: &Model, row: &Row, frame: &mut Frame<'_>, area: Rect) {
    let lines: Vec<Line<'_>> =
        MEASURES.iter().map(|measure| headline_of(model, row, measure, area.width)).collect();
    frame.render_widget(Paragraph::new(lines), area);
}
