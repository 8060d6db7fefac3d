//! What would go, what stays, and why: decided from lists, without asking anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::actions::{Call, Report, Supervised};
use crate::engine::{Container, ContainerId, ContainerState, Image, ImageId, Volume};

use super::item::{Item, ItemId, ItemKind, KeepReason, Kept, Removal, RemovalReason};
use super::rules::Rules;
use super::survey::Survey;

/// What the user asked of a cleanup.
#[derive(Debug, Clone)]
pub struct PlanOptions {
    /// Running containers too: they are stopped, then removed.
    pub running: bool,
    /// Untagged images that nothing uses, too; whoever made them.
    pub images: bool,
    /// Which volumes.
    pub volumes: VolumeChoice,
    /// Only what was made, and where it has run has ended, at least so long ago.
    pub older_than: Option<Duration>,
    /// Protected things that may go all the same, by their exact names.
    pub include_protected: BTreeSet<String>,
    /// How long sizes are waited for.
    pub sizes_within: Duration,
}

impl Default for PlanOptions {
    /// Stopped containers and all their unprotected volumes, with ten seconds for the sizes.
    fn default() -> Self {
        Self {
            running: false,
            images: false,
            volumes: VolumeChoice::All,
            older_than: None,
            include_protected: BTreeSet::new(),
            sizes_within: Duration::from_secs(10),
        }
    }
}

/// Which volumes a cleanup takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum VolumeChoice {
    /// Named and anonymous ones.
    #[default]
    All,
    /// Only anonymous ones, which nobody can find again once their container is gone.
    Anonymous,
    /// None.
    None,
}

/// Exactly what a cleanup would remove, and what it leaves. It removes nothing by itself, and nothing outside
/// of it is ever removed: see [`execute`](super::execute).
#[derive(Debug, Clone)]
pub struct Plan {
    removals: Vec<Removal>,
    kept: Vec<Kept>,
    unknown_names: Vec<String>,
    sizes_unknown: Option<String>,
    taken: Timestamp,
}

impl Plan {
    /// Asks the engine what it has and plans. Nothing is left behind on a cancel.
    ///
    /// # Errors
    /// The list that could not be had. Missing sizes are no error: see [`Plan::sizes_unknown`].
    pub async fn make(
        on: &Supervised,
        call: &Call,
        rules: &Rules,
        options: &PlanOptions,
    ) -> Result<Self, Box<Report<()>>> {
        let survey = Survey::take(on, call, rules, options.images, options.sizes_within).await?;
        Ok(Self::of(&survey, rules, options))
    }

    /// Plans on what an engine was found to have.
    #[must_use]
    pub fn of(survey: &Survey, rules: &Rules, options: &PlanOptions) -> Self {
        let mut planner = Planner::new(survey, rules, options);
        for container in &survey.containers {
            planner.judge_container(container);
        }
        for volume in &survey.volumes {
            planner.judge_volume(volume);
        }
        if options.images {
            for image in &survey.images {
                planner.judge_image(image);
            }
        }
        planner.finish()
    }

    /// The same, and what somebody else would remove: see [`Removal::of_session`].
    #[must_use]
    pub fn and(mut self, others: impl IntoIterator<Item = Removal>) -> Self {
        self.removals.extend(others);
        self
    }

    /// What goes: containers, then volumes, then images, each by name; then what [was added](Self::and).
    #[must_use]
    pub fn removals(&self) -> &[Removal] {
        &self.removals
    }

    /// What stays although a cleanup had a look at it; things that are nobody's business are not listed.
    #[must_use]
    pub fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// Names of [`PlanOptions::include_protected`] that nothing has: probably mistyped.
    #[must_use]
    pub fn unknown_names(&self) -> &[String] {
        &self.unknown_names
    }

    /// Why sizes are missing, where they are.
    #[must_use]
    pub fn sizes_unknown(&self) -> Option<&str> {
        self.sizes_unknown.as_deref()
    }

    /// When the engine was asked, by this machine's clock: ages count from here.
    #[must_use]
    pub fn taken(&self) -> Timestamp {
        self.taken
    }

    /// Everything that goes, for [`execute`](super::execute).
    #[must_use]
    pub fn all(&self) -> BTreeSet<ItemId> {
        self.removals.iter().map(|removal| removal.item.id.clone()).collect()
    }

