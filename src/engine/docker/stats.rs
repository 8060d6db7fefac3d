//! What a container uses.

use bollard::models::{ContainerCpuStats, ContainerMemoryStats, ContainerStatsResponse};
use bollard::query_parameters::StatsOptionsBuilder;
use futures_util::{StreamExt, stream};

use crate::engine::{BlockIo, ContainerId, Cpu, Memory, NetworkIo, ObjectKind, ResultStream, Stats};

use super::convert::{container_path, time};
use super::errors::Fault;
use super::manager::Docker;

pub(super) fn stats(docker: &Docker, id: &ContainerId, follow: bool) -> ResultStream<Stats> {
    let path = match container_path("read the figures of", id) {
        Ok(path) => path,
        Err(error) => return Box::pin(stream::iter([Err(error)])),
    };
    // Without a first reading to compare with, a single answer has no rate.
    let options = StatsOptionsBuilder::default().stream(follow).one_shot(false).build();
    let readings = docker.bollard.stats(path, Some(options));
    let id = id.clone();
    Box::pin(readings.map(move |reading| {
        reading
            .map(|reading| figures(&reading))
            .map_err(|error| Fault::from(error).during("read the figures of", ObjectKind::Container, &id))
    }))
}

fn figures(reading: &ContainerStatsResponse) -> Stats {
    let networks = reading.networks.iter().flat_map(|networks| networks.values());
    let network = networks.fold(NetworkIo::default(), |sum, one| NetworkIo {
        received: sum.received + one.rx_bytes.unwrap_or(0),
        sent: sum.sent + one.tx_bytes.unwrap_or(0),
    });
    let devices = reading.blkio_stats.iter().flat_map(|io| io.io_service_bytes_recursive.iter().flatten());
    let block = devices.fold(BlockIo::default(), |sum, one| {
        let bytes = one.value.unwrap_or(0);
        match one.op.as_deref().map(str::to_ascii_lowercase).as_deref() {
            Some("read") => BlockIo { read: sum.read + bytes, ..sum },
            Some("write") => BlockIo { written: sum.written + bytes, ..sum },
            _ => sum,
        }
    });
    Stats {
        time: time(reading.read.as_deref()),
        cpu: cpu(reading.cpu_stats.as_ref(), reading.precpu_stats.as_ref()),
        memory: reading.memory_stats.as_ref().map(memory).unwrap_or_default(),
        network,
        block,
        pids: reading.pids_stats.as_ref().and_then(|pids| pids.current),
    }
}

/// The share of all processors' time since the reading before, times their number: as `docker stats` counts.
#[expect(clippy::cast_precision_loss, reason = "a percentage needs no more than 53 bits")]
fn cpu(now: Option<&ContainerCpuStats>, before: Option<&ContainerCpuStats>) -> Cpu {
    let total = |cpu: Option<&ContainerCpuStats>| cpu?.cpu_usage.as_ref()?.total_usage;
    let system = |cpu: Option<&ContainerCpuStats>| cpu?.system_cpu_usage;
    let counted = now.and_then(|cpu| {
        let listed = cpu.cpu_usage.as_ref().and_then(|usage| usage.percpu_usage.as_ref()).map(Vec::len);
        cpu.online_cpus.filter(|count| *count > 0).or(listed.and_then(|count| u32::try_from(count).ok()))
    });
    let online = counted.unwrap_or(0);
    let percent = || {
        let used = total(now)?.checked_sub(total(before)?)?;
        let passed = system(now)?.checked_sub(system(before)?).filter(|passed| *passed > 0)?;
        Some(used as f64 / passed as f64 * f64::from(online) * 100.0)
    };
    Cpu { total_ns: total(now).unwrap_or(0), percent: percent(), online }
}

/// Without the cache of files not used lately, which the kernel gives back first. Its name differs between
/// cgroup v1 and v2.
fn memory(memory: &ContainerMemoryStats) -> Memory {
    let stats = memory.stats.as_ref();
    let of = |name: &str| stats.and_then(|stats| stats.get(name)).copied();
    let cache = of("total_inactive_file").or_else(|| of("inactive_file")).unwrap_or(0);
    Memory { used: memory.usage.unwrap_or(0).saturating_sub(cache), limit: memory.limit.unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Stats {
        figures(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_percentage_counts_processors() {
        let stats = read(
            r#"{"cpu_stats": {"cpu_usage": {"total_usage": 3000}, "system_cpu_usage": 12000, "online_cpus": 4},
                "precpu_stats": {"cpu_usage": {"total_usage": 1000}, "system_cpu_usage": 8000}}"#,
        );
        assert_eq!(stats.cpu.percent, Some(200.0));
        assert_eq!(stats.cpu.total_ns, 3000);
    }

    #[test]
    fn a_first_reading_has_no_rate() {
        let stats = read(
            r#"{"cpu_stats": {"cpu_usage": {"total_usage": 3000}, "system_cpu_usage": 12000, "online_cpus": 4},
                "precpu_stats": {"cpu_usage": {"total_usage": 0}}}"#,
        );
        assert_eq!(stats.cpu.percent, None);
        assert_eq!(read("{}").memory, Memory::default(), "a stopped container gives nothing");
    }

    #[test]
    fn the_cache_that_can_go_is_not_counted() {
        let of = |name: &str| {
            read(&format!(r#"{{"memory_stats": {{"usage": 100, "limit": 500, "stats": {{"{name}": 30}}}}}}"#))
                .memory
        };
        assert_eq!(of("total_inactive_file"), Memory { used: 70, limit: 500 });
        assert_eq!(of("inactive_file"), Memory { used: 70, limit: 500 });
    }

    #[test]
    fn counters_are_summed_over_devices() {
        let stats = read(
            r#"{"networks": {"eth0": {"rx_bytes": 1, "tx_bytes": 2}, "eth1": {"rx_bytes": 10}},
                "blkio_stats": {"io_service_bytes_recursive": [
                    {"op": "Read", "value": 5}, {"op": "write", "value": 6}, {"op": "Total", "value": 11}]}}"#,
        );
        assert_eq!(stats.network, NetworkIo { received: 11, sent: 2 });
        assert_eq!(stats.block, BlockIo { read: 5, written: 6 });
    }
}
