//! Finding containers: filters, names, processes.

use super::bench::{Bench, volume_at};
use super::scripts;
use crate::engine::{
    ContainerId, ContainerManagerExt, ContainerState, ErrorKind, Feature, ListFilter, Signal, WaitFor,
};

async fn names(bench: &Bench, mut filter: ListFilter) -> Vec<String> {
    filter.name.get_or_insert_with(|| format!("{}-", bench.prefix));
    let mut names: Vec<_> =
        bench.engine.list(&filter).await.unwrap().into_iter().map(|container| container.name).collect();
    names.sort();
    names
}

pub(super) async fn list_filters_by_label(bench: &Bench) {
    for (what, machine) in [("a", "arm"), ("b", "x86")] {
        let mut spec = bench.spec(what, scripts::IDLE);
        spec.labels.insert("org.example.machine".to_owned(), machine.to_owned());
        bench.created(&spec).await;
    }
    bench.created(&bench.spec("c", scripts::IDLE)).await;
    let label = |value: Option<&str>| ListFilter {
        labels: vec![("org.example.machine".to_owned(), value.map(str::to_owned))],
        ..ListFilter::default()
    };
    assert_eq!(names(bench, label(None)).await, [bench.name("a"), bench.name("b")]);
    assert_eq!(names(bench, label(Some("x86"))).await, [bench.name("b")]);
    assert_eq!(names(bench, label(Some("x8"))).await, [""; 0], "a value is taken whole");
}

pub(super) async fn list_filters_by_part_of_a_name_taken_literally(bench: &Bench) {
    for what in ["a.b", "a-b", "axb"] {
        bench.created(&bench.spec(what, scripts::IDLE)).await;
    }
    let named = |part: String| ListFilter { name: Some(part), ..ListFilter::default() };
    assert_eq!(names(bench, named(bench.name("a.b"))).await, [bench.name("a.b")], "a dot is a dot");
    let middle = format!("{}-a", &bench.prefix[1..]);
    assert_eq!(names(bench, named(middle)).await.len(), 3, "any part of the name will do");
}

pub(super) async fn list_filters_by_state(bench: &Bench) {
    use ContainerState::{Created, Exited, Paused, Running};

    bench.created(&bench.spec("created", scripts::IDLE)).await;
    let id = bench.idle("running").await;
    bench.ended("exited", scripts::BOTH_STREAMS).await;
    let states = |states: &[ContainerState]| ListFilter { states: states.to_vec(), ..ListFilter::default() };
    assert_eq!(names(bench, states(&[])).await.len(), 3, "stopped ones too");
    assert_eq!(names(bench, states(&[Running])).await, [bench.name("running")]);
    assert_eq!(names(bench, states(&[Created, Exited])).await, [bench.name("created"), bench.name("exited")]);
    if bench.can(Feature::Pause).await {
        bench.engine.pause(&id).await.unwrap();
        assert_eq!(names(bench, states(&[Paused])).await, [bench.name("running")]);
        assert_eq!(names(bench, states(&[Running])).await, [""; 0], "a paused one is not running");
        bench.engine.unpause(&id).await.unwrap();
    }
    bench.engine.kill(&id, &Signal::kill()).await.unwrap();
    bench.engine.wait(&id, WaitFor::NotRunning).await.unwrap();
    assert_eq!(names(bench, states(&[Exited])).await, [bench.name("exited"), bench.name("running")]);
}

pub(super) async fn list_filters_by_volume(bench: &Bench) {
    let volume = bench.volume("cache").await;
    let mut spec = bench.spec("a", scripts::IDLE);
    spec.mounts = vec![volume_at(&volume, "/cache", true)];
    bench.created(&spec).await;
    bench.created(&bench.spec("b", scripts::IDLE)).await;
    let users = bench.engine.volume_users(&volume).await.unwrap();
    let [user] = users.as_slice() else { panic!("{users:?}") };
    assert_eq!(user.name, bench.name("a"));
    assert_eq!(user.mounts[0].volume.as_deref(), Some(volume.as_str()));
    assert_eq!((user.mounts[0].target.as_str(), user.mounts[0].read_only), ("/cache", true));
    // The last character is taken away: the name of a volume is no beginning of another's.
    let shorter = &volume[..volume.len() - 1];
    assert_eq!(bench.engine.volume_users(shorter).await.unwrap(), []);
}

pub(super) async fn a_container_goes_by_id_short_id_and_name(bench: &Bench) {
    let id = bench.created(&bench.spec("a", scripts::IDLE)).await;
    for reference in [id.clone(), id.short().into(), bench.name("a").into()] {
        assert_eq!(bench.details(&reference).await.id, id, "{reference}");
    }
    let filter = ListFilter { name: Some(bench.name("a")), ..ListFilter::default() };
    let listed = bench.engine.list(&filter).await.unwrap();
    assert_eq!((&listed[0].id, listed[0].image.as_str()), (&id, bench.image.as_str()));
    assert_eq!(listed[0].state, ContainerState::Created);
    assert!(listed[0].command.contains("sleep 600"), "{}", listed[0].command);
    assert!(listed[0].created.is_some());
    let upper = ContainerId::from(bench.name("A"));
    assert!(bench.engine.inspect(&upper).await.unwrap_err().is_not_found(), "names are told apart by case");
}

pub(super) async fn top_shows_the_processes(bench: &Bench) {
    if !bench.can(Feature::Top).await {
        return;
    }
    let id = bench.idle("a").await;
    let table = bench.engine.top(&id).await.unwrap();
    assert!(table.processes.iter().all(|row| row.len() == table.titles.len()), "{table:?}");
    assert!(table.column("pid").all(|pid| pid.parse::<u32>().is_ok()), "{table:?}");
    let (stopped, _) = bench.ended("b", scripts::BOTH_STREAMS).await;
    let error = bench.engine.top(&stopped).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotRunning, "{error}");
    let sleeps = table.processes.iter().filter(|row| row.last().is_some_and(|cmd| cmd == "sleep 600"));
    assert_eq!(sleeps.count(), 1, "{table:?}");
    if table.titles.iter().any(|title| title == "COMM") {
        assert!(table.column("COMM").any(|name| name == "sleep"), "{table:?}");
    }
}