    /// Bytes of everything that goes as far as they are known, and how many things have no known size. Images
    /// that share layers count them twice.
    #[must_use]
    pub fn total(&self) -> (u64, usize) {
        total(self.removals.iter().map(|removal| &removal.item))
    }
}

/// Bytes as far as known, and how many items have no known size.
pub(super) fn total<'a>(items: impl Iterator<Item = &'a Item>) -> (u64, usize) {
    items.fold((0, 0), |(bytes, unknown), item| match item.size {
        Some(size) => (bytes.saturating_add(size), unknown),
        None => (bytes, unknown + 1),
    })
}

struct Planner<'a> {
    survey: &'a Survey,
    rules: &'a Rules,
    options: &'a PlanOptions,
    container_sizes: BTreeMap<&'a ContainerId, u64>,
    volume_sizes: BTreeMap<&'a str, u64>,
    going: BTreeSet<&'a ContainerId>,
    unknown_names: BTreeSet<&'a str>,
    removals: Vec<Removal>,
    kept: Vec<Kept>,
}

impl<'a> Planner<'a> {
    fn new(survey: &'a Survey, rules: &'a Rules, options: &'a PlanOptions) -> Self {
        let usage = &survey.usage;
        let volume_size = |one: &'a crate::engine::VolumeUsage| Some((one.name.as_str(), one.bytes?));
        Self {
            survey,
            rules,
            options,
            container_sizes: usage.by_container.iter().map(|(id, bytes)| (id, *bytes)).collect(),
            volume_sizes: usage.by_volume.iter().filter_map(volume_size).collect(),
            going: BTreeSet::new(),
            unknown_names: options.include_protected.iter().map(String::as_str).collect(),
            removals: Vec::new(),
            kept: Vec::new(),
        }
    }

    fn judge_container(&mut self, container: &'a Container) {
        let named = self.was_named(&container.name);
        let managed = self.rules.managed_container(container);
        let item = Item {
            id: ItemId { kind: ItemKind::Container, id: container.id.to_string() },
            name: container.name.clone(),
            state: Some(container.state),
            size: self.container_sizes.get(&container.id).copied(),
            created: container.created,
            ended: self.survey.ended.get(&container.id).copied(),
            protected: Rules::protected_container(container),
        };
        let Some(by) = managed else {
            // Other people's containers are not listed, but who names one is told.
            if named {
                self.keep(item, KeepReason::NotManaged);
            }
            return;
        };
        let ended_unknown = container.state == ContainerState::Exited && item.ended.is_none();
        let kept = match container.state {
            _ if item.protected.is_some() && !named => item.protected.clone().map(KeepReason::Protected),
            ContainerState::Removing => Some(KeepReason::BeingRemoved),
            ContainerState::Created | ContainerState::Exited | ContainerState::Dead => None,
            state if state.is_alive() => (!self.options.running).then_some(KeepReason::Running(state)),
            _ => Some(KeepReason::StateUnknown),
        };
        if let Some(why) = kept.or_else(|| self.too_young(&item, ended_unknown)) {
            return self.keep(item, why);
        }
        self.going.insert(&container.id);
        let why =
            if container.state.is_alive() { RemovalReason::Running(by) } else { RemovalReason::Stopped(by) };
        self.removals.push(Removal { item, why, after: Vec::new(), volume: None });
    }

