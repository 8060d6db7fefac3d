//! What containers use, what everything takes on disk, and copying files.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt};

use super::clock::{Moment, nanos};
use super::engine::{Handle, failed};
use super::files::{FILE_LIMIT, Untaken};
use super::scene::{Operation, Usage};
use super::state::Kept;
use super::streams::refused;
use crate::engine::{
    BlockIo, ContainerId, Cpu, DiskUsage, ErrorKind, Memory, NetworkIo, ObjectKind, PathStat, Result,
    ResultStream, Stats, UsageOf, VolumeUsage,
};

/// Between two readings.
const PERIOD: Duration = Duration::from_secs(1);
/// The size of a piece of a stream.
const PIECE: usize = 64 * 1024;

/// A line through points at equal distances, begun anew after the last.
struct Curve<'a> {
    points: &'a [f64],
    every: f64,
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for show: never negative, and far from where rounding would tell"
)]
impl Curve<'_> {
    fn point(&self, index: usize) -> f64 {
        let index = index.checked_rem(self.points.len()).unwrap_or(0);
        self.points.get(index).copied().unwrap_or(0.0).max(0.0)
    }

    fn at(&self, seconds: f64) -> f64 {
        let place = seconds.max(0.0) / self.every;
        let (index, part) = (place as usize, place.fract());
        self.point(index) * (1.0 - part) + self.point(index + 1) * part
    }

    /// The area under the line from zero.
    fn sum(&self, seconds: f64) -> f64 {
        let place = seconds.max(0.0) / self.every;
        let (whole, part) = (place as usize, place.fract());
        let segment = |index: usize| f64::midpoint(self.point(index), self.point(index + 1));
        let length = self.points.len().max(1);
        let round: f64 = (0..length).map(segment).sum();
        let rounds = (whole / length) as f64;
        let begun: f64 = (0..whole % length).map(segment).sum();
        let last = f64::midpoint(self.point(whole), self.at(seconds)) * part;
        (round * rounds + begun + last) * self.every
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for show: never negative, and far from where rounding would tell"
)]
fn reading(kept: &Kept, usage: &Usage, engine: (u32, u64), now: Moment, rate: bool) -> Stats {
    let (cpus, all) = engine;
    let alive = kept.state.is_alive();
    let seconds = if alive { kept.awake(now) as f64 / 1e9 } else { 0.0 };
    let every = usage.every.0.as_secs_f64().max(0.001);
    let cpu = Curve { points: &usage.cpu, every };
    let memory: Vec<f64> = usage.memory.iter().map(|amount| amount.0 as f64).collect();
    let memory = Curve { points: &memory, every };
    let io = Curve { points: &usage.io, every };
    let busy = if usage.io.is_empty() { seconds } else { io.sum(seconds) };
    let flow = |rate: u64| (busy * rate as f64) as u64;
    let uses = alive && kept.frozen_since.is_none();
    let limit = kept.spec.memory.unwrap_or(all);
    Stats {
        time: None,
        cpu: Cpu {
            // One nanosecond more: a process that was started has used some.
            total_ns: if alive { (cpu.sum(seconds) / 100.0 * 1e9) as u64 + 1 } else { 0 },
            percent: rate.then(|| if uses { cpu.at(seconds) } else { 0.0 }),
            online: if alive { cpus } else { 0 },
        },
        memory: if alive {
            Memory { used: (memory.at(seconds) as u64).min(limit), limit }
        } else {
            Memory::default()
        },
        network: NetworkIo { received: flow(usage.received.0), sent: flow(usage.sent.0) },
        block: BlockIo { read: flow(usage.read.0), written: flow(usage.written.0) },
        pids: alive.then_some(usage.pids),
    }
}

impl Handle {
    pub(super) fn stats(self, id: ContainerId, follow: bool) -> ResultStream<Stats> {
        let first = stream::unfold((self, id, 0_u32), move |(handle, id, number)| async move {
            if number > 0 && !follow {
                return None;
            }
            if number > 0 {
                tokio::time::sleep(PERIOD).await;
            }
            let found = {
                let state = handle.shared.lock();
                let kept = state.resolve(id.as_str()).and_then(|id| state.containers.get(&id));
                let now = handle.shared.clock.now();
                let engine = &handle.shared.scene.engine;
                kept.map(|kept| {
                    let engine = (engine.cpus, engine.memory.0);
                    // A single reading has waited for its rate, as engines do.
                    let mut figures = reading(kept, &kept.usage, engine, now, number > 0 || !follow);
                    figures.time = Some(handle.shared.clock.stamp(now));
                    figures
                })
            };
            match found {
                Some(stats) => Some((Ok(stats), (handle, id, number.saturating_add(1)))),
                // Gone while we looked: the end. Never there: an error, by the stream's own end after it.
                None if number > 0 => None,
                None => {
                    let error = failed(Operation::Stats, ErrorKind::NotFound);
                    Some((Err(error), (handle, id, u32::MAX)))
                }
            }
        });
        first.boxed()
    }

