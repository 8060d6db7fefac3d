//! The line on top: the engines, and how much goes on at them; and the notice under it, where one needs a look.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{bytes, count, elapsed, fit};
use crate::ui::layout::troubled;
use crate::ui::model::{Engine, Link, Model, transport_word};

/// Draws the header. Parts go from the right where there is no room.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let look = &model.look;
    let mut parts: Vec<(String, Style)> = vec![(" smidr-console".into(), look.strong.patch(look.accent))];
    for engine in model.engines.known() {
        parts.push(engine_part(model, engine));
    }
    if !model.shows_engine_page() {
        let taken: usize = parts.iter().map(|(words, _)| fit::width(words) + 2).sum();
        let left =
            usize::from(area.width).saturating_sub(taken + if model.options.read_only { 11 } else { 0 });
        parts.push((running(model, left), look.plain));
        parts.extend(used(model).map(|words| (words, look.plain)));
    }
    if model.options.read_only {
        parts.insert(1, ("read-only".into(), look.warning));
    }
    let mut spans = Vec::new();
    let mut left = usize::from(area.width);
    for (words, style) in parts {
        let gap = if spans.is_empty() { 0 } else { 2 };
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

/// How many containers run, in fewer words where there are fewer cells.
fn running(model: &Model, cells: usize) -> String {
    let running = model.containers.all().filter(|row| row.container.state.is_alive()).count();
    let all = model.containers.count();
    let words = format!("{running} of {} running", count(all, "container"));
    if fit::width(&words) <= cells { words } else { format!("{running}/{all} running") }
}

fn engine_part(model: &Model, engine: &Engine) -> (String, Style) {
    let transport = engine.identity.as_ref().map_or("", |identity| transport_word(&identity.endpoint));
    let style = match engine.link {
        Link::Open => model.look.dim,
        Link::Silent(_) | Link::Connecting(_) => model.look.warning,
        Link::Failed { .. } | Link::Lost { .. } => model.look.bad,
    };
    let mark = if engine.is_open() { "" } else { model.look.glyph(" ✖", " x") };
    (format!("{} {transport}{mark}", engine.label()), style)
}

/// What all containers whose figures are being read use together.
fn used(model: &Model) -> Option<String> {
    let readings: Vec<_> = model.containers.all().filter_map(|row| row.stats.newest()).collect();
    if readings.is_empty() {
        return None;
    }
    let cpu: f64 = readings.iter().map(|one| one.cpu).sum();
    let memory: u64 = readings.iter().map(|one| one.memory).sum();
    let cpus: u64 =
        model.engines.known().filter_map(|one| one.identity.as_ref()).map(|one| one.cpus).max()?;
    #[expect(clippy::cast_precision_loss, reason = "a number of processors")]
    let share = if cpus > 0 { cpu / cpus as f64 } else { cpu };
    Some(format!("cpu {share:>3.0}%  mem {}", bytes(memory)))
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
                    format!("{name}: lost since {}, trying again: {}", since(*then), why.words)
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
    let words = format!(" {} {}", model.look.glyph("⚠", "!"), words.join("; "));
    let line = Line::styled(fit::left(&words, usize::from(area.width)), model.look.warning);
    frame.render_widget(Paragraph::new(line), area);
}
