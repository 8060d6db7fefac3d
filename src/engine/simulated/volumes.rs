//! Named volumes.

use super::engine::{Handle, failed};
use super::files::Files;
use super::scene::Operation;
use super::state::{KeptVolume, State};
use crate::engine::{
    Change, ErrorKind, EventObject, Fingerprint, Result, Volume, VolumeFilter, VolumeSpec, labels,
};

/// Whether labels are as a filter wants them.
pub(super) fn labelled(
    labels: &std::collections::BTreeMap<String, String>,
    wanted: &[(String, Option<String>)],
) -> bool {
    wanted.iter().all(|(name, value)| {
        let has = labels.get(name);
        has.is_some_and(|has| value.as_ref().is_none_or(|value| value == has))
    })
}

impl Handle {
    fn volume(&self, name: &str, kept: &KeptVolume) -> Volume {
        Volume {
            name: name.to_owned(),
            driver: kept.driver.clone(),
            mountpoint: format!("/var/lib/simulated/volumes/{name}/_data"),
            created: Some(self.shared.clock.stamp(kept.created)),
            labels: kept.labels.clone(),
            options: kept.options.clone(),
        }
    }

    pub(super) fn create_volume(&self, spec: &VolumeSpec) -> Result<(Volume, Change)> {
        let mut state = self.shared.lock();
        if let Some(kept) = state.volumes.get(&spec.name) {
            // What we put on it ourselves says nothing about what was asked for.
            let mut theirs = kept.labels.clone();
            for ours in [labels::MANAGED, labels::SPEC, labels::SPEC_FIELDS, labels::CREATED] {
                theirs.remove(ours);
            }
            let differences = [
                ("driver", kept.driver != spec.driver),
                ("options", kept.options != spec.options),
                ("labels", theirs != spec.labels),
            ];
            let fields: Vec<String> = differences
                .iter()
                .filter(|(_, differs)| *differs)
                .map(|(name, _)| (*name).to_owned())
                .collect();
            if fields.is_empty() {
                return Ok((self.volume(&spec.name, kept), Change::AlreadySo));
            }
            let existing = spec.name.as_str().into();
            return Err(failed(Operation::CreateVolume, ErrorKind::SpecMismatch { existing, fields }));
        }
        let now = self.shared.clock.now();
        let mut own = Fingerprint::of(spec).labels();
        own.insert(labels::CREATED.to_owned(), self.shared.clock.stamp(now).to_string());
        own.extend(spec.labels.clone());
        let kept = KeptVolume {
            driver: spec.driver.clone(),
            options: spec.options.clone(),
            labels: own,
            created: now,
            size: 0,
            files: Files::default(),
        };
        let volume = self.volume(&spec.name, &kept);
        state.volumes.insert(spec.name.clone(), kept);
        let attributes = [("driver".to_owned(), spec.driver.clone())].into();
        self.shared.tell_of(&mut state, now, EventObject::Volume, &spec.name, "create", attributes);
        drop(state);
        self.shared.touch();
        Ok((volume, Change::Made))
    }

    pub(super) fn list_volumes(&self, filter: &VolumeFilter) -> Vec<Volume> {
        let state = self.shared.lock();
        let named = |name: &String| filter.name.as_ref().is_none_or(|part| name.contains(part));
        let found = state.volumes.iter();
        let found = found.filter(|(name, kept)| named(name) && labelled(&kept.labels, &filter.labels));
        found.map(|(name, kept)| self.volume(name, kept)).collect()
    }

    pub(super) fn inspect_volume(&self, name: &str) -> Result<Volume> {
        let state = self.shared.lock();
        let kept = state.volumes.get(name).map(|kept| self.volume(name, kept));
        kept.ok_or_else(|| failed(Operation::InspectVolume, ErrorKind::NotFound))
    }

    pub(super) fn remove_volume(&self, name: &str) -> Result<Change> {
        let mut state = self.shared.lock();
        let by: Vec<String> = state.users_of(name).iter().map(|kept| kept.spec.name.clone()).collect();
        if !by.is_empty() {
            return Err(failed(Operation::RemoveVolume, ErrorKind::InUse { by }));
        }
        if state.volumes.remove(name).is_none() {
            return Ok(Change::AlreadySo);
        }
        let now = self.shared.clock.now();
        self.shared.tell_of(&mut state, now, EventObject::Volume, name, "remove", [].into());
        drop(state);
        self.shared.touch();
        Ok(Change::Made)
    }
}

impl State {
    /// A volume that a mount names and nobody has made.
    pub(super) fn ensure_volume(&mut self, name: &str, now: super::clock::Moment) {
        self.volumes.entry(name.to_owned()).or_insert_with(|| KeptVolume {
            driver: "local".to_owned(),
            options: [].into(),
            labels: [].into(),
            created: now,
            size: 0,
            files: Files::default(),
        });
    }
}