    pub(super) fn disk_usage(&self) -> DiskUsage {
        let state = self.shared.lock();
        let sum = |bytes: &mut dyn Iterator<Item = (u64, bool)>| {
            bytes.fold(UsageOf::default(), |sum, (bytes, used)| UsageOf {
                count: sum.count + 1,
                bytes: sum.bytes + bytes,
                reclaimable: sum.reclaimable + if used { 0 } else { bytes },
            })
        };
        let own = |kept: &Kept| kept.size + kept.files.bytes() as u64;
        let used = |id| state.containers.values().any(|kept| kept.image_id == id);
        let by_volume: Vec<_> = state
            .volumes
            .iter()
            .map(|(name, kept)| VolumeUsage {
                name: name.clone(),
                bytes: Some(kept.size + kept.files.bytes() as u64),
                users: Some(state.users_of(name).len() as u64),
            })
            .collect();
        DiskUsage {
            images: sum(&mut state.images.iter().map(|kept| (kept.scene.size.0, used(kept.id.clone())))),
            containers: sum(&mut state.containers.values().map(|kept| (own(kept), kept.state.is_alive()))),
            volumes: sum(&mut by_volume.iter().map(|of| (of.bytes.unwrap_or(0), of.users != Some(0)))),
            build_cache: UsageOf::default(),
            by_container: state
                .containers
                .values()
                .map(|kept| (kept.id.as_str().into(), own(kept)))
                .collect(),
            by_volume,
        }
    }

    pub(super) fn stat(&self, id: &ContainerId, path: &str) -> Result<PathStat> {
        let mut state = self.shared.lock();
        let missing = || failed(Operation::Stat, ErrorKind::NotFound);
        let full = state.resolve(id.as_str()).ok_or_else(|| missing().on(ObjectKind::Container, id))?;
        let found = state.files_at(&full, path).and_then(|(files, path)| files.stat(&path));
        found.ok_or_else(|| missing().on(ObjectKind::Path, format!("{id}:{path}")))
    }

    pub(super) fn copy_out(self, id: &ContainerId, path: &str) -> ResultStream<Bytes> {
        let mut state = self.shared.lock();
        let Some(full) = state.resolve(id.as_str()) else {
            return refused(failed(Operation::CopyOut, ErrorKind::NotFound));
        };
        let packed = state.files_at(&full, path).and_then(|(files, path)| files.pack(&path));
        match packed {
            None => refused(failed(Operation::CopyOut, ErrorKind::NotFound).on(ObjectKind::Path, path)),
            Some(Err(error)) => refused(failed(Operation::CopyOut, ErrorKind::EngineFault).because(error)),
            Some(Ok(archive)) => {
                let archive = Bytes::from(archive);
                let pieces: Vec<_> =
                    archive.chunks(PIECE).map(|piece| Ok(archive.slice_ref(piece))).collect();
                stream::iter(pieces).boxed()
            }
        }
    }

    /// All of an archive on its way in, at most what could be kept.
    pub(super) async fn gather(mut archive: ResultStream<Bytes>) -> Result<Bytes> {
        let mut all = BytesMut::new();
        while let Some(piece) = archive.next().await {
            all.extend_from_slice(&piece?);
            // Headers and padding come on top of what is kept.
            if all.len() > 2 * FILE_LIMIT {
                return Err(failed(Operation::CopyIn, ErrorKind::NoSpace));
            }
        }
        Ok(all.freeze())
    }

    pub(super) fn copy_in(&self, id: &ContainerId, directory: &str, archive: &[u8]) -> Result<()> {
        let refused = |kind| failed(Operation::CopyIn, kind);
        let mut state = self.shared.lock();
        let full = state.resolve(id.as_str()).ok_or_else(|| refused(ErrorKind::NotFound))?;
        let nowhere = || refused(ErrorKind::NotFound).on(ObjectKind::Path, directory);
        let (files, path) = state.files_at(&full, directory).ok_or_else(nowhere)?;
        files.unpack(&path, archive).map_err(|why| match why {
            Untaken::NoDirectory => nowhere(),
            Untaken::NoSpace => refused(ErrorKind::NoSpace),
            Untaken::Unreadable(error) => refused(ErrorKind::Invalid).because(error),
            Untaken::Compressed => {
                refused(ErrorKind::Unsupported).saying("the simulated engine reads plain tar archives only")
            }
        })
    }
}

/// The time a container has used, for its process list.
pub(super) fn clock_of(kept: &Kept, now: Moment) -> String {
    let seconds = kept.started.map_or(0, |started| (now - started).max(0) / nanos(PERIOD));
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_goes_through_its_points_and_begins_anew() {
        let curve = Curve { points: &[0.0, 100.0], every: 10.0 };
        for (seconds, value) in [(0.0, 0.0), (5.0, 50.0), (10.0, 100.0), (15.0, 50.0), (25.0, 50.0)] {
            assert!((curve.at(seconds) - value).abs() < 1e-9, "at {seconds}");
        }
        for (seconds, area) in [(0.0, 0.0), (5.0, 125.0), (10.0, 500.0), (20.0, 1000.0), (45.0, 2125.0)] {
            assert!((curve.sum(seconds) - area).abs() < 1e-9, "until {seconds}: {}", curve.sum(seconds));
        }
        assert!(Curve { points: &[], every: 1.0 }.sum(7.0).abs() < 1e-9);
    }
}
