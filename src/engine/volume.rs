//! Named volumes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

/// A volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// The driver that keeps it.
    pub driver: String,
    /// Where it is on the engine's machine.
    pub mountpoint: String,
    /// When it was made, where the engine says.
    pub created: Option<Timestamp>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The driver's options.
    pub options: BTreeMap<String, String>,
}

/// A volume to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VolumeSpec {
    /// Its name.
    pub name: String,
    /// The driver.
    pub driver: String,
    /// The driver's options.
    pub options: BTreeMap<String, String>,
    /// Labels besides [our own](super::labels).
    pub labels: BTreeMap<String, String>,
}

impl VolumeSpec {
    /// A plain local volume.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), driver: "local".into(), options: BTreeMap::new(), labels: BTreeMap::new() }
    }
}

/// Which volumes to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VolumeFilter {
    /// Labels it must have: `name` alone, or `name` with a value.
    pub labels: Vec<(String, Option<String>)>,
    /// Part of its name.
    pub name: Option<String>,
}
