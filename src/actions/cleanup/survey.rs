//! What an engine has, as far as a cleanup must know: asked once, then planned on.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use crate::actions::{Call, Outcome, Report, Supervised, Verb};
use crate::engine::{
    Container, ContainerId, ContainerManager, ContainerState, DiskUsage, Image, ImageFilter, ListFilter,
    Volume, VolumeFilter,
};

use super::rules::Rules;

/// How many requests are under way at once.
const AT_ONCE: usize = 4;

/// What an engine has.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Every container.
    pub containers: Vec<Container>,
    /// Every volume.
    pub volumes: Vec<Volume>,
    /// Images without a tag, where they were asked for.
    pub images: Vec<Image>,
    /// When containers that do not run have ended.
    pub ended: BTreeMap<ContainerId, Timestamp>,
    /// What it all takes on disk.
    pub usage: DiskUsage,
    /// Why `usage` is empty, where nobody knows.
    pub usage_unknown: Option<String>,
    /// When it was asked, by this machine's clock.
    pub taken: Timestamp,
}

impl Survey {
    /// Asks the engine. Sizes are waited for at most `sizes_within`; without them the survey is whole but for
    /// the sizes. Nothing is left behind on a cancel.
    ///
    /// # Errors
    /// The first list that could not be had.
    pub async fn take(
        on: &Supervised,
        call: &Call,
        rules: &Rules,
        images: bool,
        sizes_within: Duration,
    ) -> Result<Self, Box<Report<()>>> {
        let lists = async {
            // Volumes before containers: whoever has mounted one by now is in the second list.
            let every_volume = VolumeFilter::default();
            let volumes = on.read(call, Verb::ListVolumes, "", |engine| engine.list_volumes(&every_volume));
            let volumes = volumes.await.into_result()?;
            let untagged = ImageFilter { dangling: Some(true), ..ImageFilter::default() };
            let images = if images {
                on.read(call, Verb::ListImages, "", |engine| engine.list_images(&untagged))
                    .await
                    .into_result()?
            } else {
                Vec::new()
            };
            let containers = list_containers(on, call).await.into_result()?;
            Ok::<_, Box<Report<()>>>((volumes, images, containers))
        };
        let limits = call.limits_for(Verb::DiskUsage);
        let sizes_within = limits.deadline.map_or(sizes_within, |deadline| deadline.min(sizes_within));
        let limits = limits.with_deadline(sizes_within);
        let patience = call.clone().with_limits(crate::actions::Limits { attempts: 1, ..limits });
        // A list that fails ends the waiting for sizes.
        let usage = async { Ok(on.read(&patience, Verb::DiskUsage, "", ContainerManager::disk_usage).await) };
        let ((volumes, images, containers), usage) = futures_util::try_join!(lists, usage)?;
        let ended = ends(on, call, rules, &containers).await;
        let (usage, usage_unknown) = match usage.outcome {
            Outcome::Done(usage) => (usage, None),
            Outcome::TimedOut => {
                let why = format!("the engine did not tell within {} s", sizes_within.as_secs_f64());
                (DiskUsage::default(), Some(why))
            }
            Outcome::Failed(error) => (DiskUsage::default(), Some(crate::engine::chain(&error))),
            Outcome::Cancelled => (DiskUsage::default(), Some("cancelled".into())),
        };
        Ok(Self { containers, volumes, images, ended, usage, usage_unknown, taken: Timestamp::now() })
    }

    /// The containers that use a volume, running or not.
    pub fn users_of<'a>(&'a self, volume: &'a Volume) -> impl Iterator<Item = &'a Container> {
        users_of(&self.containers, volume)
    }
}

/// Every container of an engine.
pub(super) async fn list_containers(on: &Supervised, call: &Call) -> Report<Vec<Container>> {
    let every = ListFilter::default();
    on.read(call, Verb::List, "", |engine| engine.list(&every)).await
}

/// The containers that use a volume: by its name, or by mounting its directory (or one in it) from the host,
/// which engines do not count and removing it would empty all the same.
pub(super) fn users_of<'a>(
    containers: &'a [Container],
    volume: &'a Volume,
) -> impl Iterator<Item = &'a Container> {
    let directory = (!volume.mountpoint.is_empty()).then(|| Path::new(&volume.mountpoint));
    containers.iter().filter(move |container| {
        container.mounts.iter().any(|mount| match &mount.volume {
            Some(name) => *name == volume.name,
            None => directory.is_some_and(|directory| Path::new(&mount.source).starts_with(directory)),
        })
    })
}

/// When managed containers that do not run have ended; those that nobody can tell of are left out.
async fn ends(
    on: &Supervised,
    call: &Call,
    rules: &Rules,
    containers: &[Container],
) -> BTreeMap<ContainerId, Timestamp> {
    let ended = containers
        .iter()
        .filter(|one| matches!(one.state, ContainerState::Exited | ContainerState::Dead))
        .filter(|one| rules.managed_container(one).is_some());
    let looks: Vec<_> = ended
        .map(|one| async move {
            let look = on.read(call, Verb::Inspect, one.id.as_str(), |engine| engine.inspect(&one.id));
            let details = look.await.into_result().ok()?;
            Some((one.id.clone(), details.finished?))
        })
        .collect();
    stream::iter(looks).buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await
}
