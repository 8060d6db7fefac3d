//! Images, and pulling them.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use super::clock::{Moment, nanos};
use super::engine::{Handle, failed};
use super::reply::fits;
use super::scene::{Operation, SceneImage, SceneRegistryImage};
use super::state::{KeptImage, State};
use super::streams::refused;
use super::volumes::labelled;
use crate::engine::credentials::Secret;
use crate::engine::{
    ErrorKind, EventObject, Image, ImageFilter, ImageId, PullEvent, PullRequest, RemovedImage, Result,
    ResultStream,
};

/// How many times a layer's download tells how far it is.
const TOLD: u32 = 10;

/// The reference in full: `latest` where it has neither tag nor digest.
pub(super) fn tagged(reference: &str) -> String {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    if name.contains([':', '@']) || reference.starts_with("sha256:") {
        reference.to_owned()
    } else {
        format!("{reference}:latest")
    }
}

impl State {
    pub(super) fn image(&self, reference: &str) -> Option<&KeptImage> {
        let wanted = tagged(reference);
        let by_id = |image: &&KeptImage| {
            let id = image.id.as_str();
            let hex = id.strip_prefix("sha256:").unwrap_or(id);
            id == reference || (reference.len() >= 12 && hex.starts_with(reference))
        };
        let tagged = self.images.iter().find(|image| image.tags.contains(&wanted));
        tagged.or_else(|| self.images.iter().find(by_id))
    }

    /// Puts an image there; what its reference pointed to before has it no longer.
    pub(super) fn add_image(&mut self, scene: SceneImage, now: Moment) {
        let reference = tagged(&scene.reference);
        let tags = if scene.reference.is_empty() { Vec::new() } else { vec![reference.clone()] };
        for image in &mut self.images {
            image.tags.retain(|tag| *tag != reference);
        }
        let id = ImageId::new(format!("sha256:{}", self.new_id()));
        let created = now.saturating_sub(nanos(scene.created_ago.0));
        self.images.push(KeptImage { id, tags, created, scene });
    }
}

impl Handle {
    fn image(&self, kept: &KeptImage) -> Image {
        Image {
            id: kept.id.clone(),
            tags: kept.tags.clone(),
            digests: Vec::new(),
            created: Some(self.shared.clock.stamp(kept.created)),
            size: kept.scene.size.0,
            labels: kept.scene.labels.clone(),
            platform: Some(self.shared.scene.engine.platform.clone()),
        }
    }

    pub(super) fn inspect_image(&self, reference: &str) -> Result<Image> {
        let state = self.shared.lock();
        let kept = state.image(reference).map(|kept| self.image(kept));
        kept.ok_or_else(|| failed(Operation::InspectImage, ErrorKind::NotFound))
    }

    pub(super) fn list_images(&self, filter: &ImageFilter) -> Vec<Image> {
        let state = self.shared.lock();
        let wanted = filter.reference.as_deref();
        let named = |kept: &&KeptImage| {
            let fit = |wanted: &str| {
                kept.tags.iter().any(|tag| {
                    let name = tag.rsplit_once(':').map_or(tag.as_str(), |(name, _)| name);
                    fits(wanted, tag).or_else(|| fits(wanted, name)).is_some()
                })
            };
            wanted.is_none_or(fit)
        };
        let dangles =
            |kept: &&KeptImage| filter.dangling.is_none_or(|dangling| dangling == kept.tags.is_empty());
        let found = state.images.iter().filter(named).filter(dangles);
        found
            .filter(|kept| labelled(&kept.scene.labels, &filter.labels))
            .map(|kept| self.image(kept))
            .collect()
    }

