//! Executing: exactly the list, each thing looked at just before, and a word for every end. In paused time.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use crate::actions::Supervisor;
use crate::actions::cleanup::PlanOptions;
use crate::actions::cleanup::rules::Rules;
use crate::actions::cleanup::test_engine::{Scene, TestEngine, usage};
use crate::actions::cleanup::test_objects::{
    container, in_state, managed, managed_volume, mounting, now, untagged, volume,
};
use crate::engine::{Container, labels};

use super::*;

fn everything() -> PlanOptions {
    PlanOptions { running: true, images: true, ..PlanOptions::default() }
}

fn supervised(engine: &Arc<TestEngine>) -> Supervised {
    Supervised::new(engine.clone(), Supervisor::new())
}

async fn planned(on: &Supervised, options: &PlanOptions) -> Plan {
    let call = on.supervisor.call();
    Plan::make(on, &call, &Rules::default(), options).await.expect("the engine answers")
}

async fn cleaned(engine: &Arc<TestEngine>, options: &PlanOptions) -> CleanupReport {
    let on = supervised(engine);
    let plan = planned(&on, options).await;
    execute(&on, &on.supervisor.call(), &plan, &plan.all(), |_| ()).await
}

fn words(report: &CleanupReport) -> Vec<(&str, &'static str)> {
    report.items.iter().map(|item| (item.item.name.as_str(), item.word())).collect()
}

fn sentence(report: &CleanupReport, name: &str) -> String {
    let item = report.items.iter().find(|item| item.item.name == name).unwrap();
    item.sentence().unwrap_or_default()
}

fn scene(containers: Vec<Container>, volumes: Vec<Volume>) -> Scene {
    Scene { containers, volumes, ..Scene::default() }
}

#[tokio::test(start_paused = true)]
async fn the_list_goes_containers_first_and_everything_else_stays() {
    let mut scene = scene(
        vec![
            mounting(mounting(managed("a"), "work"), "shared"),
            in_state(mounting(managed("b"), "work"), ContainerState::Running),
            mounting(container("foreign"), "shared"),
        ],
        vec![volume("work"), volume("shared"), managed_volume("sstate"), managed_volume("own")],
    );
    scene.images = vec![untagged("sha256:1")];
    scene.usage = usage(&[("id-a", 1), ("id-b", 2)], &[("work", 30), ("own", 400), ("sstate", 9000)]);
    let engine = TestEngine::new(scene);
    let report = cleaned(&engine, &everything()).await;
    assert!(report.is_complete());
    assert_eq!(report.freed(), (1 + 2 + 30 + 400 + 100, 0));
    assert_eq!(
        words(&report).iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["a", "b", "own", "work", "sha256:1"]
    );
    let scene = engine.scene();
    assert_eq!(scene.containers.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["foreign"]);
    assert_eq!(scene.volumes.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["shared", "sstate"]);
    let at = |change: &str| scene.changes.iter().position(|one| one == change).unwrap();
    assert!(at("stop id-b") < at("remove id-b"));
    assert!(at("remove id-b") < at("remove-volume work"));
}

