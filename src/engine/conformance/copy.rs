//! Files into and out of containers.

use super::bench::{Bench, volume_at};
use super::scripts;
use super::streams::{archive, unpacked};
use futures_util::StreamExt;

use crate::engine::{ContainerManagerExt, ExecRequest, Feature, ObjectKind, PathKind, RemoveOptions};

/// Bytes of every value, more than one piece of any stream.
fn content() -> Vec<u8> {
    (0..200_000_u32).map(|n| (n % 251) as u8).collect()
}

pub(super) async fn files_go_in_and_out(bench: &Bench) {
    if !bench.can(Feature::Archive).await {
        return;
    }
    let id = bench.idle("a").await;
    let files = archive(&[("tree/one.bin", &content()), ("tree/two.txt", b"two\n"), ("tree/empty", b"")]);
    bench.engine.copy_in(&id, "/tmp", files).await.unwrap();
    let one = unpacked(bench.engine.copy_out(&id, "/tmp/tree/one.bin")).await;
    assert_eq!(one.len(), 1);
    assert_eq!((one[0].0.as_str(), one[0].1 & 0o777), ("one.bin", 0o640));
    assert!(one[0].2 == content(), "the bytes are those that went in");
    let mut tree = unpacked(bench.engine.copy_out(&id, "/tmp/tree")).await;
    tree.sort();
    let names: Vec<_> = tree.iter().map(|(path, ..)| path.as_str()).collect();
    assert_eq!(names, ["tree/empty", "tree/one.bin", "tree/two.txt"], "a directory brings what is in it");
    assert_eq!(tree[2].2, b"two\n");
}

pub(super) async fn a_stopped_container_is_copied_too(bench: &Bench) {
    if !bench.can(Feature::Archive).await {
        return;
    }
    let created = bench.created(&bench.spec("created", scripts::IDLE)).await;
    let (ended, _) = bench.ended("ended", scripts::BOTH_STREAMS).await;
    for id in [created, ended] {
        bench.engine.copy_in(&id, "/tmp", archive(&[("note", b"hello\n")])).await.unwrap();
        let files = unpacked(bench.engine.copy_out(&id, "/tmp/note")).await;
        assert_eq!(files[0].2, b"hello\n", "{id}");
    }
}

pub(super) async fn what_was_copied_in_is_seen_inside(bench: &Bench) {
    if !bench.can(Feature::Archive).await {
        return;
    }
    let id = bench.created(&bench.spec("a", scripts::IDLE)).await;
    bench.engine.copy_in(&id, "/tmp", archive(&[("note", b"hello\n")])).await.unwrap();
    bench.engine.start(&id).await.unwrap();
    bench.engine.copy_in(&id, "/tmp", archive(&[("later", b"again\n")])).await.unwrap();
    for (path, text) in [("/tmp/note", "hello\n"), ("/tmp/later", "again\n")] {
        let seen = bench.engine.exec_collect(&id, &ExecRequest::new(["cat", path]), 100).await.unwrap();
        assert_eq!(seen.stdout_text(), text, "{path}");
    }
}

pub(super) async fn a_path_is_looked_at_without_reading_it(bench: &Bench) {
    if !bench.can(Feature::Archive).await {
        return;
    }
    let id = bench.created(&bench.spec("a", scripts::IDLE)).await;
    bench.engine.copy_in(&id, "/tmp", archive(&[("tree/one.bin", &content())])).await.unwrap();
    let file = bench.engine.stat(&id, "/tmp/tree/one.bin").await.unwrap();
    assert_eq!((&file.kind, file.size, file.mode), (&PathKind::File, content().len() as u64, 0o640));
    assert_eq!(bench.engine.stat(&id, "/tmp/tree").await.unwrap().kind, PathKind::Directory);
    let missing = bench.engine.stat(&id, "/tmp/tree/two").await.unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    assert_eq!(missing.object().unwrap().0, ObjectKind::Path, "{missing}");
}

pub(super) async fn a_missing_path_is_not_found(bench: &Bench) {
    if !bench.can(Feature::Archive).await {
        return;
    }
    let id = bench.idle("a").await;
    let error = bench.engine.copy_out(&id, "/no/such/file").next().await.unwrap().unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

pub(super) async fn a_missing_directory_takes_nothing(bench: &Bench) {
    if !bench.can(Feature::Archive).await {
        return;
    }
    let id = bench.idle("a").await;
    let error = bench.engine.copy_in(&id, "/no/such", archive(&[("note", b"x")])).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let out = bench.engine.copy_out(&id, "/no").next().await.unwrap();
    assert!(out.unwrap_err().is_not_found(), "and it was not made");
}

pub(super) async fn a_volume_outlives_its_container(bench: &Bench) {
    if !bench.can(Feature::Archive).await {
        return;
    }
    let volume = bench.volume("cache").await;
    let mut spec = bench.spec("first", scripts::IDLE);
    spec.mounts = vec![volume_at(&volume, "/cache", false)];
    let first = bench.running_from(&spec).await;
    bench.engine.copy_in(&first, "/cache", archive(&[("kept", b"kept\n")])).await.unwrap();
    let forced = RemoveOptions { force: true, volumes: true };
    bench.engine.remove(&first, forced).await.unwrap();

    let mut spec = bench.spec("second", scripts::IDLE);
    spec.mounts = vec![volume_at(&volume, "/elsewhere", true)];
    let second = bench.running_from(&spec).await;
    let files = unpacked(bench.engine.copy_out(&second, "/elsewhere/kept")).await;
    assert_eq!(files[0].2, b"kept\n", "only anonymous volumes go with their container");
}
