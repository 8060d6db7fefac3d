//! How far a build is, in few lines; and of the log of a failed task, in one line, why it failed.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::bitbake::Phase;
use crate::builds::WatchedBuild;
use crate::text::{age, clean, count, elapsed, fit};
use crate::ui::Do;
use crate::ui::model::builds::{ending, failed, percent};
use crate::ui::model::{Model, Row, TaskLogView};

use super::words::{doing, ended, eta, of_outcome, part};

/// Between two parts of a line.
const GAP: usize = 3;
/// The most cells of the bar.
const BAR: usize = 40;
/// What is looked at of the words a build was begun with.
const WORDS: usize = 200;

type Part = (String, Style);

/// The lines, of which there is room for so many: the most wanted stay.
pub(super) fn lines(
    model: &Model,
    row: &Row,
    build: &WatchedBuild,
    width: usize,
    height: usize,
) -> Vec<Line<'static>> {
    let progress = line(progress(model, row, build, width), width);
    let title = line(title(model, build), width);
    let mut lines = match height {
        0 => return Vec::new(),
        1 => return vec![progress],
        2 => return vec![title, progress],
        _ => vec![title, progress, line(figures(model, build), width)],
    };
    if row.builds.all().len() > 1 {
        lines.insert(0, line(which(model, row, build), width));
    }
    lines.truncate(height);
    lines.resize(height, Line::default());
    lines
}

/// Parts from the left, those that fit.
fn line(parts: Vec<Part>, width: usize) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    let mut left = width.saturating_sub(2);
    for (place, (words, style)) in parts.into_iter().enumerate() {
        let gap = if place == 0 { 0 } else { GAP };
        let cells = fit::width(&words) + gap;
        // The first is shortened rather than left out.
        let words = if place == 0 { fit::without_end(&words, left) } else { words };
        if place > 0 && cells > left {
            break;
        }
        left = left.saturating_sub(cells);
        spans.push(Span::raw(" ".repeat(gap)));
        spans.push(Span::styled(words, style));
    }
    Line::from(spans)
}

fn which(model: &Model, row: &Row, build: &WatchedBuild) -> Vec<Part> {
    let look = &model.look;
    let all = row.builds.all();
    let at = all.iter().position(|other| other.id() == build.id()).unwrap_or(0);
    let keys = [Do::PreviousBuild, Do::NextBuild];
    let keys: Vec<String> = keys
        .into_iter()
        .filter_map(|deed| model.keymap.keys(deed, crate::ui::keymap::Context::Build).first().copied())
        .map(|key| key.to_string())
        .collect();
    vec![
        (format!("build {} of {}", all.len() - at, all.len()), look.strong),
        (clean(&build.id().directory).into_owned(), look.plain),
        (keys.join(" ") + " another", look.dim),
    ]
}

/// What is built, for which machine, and for how long.
fn title(model: &Model, build: &WatchedBuild) -> Vec<Part> {
    let look = &model.look;
    let words = build.seen.words.join(" ");
    let words = clean(fit::beginning(&words, WORDS)).into_owned();
    let machine = build.build.configurations().first().and_then(|block| block.value("MACHINE"));
    let took = elapsed(build.elapsed(model.now.time));
    let time = if build.ended.is_some() { format!("took {took}") } else { format!("for {took}") };
    let mut parts = vec![(format!("bitbake {words}").trim_end().to_owned(), look.strong)];
    parts.extend(machine.map(|machine| (clean(machine).into_owned(), look.plain)));
    parts.push((time, look.plain));
    parts.extend(build.ended.map(|when| (age(Some(when), model.now.time), look.dim)));
    parts
}

/// How far it is, or how it ended; and what is wrong with reading it.
fn progress(model: &Model, row: &Row, build: &WatchedBuild, width: usize) -> Vec<Part> {
    let look = &model.look;
    let told = &build.build;
    let mut parts = Vec::new();
    match ending(build) {
        Some(outcome) => {
            let style = if outcome.is_success() { look.good } else { of_outcome(look, outcome) };
            parts.push((ended(told, outcome), style));
            if let Some(total) = told.tasks().total {
                parts.push((format!("tasks {}/{total}", told.tasks().reached), look.plain));
            }
        }
        None if !row.container.state.is_alive() => {
            parts.push((format!("{} when the container ended", doing(told)), look.warning));
        }
        None => {
            parts.push((doing(told), look.plain));
            let in_bar = matches!(told.phase(), Phase::Tasks | Phase::Finishing);
            if let Some(percent) = percent(told).filter(|_| in_bar) {
                let bar = look.bar(part(told), (width / 3).min(BAR));
                parts.push((format!("{bar}{}", fit::right(&format!("{percent}%"), 5)), look.accent));
            }
            parts.extend(build.remaining.map(|left| (format!("eta {}", eta(look, left)), look.strong)));
        }
    }
    let worries = row.builds.worries(build.id());
    parts.extend(worries.iter().map(|worry| (clean(&worry.row).into_owned(), look.warning)));
    if let Some(problem) = row.builds.trouble(build.id()) {
        parts.insert(0, (format!("not read just now: {}", problem.words), look.warning));
    }
    parts
}

