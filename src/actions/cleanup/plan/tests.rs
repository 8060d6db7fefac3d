//! Planning from lists: what goes, what stays, and what nobody hears of.

use proptest::prelude::*;

use crate::engine::{MountPoint, labels};

use super::super::item::ItemKind;
use super::super::test_engine::usage;
use super::super::test_objects::{
    container, days_ago, in_state, managed, managed_volume, mounting, now, untagged, volume,
};
use super::*;

fn survey(containers: Vec<Container>, volumes: Vec<Volume>) -> Survey {
    let ended = containers
        .iter()
        .filter(|one| one.state == ContainerState::Exited)
        .map(|one| (one.id.clone(), days_ago(5)))
        .collect();
    Survey { containers, volumes, ended, taken: now(), ..Survey::default() }
}

fn plan(survey: &Survey) -> Plan {
    Plan::of(survey, &Rules::default(), &PlanOptions::default())
}

fn goes(plan: &Plan) -> Vec<&str> {
    plan.removals().iter().map(|removal| removal.item.name.as_str()).collect()
}

fn stays(plan: &Plan) -> Vec<(&str, &'static str)> {
    plan.kept().iter().map(|kept| (kept.item.name.as_str(), kept.why.code())).collect()
}

#[test]
fn stopped_managed_containers_go_and_others_are_not_even_listed() {
    let plan = plan(&survey(
        vec![
            managed("b"),
            in_state(managed("a"), ContainerState::Created),
            in_state(managed("runs"), ContainerState::Running),
            in_state(managed("frozen"), ContainerState::Paused),
            in_state(managed("going"), ContainerState::Removing),
            in_state(managed("odd"), ContainerState::Unknown),
            container("foreign"),
        ],
        vec![],
    ));
    assert_eq!(goes(&plan), ["a", "b"]);
    let expected =
        [("frozen", "running"), ("going", "being-removed"), ("odd", "state-unknown"), ("runs", "running")];
    assert_eq!(stays(&plan), expected);
}

#[test]
fn running_ones_go_only_when_asked_for_and_foreign_ones_never() {
    let survey = survey(
        vec![
            in_state(managed("a"), ContainerState::Running),
            in_state(container("foreign"), ContainerState::Running),
        ],
        vec![],
    );
    let options = PlanOptions { running: true, ..PlanOptions::default() };
    let plan = Plan::of(&survey, &Rules::default(), &options);
    assert_eq!(goes(&plan), ["a"]);
    assert!(plan.removals()[0].why.to_string().contains("will be stopped first"));
}

#[test]
fn a_volume_goes_with_the_last_of_its_users() {
    let stopped = mounting(mounting(managed("a"), "own"), "shared");
    let running = in_state(mounting(managed("b"), "shared"), ContainerState::Running);
    let lists = survey(vec![stopped, running], vec![volume("own"), volume("shared"), volume("nobodys")]);
    let without = plan(&lists);
    assert_eq!(goes(&without), ["a", "own"]);
    assert_eq!(stays(&without), [("b", "running"), ("shared", "in-use")]);
    assert_eq!(without.removals()[1].after, [ContainerId::from("id-a")]);

    let options = PlanOptions { running: true, ..PlanOptions::default() };
    let with = Plan::of(&lists, &Rules::default(), &options);
    assert_eq!(goes(&with), ["a", "b", "own", "shared"]);
    assert_eq!(with.removals()[3].why.to_string(), "only a, b used it");
}

#[test]
fn a_volume_that_a_foreign_container_uses_stays_labelled_or_not() {
    let foreign = mounting(mounting(container("foreign"), "ours"), "theirs");
    let ours = mounting(mounting(managed("a"), "ours"), "theirs");
    let plan = plan(&survey(vec![foreign, ours], vec![managed_volume("ours"), volume("theirs")]));
    assert_eq!(goes(&plan), ["a"]);
    assert_eq!(stays(&plan), [("ours", "in-use"), ("theirs", "in-use")]);
    assert_eq!(plan.kept()[0].why.to_string(), "in use by foreign");
}

#[test]
fn a_volume_whose_directory_is_mounted_from_the_host_is_in_use() {
    let mut foreign = container("foreign");
    foreign.mounts.push(MountPoint {
        volume: None,
        source: "/volumes/ours/_data/deploy".into(),
        target: "/deploy".into(),
        read_only: true,
    });
    let plan = plan(&survey(vec![foreign], vec![managed_volume("ours"), managed_volume("ours-too")]));
    assert_eq!(goes(&plan), ["ours-too"]);
    assert_eq!(stays(&plan), [("ours", "in-use")]);
}

