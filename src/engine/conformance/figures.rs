//! What containers use, and what everything takes on disk.

use futures_util::StreamExt;

use super::bench::{Bench, eventually, volume_at};
use super::scripts;
use crate::engine::{ContainerManagerExt, ErrorKind, Feature};

pub(super) async fn stats_once_of_a_running_one(bench: &Bench) {
    if !bench.can(Feature::Stats).await {
        return;
    }
    let id = bench.idle("a").await;
    let mut readings = bench.engine.stats(&id, false);
    let stats = readings.next().await.unwrap().unwrap();
    assert!(readings.next().await.is_none(), "one reading was asked for");
    assert!(stats.time.is_some());
    assert!(stats.cpu.online > 0);
    assert!(stats.cpu.total_ns > 0);
    assert!(stats.memory.used > 0 && stats.memory.used <= stats.memory.limit, "{:?}", stats.memory);
}

pub(super) async fn stats_follow(bench: &Bench) {
    if !bench.can(Feature::Stats).await {
        return;
    }
    let id = bench.idle("a").await;
    let readings: Vec<_> = bench.engine.stats(&id, true).take(3).map(Result::unwrap).collect().await;
    assert_eq!(readings.len(), 3);
    for pair in readings.windows(2) {
        assert!(pair[0].time < pair[1].time, "{pair:?}");
        assert!(pair[0].cpu.total_ns <= pair[1].cpu.total_ns, "{pair:?}");
    }
    assert!(readings[2].cpu.percent.is_some_and(|percent| percent >= 0.0), "a later reading has a rate");
}

pub(super) async fn stats_of_a_stopped_one_are_zero(bench: &Bench) {
    if !bench.can(Feature::Stats).await {
        return;
    }
    let (id, _) = bench.ended("a", scripts::BOTH_STREAMS).await;
    let stats = bench.engine.stats_once(&id).await.unwrap();
    assert_eq!((stats.cpu.total_ns, stats.memory.used), (0, 0));
}

pub(super) async fn disk_usage_has_the_volume_and_its_users(bench: &Bench) {
    if !bench.can(Feature::DiskUsage).await {
        return;
    }
    let volume = bench.volume("cache").await;
    let mut spec = bench.spec("a", scripts::IDLE);
    spec.mounts = vec![volume_at(&volume, "/cache", false)];
    let id = bench.created(&spec).await;
    // Some engines take one such request at a time.
    let usage = eventually("the engine counts", async || match bench.engine.disk_usage().await {
        Ok(usage) => Some(usage),
        Err(error) if *error.kind() == ErrorKind::Busy => None,
        Err(error) => panic!("{error}"),
    })
    .await;
    let ours = usage.by_volume.iter().find(|known| known.name == volume).unwrap();
    assert!(ours.bytes.is_some(), "a local volume's size can be told");
    assert_eq!(ours.users, Some(1));
    assert!(usage.by_container.iter().any(|(known, _)| *known == id), "{:?}", usage.by_container);
    assert!(usage.images.count > 0 && usage.images.bytes > 0);
    assert!(usage.volumes.count > 0 && usage.containers.count > 0);
}