    fn judge_volume(&mut self, volume: &'a Volume) {
        let named = self.was_named(&volume.name);
        let managed = self.rules.managed_volume(volume);
        let mut users: Vec<&Container> = self.survey.users_of(volume).collect();
        users.sort_by_key(|user| &user.name);
        let is_anonymous = is_anonymous(volume);
        let item = Item {
            id: ItemId {
                kind: if is_anonymous { ItemKind::AnonymousVolume } else { ItemKind::Volume },
                id: volume.name.clone(),
            },
            name: volume.name.clone(),
            state: None,
            size: self.volume_sizes.get(volume.name.as_str()).copied(),
            created: volume.created,
            ended: None,
            protected: self.rules.protected_volume(volume),
        };
        if managed.is_none() && !users.iter().any(|user| self.rules.managed_container(user).is_some()) {
            if named {
                self.keep(item, KeepReason::NotManaged);
            }
            return;
        }
        let staying: Vec<String> = users
            .iter()
            .filter(|user| !self.going.contains(&user.id))
            .map(|user| user.name.clone())
            .collect();
        let is_wanted = match self.options.volumes {
            VolumeChoice::All => true,
            VolumeChoice::Anonymous => is_anonymous,
            VolumeChoice::None => false,
        };
        let protection = item.protected.clone().filter(|_| !named);
        let goes_with_container = is_anonymous && !users.is_empty();
        let kept = if let Some(why) = protection {
            Some(KeepReason::Protected(why))
        } else if !staying.is_empty() {
            Some(KeepReason::InUse(staying))
        } else if !is_wanted {
            Some(KeepReason::VolumesNotWanted)
        } else if goes_with_container {
            None
        } else {
            self.too_young(&item, false)
        };
        let why = match (kept, managed) {
            (Some(why), _) => return self.keep(item, why),
            (None, _) if !users.is_empty() => {
                RemovalReason::OnlyUsedBy(users.iter().map(|user| user.name.clone()).collect())
            }
            (None, Some(by)) => RemovalReason::Unused(by),
            // Neither managed nor used: not looked at above.
            (None, None) => return,
        };
        let after = users.iter().map(|user| user.id.clone()).collect();
        self.removals.push(Removal { item, why, after, volume: Some(volume.clone()) });
    }

    fn judge_image(&mut self, image: &'a Image) {
        if !image.tags.is_empty() {
            return;
        }
        let (mut staying, mut after) = (Vec::new(), Vec::new());
        for user in self.survey.containers.iter().filter(|container| is_made_from(container, &image.id)) {
            if self.going.contains(&user.id) {
                after.push(user.id.clone());
            } else {
                staying.push(user.name.clone());
            }
        }
        let item = Item {
            id: ItemId { kind: ItemKind::Image, id: image.id.to_string() },
            name: image.digests.first().cloned().unwrap_or_else(|| image.id.short().to_owned()),
            state: None,
            size: Some(image.size),
            created: image.created,
            ended: None,
            protected: None,
        };
        if !staying.is_empty() {
            return self.keep(item, KeepReason::InUse(staying));
        }
        match self.too_young(&item, false) {
            Some(why) => self.keep(item, why),
            None => {
                self.removals.push(Removal { item, why: RemovalReason::Untagged, after, volume: None });
            }
        }
    }

    fn keep(&mut self, item: Item, why: KeepReason) {
        self.kept.push(Kept { item, why });
    }

    /// Whether the user gave this very name to `--include-protected`.
    fn was_named(&mut self, name: &str) -> bool {
        self.unknown_names.remove(name);
        self.options.include_protected.contains(name)
    }

    fn too_young(&self, item: &Item, ended_unknown: bool) -> Option<KeepReason> {
        let least = self.options.older_than?;
        match item.age(self.survey.taken) {
            Some(age) if age < least => Some(KeepReason::TooYoung),
            Some(_) if ended_unknown => Some(KeepReason::AgeUnknown),
            Some(_) => None,
            None => Some(KeepReason::AgeUnknown),
        }
    }

    fn finish(self) -> Plan {
        let Self { survey, unknown_names, mut removals, mut kept, .. } = self;
        removals.sort_by(|a, b| order(&a.item).cmp(&order(&b.item)));
        kept.sort_by(|a, b| order(&a.item).cmp(&order(&b.item)));
        Plan {
            removals,
            kept,
            unknown_names: unknown_names.into_iter().map(str::to_owned).collect(),
            sizes_unknown: survey.usage_unknown.clone(),
            taken: survey.taken,
        }
    }
}

fn order(item: &Item) -> (ItemKind, &str, &str) {
    (item.id.kind, &item.name, &item.id.id)
}

/// Whether the engine named it: engines take 64 hexadecimal digits, and newer Docker engines add a label.
fn is_anonymous(volume: &Volume) -> bool {
    let engine_made = volume.name.len() == 64
        && volume.name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    engine_made || volume.labels.contains_key("com.docker.volume.anonymous")
}

/// By the image's id, or by what the container was asked to be made from, where that was an id.
fn is_made_from(container: &Container, image: &ImageId) -> bool {
    let hex = |id: &str| id.strip_prefix("sha256:").unwrap_or(id).to_owned();
    if let Some(id) = &container.image_id {
        return hex(id.as_str()) == hex(image.as_str());
    }
    let (asked, id) = (hex(&container.image), hex(image.as_str()));
    asked.len() >= 12 && id.starts_with(&asked)
}

#[cfg(test)]
mod tests;