/// Setscene, the cache, warnings, errors and failures.
fn figures(model: &Model, build: &WatchedBuild) -> Vec<Part> {
    let look = &model.look;
    let told = &build.build;
    let mut parts = Vec::new();
    let mut number = |number: u64, unit: &str, style: Style| {
        parts.push((count(number, unit), if number > 0 { style } else { look.dim }));
    };
    let messages = |of: &crate::bitbake::Messages| {
        of.groups().map(|group| group.count).fold(of.beyond(), u64::saturating_add)
    };
    let failures = failed(told);
    if failures > 0 {
        number(failures, "failed task", look.bad);
    }
    number(messages(told.errors()).max(told.errors_counted()), "error", look.bad);
    number(messages(told.warnings()).max(told.warnings_counted()), "warning", look.warning);
    if let Some(sstate) = told.sstate() {
        parts.push((format!("sstate {}% match", sstate.match_percent), look.plain));
    }
    let setscene = told.setscene();
    if let Some(total) = setscene.total.filter(|_| told.phase() != Phase::Setscene) {
        parts.push((format!("setscene {}/{total}", setscene.reached), look.plain));
    }
    let running = Some(told.running().len()).filter(|named| *named > 0).unwrap_or(build.seen.tasks.len());
    if build.ended.is_none() && running > 0 {
        parts.push((format!("{running} running"), look.plain));
    }
    parts
}

/// Why a task failed, above its log: `compiler error · 1 of 3 · busybox-1.36.1-r0 do_compile · n next`.
pub(in crate::ui::view) fn cause_line(model: &Model, task: &TaskLogView, width: usize) -> Line<'static> {
    let look = &model.look;
    let wanted = &task.wanted;
    let name = format!("{} {}", wanted.pf.as_deref().unwrap_or_default(), wanted.task);
    let name = clean(name.trim()).into_owned();
    let known = task.at.and_then(|at| Some((at, task.causes.get(at)?)));
    let mut parts: Vec<Part> = Vec::new();
    match known {
        Some((at, cause)) => {
            parts.push((cause.kind.words().into(), look.bad));
            parts.push((format!("{} of {}", at + 1, task.causes.len()), look.plain));
        }
        None if task.failure.is_none() && task.causes.is_empty() => {
            let words = if task.is_complete() { "ended" } else { "running" };
            parts.push((words.into(), look.accent));
        }
        None if task.seek.is_some() && !task.is_complete() => {
            parts.push(("looking for the cause".into(), look.dim));
        }
        None if task.causes.is_empty() => parts.push(("no known cause in it".into(), look.warning)),
        None => parts.push((count(task.causes.len(), "cause"), look.bad)),
    }
    parts.push((name, look.strong));
    let key = model.keymap.keys(Do::NextMatch, crate::ui::keymap::Context::Log).first().copied();
    let is_failure = task.failure.is_some() || !task.causes.is_empty();
    if let Some(key) = key.filter(|_| is_failure && task.log.search.is_none()) {
        parts.push((format!("{key} next"), look.accent));
    }
    let dot = look.glyph(" · ", " - ");
    let mut spans = vec![Span::raw(" ")];
    let mut left = width.saturating_sub(2);
    for (place, (words, style)) in parts.into_iter().enumerate() {
        let gap = if place == 0 { 0 } else { fit::width(dot) };
        let words = fit::without_middle(&words, left.saturating_sub(gap));
        if words.is_empty() {
            break;
        }
        left = left.saturating_sub(gap + fit::width(&words));
        if place > 0 {
            spans.push(Span::styled(dot, look.dim));
        }
        spans.push(Span::styled(words, style));
    }
    Line::from(spans)
}
