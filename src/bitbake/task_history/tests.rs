use std::time::Duration;

use super::super::ended::TaskKind;
use super::*;

fn task(recipe: &str, name: &str, ended: i64, seconds: u64) -> EndedTask {
    EndedTask {
        kind: TaskKind::of_recipe(recipe, name),
        took: Some(Duration::from_secs(seconds)),
        ended: Some(Timestamp::from_second(ended).unwrap()),
        well: true,
    }
}

fn learnt(tasks: &[EndedTask]) -> TaskHistory {
    TaskHistory::learn(tasks, true, |_| false).unwrap()
}

#[test]
fn it_follows_changes_and_forgets_slowly() {
    let mut history = TaskHistory::default();
    history.merge(&learnt(&[task("gcc", "do_compile", 1000, 600), task("zlib", "do_compile", 1000, 10)]));
    assert_eq!(history.seconds("gcc-14.1-r0", "do_compile"), Some(600.0));
    for build in 1..=9 {
        history.merge(&learnt(&[task("gcc", "do_compile", 1000 + build * 1000, 300)]));
    }
    assert_eq!(history.builds(), 10);
    let seconds = history.seconds("gcc-14.2-r0", "do_compile").unwrap();
    assert!((300.0..305.0).contains(&seconds), "{seconds}");
    assert_eq!(history.seconds("zlib-1-r0", "do_compile"), Some(10.0), "what did not run is kept");
    let often = |name: &str| history.kinds().find(|(kind, _)| *kind == name).unwrap().1.often;
    assert!(often("gcc:do_compile") > 0.99 && often("zlib:do_compile") < 0.02);
}

#[test]
fn a_build_told_by_two_is_taken_once() {
    let mut history = learnt(&[task("a", "do_x", 1000, 10)]);
    history.merge(&learnt(&[task("a", "do_x", 1002, 20)]));
    assert_eq!((history.builds(), history.seconds("a-1-r0", "do_x")), (1, Some(10.0)));
}

#[test]
fn a_build_that_was_broken_off_tells_nothing_of_what_it_did_not_run() {
    let mut history = learnt(&[task("a", "do_x", 1000, 10), task("b", "do_x", 1000, 10)]);
    let broken = TaskHistory::learn(&[task("a", "do_x", 5000, 10)], false, |_| false).unwrap();
    history.merge(&broken);
    assert!(history.kinds().all(|(_, kind)| kind.often > 0.99));
    assert!(broken.wall().is_empty());
}

#[test]
fn what_is_kept_is_bounded_and_the_oldest_go() {
    let many = |prefix: &str, ended: i64| {
        let tasks: Vec<EndedTask> =
            (0..MOST_KINDS).map(|n| task(&format!("{prefix}{n}"), "do_x", ended, 5)).collect();
        learnt(&tasks)
    };
    let mut history = many("old", 1000);
    history.merge(&many("new", 9000));
    assert_eq!(history.kinds().count(), MOST_KINDS);
    assert!(history.kinds().all(|(kind, _)| kind.starts_with("new")));
}

#[test]
fn it_is_written_and_read_again_and_nothing_else_is() {
    let history = learnt(&[task("a", "do_x", 1000, 10), task("käse", "do_y", 1000, 7)]);
    assert_eq!(TaskHistory::read(&history.write().unwrap()).unwrap(), history);
    let other = history.write().unwrap().replace("\"version\":1", "\"version\":2");
    assert!(matches!(TaskHistory::read(&other), Err(HistoryError::Version(2))));
    for text in ["", "{}", "[1]", "{\"version\":1}", "\u{0}"] {
        assert!(matches!(TaskHistory::read(text), Err(HistoryError::Malformed(_))), "{text:?}");
    }
    let wild = history.write().unwrap().replace("[10.0,1.0,1,1]", "[-1e300,7e9,4000000000,0]");
    let kind = TaskHistory::read(&wild).unwrap().kinds().next().unwrap().1;
    assert_eq!((kind.seconds, kind.often, kind.runs), (0.0, 1.0, 1000));
}