#[test]
fn protected_volumes_stay_until_their_exact_name_is_given() {
    let mut marked = managed_volume("marked");
    marked.labels.insert(labels::PROTECTED.into(), "true".into());
    let lists = survey(
        vec![mounting(managed("a"), "yocto-sstate")],
        vec![volume("yocto-sstate"), marked, managed_volume("downloads")],
    );
    let without = plan(&lists);
    assert_eq!(goes(&without), ["a"]);
    assert_eq!(
        stays(&without),
        [("downloads", "protected"), ("marked", "protected"), ("yocto-sstate", "protected")]
    );

    let include = |names: &[&str]| PlanOptions {
        include_protected: names.iter().map(|name| (*name).to_owned()).collect(),
        ..PlanOptions::default()
    };
    let with = Plan::of(&lists, &Rules::default(), &include(&["marked", "sstate", "yocto-*"]));
    assert_eq!(goes(&with), ["a", "marked"]);
    assert_eq!(with.unknown_names(), ["sstate", "yocto-*"], "neither part of a name nor a pattern is a name");
    assert!(with.removals()[1].item.protected.is_some(), "it is shown as protected all the same");
}

#[test]
fn naming_a_protected_volume_does_not_make_it_ours_or_free() {
    let lists = survey(
        vec![
            mounting(container("foreign"), "theirs-sstate"),
            mounting(container("foreign-too"), "ours-sstate"),
        ],
        vec![volume("theirs-sstate"), managed_volume("ours-sstate")],
    );
    let options = PlanOptions {
        include_protected: ["theirs-sstate".to_owned(), "ours-sstate".to_owned(), "foreign".to_owned()]
            .into(),
        ..PlanOptions::default()
    };
    let plan = Plan::of(&lists, &Rules::default(), &options);
    assert_eq!(goes(&plan), [""; 0]);
    assert_eq!(
        stays(&plan),
        [("foreign", "not-managed"), ("ours-sstate", "in-use"), ("theirs-sstate", "not-managed")]
    );
    assert_eq!(plan.unknown_names(), [""; 0]);
}

#[test]
fn a_container_with_our_protecting_label_stays() {
    let mut kept = managed("kept");
    kept.labels.insert(labels::PROTECTED.into(), "true".into());
    let plan = plan(&survey(vec![mounting(kept, "work")], vec![volume("work")]));
    assert_eq!(goes(&plan), [""; 0]);
    assert_eq!(stays(&plan), [("kept", "protected"), ("work", "in-use")]);
}

#[test]
fn age_counts_from_the_end_of_a_container_that_ran() {
    let mut lists = survey(
        vec![
            managed("ended-5"),
            in_state(managed("never-ran"), ContainerState::Created),
            managed("end-unknown"),
        ],
        vec![managed_volume("old"), managed_volume("unaged")],
    );
    lists.ended.remove(&ContainerId::from("id-end-unknown"));
    lists.volumes[1].created = None;
    let older = |days: u64| {
        let options =
            PlanOptions { older_than: Some(Duration::from_secs(days * 24 * 3600)), ..PlanOptions::default() };
        Plan::of(&lists, &Rules::default(), &options)
    };
    assert_eq!(goes(&older(4)), ["ended-5", "never-ran", "old"]);
    assert_eq!(stays(&older(4)), [("end-unknown", "age-unknown"), ("unaged", "age-unknown")]);
    assert_eq!(goes(&older(6)), ["never-ran", "old"]);
    assert_eq!(goes(&older(11)), [""; 0]);
}

#[test]
fn anonymous_volumes_are_named_and_go_with_their_container() {
    let name = "0123456789abcdef".repeat(4);
    let mut young = volume(&name);
    young.created = Some(now());
    let lists = survey(vec![mounting(managed("a"), &name)], vec![young, managed_volume("named")]);
    let with = |volumes, older_than| {
        let options = PlanOptions { volumes, older_than, ..PlanOptions::default() };
        Plan::of(&lists, &Rules::default(), &options)
    };
    let day = Some(Duration::from_secs(24 * 3600));
    let all = with(VolumeChoice::All, day);
    assert_eq!(goes(&all), ["a", "named", &name]);
    assert_eq!(all.removals()[2].item.id.kind, ItemKind::AnonymousVolume);
    let anonymous = with(VolumeChoice::Anonymous, None);
    assert_eq!(goes(&anonymous), ["a", &name]);
    assert_eq!(stays(&anonymous), [("named", "volumes-not-wanted")]);
    assert_eq!(goes(&with(VolumeChoice::None, None)), ["a"]);
}

#[test]
fn untagged_images_go_when_asked_for_and_not_used_by_what_stays() {
    let id = |digit: &str| format!("sha256:{}", digit.repeat(64));
    let mut foreign = container("foreign");
    foreign.image_id = Some(id("1").as_str().into());
    let mut by_id = container("by-short-id");
    by_id.image = "2".repeat(12);
    let mut ours = managed("ours");
    ours.image_id = Some(id("3").as_str().into());
    let mut lists = survey(vec![foreign, by_id, ours], vec![]);
    lists.images = ["1", "2", "3", "4"].map(|digit| untagged(&id(digit))).into();
    lists.images[3].tags.push("kept:1".into());
    assert_eq!(goes(&plan(&lists)), ["ours"]);
    let options = PlanOptions { images: true, ..PlanOptions::default() };
    let plan = Plan::of(&lists, &Rules::default(), &options);
    assert_eq!(goes(&plan), ["ours", &"3".repeat(12)]);
    assert_eq!(plan.removals()[1].after, [ContainerId::from("id-ours")]);
    assert_eq!(stays(&plan), [("1".repeat(12).as_str(), "in-use"), ("2".repeat(12).as_str(), "in-use")]);
}