    pub(super) fn remove_image(&self, reference: &str, force: bool) -> Result<Vec<RemovedImage>> {
        let mut state = self.shared.lock();
        let Some(kept) = state.image(reference) else { return Ok(Vec::new()) };
        let (id, by_tag) = (kept.id.clone(), kept.tags.contains(&tagged(reference)));
        let others = kept.tags.len() > 1 && by_tag;
        let users = state.containers.values().filter(|kept| kept.image_id == id);
        let users = users.filter(|kept| !force || kept.state.is_alive());
        let by: Vec<String> = users.map(|kept| kept.spec.name.clone()).collect();
        if !others && !by.is_empty() {
            return Err(failed(Operation::RemoveImage, ErrorKind::InUse { by }));
        }
        let now = self.shared.clock.now();
        let mut removed = Vec::new();
        if let Some(image) = state.images.iter_mut().find(|image| image.id == id) {
            let gone = |tag: &String| !by_tag || *tag == tagged(reference);
            removed.extend(image.tags.iter().filter(|tag| gone(tag)).cloned().map(RemovedImage::Untagged));
            image.tags.retain(|tag| !gone(tag));
        }
        if !others {
            state.images.retain(|image| image.id != id);
            removed.push(RemovedImage::Deleted(id.to_string()));
            self.shared.tell_of(&mut state, now, EventObject::Image, id.as_str(), "remove", [].into());
        }
        drop(state);
        self.shared.touch();
        Ok(removed)
    }

    pub(super) fn pull(self, request: PullRequest) -> ResultStream<PullEvent> {
        let wanted = tagged(&request.reference);
        let known = &self.shared.scene.registry;
        let Some(found) = known.iter().find(|known| tagged(&known.image.reference) == wanted) else {
            return refused(failed(Operation::Pull, ErrorKind::NotFound).saying("manifest unknown"));
        };
        let given = request.credentials.map(|credentials| match credentials.secret {
            Secret::Password { password, .. } => password,
            Secret::IdentityToken(token) => token,
        });
        if found.password.is_some() && found.password != given {
            return refused(
                failed(Operation::Pull, ErrorKind::Unauthorized).saying("authentication required"),
            );
        }
        let there = self.shared.lock().image(&wanted).is_some();
        let image = found.image.clone();
        let steps = if there { up_to_date(&wanted) } else { told(found, &wanted) };
        stream::unfold((self, steps, Some(image)), move |(handle, mut steps, mut image)| async move {
            let (takes, event) = steps.pop_front()?;
            tokio::time::sleep(takes).await;
            // The last word is said when the image is there.
            if steps.is_empty()
                && !there
                && let Some(image) = image.take()
            {
                let now = handle.shared.clock.now();
                let mut state = handle.shared.lock();
                let reference = image.reference.clone();
                state.add_image(image, now);
                handle.shared.tell_of(&mut state, now, EventObject::Image, &reference, "pull", [].into());
                drop(state);
                handle.shared.touch();
            }
            Some((Ok(event), (handle, steps, image)))
        })
        .boxed()
    }
}

type Steps = VecDeque<(Duration, PullEvent)>;

fn says(layer: Option<&str>, status: impl Into<String>, bytes: Option<(u64, u64)>) -> PullEvent {
    PullEvent {
        layer: layer.map(str::to_owned),
        status: status.into(),
        current: bytes.map(|(current, _)| current),
        total: bytes.map(|(_, total)| total),
    }
}

fn up_to_date(reference: &str) -> Steps {
    let status = format!("Status: Image is up to date for {reference}");
    [(Duration::ZERO, says(None, status, None))].into()
}

/// A pull as Docker tells it.
fn told(image: &SceneRegistryImage, reference: &str) -> Steps {
    let mut steps = Steps::new();
    let mut say = |takes, event| steps.push_back((takes, event));
    say(Duration::ZERO, says(None, format!("Pulling from {reference}"), None));
    for layer in &image.layers {
        say(Duration::ZERO, says(Some(&layer.id), "Pulling fs layer", None));
    }
    for layer in &image.layers {
        let (id, size) = (Some(layer.id.as_str()), layer.size.0);
        for part in 1..=TOLD {
            let done = size / u64::from(TOLD) * u64::from(part);
            let done = if part == TOLD { size } else { done };
            say(layer.takes.0 / TOLD, says(id, "Downloading", Some((done, size))));
        }
        say(Duration::ZERO, says(id, "Download complete", None));
        say(Duration::ZERO, says(id, "Extracting", Some((size, size))));
        say(Duration::ZERO, says(id, "Pull complete", None));
    }
    say(Duration::ZERO, says(None, format!("Status: Downloaded newer image for {reference}"), None));
    steps
}
