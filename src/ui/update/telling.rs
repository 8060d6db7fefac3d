//! What is told of builds to somebody who does not look.

use std::time::Duration;

use crate::builds::{Happening, WatchedBuild, happened};
use crate::ui::model::Row;
use crate::ui::model::builds::percent;
use crate::ui::{Command, ContainerKey, Model, Tone};

/// How often builds are looked after.
const EVERY: Duration = Duration::from_secs(5);
/// How many builds have their percentage in the title.
const IN_TITLE: usize = 4;

/// What has happened to a build of a container since it was told of before; to be asked before that is forgotten.
pub(super) fn of_build(model: &Model, key: &ContainerKey, build: &WatchedBuild, commands: &mut Vec<Command>) {
    let Some(row) = model.containers.get(key) else { return };
    let before = row.builds.get(build.id()).map(|before| &**before);
    for happening in happened(before, build) {
        if model.options.notify.of.contains(&happening.kind) {
            let container = row.container.name.clone();
            commands.push(Command::Notify { container, happening: Box::new(happening) });
        }
    }
}

/// Looks after all builds, not more often than every few seconds, and tells what there is to worry about.
pub(super) fn watch(model: &mut Model, commands: &mut Vec<Command>) {
    let now = model.now.since_start;
    if model.watched_at.is_some_and(|last| now.saturating_sub(last) < EVERY) {
        return;
    }
    model.watched_at = Some(now);
    for (container, build, worry) in model.containers.watch(&model.options.watch, model.now.time) {
        model.toasts.tell(Tone::Warning, format!("{container}: {}", worry.notice), now);
        let happening = Happening::of_worry(&worry, &build);
        if let Some(happening) = happening.filter(|one| model.options.notify.of.contains(&one.kind)) {
            commands.push(Command::Notify { container, happening: Box::new(happening) });
        }
    }
}

/// Gives the window the title that fits what is known now, where it is another than before.
pub(super) fn entitle(model: &mut Model, commands: &mut Vec<Command>) {
    if !model.options.notify.ways.title {
        return;
    }
    let title = title(model.containers.all());
    if title != model.title {
        model.title.clone_from(&title);
        commands.push(Command::Title(title));
    }
}

