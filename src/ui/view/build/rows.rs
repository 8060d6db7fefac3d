//! The rows of the page of a build.

use std::time::Duration;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::bitbake::{Failure, Grouping, Level, WarningGroup};
use crate::builds::{Disk, WatchedBuild};
use crate::text::{bytes, clean, elapsed, fit, grouped};
use crate::ui::model::{Model, PageRow, RunningRow};

/// Before a row.
const INDENT: usize = 2;
/// Cells of a duration.
const TIME: usize = 8;
/// Cells of the names of facts.
const LABEL: usize = 20;
/// Cells of the name of a task that runs or took long: always the same, as they come and go.
const NAME: usize = 48;
/// The most cells of the name of a task that failed.
const LONG_NAME: usize = 56;
/// The least that is left for what failed a task beside its name.
const WHY: usize = 24;
/// Cells of how many messages there are.
const COUNT: usize = 5;

/// How wide what is: the same for all rows, so that they line up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Widths {
    /// The whole row.
    all: usize,
    /// The name of a task that runs or took long.
    name: usize,
    /// The name of a task that failed.
    failed: usize,
}

impl Widths {
    /// For these rows, in so many cells.
    pub(super) fn of(rows: &[PageRow<'_>], all: usize) -> Self {
        let failed = rows.iter().map(|row| match row {
            PageRow::Failure(_, failure) => fit::width(&failed_name(failure)),
            _ => 0,
        });
        let failed = failed.max().unwrap_or(0);
        let room = all.saturating_sub(INDENT + 2 + TIME + 1);
        let failed_room = all.saturating_sub(INDENT + 2 + WHY).max(all / 2);
        Self { all, name: NAME.min(room), failed: failed.min(LONG_NAME).min(failed_room) }
    }
}

/// A row; the one under the cursor in that style.
pub(super) fn line(
    model: &Model,
    build: &WatchedBuild,
    row: &PageRow<'_>,
    widths: Widths,
    cursor: Option<Style>,
) -> Line<'static> {
    let look = &model.look;
    let mut spans = vec![Span::raw(" ".repeat(INDENT.min(widths.all)))];
    let mut push = |words: String, style: Style| spans.push(Span::styled(words, style));
    let rest = widths.all.saturating_sub(INDENT);
    match row {
        PageRow::Blank => return Line::default(),
        PageRow::Heading(title, count) => {
            let count = count.map_or_else(String::new, |count| format!(" {}", grouped(count)));
            return Line::from(vec![
                Span::styled(format!(" {title}"), look.strong),
                Span::styled(count, look.dim),
            ]);
        }
        PageRow::Running(row) => {
            push(named(&running_name(row), widths.name), look.plain);
            let time = row.elapsed.map(whole).unwrap_or_default();
            push(format!("  {}", fit::right(&time, TIME)), look.plain);
            let percent = row.percent.map_or_else(String::new, |percent| format!("{percent}%"));
            push(format!("  {}", fit::right(&percent, 4)), look.accent);
            if let Some(usual) = row.usual.filter(|usual| row.elapsed.is_some_and(|elapsed| elapsed > *usual))
            {
                push(format!("  usually {}", about(usual)), look.dim);
            }
            push(row.rate.map_or_else(String::new, |rate| format!("  {}", clean(rate))), look.dim);
        }
        PageRow::Failure(_, failure) => {
            push(named(&failed_name(failure), widths.failed), look.bad);
            push(format!("  {}", clean(&why(failure))), look.plain);
        }
        PageRow::Message(level, group) => {
            let style = if *level == Level::Error { look.bad } else { look.warning };
            push(fit::right(&grouped(group.count), COUNT), style);
            push(format!("  {}", clean(&message(build, *level, group))), look.plain);
        }
        PageRow::Beyond(count) => push(format!("and {} more", grouped(*count)), look.dim),
        PageRow::Slow(time) => {
            let name = clean(&format!("{} {}", time.pf, time.task)).into_owned();
            push(named(&name, widths.name), look.plain);
            push(format!("  {}", fit::right(&whole(time.took), TIME)), look.plain);
        }
        PageRow::Chart(minutes) => {
            let (chart, peak, now) = chart(model, minutes, rest);
            push(chart, look.accent);
            push(format!("  now {now}, peak {peak}"), look.dim);
        }
        PageRow::Fact(name, value) => {
            let label = LABEL.min(rest / 3);
            push(fit::left(&fit::without_middle(&clean(name), label), label), look.dim);
            let room = rest.saturating_sub(label + 2);
            // Of paths, the end tells.
            let value = clean(value);
            let value = if value.starts_with('/') {
                fit::without_front(&value, room)
            } else {
                fit::without_end(&value, room)
            };
            push(format!("  {value}"), look.plain);
        }
        PageRow::Disk(disk) => {
            let label = LABEL.min(rest / 3);
            push(fit::left("disk", label), look.dim);
            push(format!("  {}", free(*disk)), if is_low(*disk) { look.warning } else { look.plain });
        }
    }
    fitted(spans, widths.all, cursor)
}

