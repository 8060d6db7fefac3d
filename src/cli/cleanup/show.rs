//! What `cleanup` shows people: the list of what goes, of what stays, and what became of it.

use crate::actions::Outcome;
use crate::actions::cleanup::{CleanupReport, Ending, Item, ItemReport};

use super::super::connect::Engine;
use super::super::context::Context;
use super::super::failure::Ended;
use super::super::output::{Cell, Column, Table, Tone, age, bytes, clean, count, elapsed};
use super::Planned;
use super::sessions::OverAt;

/// What the lists are shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// They are the answer: to standard output, for people only; ids of what goes under `--quiet`.
    Answer,
    /// A question follows, which is asked on standard error.
    Question,
}

/// Prints what goes, what stays, and what it takes.
pub(super) fn plans(
    context: &Context,
    planned: &[Planned<'_>],
    sessions: &[OverAt],
    place: Where,
) -> Ended<()> {
    if place == Where::Answer && context.global.json {
        return Ok(());
    }
    if place == Where::Answer && context.global.quiet {
        let going = planned.iter().flat_map(|(_, plan)| plan.removals());
        let over = sessions.iter().flat_map(OverAt::ended).map(|session| session.id.as_str());
        return context.print_ids(going.map(|removal| removal.item.id.id.as_str()).chain(over));
    }
    let (width, coloured) = (context.screen.width, context.screen.coloured);
    let text = lists(planned, width, coloured) + &super::sessions::lists(sessions, width, coloured);
    if place == Where::Question && !context.is_for_people() {
        context.screen.tell(text.trim_end());
        return Ok(());
    }
    context.print(&text)
}

/// Both lists, for a terminal this wide.
pub(super) fn lists(planned: &[Planned<'_>], width: Option<usize>, coloured: bool) -> String {
    let several = planned.len() > 1;
    let (mut goes, mut stays) = (table(several), table(several));
    let (mut size, mut unknown, mut things) = (0_u64, 0, 0);
    for (engine, plan) in planned {
        for removal in plan.removals() {
            let why = match &removal.item.protected {
                Some(_) => format!("{}; protected, and named by you", removal.why),
                None => removal.why.to_string(),
            };
            let tone = if removal.item.protected.is_some() { Tone::Look } else { Tone::Plain };
            row(&mut goes, several, engine, &removal.item, plan.taken(), (&why, tone));
        }
        for kept in plan.kept() {
            row(&mut stays, several, engine, &kept.item, plan.taken(), (&kept.why.to_string(), Tone::Dim));
        }
        let (bytes, without) = plan.total();
        size = size.saturating_add(bytes);
        unknown += without;
        things += plan.removals().len();
    }
    let mut text = String::new();
    let mut say = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    if things == 0 {
        say("Nothing to remove.");
    } else {
        say(goes.render(width, coloured).trim_end());
        say(&format!("Goes: {}, {}.", count(things, "thing"), amount(size, unknown)));
    }
    for (engine, plan) in planned {
        if let (Some(why), true) = (plan.sizes_unknown(), things > 0) {
            let of = if several { format!(" of {}", engine.label) } else { String::new() };
            say(&format!("Sizes{of} are not known: {}.", clean(why)));
        }
    }
    if !stays.is_empty() {
        say("");
        say("Stays:");
        say(stays.render(width, coloured).trim_end());
    }
    text
}

fn table(several: bool) -> Table {
    let engine = several.then(|| Column::left("ENGINE", 2));
    let columns = [
        Column::left("WHAT", 1),
        Column::left("NAME", 0).shrinking_to(20),
        Column::right("SIZE", 0),
        Column::left("AGE", 0),
        Column::left("WHY", 3).shrinking_to(24),
    ];
    Table::new(columns.into_iter().chain(engine))
}

fn row(
    table: &mut Table,
    several: bool,
    engine: &Engine,
    item: &Item,
    now: jiff::Timestamp,
    (why, tone): (&str, Tone),
) {
    let cells = [
        Cell::new(item.id.kind.to_string()),
        Cell::new(&item.name).toned(tone),
        Cell::new(item.size.map_or_else(|| "unknown".to_owned(), bytes)),
        Cell::new(age(item.ended.max(item.created), now)),
        Cell::new(why).toned(Tone::Dim),
    ];
    let engine = several.then(|| Cell::new(&engine.label).toned(Tone::Dim));
    table.row(cells.into_iter().chain(engine));
}

/// Prints what became of one thing: to standard output where it is gone, to standard error where it is not.
pub(super) fn result(context: &Context, engine: &Engine, several: bool, report: &ItemReport) {
    if context.global.json {
        return;
    }
    let item = &report.item;
    if report.is_gone() && context.global.quiet {
        // That nobody reads any more must not stop the removing: nothing is left half-done for that.
        let _ = context.screen.print(&format!("{}\n", item.id.id));
        return;
    }
    let on = if several { format!(" on {}", engine.label) } else { String::new() };
    let what = format!("{} {}{on}", item.id.kind, item.name);
    let said = report.sentence();
    let line = match (report.word(), &said) {
        ("gone", None) => format!("{what}: was gone already"),
        ("not-begun", _) => return context.note(&clean(&format!("{what}: not begun"))),
        ("skipped", Some(why)) => format!("{what}: stays, {why}"),
        ("cancelled", Some(why)) => format!("{what}: cancelled; {why}"),
        ("removed", None) => format!("{what}: removed"),
        (word, Some(why)) => format!("{what}: {word}; {why}"),
        (word, None) => format!("{what}: {word}"),
    };
    let line = clean(&line).into_owned();
    if report.is_gone() {
        let _ = context.screen.print(&format!("{line}\n"));
        return;
    }
    let coloured = context.screen.err_coloured;
    match &report.ending {
        Ending::Asked(asked) if !matches!(asked.outcome, Outcome::Cancelled) => {
            context.screen.tell(&format!("{} {line}", Tone::Bad.paint("error:", coloured)));
            if let Outcome::Failed(error) = &asked.outcome
                && let Some(hint) = error.hint()
            {
                context.screen.tell(&format!("{} {}", Tone::Dim.paint("hint:", coloured), clean(&hint)));
            }
        }
        _ => context.screen.tell(&Tone::Look.paint(&line, coloured)),
    }
}

/// The last line: how many of each, and what was freed.
pub(super) fn summary(reports: &[CleanupReport]) -> String {
    const WORDS: [(&str, &str); 7] = [
        ("removed", "removed"),
        ("gone", "gone already"),
        ("skipped", "left alone"),
        ("failed", "failed"),
        ("timed-out", "timed out"),
        ("cancelled", "cancelled"),
        ("not-begun", "not begun"),
    ];
    let counted = WORDS.iter().filter_map(|(word, shown)| {
        let number: usize = reports.iter().map(|report| report.count(word)).sum();
        (number > 0).then(|| format!("{number} {shown}"))
    });
    let (mut freed, mut unknown) = (0_u64, 0);
    for report in reports {
        let (bytes, without) = report.freed();
        freed = freed.saturating_add(bytes);
        unknown += without;
    }
    let took = reports.iter().map(|report| report.elapsed).max().unwrap_or_default();
    let counted = counted.collect::<Vec<_>>().join(", ");
    format!("{counted}; {} freed in {}\n", amount(freed, unknown), elapsed(took))
}

/// `41.0 GiB`, with how many of no known size.
fn amount(size: u64, unknown: usize) -> String {
    match unknown {
        0 => bytes(size),
        _ if size == 0 => "nobody knows how much".into(),
        _ => format!("{} and {unknown} of unknown size", bytes(size)),
    }
}