#[test]
fn sizes_are_added_up_and_the_unknown_ones_counted() {
    let mut lists = survey(vec![managed("a"), managed("b")], vec![managed_volume("v")]);
    lists.usage = usage(&[("id-a", 7)], &[("v", 1000)]);
    assert_eq!(plan(&lists).total(), (1007, 1));
}

/// Small worlds in which everything happens: few names, so that they meet.
fn worlds() -> impl Strategy<Value = (Survey, PlanOptions)> {
    let states = prop::sample::select(vec![
        ContainerState::Created,
        ContainerState::Running,
        ContainerState::Paused,
        ContainerState::Removing,
        ContainerState::Exited,
        ContainerState::Dead,
        ContainerState::Unknown,
    ]);
    let names = prop::sample::select(vec!["v0", "v1", "v2", "x-sstate", "downloads"]);
    let one = (any::<bool>(), any::<bool>(), states, prop::collection::vec(names.clone(), 0..4), 0..20_i64);
    let containers = prop::collection::vec(one, 0..6).prop_map(|all| {
        let made = all.into_iter().enumerate().map(|(n, (is_managed, is_protected, state, mounts, days))| {
            let name = format!("c{n}");
            let mut one = in_state(if is_managed { managed(&name) } else { container(&name) }, state);
            one.created = (days > 0).then(|| days_ago(days));
            if is_protected && days % 3 == 0 {
                one.labels.insert(labels::PROTECTED.into(), "true".into());
            }
            mounts.into_iter().fold(one, mounting)
        });
        made.collect::<Vec<_>>()
    });
    let volumes = prop::collection::btree_map(names.clone(), (any::<bool>(), any::<bool>(), 0..20_i64), 0..5)
        .prop_map(|all| {
            let made = all.into_iter().map(|(name, (is_managed, is_protected, days))| {
                let mut one = if is_managed { managed_volume(name) } else { volume(name) };
                one.created = (days > 0).then(|| days_ago(days));
                if is_protected && days % 3 == 0 {
                    one.labels.insert(labels::PROTECTED.into(), "true".into());
                }
                one
            });
            made.collect::<Vec<_>>()
        });
    let choice = prop::sample::select(vec![VolumeChoice::All, VolumeChoice::Anonymous, VolumeChoice::None]);
    let options =
        (any::<bool>(), choice, prop::option::of(0..20_u64), prop::collection::btree_set(names, 0..2))
            .prop_map(|(running, volumes, days, include)| PlanOptions {
                running,
                volumes,
                older_than: days.map(|days| Duration::from_secs(days * 24 * 3600)),
                include_protected: include.into_iter().map(str::to_owned).collect(),
                ..PlanOptions::default()
            });
    (containers, volumes, options)
        .prop_map(|(containers, volumes, options)| (survey(containers, volumes), options))
}

proptest! {
    #[test]
    fn nothing_protected_used_by_others_or_unmanaged_ever_goes((lists, options) in worlds()) {
        let rules = Rules::default();
        let plan = Plan::of(&lists, &rules, &options);
        let going: BTreeSet<&str> = plan.removals().iter().map(|one| one.item.id.id.as_str()).collect();
        prop_assert_eq!(going.len(), plan.removals().len(), "each thing once");
        for one in &lists.containers {
            if !going.contains(one.id.as_str()) {
                continue;
            }
            prop_assert!(labels::is_managed(&one.labels), "{} is not managed", one.name);
            prop_assert!(!one.labels.contains_key(labels::PROTECTED), "{} is protected", one.name);
            prop_assert!(!one.state.is_alive() || options.running, "{} is {}", one.name, one.state);
            prop_assert!(one.state != ContainerState::Unknown && one.state != ContainerState::Removing);
        }
        for one in &lists.volumes {
            if !going.contains(one.name.as_str()) {
                continue;
            }
            let is_named = options.include_protected.contains(&one.name);
            let looks_protected = one.labels.contains_key(labels::PROTECTED)
                || one.name.contains("sstate")
                || one.name.contains("downloads");
            prop_assert!(is_named || !looks_protected, "{} is protected", one.name);
            prop_assert_eq!(options.volumes, VolumeChoice::All, "none of these is anonymous");
            let users: Vec<&Container> = lists
                .containers
                .iter()
                .filter(|user| user.mounts.iter().any(|mount| mount.volume.as_ref() == Some(&one.name)))
                .collect();
            prop_assert!(users.iter().all(|user| going.contains(user.id.as_str())), "{} is used", one.name);
            prop_assert!(!users.is_empty() || labels::is_managed(&one.labels), "{} is nobody's", one.name);
        }
        for kept in plan.kept() {
            prop_assert!(!going.contains(kept.item.id.id.as_str()), "{} goes and stays", kept.item.name);
        }
    }
}
