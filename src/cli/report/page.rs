//! A build as a page for people.

use std::fmt::Write;
use std::time::Duration;

use crate::bitbake::{Build, Failure, Grouping, Messages, Outcome, Phase, WarningGroup};
use crate::cli::output::{Tone, clean, count, elapsed};

/// How many failed tasks, and groups of messages, are shown. JSON has all.
const MOST_SHOWN: usize = 20;

/// Everything about a build that people want to know first.
pub(super) fn page(build: &Build, coloured: bool) -> String {
    let mut text = format!("{}\n", headline(build, coloured));
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = write!(text, "\n{}\n", Tone::Dim.paint(title, coloured));
            for line in lines {
                let _ = writeln!(text, "  {}", clean(&line));
            }
        }
    };
    section("PHASES", phases(build));
    section("FAILED TASKS", failed_tasks(build));
    let not_provided: Vec<String> =
        build.no_provider().iter().map(|item| format!("nothing provides {item}")).collect();
    section("NOT PROVIDED", not_provided);
    section("ERRORS", messages(build.errors(), 12));
    section("WARNINGS", messages(build.warnings(), 4));
    let failed = build.setscene_failed().iter().take(MOST_SHOWN);
    section("FAILED SETSCENE TASKS, BUILT INSTEAD", failed.map(ToString::to_string).collect());
    section("SLOWEST TASKS", slowest(build));
    text
}

/// How it ended, and what was built.
pub(super) fn headline(build: &Build, coloured: bool) -> String {
    let outcome = build.outcome().unwrap_or(Outcome::Crashed);
    let tone = match outcome {
        Outcome::Success => Tone::Good,
        Outcome::SuccessWithErrors | Outcome::Interrupted => Tone::Look,
        _ => Tone::Bad,
    };
    let mut words = Vec::new();
    for configuration in build.configurations() {
        let value = |key: &str| configuration.value(key).unwrap_or_default();
        let said = [value("MACHINE"), value("DISTRO"), value("DISTRO_VERSION")];
        let said = said.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(" ");
        if !said.is_empty() && !words.contains(&said) {
            words.push(said);
        }
    }
    let version = build.configurations().first().and_then(|configuration| configuration.value("BB_VERSION"));
    words.extend(version.map(|version| format!("BitBake {version}")));
    if let Some((first, last)) = build.times() {
        words.push(elapsed(Duration::try_from(last.duration_since(first)).unwrap_or_default()));
    }
    let words = words.join(", ");
    let comma = if words.is_empty() { "" } else { ", " };
    format!("{}{comma}{}", tone.paint(meaning(outcome), coloured), clean(&words))
}

fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "built",
        Outcome::SuccessWithErrors => "built, with errors",
        Outcome::Failed => "failed",
        Outcome::Interrupted => "interrupted",
        Outcome::Halted => "halted: the disk was full",
        Outcome::NoProvider => "failed: nothing provides what was asked for",
        Outcome::ParseError => "failed: recipes cannot be parsed",
        Outcome::ConfigError => "failed: the configuration is wrong",
        Outcome::Crashed => "crashed, or the log ends in the midst",
    }
}

fn phases(build: &Build) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |name: &str, words: String| lines.push(format!("{name:<9} {words}"));
    if let Some(parsed) = build.parsed() {
        let errors =
            if parsed.errors > 0 { format!(", {}", count(parsed.errors, "error")) } else { String::new() };
        let files = count(parsed.files, "recipe");
        line("parsing", format!("{files}, {} of them from the cache{errors}", parsed.cached));
    }
    if let Some(sstate) = build.sstate() {
        line("sstate", format!("{} of {} found ({}%)", sstate.found(), sstate.wanted, sstate.match_percent));
    }
    let (setscene, tasks, counts) = (build.setscene(), build.tasks(), build.counts());
    if let Some(total) = setscene.total {
        // A terminal tells only how far it is, those that need not run among them.
        let (run, word) = if build.is_terminal() {
            (setscene.reached, "gone through")
        } else {
            (counts.running_setscene_lines, "run")
        };
        let failed = build.setscene_failed().len();
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        line("setscene", format!("{run} of {total} {word}{failed}"));
    }
    if let Some(total) = tasks.total {
        let (failed, most) = (build.failed_ids().len(), counts.max_parallel);
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        let at_once = if most > 0 { format!(", at most {most} at once") } else { String::new() };
        let reached = match build.tasks_summary() {
            Some(summary) => {
                format!("{} of {total} done, {} needed not to run", summary.attempted, summary.not_rerun)
            }
            None => format!("{} of {total} reached", tasks.reached),
        };
        line("tasks", format!("{reached}{failed}{at_once}"));
    }
    let furthest = build.phases().last().map(|(phase, _)| *phase);
    if let Some(furthest) = furthest.filter(|phase| *phase < Phase::Finishing) {
        line("got to", furthest.name().to_owned());
    }
    lines
}

