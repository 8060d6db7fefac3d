//! The verb on an engine in memory: what it shows, whom it asks, what it removes, how it ends.

use std::sync::Arc;

use clap::Parser;

use crate::actions::Supervised;
use crate::actions::cleanup::test_engine::{Scene, TestEngine, usage};
use crate::actions::cleanup::test_objects::{
    container, in_state, managed, managed_volume, mounting, untagged, volume,
};
use crate::cli::args::{Cli, Command};
use crate::cli::output::Screen;
use crate::cli::test_support::{Capture, silent};
use crate::engine::ContainerState;

use super::*;

struct Run {
    exit: Exit,
    out: String,
    err: String,
}

/// Runs a line on engines, with an answer where a terminal is to be there.
async fn run(engines: &[Arc<TestEngine>], line: &str, answer: Option<&str>) -> Run {
    let cli =
        Cli::try_parse_from(["smidr-console", "cleanup"].into_iter().chain(line.split_whitespace())).unwrap();
    let Some(Command::Cleanup(args)) = cli.verb else { panic!("{line} is no cleanup") };
    let (out, err) = (Capture::default(), Capture::default());
    let context = Context::new(cli.global, Screen::into(out.clone(), err.clone()));
    let open = engines.iter().enumerate().map(|(n, engine)| {
        let named = silent(&context.supervisor, &format!("unix:///run/{n}.sock"));
        let supervised = Supervised::new(engine.clone(), context.supervisor.clone());
        Engine { supervised, ..named }
    });
    let open = open.collect();
    let context = context.on(open);
    let ask = answer.map(|text| {
        let text = text.to_owned();
        || async move { Ok((!text.is_empty()).then_some(text)) }
    });
    let exit = match clean_up(&args, &context, ask).await {
        Ok(exit) => exit,
        Err(failure) => context.report(&failure),
    };
    Run { exit, out: out.text(), err: err.text() }
}

/// Something of everything.
fn yard() -> Arc<TestEngine> {
    TestEngine::new(Scene {
        containers: vec![
            mounting(mounting(managed("yocto-old"), "work-old"), "yocto-sstate"),
            in_state(mounting(managed("yocto-a"), "work-a"), ContainerState::Running),
            container("somebody-elses"),
        ],
        volumes: vec![
            volume("work-old"),
            volume("work-a"),
            volume("yocto-sstate"),
            managed_volume("scratch"),
        ],
        images: vec![untagged("sha256:1")],
        usage: usage(&[("id-yocto-old", 4096)], &[("work-old", 44_023_414_784), ("yocto-sstate", 1 << 40)]),
        ..Scene::default()
    })
}

