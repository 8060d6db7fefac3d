use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::actions::cleanup::{
    CleanupReport, Ending, Item, ItemId, ItemKind, ItemReport, Plan, PlanOptions, Removal, Rules, SkipReason,
    Survey,
};
use crate::actions::{Aftermath, Outcome, Report, Verb};
use crate::engine::{Change, Image, ImageId};
use crate::ui::test_support::{PODMAN, Stage, containers, hours_ago, noon, usage, volume, volumes};
use crate::ui::{ActionId, ActionNews, Command, Problem, Request, Yield};

/// What the engine of the stage is found to have, and an image without a tag.
fn survey() -> Survey {
    let mut containers = containers();
    containers[4].labels.insert("owner".into(), "nightly".into());
    let mut volumes = volumes();
    volumes.push(volume("downloads", true));
    let image = Image {
        id: ImageId::new("sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"),
        tags: Vec::new(),
        digests: Vec::new(),
        created: Some(hours_ago(400)),
        size: 900 << 20,
        labels: BTreeMap::new(),
        platform: None,
    };
    let mut usage = usage();
    usage.by_container.push(("id-yocto-d".into(), 12 << 20));
    Survey { containers, volumes, images: vec![image], usage, taken: noon(), ..Survey::default() }
}

fn plan(options: &PlanOptions) -> Arc<Plan> {
    Arc::new(Plan::of(&survey(), &Rules::default(), options))
}

/// The plan that was asked for is brought.
fn answer(stage: &mut Stage) -> ActionId {
    let (id, request) = stage.acts().pop().unwrap();
    let Request::PlanCleanup(_, options) = request else { panic!("{request:?}") };
    stage.done(id, Yield::Plan(plan(&options)));
    id
}

fn opened(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.keys("c");
    answer(&mut stage);
    stage
}

/// The names of what was chosen, as the engine is asked.
fn removed(stage: &mut Stage) -> Vec<String> {
    let (_, request) = stage.acts().pop().expect("a cleanup was asked for");
    let Request::Cleanup { chosen, .. } = request else { panic!("{request:?}") };
    chosen.into_iter().map(|id| id.id.chars().take(14).collect()).collect()
}

#[test]
fn it_measures_first_and_says_for_how_long() {
    let mut stage = Stage::new(80, 24);
    stage.keys("c");
    stage.wait(7);
    insta::assert_snapshot!("cleanup_measuring_80x24", stage.draw());
    let (id, request) = stage.acts().pop().unwrap();
    let Request::PlanCleanup(_, options) = &request else { panic!("{request:?}") };
    assert!(options.images && !options.running && options.include_protected.is_empty());
    stage.keys("esc");
    assert!(stage.commands.iter().any(|one| matches!(one, Command::Cancel(of) if *of == id)));
    assert_eq!(stage.dialogs(), 0);
}

#[test]
fn the_tree_shows_what_goes_with_size_age_and_owner() {
    let mut stage = opened(80, 24);
    insta::assert_snapshot!("cleanup_80x24", stage.draw());
    stage.keys("end right");
    stage.resize(120, 40);
    insta::assert_snapshot!("cleanup_with_what_stays_120x40", stage.draw());
    stage.resize(60, 15);
    insta::assert_snapshot!("cleanup_60x15", stage.draw());
    stage.draws_at_any_size();
}

#[test]
fn sessions_that_are_over_are_a_group_of_their_own() {
    let mut stage = Stage::new(120, 40);
    stage.keys("c");
    let (id, _) = stage.acts().pop().unwrap();
    let over = ["d-1", "d-2"].map(|name| {
        let item = Item {
            id: ItemId { kind: ItemKind::Session, id: format!("id-yocto-a /var/tmp/s/records/{name}") },
            name: format!("{name} in yocto-a"),
            state: None,
            size: Some(40 << 20),
            created: Some(hours_ago(300)),
            ended: Some(hours_ago(290)),
            protected: None,
        };
        Removal::of_session(item, "ended with 1, by ada@build7: bitbake \u{1b}[31mworld".into())
    });
    let plan = (*plan(&PlanOptions::default())).clone().and(over);
    stage.done(id, Yield::Plan(Arc::new(plan)));
    stage.keys("end up up");
    insta::assert_snapshot!("cleanup_sessions_120x40", stage.draw());
    // One stays, and all else.
    stage.keys("a a");
    stage.keys("a end up space enter y");
    assert_eq!(removed(&mut stage), ["id-yocto-a /va"]);
    stage.draws_at_any_size();
}

#[test]
fn exactly_what_is_chosen_goes_and_only_after_a_second_yes() {
    let mut stage = opened(80, 24);
    // The first row is the heading of the containers, the second is yocto-d.
    stage.keys("down space enter");
    insta::assert_snapshot!("cleanup_confirming_80x24", stage.draw());
    stage.keys("enter");
    assert!(stage.acts().is_empty(), "enter twice is no yes");
    stage.keys("enter y");
    assert_eq!(removed(&mut stage), ["id-yocto-old", "build-old", "empty", "sha256:0f1e2d3"]);
}

