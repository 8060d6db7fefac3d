//! The volumes of all engines.

use std::collections::BTreeMap;

use crate::actions::cleanup::{ManagedBy, Protection, Rules};
use crate::engine::Volume;
use crate::ui::{EngineId, VolumeKey};

use super::{Cursor, Matcher};

/// What is known of a volume.
#[derive(Debug)]
pub struct VolumeRow {
    /// Which.
    pub key: VolumeKey,
    /// As the engine last listed it.
    pub volume: Volume,
    /// Why it is managed, where it is.
    pub managed: Option<ManagedBy>,
    /// Why it is protected, where it is.
    pub protected: Option<Protection>,
    /// Bytes in it, where the engine has told.
    pub size: Option<u64>,
}

/// The list of volumes.
#[derive(Debug, Default)]
pub struct Volumes {
    rows: BTreeMap<VolumeKey, VolumeRow>,
    shown: Vec<VolumeKey>,
    /// The cursor, on the rows shown.
    pub cursor: Cursor<VolumeKey>,
    /// What is typed to narrow the list.
    pub filter: String,
    is_stale: bool,
}

impl Volumes {
    /// Takes all volumes of an engine; known sizes stay.
    pub fn replace(&mut self, engine: EngineId, listed: Vec<Volume>, rules: &Rules) {
        let sizes: BTreeMap<VolumeKey, Option<u64>> =
            self.rows.values().map(|row| (row.key.clone(), row.size)).collect();
        self.rows.retain(|key, _| key.engine != engine);
        for volume in listed {
            let key = VolumeKey { engine, name: volume.name.clone() };
            let row = VolumeRow {
                managed: rules.managed_volume(&volume),
                protected: rules.protected_volume(&volume),
                size: sizes.get(&key).copied().flatten(),
                key: key.clone(),
                volume,
            };
            self.rows.insert(key, row);
        }
        self.is_stale = true;
    }

    /// Takes the sizes an engine has told.
    pub fn set_sizes(&mut self, engine: EngineId, sizes: impl IntoIterator<Item = (String, Option<u64>)>) {
        for (name, size) in sizes {
            if let Some(row) = self.rows.get_mut(&VolumeKey { engine, name }) {
                row.size = size;
            }
        }
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, key: &VolumeKey) -> Option<&VolumeRow> {
        self.rows.get(key)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &VolumeRow> {
        self.rows.values()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// The ones shown, in order.
    #[must_use]
    pub fn shown(&self) -> &[VolumeKey] {
        &self.shown
    }

    /// The one under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<&VolumeRow> {
        self.rows.get(self.cursor.selected()?)
    }

    /// Moves the cursor.
    pub fn step(&mut self, by: isize) {
        self.cursor.step(&self.shown, by);
    }

    /// Moves what is shown.
    pub fn scroll(&mut self, by: isize, height: usize) {
        self.cursor.scroll(&self.shown, by, height);
    }

    /// What decides which are shown has changed.
    pub fn touch(&mut self) {
        self.is_stale = true;
    }

    /// Puts the list in order where it is due, and the cursor in it. Volumes the engine named come last.
    pub fn settle(&mut self, height: usize, matcher: &Matcher) {
        if self.is_stale {
            let is_shown =
                |row: &&VolumeRow| matcher.is_match(&self.filter, &[&row.volume.name, &row.volume.driver]);
            let mut shown: Vec<&VolumeRow> = self.rows.values().filter(is_shown).collect();
            shown
                .sort_by_key(|row| (is_anonymous(&row.volume.name), row.volume.name.clone(), row.key.engine));
            self.shown = shown.into_iter().map(|row| row.key.clone()).collect();
            self.is_stale = false;
        }
        self.cursor.settle(&self.shown, height);
    }
}

/// Whether the engine made the name: 64 hexadecimal digits.
#[must_use]
pub fn is_anonymous(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