#[tokio::test(start_paused = true)]
async fn only_what_was_chosen_goes_and_a_volume_waits_for_all_its_users() {
    let engine = TestEngine::new(scene(
        vec![mounting(managed("a"), "work"), mounting(managed("b"), "work")],
        vec![volume("work")],
    ));
    let on = supervised(&engine);
    let plan = planned(&on, &PlanOptions::default()).await;
    let mut chosen = plan.all();
    chosen.remove(&ItemId { kind: ItemKind::Container, id: "id-b".into() });
    chosen.insert(ItemId { kind: ItemKind::Container, id: "id-elsewhere".into() });
    let report = execute(&on, &on.supervisor.call(), &plan, &chosen, |_| ()).await;
    assert_eq!(words(&report), [("a", "removed"), ("work", "skipped")]);
    assert_eq!(sentence(&report, "work"), "b uses it and was not removed");
    assert_eq!(engine.scene().changes, ["remove id-a"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_started_renamed_or_removed_since_is_left_alone() {
    let engine = TestEngine::new(scene(
        vec![mounting(managed("started"), "work"), managed("renamed"), managed("replaced"), managed("gone")],
        vec![volume("work")],
    ));
    let on = supervised(&engine);
    let plan = planned(&on, &PlanOptions::default()).await;
    {
        let mut scene = engine.scene();
        scene.containers[0].state = ContainerState::Running;
        scene.containers[1].name = "precious".into();
        scene.containers[2].id = "another".into();
        scene.containers.remove(3);
    }
    let report = execute(&on, &on.supervisor.call(), &plan, &plan.all(), |_| ()).await;
    assert_eq!(
        words(&report),
        [
            ("gone", "gone"),
            ("renamed", "skipped"),
            ("replaced", "gone"),
            ("started", "skipped"),
            ("work", "skipped")
        ]
    );
    assert_eq!(sentence(&report, "started"), "it has been started since: running");
    assert_eq!(sentence(&report, "renamed"), "it has been renamed to precious since");
    assert_eq!(sentence(&report, "work"), "started uses it and was not removed");
    assert_eq!(report.freed(), (0, 0));
    assert_eq!(engine.scene().changes, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_container_started_between_our_look_and_the_engines_answer_is_not_killed() {
    let engine = TestEngine::with(scene(vec![managed("a")], vec![]), |request, scene| {
        if request == "remove id-a" {
            scene.containers[0].state = ContainerState::Running;
        }
    });
    let report = cleaned(&engine, &PlanOptions::default()).await;
    assert_eq!(words(&report), [("a", "skipped")]);
    assert_eq!(engine.scene().containers.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_volume_mounted_since_or_made_anew_is_left_alone() {
    let volumes = vec![
        managed_volume("bound"),
        managed_volume("just-in-time"),
        managed_volume("marked"),
        managed_volume("mounted"),
        managed_volume("remade"),
    ];
    let engine = TestEngine::with(scene(vec![], volumes), |request, scene| {
        if request == "remove-volume just-in-time" {
            scene.containers.push(mounting(container("quick"), "just-in-time"));
        }
    });
    let on = supervised(&engine);
    let plan = planned(&on, &PlanOptions::default()).await;
    {
        let mut scene = engine.scene();
        scene.volumes[2].labels.insert(labels::PROTECTED.into(), "true".into());
        scene.volumes[4].created = Some(now());
        scene.containers.push(mounting(container("newcomer"), "mounted"));
        let mut by_path = mounting(container("by-path"), "bound");
        by_path.mounts[0].volume = None;
        scene.containers.push(by_path);
    }
    let report = execute(&on, &on.supervisor.call(), &plan, &plan.all(), |_| ()).await;
    assert!(words(&report).iter().all(|(_, word)| *word == "skipped"), "{:?}", words(&report));
    assert_eq!(sentence(&report, "mounted"), "newcomer uses it since");
    assert_eq!(sentence(&report, "bound"), "by-path uses it since");
    assert_eq!(sentence(&report, "just-in-time"), "quick uses it since");
    assert_eq!(sentence(&report, "remade"), "it has been changed or made anew since");
    assert_eq!(sentence(&report, "marked"), "it has been changed or made anew since");
    assert_eq!(engine.scene().changes, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn the_last_writes_of_a_build_do_not_keep_its_volume() {
    let running = in_state(mounting(managed("a"), "work"), ContainerState::Running);
    let engine = TestEngine::with(scene(vec![running], vec![volume("work")]), |request, scene| {
        if request == "stop id-a" {
            scene.volumes[0].created = Some(now());
        }
    });
    assert!(cleaned(&engine, &everything()).await.is_complete());
}

#[tokio::test(start_paused = true)]
async fn an_image_tagged_since_is_left_alone() {
    let engine = TestEngine::new(Scene { images: vec![untagged("sha256:1")], ..Scene::default() });
    let on = supervised(&engine);
    let plan = planned(&on, &everything()).await;
    engine.scene().images[0].tags.push("kept:1".into());
    let report = execute(&on, &on.supervisor.call(), &plan, &plan.all(), |_| ()).await;
    assert_eq!(sentence(&report, "sha256:1"), "kept:1 points to it since");
    assert_eq!(engine.scene().changes, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_in_the_middle_says_what_was_done_and_what_was_not() {
    let names: Vec<String> = (0..8).map(|n| format!("c{n}")).collect();
    let mut scene = scene(names.iter().map(|name| managed(name)).collect(), vec![managed_volume("unused")]);
    // Three of the first four never end; the fourth lets the others through until the cancel.
    scene.silent = ["remove id-c0", "remove id-c1", "remove id-c2"].map(str::to_owned).into();
    let engine = TestEngine::new(scene);
    let on = supervised(&engine);
    let plan = planned(&on, &PlanOptions::default()).await;
    let call = on.supervisor.call();
    let seen = RefCell::new(Vec::new());
    let report = execute(&on, &call, &plan, &plan.all(), |item| {
        seen.borrow_mut().push(item.item.name.clone());
        if item.item.name == "c4" {
            call.cancel.cancel();
        }
    })
    .await;
    assert_eq!(
        words(&report),
        [
            ("c0", "cancelled"),
            ("c1", "cancelled"),
            ("c2", "cancelled"),
            ("c3", "removed"),
            ("c4", "removed"),
            ("c5", "not-begun"),
            ("c6", "not-begun"),
            ("c7", "not-begun"),
            ("unused", "not-begun")
        ]
    );
    assert!(sentence(&report, "c0").contains("still there"), "{}", sentence(&report, "c0"));
    assert_eq!(sentence(&report, "c7"), "the engine was not asked");
    assert_eq!(engine.scene().changes, ["remove id-c3", "remove id-c4"]);
    assert_eq!(seen.borrow().len(), report.items.len(), "each is told once");
}

#[tokio::test(start_paused = true)]
async fn stopped_and_then_cancelled_is_said_so() {
    let running = in_state(managed("a"), ContainerState::Running);
    let scene = scene(vec![running], vec![]);
    let plan = planned(&supervised(&TestEngine::new(scene.clone())), &everything()).await;
    let supervisor = Supervisor::new();
    let cancel = supervisor.call().cancel;
    let cancelled = cancel.clone();
    let engine = TestEngine::with(scene, move |request, _| {
        if request == "stop id-a" {
            cancel.cancel();
        }
    });
    let on = Supervised::new(engine.clone(), supervisor);
    let mut call = on.supervisor.call();
    call.cancel = cancelled;
    let report = execute(&on, &call, &plan, &plan.all(), |_| ()).await;
    assert_eq!(words(&report), [("a", "cancelled")]);
    assert_eq!(sentence(&report, "a"), "it was stopped, and is still there");
    assert_eq!(engine.scene().changes, ["stop id-a"]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_engine_ends_each_item_at_its_deadline_and_nothing_else() {
    let mut scene = scene(vec![managed("a"), managed("b")], vec![]);
    scene.silent = vec!["remove id-a".into()];
    let report = cleaned(&TestEngine::new(scene), &PlanOptions::default()).await;
    assert_eq!(words(&report), [("a", "timed-out"), ("b", "removed")]);
    assert!(sentence(&report, "a").contains("no end within 300 s"), "{}", sentence(&report, "a"));
    assert!(!report.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_leaves_the_thing_alone() {
    let mut scene = scene(vec![managed("a")], vec![managed_volume("v")]);
    let engine = TestEngine::new(scene.clone());
    let plan = planned(&supervised(&engine), &PlanOptions::default()).await;
    scene.silent = ["inspect id-a", "list"].map(str::to_owned).into();
    let engine = TestEngine::new(scene);
    let on = supervised(&engine);
    let report = execute(&on, &on.supervisor.call(), &plan, &plan.all(), |_| ()).await;
    assert_eq!(words(&report), [("a", "timed-out"), ("v", "timed-out")]);
    assert!(sentence(&report, "v").ends_with("it was not removed"), "{}", sentence(&report, "v"));
    assert_eq!(engine.scene().changes, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn sizes_are_waited_for_only_so_long() {
    let mut scene = scene(vec![managed("a")], vec![]);
    scene.silent = vec!["disk-usage".into()];
    let on = supervised(&TestEngine::new(scene));
    let begun = Instant::now();
    let plan = planned(&on, &PlanOptions::default()).await;
    assert_eq!(begun.elapsed(), Duration::from_secs(10));
    assert_eq!(plan.sizes_unknown(), Some("the engine did not tell within 10 s"));
    assert_eq!((plan.removals().len(), plan.total()), (1, (0, 1)));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_cannot_be_had_is_an_error_at_its_own_deadline() {
    let mut scene = scene(vec![managed("a")], vec![]);
    scene.silent = vec!["list".into()];
    let on = supervised(&TestEngine::new(scene));
    let report =
        Plan::make(&on, &on.supervisor.call(), &Rules::default(), &PlanOptions::default()).await.unwrap_err();
    assert_eq!(report.to_string(), "could not list containers : no end within 15 s");
}

#[tokio::test(start_paused = true)]
async fn at_most_four_are_under_way() {
    let names: Vec<String> = (0..9).map(|n| format!("c{n}")).collect();
    let mut scene = scene(names.iter().map(|name| managed(name)).collect(), vec![]);
    scene.silent = names.iter().map(|name| format!("remove id-{name}")).collect();
    let engine = TestEngine::new(scene);
    let begun = Instant::now();
    let report = cleaned(&engine, &PlanOptions::default()).await;
    assert_eq!(report.count("timed-out"), 9);
    assert_eq!(begun.elapsed(), Duration::from_secs(3 * 300), "nine in rounds of four");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_change_is_ever_asked_of_what_is_not_in_the_plan(
        ours in prop::collection::vec((any::<bool>(), any::<bool>(), 0..4_usize), 1..8),
        chosen in prop::collection::vec(any::<bool>(), 12),
        later in prop::collection::vec((0..8_usize, 0..4_u8), 0..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let volumes = ["v0", "v1", "sstate", "v3"];
            let containers = ours.iter().enumerate().map(|(n, (is_managed, is_running, mount))| {
                let name = format!("c{n}");
                let one = if *is_managed { managed(&name) } else { container(&name) };
                let state = if *is_running { ContainerState::Running } else { ContainerState::Exited };
                mounting(in_state(one, state), volumes[*mount])
            });
            let engine = TestEngine::new(scene(containers.collect(), volumes.map(managed_volume).into()));
            let on = supervised(&engine);
            let options = PlanOptions { running: chosen[0], ..PlanOptions::default() };
            let plan = planned(&on, &options).await;
            let picked: BTreeSet<ItemId> = plan
                .all()
                .into_iter()
                .zip(chosen.iter().cycle())
                .filter(|(_, is_chosen)| **is_chosen)
                .map(|(id, _)| id)
                .collect();
            for (which, what) in later {
                let mut scene = engine.scene();
                let at = which % scene.containers.len();
                match what {
                    0 => scene.containers[at].state = ContainerState::Running,
                    1 => scene.containers[at].name = "renamed".into(),
                    2 => scene.containers[at].id = "another".into(),
                    _ => scene.containers.push(mounting(container("late"), volumes[which % 4])),
                }
            }
            let report = execute(&on, &on.supervisor.call(), &plan, &picked, |_| ()).await;
            prop_assert_eq!(report.items.len(), picked.len());
            for change in &engine.scene().changes {
                let (verb, id) = change.split_once(' ').unwrap();
                prop_assert!(picked.iter().any(|one| one.id == id), "{} was not chosen", change);
                prop_assert!(verb != "stop" || options.running, "{}", change);
            }
            prop_assert!(engine.scene().volumes.iter().any(|one| one.name == "sstate"));
            let scene = engine.scene();
            for late in scene.containers.iter().filter(|one| one.name == "late") {
                let mounted = late.mounts[0].volume.as_deref();
                let is_there = scene.volumes.iter().any(|one| Some(one.name.as_str()) == mounted);
                prop_assert!(is_there, "{:?} went under somebody who had mounted it", mounted);
            }
            drop(scene);
            Ok(())
        })?;
    }
}