#[test]
fn a_volume_stays_with_the_container_that_uses_it() {
    let mut stage = opened(80, 24);
    stage.keys("down down space");
    assert!(stage.draw().contains("stays with yocto"), "{}", stage.draw());
    stage.keys("enter y");
    assert_eq!(removed(&mut stage), ["id-yocto-d", "empty", "sha256:0f1e2d3"]);
}

#[test]
fn all_none_and_whole_groups_are_toggled() {
    let mut stage = opened(80, 24);
    stage.keys("a enter");
    assert!(stage.draw().contains("Nothing is chosen"), "{}", stage.draw());
    stage.keys("space enter y");
    assert_eq!(removed(&mut stage), ["id-yocto-d", "id-yocto-old"], "the group under the cursor");
}

#[test]
fn a_protected_one_is_locked_until_its_name_is_typed() {
    let mut stage = opened(80, 24);
    let row = |stage: &Stage| stage.draw().lines().position(|line| line.contains("[!] downloads")).unwrap();
    let heading = stage.draw().lines().position(|line| line.contains("Stopped containers")).unwrap();
    for _ in heading..row(&stage) {
        stage.keys("down");
    }
    stage.keys("space").types("download").keys("enter");
    assert!(stage.acts().is_empty(), "that is not its name");
    stage.types("downloads");
    insta::assert_snapshot!("cleanup_naming_80x24", stage.draw());
    stage.keys("enter");
    answer(&mut stage);
    assert!(stage.draw().contains("[x] downloads"), "{}", stage.draw());
    stage.keys("enter y");
    assert!(removed(&mut stage).contains(&"downloads".to_owned()));
}

fn report(of: &Plan) -> Arc<CleanupReport> {
    let items = of.removals().iter().enumerate().map(|(place, removal)| ItemReport {
        item: removal.item.clone(),
        ending: if place == 1 {
            Ending::Skipped(SkipReason::Changed)
        } else {
            Ending::Asked(Report {
                verb: Verb::Remove,
                object: removal.item.name.clone(),
                outcome: Outcome::Done(Change::Made),
                aftermath: Aftermath::Clear,
                attempts: 1,
                elapsed: Duration::from_secs(1),
                deadline: None,
            })
        },
    });
    Arc::new(CleanupReport { items: items.collect(), elapsed: Duration::from_secs(9) })
}

#[test]
fn each_thing_has_its_result_and_the_bytes_freed_are_told() {
    let mut stage = opened(120, 40);
    stage.keys("enter y");
    let (id, request) = stage.acts().pop().unwrap();
    let Request::Cleanup { plan, .. } = request else { panic!("{request:?}") };
    stage.wait(3);
    stage.news(id, ActionNews::Step("removed yocto-d".into()));
    insta::assert_snapshot!("cleanup_removing_120x40", stage.draw());
    stage.done(id, Yield::Cleanup(report(&plan)));
    stage.keys("down");
    insta::assert_snapshot!("cleanup_done_120x40", stage.draw());
    stage.draws_at_any_size();
    stage.keys("esc");
    assert_eq!(stage.dialogs(), 0);
}

#[test]
fn closed_while_it_runs_it_goes_on() {
    let mut stage = opened(80, 24);
    stage.keys("enter y esc");
    assert_eq!((stage.dialogs(), stage.model.actions.running().count()), (0, 1));
    assert!(!stage.commands.iter().any(|one| matches!(one, Command::Cancel(_))));
    assert!(stage.toasts().contains(&"the cleanup goes on"));
}

#[test]
fn a_plan_that_cannot_be_had_says_why_and_is_asked_for_again() {
    let mut stage = Stage::new(80, 24);
    stage.keys("c");
    let id = stage.acts()[0].0;
    stage.fails(id, Problem::new("list volumes: the engine said: database is locked"));
    assert!(stage.draw().contains("database is locked"), "{}", stage.draw());
    stage.keys("r");
    assert_eq!(stage.acts().len(), 1);
}

#[test]
fn another_engine_is_measured_instead_and_the_first_no_longer_waited_for() {
    let mut stage = Stage::new(80, 24).with_podman();
    stage.on("yocto-a").keys("c");
    let first = stage.acts()[0].0;
    stage.keys("e");
    assert!(stage.commands.iter().any(|one| matches!(one, Command::Cancel(of) if *of == first)));
    let (_, request) = stage.acts().pop().unwrap();
    assert!(matches!(request, Request::PlanCleanup(PODMAN, _)), "{request:?}");
    stage.done(first, Yield::Plan(plan(&PlanOptions::default())));
    assert!(stage.draw().contains("measuring"), "the late plan of the other engine is not shown");
}
