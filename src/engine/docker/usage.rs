//! What takes the disk.
//!
//! bollard 0.21.1 reads the shape of API 1.52 only and answers with nothing below it. Asked by hand in the
//! shape that all engines since 1.41 give up to 1.51, which newer ones still give when asked in that version.

use crate::engine::{DiskUsage, ObjectKind, Result, UsageOf, VolumeUsage};

use super::client::Ask;
use super::convert::count;
use super::manager::Docker;
use super::version::ApiVersion;
use super::wire::Usage;

/// The last version with this shape.
const LAST: ApiVersion = ApiVersion::new(1, 51);

pub(super) async fn disk_usage(docker: &Docker) -> Result<DiskUsage> {
    let http = docker.http.clone().with_version(docker.version.lower(LAST));
    let usage: Usage = http
        .ask_json(Ask::get("/system/df"))
        .await
        .map_err(|fault| fault.during("measure the disk usage of", ObjectKind::Engine, &docker.endpoint))?;
    Ok(summed(usage))
}

fn summed(usage: Usage) -> DiskUsage {
    let images = usage.images.unwrap_or_default();
    let containers = usage.containers.unwrap_or_default();
    let volumes = usage.volumes.unwrap_or_default();
    let cache = usage.build_cache.unwrap_or_default();

    let in_use: u64 = images
        .iter()
        .filter(|image| image.containers > 0 && image.size >= 0 && image.shared_size >= 0)
        .map(|image| count(image.size - image.shared_size))
        .sum();
    let layers = count(usage.layers_size);
    let stopped = |state: &str| !matches!(state, "running" | "paused" | "restarting");
    let volume_size = |volume: &super::wire::UsedVolume| {
        volume.usage_data.as_ref().and_then(|data| u64::try_from(data.size).ok())
    };
    let volume_users = |volume: &super::wire::UsedVolume| {
        volume.usage_data.as_ref().and_then(|data| u64::try_from(data.ref_count).ok())
    };
    DiskUsage {
        images: UsageOf {
            count: images.len() as u64,
            bytes: layers,
            reclaimable: layers.saturating_sub(in_use),
        },
        containers: UsageOf {
            count: containers.len() as u64,
            bytes: containers.iter().map(|container| count(container.size_rw)).sum(),
            reclaimable: containers
                .iter()
                .filter(|one| stopped(&one.state))
                .map(|one| count(one.size_rw))
                .sum(),
        },
        volumes: UsageOf {
            count: volumes.len() as u64,
            bytes: volumes.iter().filter_map(volume_size).sum(),
            reclaimable: volumes
                .iter()
                .filter(|one| volume_users(one) == Some(0))
                .filter_map(volume_size)
                .sum(),
        },
        build_cache: UsageOf {
            count: cache.len() as u64,
            bytes: cache.iter().filter(|one| !one.shared).map(|one| count(one.size)).sum(),
            reclaimable: cache
                .iter()
                .filter(|one| !one.shared && !one.in_use)
                .map(|one| count(one.size))
                .sum(),
        },
        by_volume: volumes
            .iter()
            .map(|volume| VolumeUsage {
                name: volume.name.clone(),
                bytes: volume_size(volume),
                users: volume_users(volume),
            })
            .collect(),
        by_container: containers.into_iter().map(|one| (one.id.into(), count(one.size_rw))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_engines_own_client() {
        let usage: Usage = serde_json::from_str(
            r#"{"LayersSize": 1000,
                "Images": [{"Size": 700, "SharedSize": 200, "Containers": 1}, {"Size": 300, "SharedSize": 0, "Containers": 0}],
                "Containers": [{"Id": "a", "SizeRw": 40, "State": "running"}, {"Id": "b", "State": "exited", "SizeRw": 60}],
                "Volumes": [{"Name": "sstate", "UsageData": {"Size": 41, "RefCount": 3}},
                            {"Name": "nfs", "UsageData": {"Size": -1, "RefCount": -1}}, {"Name": "new"}],
                "BuildCache": null}"#,
        )
        .unwrap();
        let usage = summed(usage);
        assert_eq!(usage.images, UsageOf { count: 2, bytes: 1000, reclaimable: 500 });
        assert_eq!(usage.containers, UsageOf { count: 2, bytes: 100, reclaimable: 60 });
        assert_eq!(usage.volumes, UsageOf { count: 3, bytes: 41, reclaimable: 0 });
        assert_eq!(usage.by_volume[1].bytes, None, "-1 is no size");
    }
}
