//! Removing what a plan shows: each thing looked at once more just before, and left alone where it is no
//! longer what was shown.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use crate::actions::{Aftermath, Call, Outcome, Report, Supervised, Verb};
use crate::engine::{
    Change, ContainerId, ContainerState, EngineError, ErrorKind, RemoveOptions, StopOptions, Volume,
};

use super::item::{Item, ItemId, ItemKind, Removal};
use super::plan::Plan;
use super::result::{CleanupReport, Ending, ItemReport, SkipReason};
use super::survey::{list_containers, users_of};

/// How many removals are under way at once: they delete files, and more at a time only makes the disk seek.
const AT_ONCE: usize = 4;

/// Removes what was chosen from a plan, and nothing else; ids that are not in the plan are ignored.
///
/// Containers first, then volumes, then images, four at a time. `each` hears of every item as it ends. Nothing
/// is forced: a container that was shown stopped and runs by now is refused by the engine itself, whatever
/// happens between our look and its answer. A container shown running is stopped with the engine's own grace.
/// Anonymous volumes are removed by name after their container, so that none goes that was not shown.
///
/// Sessions are left alone, and not reported: they are for whoever put them into the plan.
///
/// Cancelling ends what is under way with a look at what became of it; the rest is reported as not begun.
pub async fn execute(
    on: &Supervised,
    call: &Call,
    plan: &Plan,
    chosen: &BTreeSet<ItemId>,
    each: impl Fn(&ItemReport),
) -> CleanupReport {
    let begun = Instant::now();
    let chosen: Vec<&Removal> =
        plan.removals().iter().filter(|removal| chosen.contains(&removal.item.id)).collect();
    let mut gone = Gone { ids: BTreeSet::new(), names: names_of_containers(plan) };
    let mut items = Vec::with_capacity(chosen.len());
    for phase in [Phase::Containers, Phase::Volumes, Phase::Images] {
        let of_phase = chosen.iter().filter(|removal| Phase::of(removal.item.id.kind) == Some(phase));
        let work: Vec<_> = of_phase
            .enumerate()
            .map(|(place, removal)| {
                let gone = &gone;
                async move { (place, one(on, call, gone, removal).await) }
            })
            .collect();
        let mut ended: Vec<(usize, ItemReport)> = Vec::with_capacity(work.len());
        let mut running = stream::iter(work).buffer_unordered(AT_ONCE);
        while let Some((place, report)) = running.next().await {
            each(&report);
            ended.push((place, report));
        }
        drop(running);
        ended.sort_by_key(|(place, _)| *place);
        for (_, report) in ended {
            if phase == Phase::Containers && report.is_gone() {
                gone.ids.insert(ContainerId::from(report.item.id.id.as_str()));
            }
            items.push(report);
        }
    }
    CleanupReport { items, elapsed: begun.elapsed() }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Containers,
    Volumes,
    Images,
}

impl Phase {
    fn of(kind: ItemKind) -> Option<Self> {
        match kind {
            ItemKind::Container => Some(Self::Containers),
            ItemKind::Volume | ItemKind::AnonymousVolume => Some(Self::Volumes),
            ItemKind::Image => Some(Self::Images),
            ItemKind::Session => None,
        }
    }
}

/// The containers that are gone by now, and the names of those that were to go.
struct Gone {
    ids: BTreeSet<ContainerId>,
    names: BTreeMap<ContainerId, String>,
}

impl Gone {
    /// The names of those that are not.
    fn missing(&self, users: &[ContainerId]) -> Vec<String> {
        let staying = users.iter().filter(|id| !self.ids.contains(*id));
        staying.map(|id| self.names.get(id).cloned().unwrap_or_else(|| id.short().to_owned())).collect()
    }
}

fn names_of_containers(plan: &Plan) -> BTreeMap<ContainerId, String> {
    let containers = plan.removals().iter().filter(|removal| removal.item.id.kind == ItemKind::Container);
    containers.map(|one| (ContainerId::from(one.item.id.id.as_str()), one.item.name.clone())).collect()
}

async fn one(on: &Supervised, call: &Call, gone: &Gone, removal: &Removal) -> ItemReport {
    let item = removal.item.clone();
    let staying = gone.missing(&removal.after);
    let ending = if call.cancel.is_cancelled() {
        Ending::Asked(not_begun(&item))
    } else if !staying.is_empty() {
        Ending::Skipped(SkipReason::UserStays(staying))
    } else {
        match (item.id.kind, &removal.volume) {
            (ItemKind::Container, _) => container(on, call, &item).await,
            (ItemKind::Image, _) => image(on, call, &item).await,
            (_, Some(volume)) => self::volume(on, call, gone, &item, volume, &removal.after).await,
            // A plan keeps every volume as it was; without it nothing can be checked.
            (_, None) => Ending::Skipped(SkipReason::Changed),
        }
    };
    ItemReport { item, ending }
}

