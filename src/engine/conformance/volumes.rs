//! Named volumes.

use super::bench::{Bench, volume_at};
use super::scripts;
use crate::engine::{Change, ErrorKind, RemoveOptions, VolumeFilter, VolumeSpec, labels};

pub(super) async fn create_volume_is_idempotent(bench: &Bench) {
    let mut spec = VolumeSpec::new(bench.name("cache"));
    spec.labels.insert("org.example.kind".to_owned(), "sstate".to_owned());
    let (volume, change) = bench.engine.create_volume(&spec).await.unwrap();
    assert_eq!((volume.name.as_str(), change), (spec.name.as_str(), Change::Made));
    assert!(labels::is_managed(&volume.labels), "{:?}", volume.labels);
    let (again, change) = bench.engine.create_volume(&spec).await.unwrap();
    assert_eq!((again, change), (volume, Change::AlreadySo));
}

pub(super) async fn create_volume_names_what_differs(bench: &Bench) {
    let mut spec = VolumeSpec::new(bench.name("cache"));
    bench.engine.create_volume(&spec).await.unwrap();
    spec.labels.insert("org.example.kind".to_owned(), "sstate".to_owned());
    let error = bench.engine.create_volume(&spec).await.unwrap_err();
    let ErrorKind::SpecMismatch { fields, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(*fields, ["labels"]);
    let kept = bench.engine.inspect_volume(&spec.name).await.unwrap();
    assert!(!kept.labels.contains_key("org.example.kind"), "the first one is as it was");
}

pub(super) async fn volumes_are_listed_and_inspected(bench: &Bench) {
    let mut spec = VolumeSpec::new(bench.name("cache"));
    spec.labels.insert("org.example.kind".to_owned(), "sstate".to_owned());
    let (made, _) = bench.engine.create_volume(&spec).await.unwrap();
    bench.volume("other").await;
    assert_eq!(bench.engine.inspect_volume(&spec.name).await.unwrap(), made);
    assert_eq!(made.driver, "local");
    assert_eq!(made.labels.get("org.example.kind").map(String::as_str), Some("sstate"));
    let list = async |filter: VolumeFilter| {
        let volumes = bench.engine.list_volumes(&filter).await.unwrap();
        let mut names: Vec<_> = volumes.into_iter().map(|volume| volume.name).collect();
        names.retain(|name| name.starts_with(&bench.prefix));
        names.sort();
        names
    };
    let labels = |value: Option<&str>| vec![("org.example.kind".to_owned(), value.map(str::to_owned))];
    let both = [bench.name("cache"), bench.name("other")];
    assert_eq!(list(VolumeFilter::default()).await, both);
    assert_eq!(list(VolumeFilter { labels: labels(None), name: None }).await, both[..1]);
    assert_eq!(list(VolumeFilter { labels: labels(Some("downloads")), name: None }).await, [""; 0]);
    assert_eq!(list(VolumeFilter { labels: vec![], name: Some(bench.name("oth")) }).await, both[1..]);
}

pub(super) async fn a_volume_in_use_stays(bench: &Bench) {
    let volume = bench.volume("cache").await;
    let mut spec = bench.spec("a", scripts::IDLE);
    spec.mounts = vec![volume_at(&volume, "/cache", false)];
    let id = bench.created(&spec).await;
    let error = bench.engine.remove_volume(&volume).await.unwrap_err();
    let ErrorKind::InUse { by } = error.kind() else { panic!("{error}") };
    let user = by.first().unwrap();
    assert!(*user == spec.name || id.as_str().starts_with(user.as_str()), "{user} is not the container");
    bench.engine.remove(&id, RemoveOptions::default()).await.unwrap();
    assert_eq!(bench.engine.remove_volume(&volume).await.unwrap(), Change::Made);
    assert!(bench.engine.inspect_volume(&volume).await.unwrap_err().is_not_found());
}

pub(super) async fn a_missing_volume(bench: &Bench) {
    let name = bench.name("never");
    assert!(bench.engine.inspect_volume(&name).await.unwrap_err().is_not_found());
    assert_eq!(bench.engine.remove_volume(&name).await.unwrap(), Change::AlreadySo);
}
