//! How far a build is, in few words: for the list and for the head of its page.

use std::time::Duration;

use ratatui::style::Style;

use crate::bitbake::{Build, Outcome, Phase, Remaining};
use crate::builds::{WatchedBuild, Worry};
use crate::text::{clean, count, fit};
use crate::ui::Look;
use crate::ui::model::builds::{ending, percent};

/// Cells of a percentage, the blank before it counted in.
const PERCENT: usize = 4;
/// The most cells of a bar in the list, and the least that is worth drawing.
const BAR: usize = 9;
const LEAST_BAR: usize = 4;
/// Cells of the words before a bar, so that bars stand below each other.
const BEFORE_BAR: usize = 15;

/// What a build is doing, for the list: in so many cells. The gravest worry stands behind it, or in place of the bar
/// where there is no room for both, or alone; a failure is never left out for it.
pub(in crate::ui::view) fn in_list(
    look: &Look,
    build: &WatchedBuild,
    worries: &[Worry],
    cells: usize,
) -> (String, Style) {
    let (words, style) = in_list_alone(look, build, cells);
    let Some(worry) = worries.first().map(|worry| clean(&worry.row).into_owned()) else {
        return (words, style);
    };
    let with = |words: &str| {
        let both = format!("{}  {worry}", words.trim_end());
        (fit::width(&both) <= cells).then_some(both)
    };
    if ending(build).is_some() {
        return (with(&words).unwrap_or(words), style);
    }
    let short = || short(&build.build);
    let words = with(&words).or_else(|| with(&short()));
    (words.unwrap_or_else(|| fit::without_end(&worry, cells)), look.warning)
}

/// How far a build is, without a bar.
fn short(build: &Build) -> String {
    match (build.phase(), percent(build)) {
        (Phase::Tasks, Some(percent)) => format!("{percent}%"),
        _ => doing(build),
    }
}

fn in_list_alone(look: &Look, build: &WatchedBuild, cells: usize) -> (String, Style) {
    let told = &build.build;
    if let Some(outcome) = ending(build) {
        return (ended(told, outcome), of_outcome(look, outcome));
    }
    let (Phase::Tasks, Some(total), Some(percent)) = (told.phase(), told.tasks().total, percent(told)) else {
        return (doing(told), look.plain);
    };
    let reached = told.tasks().reached.to_string();
    let number = format!("{}/{total}", fit::right(&reached, total.to_string().len()));
    let words = format!("tasks {number}");
    let percent = fit::right(&format!("{percent}%"), PERCENT);
    let field = fit::width(&words).max(BEFORE_BAR);
    let words = match cells.checked_sub(field + 1 + PERCENT).map(|left| left.min(BAR)) {
        Some(bar) if bar >= LEAST_BAR => {
            format!("{} {}{percent}", fit::left(&words, field), look.bar(part(told), bar))
        }
        _ if fit::width(&words) + 1 + PERCENT <= cells => format!("{words} {percent}"),
        _ => format!("{number} {percent}"),
    };
    (words, look.plain)
}

/// How much of its tasks a build has begun, from 0 to 1.
pub(super) fn part(build: &Build) -> f64 {
    let tasks = build.tasks();
    #[expect(clippy::cast_precision_loss, reason = "drawn in eighths of a cell")]
    match tasks.total {
        Some(total) if total > 0 => tasks.reached.min(total) as f64 / total as f64,
        _ => 0.0,
    }
}

/// What a build is doing: `parsing 34%`, `setscene 12/300`, `tasks 3121/4980`.
pub(super) fn doing(build: &Build) -> String {
    let phase = build.phase();
    let of = |reached: u64, total: Option<u64>| match total {
        Some(total) => format!("{} {reached}/{total}", phase.name()),
        None => phase.name().to_owned(),
    };
    match phase {
        Phase::Parsing => match build.parse_percent() {
            Some(percent) => format!("parsing {percent}%"),
            None => "parsing".into(),
        },
        Phase::Setscene => of(build.setscene().reached, build.setscene().total),
        Phase::Tasks => of(build.tasks().reached, build.tasks().total),
        _ => phase.name().to_owned(),
    }
}

/// How a build ended: `done`, `failed: busybox do_compile`.
pub(super) fn ended(build: &Build, outcome: Outcome) -> String {
    match outcome {
        Outcome::Success => "done".into(),
        Outcome::SuccessWithErrors => {
            let errors = build.errors_counted().max(build.counts().error_lines);
            format!("done, {}", count(errors, "error"))
        }
        Outcome::Failed => match build.failures().first() {
            Some(failure) => {
                let recipe = failure.recipe().or_else(|| failure.pf.clone()).unwrap_or_default();
                clean(&format!("failed: {recipe} {}", failure.task)).into_owned()
            }
            None => "failed".into(),
        },
        Outcome::Interrupted => "interrupted".into(),
        Outcome::Halted => "halted: disk full".into(),
        Outcome::NoProvider => match build.no_provider().first() {
            Some(item) => clean(&format!("nothing provides {item}")).into_owned(),
            None => "nothing provides it".into(),
        },
        Outcome::ParseError => "parse error".into(),
        Outcome::ConfigError => "wrong configuration".into(),
        Outcome::Crashed => "crashed".into(),
    }
}

/// Only what failed is red.
pub(super) fn of_outcome(look: &Look, outcome: Outcome) -> Style {
    match outcome {
        Outcome::Success | Outcome::SuccessWithErrors | Outcome::Interrupted => look.plain,
        _ => look.bad,
    }
}

/// How long it will take yet: `5–12m`, or `1h05–1h30`; where that is long, whole hours or days.
pub(in crate::ui::view) fn eta(look: &Look, remaining: Remaining) -> String {
    let minutes = |duration: Duration| duration.as_secs().div_ceil(60);
    let (least, most) = (minutes(remaining.least), minutes(remaining.most));
    let dash = look.glyph("–", "-");
    let range = |least: String, most: String, unit: &str| {
        if least == most { format!("{least}{unit}") } else { format!("{least}{dash}{most}{unit}") }
    };
    let clock = |minutes: u64| format!("{}h{:02}", minutes / 60, minutes % 60);
    match most {
        0..60 => range(least.to_string(), most.to_string(), "m"),
        60..600 => range(clock(least), clock(most), ""),
        600..5760 => range((least / 60).to_string(), most.div_ceil(60).to_string(), "h"),
        _ => {
            let days = most.div_ceil(1440).min(999);
            range((least / 1440).min(days).to_string(), days.to_string(), "d")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_short_however_long_it_takes() {
        let range = |least: u64, most: u64| {
            let minutes = |minutes| Duration::from_secs(60 * minutes);
            let likely = minutes(least);
            eta(&Look::default(), Remaining { least: minutes(least), likely, most: minutes(most) })
        };
        for (least, most, words) in [
            (65, 90, "1h05–1h30"),
            (20, 61, "0h20–1h01"),
            (0, 2, "0–2m"),
            (4, 4, "4m"),
            (599, 599, "9h59"),
            (590, 610, "9–11h"),
            (2000, 9000, "1–7d"),
            (0, u64::MAX / 60, "0–999d"),
        ] {
            assert_eq!(range(least, most), words);
            assert!(fit::width(words) <= 9, "{words}");
        }
        let ascii = Look { is_ascii: true, ..Look::default() };
        let hour = Duration::from_secs(3600);
        assert_eq!(eta(&ascii, Remaining { least: hour, likely: hour, most: hour * 2 }), "1h00-2h00");
    }
}