async fn container(on: &Supervised, call: &Call, item: &Item) -> Ending {
    let id = ContainerId::from(item.id.id.as_str());
    let shown_alive = item.state.is_some_and(ContainerState::is_alive);
    let look = on.read(call, Verb::Inspect, &item.name, |engine| engine.inspect(&id)).await;
    let found = match known(item, look) {
        Ok(found) if found.id == id => found,
        // A name that looks like the id of a container that is gone.
        Ok(_) => return Ending::Asked(already_gone(item)),
        Err(report) => return Ending::Asked(*report),
    };
    if found.name != item.name {
        return Ending::Skipped(SkipReason::Renamed(found.name));
    }
    if found.state.is_alive() {
        if !shown_alive {
            return Ending::Skipped(SkipReason::Started(found.state));
        }
        let stopped = on.stop(call, &id, &StopOptions::default()).await;
        if is_failure(&stopped, |kind| *kind == ErrorKind::NotFound) {
            return Ending::Asked(already_gone(item));
        }
        if !matches!(stopped.outcome, Outcome::Done(_)) {
            return Ending::Asked(Report { object: item.name.clone(), ..stopped });
        }
    }
    // Not forced, so that the engine refuses what has been started since; without volumes, which are removed
    // by name, each after a look of its own.
    let options = RemoveOptions { force: false, volumes: false };
    let mut report = on.remove(call, &id, options).await;
    report.object.clone_from(&item.name);
    if report.aftermath == Aftermath::NotBegun && found.state.is_alive() {
        report.aftermath = Aftermath::DidNotHappen("it was stopped, and is still there".into());
    }
    if is_failure(&report, |kind| *kind == ErrorKind::Conflict) {
        let look = on.read(call, Verb::Inspect, &item.name, |engine| engine.inspect(&id)).await;
        if let Outcome::Done(found) = look.outcome
            && found.state.is_alive()
        {
            return Ending::Skipped(SkipReason::Started(found.state));
        }
    }
    Ending::Asked(report)
}

async fn volume(
    on: &Supervised,
    call: &Call,
    gone: &Gone,
    item: &Item,
    shown: &Volume,
    after: &[ContainerId],
) -> Ending {
    let look = on.read(call, Verb::InspectVolume, &item.name, |engine| engine.inspect_volume(&shown.name));
    let found = match known(item, look.await) {
        Ok(found) => found,
        Err(report) => return Ending::Asked(*report),
    };
    if !is_same(shown, &found, !after.is_empty()) {
        return Ending::Skipped(SkipReason::Changed);
    }
    let containers = match list_containers(on, call).await {
        Report { outcome: Outcome::Done(containers), .. } => containers,
        report => return Ending::Asked(unchecked(item, report)),
    };
    let users = users_of(&containers, &found).filter(|user| !gone.ids.contains(&user.id));
    let users: Vec<String> = users.map(|user| user.name.clone()).collect();
    if !users.is_empty() {
        return Ending::Skipped(SkipReason::InUse(users));
    }
    in_use_is_skipped(on.remove_volume(call, &shown.name).await)
}

async fn image(on: &Supervised, call: &Call, item: &Item) -> Ending {
    let look = on.read(call, Verb::InspectImage, &item.name, |engine| engine.inspect_image(&item.id.id));
    let found = match known(item, look.await) {
        Ok(found) => found,
        Err(report) => return Ending::Asked(*report),
    };
    if let Some(tag) = found.tags.first() {
        return Ending::Skipped(SkipReason::Tagged(tag.clone()));
    }
    let report = on.remove_image(call, &item.id.id, false).await;
    in_use_is_skipped(report.map(|removed| if removed.is_empty() { Change::AlreadySo } else { Change::Made }))
}

/// Whether a volume is the one that was shown.
///
/// One that was in use all along cannot have been made anew, and its time of making may honestly have moved:
/// some engines tell when its top directory last changed, and the last thing a build does is write.
fn is_same(shown: &Volume, found: &Volume, was_in_use: bool) -> bool {
    shown.driver == found.driver
        && shown.labels == found.labels
        && (was_in_use || shown.created == found.created)
}

/// What a look just before found, or how the item ends without it.
fn known<T>(item: &Item, look: Report<T>) -> Result<T, Box<Report<Change>>> {
    match look {
        Report { outcome: Outcome::Done(found), .. } => Ok(found),
        Report { outcome: Outcome::Failed(error), .. } if error.is_not_found() => {
            Err(Box::new(already_gone(item)))
        }
        report => Err(Box::new(unchecked(item, report))),
    }
}

/// The report of an item whose look just before did not succeed: its removal was never asked for.
fn unchecked<T>(item: &Item, look: Report<T>) -> Report<Change> {
    let Report { verb, object, outcome, attempts, elapsed, deadline, .. } = look;
    let outcome = match outcome {
        Outcome::Failed(error) => Outcome::Failed(error),
        Outcome::TimedOut => Outcome::TimedOut,
        Outcome::Done(_) | Outcome::Cancelled => return not_begun(item),
    };
    let aftermath = Aftermath::DidNotHappen("it was not removed".into());
    Report { verb, object, outcome, aftermath, attempts, elapsed, deadline }
}

fn in_use_is_skipped(report: Report<Change>) -> Ending {
    match report.outcome {
        Outcome::Failed(error) if matches!(error.kind(), ErrorKind::InUse { .. }) => {
            Ending::Skipped(SkipReason::InUse(users_in(&error)))
        }
        _ => Ending::Asked(report),
    }
}

fn users_in(error: &EngineError) -> Vec<String> {
    match error.kind() {
        ErrorKind::InUse { by } => by.clone(),
        _ => Vec::new(),
    }
}

fn is_failure<T>(report: &Report<T>, is: impl Fn(&ErrorKind) -> bool) -> bool {
    matches!(&report.outcome, Outcome::Failed(error) if is(error.kind()))
}

fn already_gone(item: &Item) -> Report<Change> {
    Report { outcome: Outcome::Done(Change::AlreadySo), aftermath: Aftermath::Clear, ..not_begun(item) }
}

fn not_begun(item: &Item) -> Report<Change> {
    Report {
        verb: match Phase::of(item.id.kind) {
            Some(Phase::Volumes) => Verb::RemoveVolume,
            Some(Phase::Images) => Verb::RemoveImage,
            Some(Phase::Containers) | None => Verb::Remove,
        },
        object: item.name.clone(),
        outcome: Outcome::Cancelled,
        aftermath: Aftermath::NotBegun,
        attempts: 0,
        elapsed: std::time::Duration::ZERO,
        deadline: None,
    }
}

#[cfg(test)]
mod tests;
