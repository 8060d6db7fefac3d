//! The line on top: the engines, and how much goes on at them; and the notice under it, where one needs a look.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{bytes, elapsed, fit};
use crate::ui::layout::troubled;
use crate::ui::model::{Engine, Link, Model, transport_word};

/// Between two parts.
const GAP: usize = 2;

/// Draws the header. Where there is no room engines are told by their kind; then parts go from the right.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let mut shown = parts(model, true);
    if shown.iter().map(|(words, _)| fit::width(words) + GAP).sum::<usize>() > width + GAP {
        shown = parts(model, false);
    }
    let mut spans = Vec::new();
    let mut left = width;
    for (words, style) in shown {
        let gap = if spans.is_empty() { 0 } else { GAP };
        let needed = fit::width(&words) + gap;
        if needed > left {
            break;
        }
        left -= needed;
        spans.push(Span::raw(" ".repeat(gap)));
        spans.push(Span::styled(words, style));
    }
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

fn parts(model: &Model, is_long: bool) -> Vec<(String, Style)> {
    let look = &model.look;
    let mut parts: Vec<(String, Style)> = vec![(" smidr-console".into(), look.strong.patch(look.accent))];
    if model.options.read_only {
        parts.push(("read-only".into(), look.warning));
    }
    parts.extend(model.engines.known().map(|engine| engine_part(model, engine, is_long)));
    if !model.shows_engine_page() {
        let (alive, all) = (model.containers.alive(), model.containers.count());
        parts.push((format!("{alive} of {all} running"), look.plain));
        let builds = model.containers.running_builds();
        if builds > 0 {
            parts.push((crate::text::count(builds, "build"), look.plain));
        }
        parts.extend(used(model).map(|words| (words, look.plain)));
    }
    parts
}

fn engine_part(model: &Model, engine: &Engine, is_long: bool) -> (String, Style) {
    let style = match engine.link {
        Link::Open => model.look.dim,
        Link::Silent(_) | Link::Connecting(_) => model.look.warning,
        Link::Failed { .. } | Link::Lost { .. } => model.look.bad,
    };
    let mark = match engine.link {
        Link::Open => "",
        Link::Silent(_) | Link::Connecting(_) => model.look.glyph(" ⚠", " !"),
        Link::Failed { .. } | Link::Lost { .. } => model.look.glyph(" ✖", " x"),
    };
    let words = match &engine.identity {
        Some(identity) if is_long => format!("{} {}", engine.label(), transport_word(&identity.endpoint)),
        Some(identity) => identity.kind.to_string(),
        None => engine.label(),
    };
    (words + mark, style)
}

/// What all containers whose figures are being read use together.
fn used(model: &Model) -> Option<String> {
    let readings: Vec<_> = model.containers.all().filter_map(|row| row.stats.newest()).collect();
    if readings.is_empty() {
        return None;
    }
    let cpu: f64 = readings.iter().map(|one| one.cpu).sum();
    let memory = readings.iter().fold(0_u64, |sum, one| sum.saturating_add(one.memory));
    // Several engines share one machine.
    let machines = || model.engines.known().filter_map(|one| one.identity.as_ref());
    let cpus: u64 = machines().map(|one| one.cpus).max()?;
    let all = machines().map(|one| one.memory).max().filter(|all| *all > 0);
    #[expect(clippy::cast_precision_loss, reason = "a number of processors")]
    let share = if cpus > 0 { cpu / cpus as f64 } else { cpu };
    Some(format!("cpu {share:>3.0}%  mem {}", of_all(memory, all)))
}

/// `16.4 of 64.0 GiB`, the unit once where it is the same.
fn of_all(used: u64, all: Option<u64>) -> String {
    let used = fit::size(used).trim_end().to_owned();
    let Some(all) = all.map(bytes) else { return used };
    match (used.rsplit_once(' '), all.rsplit_once(' ')) {
        (Some((number, unit)), Some((_, of))) if unit == of => format!("{number} of {all}"),
        _ => format!("{used} of {all}"),
    }
}

/// Draws what needs a look of the engines: one line, the worst first.
pub(super) fn draw_notice(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let since = |then| elapsed(model.now.since_start.saturating_sub(then));
    let words: Vec<String> = troubled(model)
        .map(|engine| {
            let name = model.engines.name(engine.id);
            match &engine.link {
                Link::Silent(then) => {
                    format!("{name}: no answer for {}; what is shown is older", since(*then))
                }
                Link::Lost { since: then, why } => {
                    format!("{name}: lost for {}, trying again: {}", since(*then), why.words)
                }
                Link::Connecting(_) => format!("{name}: connecting"),
                Link::Failed { why, .. } => format!("{name}: {}", why.words),
                Link::Open => match &engine.list_problem {
                    Some(problem) => format!("{name}: the list is old: {}", problem.words),
                    None => String::new(),
                },
            }
        })
        .collect();
    let words = format!(" {} {}", model.look.glyph("⚠", "!"), words.join("   "));
    let line = Line::styled(fit::left(&words, usize::from(area.width)), model.look.warning);
    frame.render_widget(Paragraph::new(line), area);
}