fn failed_tasks(build: &Build) -> Vec<String> {
    let mut lines: Vec<String> = build.failures().iter().take(MOST_SHOWN).flat_map(failed_task).collect();
    let hidden = build.failures().len().saturating_sub(MOST_SHOWN) as u64 + build.failures_beyond();
    if hidden > 0 {
        lines.push(format!("and {hidden} more"));
    }
    lines
}

fn failed_task(failure: &Failure) -> Vec<String> {
    let name = match (&failure.pf, &failure.id) {
        (Some(pf), _) => pf.clone(),
        (None, Some(id)) => id.recipe(),
        (None, None) => failure.recipe().unwrap_or_default(),
    };
    let mc =
        failure.id.as_ref().and_then(|id| id.multiconfig()).map(|mc| format!("mc:{mc}:")).unwrap_or_default();
    let signal =
        failure.exit_code.filter(|code| *code < 0).map(|code| format!(", by signal {}", code.unsigned_abs()));
    let mut lines =
        vec![format!("{mc}{name} {} (line {}{})", failure.task, failure.line, signal.unwrap_or_default())];
    lines.extend(failure.cause.iter().map(|cause| format!("    {cause}")));
    lines.extend(failure.log.iter().map(|log| format!("    log: {log}")));
    lines
}

/// The groups, each with so many further lines of its first message at most.
fn messages(messages: &Messages, further: usize) -> Vec<String> {
    // That a task's command failed is told with the task.
    let mut groups: Vec<&WarningGroup> = messages.groups().filter(|group| !is_of_a_command(group)).collect();
    // Stable: equally frequent ones stay in the order in which they came.
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    let shown = groups.iter().take(MOST_SHOWN);
    let mut lines: Vec<String> = shown.flat_map(|group| group_lines(group, messages, further)).collect();
    let hidden: u64 =
        groups.iter().skip(MOST_SHOWN).map(|group| group.count).sum::<u64>() + messages.beyond();
    if hidden > 0 {
        lines.push(format!("and {hidden} more"));
    }
    lines
}

fn is_of_a_command(group: &WarningGroup) -> bool {
    let Grouping::Text(text) = &group.grouping else { return false };
    text.starts_with("Execution of '") || text.starts_with("ExecutionError(")
}

fn group_lines(group: &WarningGroup, messages: &Messages, further: usize) -> Vec<String> {
    let first = messages.kept().iter().find(|message| group.lines.contains(&message.line));
    let text = match &group.grouping {
        Grouping::Qa(check) => {
            let text = first.map(|message| message.text.trim_start_matches("QA Issue: ")).unwrap_or_default();
            format!("[{check}] {text}")
        }
        Grouping::Text(text) => {
            let is_cut = first.is_some_and(|message| message.text.len() > text.len());
            format!("{}{}", text.trim(), if is_cut { "…" } else { "" })
        }
    };
    let shown: Vec<String> = group.lines.iter().take(4).map(ToString::to_string).collect();
    let more = if group.count > shown.len() as u64 { ", …" } else { "" };
    let word = if group.count == 1 { "line" } else { "lines" };
    let mut lines = vec![format!("{}x {text} ({word} {}{more})", group.count, shown.join(", "))];
    if let Some(first) = first {
        let is_exception = |line: &&String| line.starts_with("Exception: ");
        if let Some(exception) = first.further.iter().find(is_exception) {
            // Behind a stack listing, what it came to.
            lines.push(format!("    {exception}"));
        } else {
            let said = first.further.iter().filter(|line| !line.trim().is_empty());
            lines.extend(said.take(further).map(|line| format!("    {}", line.trim_end())));
        }
    }
    lines
}

fn slowest(build: &Build) -> Vec<String> {
    let line =
        |task: &crate::bitbake::TaskTime| format!("{:>8}  {} {}", elapsed(task.took), task.pf, task.task);
    build.slowest().iter().take(10).filter(|task| !task.took.is_zero()).map(line).collect()
}