/// Ages differ from day to day, and how long it took from run to run.
fn steady(text: &str) -> String {
    let ages = text.lines().map(|line| match (line.find(" years ago"), line.find(" freed in ")) {
        (Some(at), _) => {
            let digits = line[..at].chars().rev().take_while(char::is_ascii_digit).count();
            format!("{}{}{}", &line[..at - digits], "5".repeat(digits), &line[at..])
        }
        (None, Some(at)) => format!("{} freed in a moment", &line[..at]),
        (None, None) => line.to_owned(),
    });
    ages.collect::<Vec<_>>().join("\n")
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_shows_the_list_and_removes_nothing() {
    let engine = yard();
    let run = run(std::slice::from_ref(&engine), "--dry-run --force", None).await;
    assert_eq!(run.exit, Exit::Done);
    insta::assert_snapshot!(steady(&run.out));
    assert_eq!(run.err, "nothing was removed: this was --dry-run\n");
    assert_eq!(engine.scene().changes, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn yes_removes_what_was_shown_and_says_so() {
    let engine = yard();
    let run = run(std::slice::from_ref(&engine), "--running --images", Some("yes\n")).await;
    assert_eq!(run.exit, Exit::Done, "{}", run.err);
    assert_eq!(run.err, "Remove these 6 things? Type yes:\n");
    insta::assert_snapshot!(steady(&run.out));
    let left: Vec<String> = engine.scene().containers.iter().map(|one| one.name.clone()).collect();
    assert_eq!(left, ["somebody-elses"]);
}

#[tokio::test(start_paused = true)]
async fn anything_but_yes_removes_nothing() {
    for answer in ["", "\n", "y\n", "no\n", "yes please\n"] {
        let engine = yard();
        let run = run(std::slice::from_ref(&engine), "", Some(answer)).await;
        assert_eq!(run.exit, Exit::Interrupted, "{answer:?}");
        assert!(run.err.ends_with("nothing was removed\n"), "{answer:?}: {}", run.err);
        assert_eq!(engine.scene().changes, [""; 0], "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_terminal_it_wants_force() {
    let engine = yard();
    let refused = run(std::slice::from_ref(&engine), "", None).await;
    assert_eq!(refused.exit.code(), 2);
    assert!(refused.err.contains("--force") && refused.err.contains("--dry-run"), "{}", refused.err);
    assert_eq!(engine.scene().changes, [""; 0]);
    let forced = run(std::slice::from_ref(&engine), "--force", None).await;
    assert_eq!(forced.exit, Exit::Done, "{}", forced.err);
    assert!(!forced.err.contains("Type yes"), "{}", forced.err);
    assert_eq!(engine.scene().changes.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_asked_sees_the_list_even_where_nobody_wants_words() {
    for line in ["--quiet", "--json"] {
        let asked = run(&[yard()], line, Some("no")).await;
        assert!(asked.err.contains("work-old") && asked.err.contains("41.0 GiB"), "{line}: {}", asked.err);
        assert_eq!(asked.out, "", "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_mistyped_name_is_an_error_before_anything_goes() {
    let engine = yard();
    let mistyped = run(std::slice::from_ref(&engine), "--force --include-protected sstate", None).await;
    assert_eq!(mistyped.exit, Exit::Usage);
    assert!(mistyped.err.contains("sstate: there is no volume of that name"), "{}", mistyped.err);
    assert_eq!(engine.scene().changes, [""; 0]);
    let included = run(&[engine], "--force --include-protected yocto-sstate", None).await;
    assert!(included.out.contains("protected, and named by you"), "{}", included.out);
    assert!(included.out.contains("volume yocto-sstate: removed"), "{}", included.out);
}

#[tokio::test(start_paused = true)]
async fn several_engines_are_told_apart() {
    let run = run(&[yard(), yard()], "--force", None).await;
    assert!(run.out.contains("ENGINE"), "{}", run.out);
    for n in 0..2 {
        let line = format!("container yocto-old on docker unix:///run/{n}.sock: removed");
        assert!(run.out.contains(&line), "{}", run.out);
    }
}

#[tokio::test(start_paused = true)]
async fn what_could_not_go_is_told_and_ends_with_its_code() {
    let scene = yard().scene().clone();
    let engine = TestEngine::with(scene, |request, scene| {
        if request == "inspect-volume work-old" {
            scene.containers.push(mounting(container("newcomer"), "work-old"));
        }
    });
    let run = run(&[engine], "--force", None).await;
    assert_eq!(run.exit, Exit::Conflict);
    assert_eq!(run.err, "volume work-old: stays, newcomer uses it since\n");
    assert!(run.out.contains("2 removed, 1 left alone; 4.0 KiB and 1 of unknown size freed"), "{}", run.out);
}

#[tokio::test(start_paused = true)]
async fn the_users_deadline_is_for_all_of_it_and_says_what_was_not_begun() {
    let containers: Vec<_> = (0..6).map(|n| managed(&format!("c{n}"))).collect();
    let silent = (0..6).map(|n| format!("remove id-c{n}")).collect();
    let engine = TestEngine::new(Scene { containers, silent, ..Scene::default() });
    let run = run(&[engine], "--force --timeout 20s", None).await;
    assert_eq!(run.exit, Exit::TimedOut, "{}", run.err);
    assert!(
        run.err.contains("container c0: timed-out") || run.err.contains("container c0: cancelled"),
        "{}",
        run.err
    );
    assert!(run.err.contains("container c5: not begun"), "{}", run.err);
    assert!(run.out.contains("2 not begun"), "{}", run.out);
}

#[tokio::test(start_paused = true)]
async fn machines_get_one_object() {
    let run = run(&[yard()], "--json --force", None).await;
    assert_eq!(run.err, "");
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["dry_run"], false);
    assert_eq!(json["total_bytes"], 44_023_418_880_u64);
    assert_eq!(json["freed_bytes"], 44_023_418_880_u64);
    assert_eq!(json["freed_unknown"], 1);
    let results: Vec<_> = json["results"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(results, ["removed"; 3]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&json["keep"]).unwrap());
}

#[tokio::test(start_paused = true)]
async fn quietly_each_id_is_printed_once() {
    let dry = run(&[yard()], "--quiet --dry-run", None).await;
    assert_eq!(dry.out, "id-yocto-old\nscratch\nwork-old\n");
    let forced = run(&[yard()], "--quiet --force", None).await;
    let ids: BTreeSet<&str> = forced.out.lines().collect();
    assert_eq!(ids, ["id-yocto-old", "scratch", "work-old"].into());
    assert_eq!((forced.out.lines().count(), forced.err.as_str()), (3, ""));
}

#[tokio::test(start_paused = true)]
async fn nothing_to_do_asks_nobody() {
    let run = run(&[TestEngine::new(Scene::default())], "", Some("yes")).await;
    assert_eq!((run.exit, run.out.as_str(), run.err.as_str()), (Exit::Done, "Nothing to remove.\n", ""));
}