/// No wider than the page; under the cursor to its edge.
fn fitted(spans: Vec<Span<'static>>, width: usize, cursor: Option<Style>) -> Line<'static> {
    let (mut kept, mut left) = (Vec::with_capacity(spans.len() + 1), width);
    for span in spans {
        let words = fit::without_end(&span.content, left);
        left -= fit::width(&words);
        kept.push(Span::styled(words, span.style));
    }
    match cursor {
        Some(style) => {
            kept.push(Span::raw(" ".repeat(left)));
            // One look for all of it, or its words could not be read on it.
            Line::from(kept.into_iter().map(|span| Span::styled(span.content, style)).collect::<Vec<_>>())
        }
        None => Line::from(kept),
    }
}

/// A name in so many cells: both its ends tell.
fn named(name: &str, cells: usize) -> String {
    fit::left(&fit::without_middle(name, cells), cells)
}

/// In whole seconds: tenths only flicker.
fn whole(duration: Duration) -> String {
    match duration.as_secs() {
        0 => "0s".into(),
        seconds => elapsed(Duration::from_secs(seconds)),
    }
}

/// `4m`, `1h 20m`, `25s`.
fn about(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let seconds = if seconds < 60 { seconds } else { (seconds + 30) / 60 * 60 };
    let words = whole(Duration::from_secs(seconds));
    words.strip_suffix(" 00s").map_or(words.clone(), str::to_owned)
}

fn running_name(row: &RunningRow<'_>) -> String {
    let of = row.multiconfig.map_or_else(String::new, |name| format!("mc:{name}:"));
    let end = if row.is_cut { "…" } else { "" };
    clean(&format!("{of}{} {}{end}", row.pf, row.task)).trim_end().to_owned()
}

fn failed_name(failure: &Failure) -> String {
    let pf = failure.pf.clone().or_else(|| failure.recipe()).unwrap_or_default();
    clean(&format!("{pf} {}", failure.task)).into_owned()
}

fn why(failure: &Failure) -> String {
    match (&failure.cause, failure.exit_code) {
        (Some(cause), _) => cause.clone(),
        (None, Some(code)) if code < 0 => format!("ended by signal {}", code.unsigned_abs()),
        (None, Some(code)) => format!("exit {code}"),
        (None, None) => String::new(),
    }
}

/// What messages of a group say: of a check its name, and the first of them.
fn message(build: &WatchedBuild, level: Level, group: &WarningGroup) -> String {
    let messages = if level == Level::Error { build.build.errors() } else { build.build.warnings() };
    let first = || messages.kept().iter().find(|message| group.lines.contains(&message.line));
    match &group.grouping {
        Grouping::Qa(check) => {
            let text = first().map(|message| message.text.trim()).unwrap_or_default();
            let text = text.strip_prefix("QA Issue: ").unwrap_or(text);
            format!("[{check}] {text}")
        }
        Grouping::Text(text) => match first().and_then(|message| message.subject.as_ref()) {
            Some((pf, task)) => format!("{pf} {task}: {text}"),
            None => text.clone(),
        },
    }
}

/// A cell a minute, by eighths; the peak, and the minute that goes on.
fn chart(model: &Model, minutes: &[u32], width: usize) -> (String, u32, u32) {
    const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    const ASCII: [&str; 9] = [" ", ".", ".", ":", ":", "+", "+", "#", "#"];
    /// Of the words behind it.
    const WORDS: usize = 24;
    let glyphs = if model.look.is_ascii { ASCII } else { EIGHTHS };
    let cells = width.saturating_sub(WORDS).clamp(1, 120);
    let shown = minutes.get(minutes.len().saturating_sub(cells)..).unwrap_or_default();
    let peak = shown.iter().copied().max().unwrap_or(0);
    let bar = |tasks: &u32| {
        let eighths = u64::from(*tasks).saturating_mul(8).div_ceil(u64::from(peak.max(1)));
        glyphs.get(usize::try_from(eighths).unwrap_or(8)).copied().unwrap_or(" ")
    };
    (shown.iter().map(bar).collect(), peak, shown.last().copied().unwrap_or(0))
}

fn free(disk: Disk) -> String {
    let inodes = disk.free_inodes.map(|files| format!(", room for {} files", grouped(files)));
    format!("{} of {} free{}", bytes(disk.free), bytes(disk.total), inodes.unwrap_or_default())
}

/// Less than a twentieth is left.
fn is_low(disk: Disk) -> bool {
    disk.free < disk.total / 20
}
