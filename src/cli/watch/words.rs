//! A build in lines for people.

use jiff::Timestamp;

use crate::bitbake::{Build, Failure, Outcome, Phase};
use crate::builds::{WatchedBuild, ending, failures, target};
use crate::cli::output::{Tone, clean, count, elapsed};

use super::changes::{Change, percent};

/// Which build: its container, its directory where that is needed to tell it from others, and what is built.
pub(super) fn label(container: &str, build: &WatchedBuild, with_directory: bool) -> String {
    let place = place(container, build, with_directory);
    clean(&format!("{place}: {}", subject(build))).into_owned()
}

fn place(container: &str, build: &WatchedBuild, with_directory: bool) -> String {
    match build.id().directory.as_str() {
        directory if with_directory => format!("{container} {directory}"),
        _ => container.to_owned(),
    }
}

fn subject(build: &WatchedBuild) -> String {
    match target(&build.seen.words) {
        target if target.is_empty() => "the build".into(),
        target => target,
    }
}

/// The lines that tell of a change, each with its newline.
pub(super) fn lines(
    container: &str,
    build: &WatchedBuild,
    with_directory: bool,
    change: Change,
    now: Timestamp,
    coloured: bool,
) -> String {
    let label = label(container, build, with_directory);
    match change {
        Change::Found => {
            let (directory, began) = (clean(&build.id().directory), elapsed(build.elapsed(now)));
            let so_far = if build.ended.is_some() { String::new() } else { format!(": {}", so_far(build)) };
            format!("{label} in {directory}, begun {began} ago{so_far}\n")
        }
        Change::Step => format!("{label}: {}\n", so_far(build)),
        Change::Failed(at) => build.build.failures().get(at).map_or_else(String::new, |failure| {
            let lines = failed(failure);
            format!("{label}: {}\n{}", Tone::Bad.paint(&clean(&lines.0), coloured), indented(&lines.1))
        }),
        Change::Ended => {
            let place = clean(&place(container, build, with_directory)).into_owned();
            let words = clean(&ending(build)).into_owned();
            let why = indented(&why(build));
            format!("{place}: {}\n{why}", tone(build.build.outcome()).paint(&words, coloured))
        }
    }
}

fn indented(lines: &[String]) -> String {
    lines.iter().flat_map(|line| ["    ".into(), clean(line), "\n".into()]).collect()
}

/// How far a build is: `tasks 1234 of 5678 (21%), eta 12m 00s to 18m 00s, 2 failed, 8 running`.
pub(super) fn so_far(build: &WatchedBuild) -> String {
    let told = &build.build;
    let mut words = vec![doing(told)];
    if let Some(left) = build.remaining {
        words.push(format!("eta {} to {}", elapsed(left.least), elapsed(left.most)));
    }
    match failures(build) {
        0 => {}
        failed => words.push(format!("{failed} failed")),
    }
    if !told.running().is_empty() {
        words.push(format!("{} running", told.running().len()));
    }
    words.join(", ")
}

fn doing(build: &Build) -> String {
    let progress = match build.phase() {
        Phase::Setscene => build.setscene(),
        Phase::Tasks => build.tasks(),
        _ => crate::bitbake::Progress::default(),
    };
    let number = progress.total.map(|total| format!(" {} of {total}", progress.reached)).unwrap_or_default();
    let percent = percent(build).filter(|_| build.phase() <= Phase::Tasks);
    let percent = percent.map(|percent| format!(" ({percent}%)")).unwrap_or_default();
    format!("{}{number}{percent}", build.phase().name())
}

/// What failed and, where it is told, why; and where more is to be read.
fn failed(failure: &Failure) -> (String, Vec<String>) {
    let recipe = failure.pf.clone().or_else(|| failure.recipe()).map(|name| name + " ").unwrap_or_default();
    let cause = failure.cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
    let log = failure.log.as_ref().map(|log| format!("log: {log}"));
    (format!("{recipe}{} failed{cause}", failure.task), log.into_iter().collect())
}