/// `42% yocto-a`, or `2 builds: 42%, 80%`, the furthest first; none while nothing is built.
fn title<'a>(rows: impl Iterator<Item = &'a Row>) -> Option<String> {
    let mut running: Vec<_> = rows
        .flat_map(|row| row.builds.all().iter().map(move |build| (row, build)))
        .filter(|(_, build)| build.ended.is_none())
        .map(|(row, build)| (percent(&build.build), build.build.phase(), row.container.name.as_str()))
        .collect();
    let of = |percent: Option<u8>| percent.map(|percent| format!("{percent}%"));
    match running.as_slice() {
        [] => None,
        [(percent, phase, name)] => {
            Some(format!("{} {name}", of(*percent).unwrap_or_else(|| phase.name().to_owned())))
        }
        several => {
            let count = several.len();
            running.sort_by_key(|(percent, phase, _)| std::cmp::Reverse((*phase, *percent)));
            let first: Vec<_> =
                running.iter().filter_map(|(percent, ..)| of(*percent)).take(IN_TITLE).collect();
            let colon = if first.is_empty() { "" } else { ": " };
            Some(format!("{count} builds{colon}{}", first.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::builds::{Disk, HappeningKind};
    use crate::ui::test_builds::{ended, until, watched, whole};
    use crate::ui::test_support::{Stage, key};
    use crate::ui::{ContainerNews, Message};

    const FAILED: &str = "b-nontty-failure-k.raw";

    /// What is asked for when this is told of a build in a container.
    fn told(stage: &mut Stage, container: &str, build: &WatchedBuild) -> Vec<String> {
        let news = ContainerNews::Build(Arc::new(build.clone()));
        stage.tell(Message::Container(key(container), news));
        let commands = std::mem::take(&mut stage.commands);
        let words = commands.iter().map(|command| match command {
            Command::Notify { container, happening } => format!("{container} {}", happening.kind.name()),
            Command::Title(title) => format!("title {title:?}"),
            other => format!("{other:?}"),
        });
        words.collect()
    }

    #[test]
    fn a_first_failure_and_an_end_are_told_once_and_the_title_goes_along() {
        let mut stage = Stage::new(120, 40);
        let begun = watched(until(FAILED, "fail-shell-1.0-r0: task do_compile: Started"));
        let failed = watched(until(FAILED, "fail-shell-1.0-r0: task do_compile: Failed"));
        let over = ended(whole(FAILED));
        let percent = |build: &WatchedBuild| percent(&build.build).unwrap();
        let title = |build| vec![format!("title Some(\"{}% yocto-a\")", percent(build))];
        assert_eq!(told(&mut stage, "yocto-a", &begun), title(&begun));
        assert_eq!(told(&mut stage, "yocto-a", &begun), Vec::<String>::new());
        let mut expected = vec!["yocto-a first-failure".to_owned()];
        if percent(&failed) != percent(&begun) {
            expected.extend(title(&failed));
        }
        assert_eq!(told(&mut stage, "yocto-a", &failed), expected);
        assert_eq!(told(&mut stage, "yocto-a", &over), ["yocto-a end", "title None"]);
        assert_eq!(told(&mut stage, "yocto-a", &over), Vec::<String>::new());
    }

    #[test]
    fn what_nobody_wants_to_hear_is_not_told() {
        let mut stage = Stage::new(120, 40);
        stage.model.options.notify.of = [HappeningKind::Stall].into();
        stage.model.options.notify.ways.title = false;
        let begun = watched(until(FAILED, "fail-shell-1.0-r0: task do_compile: Started"));
        assert_eq!(told(&mut stage, "yocto-a", &begun), Vec::<String>::new());
        assert_eq!(told(&mut stage, "yocto-a", &ended(whole(FAILED))), Vec::<String>::new());
    }

    #[test]
    fn a_disk_that_is_full_soon_is_told_once_in_a_while() {
        let mut stage = Stage::new(120, 40);
        let mut build = watched(until(FAILED, "fail-shell-1.0-r0: task do_compile: Started"));
        build.seen.disk = Some(Disk { free: 1 << 30, total: 900 << 30, free_inodes: None });
        let id = build.id().clone();
        told(&mut stage, "yocto-a", &build);
        let seconds = |stage: &mut Stage, count: u64| -> Vec<String> {
            let mut kinds = Vec::new();
            for _ in 0..count {
                stage.wait(1);
                stage.tell(Message::Tick);
                for command in std::mem::take(&mut stage.commands) {
                    let Command::Notify { happening, .. } = command else { panic!("{command:?}") };
                    kinds.push(happening.kind.name().to_owned());
                }
            }
            kinds
        };
        assert_eq!(seconds(&mut stage, 60), ["low-disk"]);
        let row = stage.model.containers.get(&key("yocto-a")).unwrap();
        assert_eq!(row.builds.worries(&id)[0].row, "1.0 GiB of disk left");
        assert_eq!(seconds(&mut stage, 16 * 60), ["low-disk"]);
    }

    #[test]
    fn several_builds_have_one_title() {
        let mut stage = Stage::new(120, 40);
        let begun = watched(until(FAILED, "fail-shell-1.0-r0: task do_compile: Started"));
        let own = percent(&begun.build).unwrap();
        told(&mut stage, "yocto-a", &begun);
        let mut other = begun;
        other.seen.id.directory = "/work/other".into();
        assert_eq!(
            told(&mut stage, "yocto-a", &other),
            [format!("title Some(\"2 builds: {own}%, {own}%\")")]
        );
    }
}