/// What more is to be said of a build that ended otherwise than well: why, where no failed task says it, and its log.
fn why(build: &WatchedBuild) -> Vec<String> {
    let told = &build.build;
    if told.outcome() == Some(Outcome::Success) {
        return Vec::new();
    }
    let mut lines: Vec<String> = Vec::new();
    if told.failures().is_empty() {
        lines.extend(told.no_provider().first().map(|item| format!("nothing provides {item}")));
        lines.extend(told.errors().kept().first().map(|error| error.text.clone()));
    }
    lines.extend(build.seen.console_log.as_ref().map(|log| format!("log: {log}")));
    lines
}

fn tone(outcome: Option<Outcome>) -> Tone {
    match outcome {
        Some(Outcome::Success) => Tone::Good,
        Some(Outcome::SuccessWithErrors | Outcome::Interrupted) => Tone::Look,
        _ => Tone::Bad,
    }
}

/// That nobody watches any more, with so many builds that go on.
pub(super) fn left(running: usize) -> String {
    match running {
        0 => "stopped watching; nothing was changed".into(),
        1 => "stopped watching; the build goes on".into(),
        running => format!("stopped watching; {} go on", count(running, "build")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::watch::test_builds::{left, noon, until, watched, whole};

    fn said(build: &WatchedBuild, change: Change) -> String {
        lines("yocto-a", build, false, change, noon(), false)
    }

    #[test]
    fn how_far_a_build_is() {
        let build = left(watched(until("b-nontty-failure-k.raw", "NOTE: Running task 50 of "), false));
        let found = said(&build, Change::Found);
        assert!(
            found.starts_with("yocto-a: tiny-image in /work/build, begun 31m 00s ago: tasks "),
            "{found}"
        );
        let step = said(&build, Change::Step);
        assert!(step.starts_with("yocto-a: tiny-image: tasks "), "{step}");
        assert!(step.contains("%), eta 12m 00s to 18m 00s") && step.ends_with(" running\n"), "{step}");
        let other = lines("yocto-a", &build, true, Change::Step, noon(), false);
        assert!(other.starts_with("yocto-a /work/build: tiny-image: tasks "), "{other}");
    }

    #[test]
    fn a_failed_task_says_why_and_where_its_log_is() {
        let build = watched(whole("b-nontty-failure-k.raw"), true);
        let all: String = (0..6).map(|at| said(&build, Change::Failed(at))).collect();
        insta::assert_snapshot!(all + &said(&build, Change::Ended));
    }

    #[test]
    fn an_end_without_a_failed_task_says_why() {
        let build = watched(whole("f-syntax-parse-error.raw"), true);
        let end = said(&build, Change::Ended);
        assert!(
            end.starts_with("yocto-a: tiny-image failed: recipes cannot be parsed after 31m 00s\n    "),
            "{end}"
        );
        assert!(end.contains("\n    log: /work/build/tmp/log/cooker/"), "{end}");
        let good = watched(whole("a-nontty-success.raw"), true);
        assert_eq!(said(&good, Change::Ended), "yocto-a: tiny-image succeeded after 31m 00s\n");
    }

    #[test]
    fn nothing_of_it_can_act_on_a_terminal() {
        let mut build = watched(whole("b-nontty-failure-k.raw"), true);
        build.seen.id.directory = "/a\u{1b}[2Jb".into();
        build.seen.words = vec!["x\u{7}\n".into()];
        build.seen.console_log = Some("\u{9b}2J".into());
        for change in [Change::Found, Change::Step, Change::Failed(0), Change::Ended] {
            let text = lines("c\u{1b}", &build, true, change, noon(), false);
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let mut build = watched(Build::default(), false);
        build.seen.words.clear();
        assert_eq!(said(&build, Change::Step), "yocto-a: the build: starting\n");
        assert_eq!(said(&build, Change::Failed(0)), "");
    }
}
