//! Images, and fetching them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::ImageId;
use super::credentials::Credentials;

/// An image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Image {
    /// Its own id.
    pub id: ImageId,
    /// References that point to it, such as `debian:12`; none for a dangling image.
    pub tags: Vec<String>,
    /// References by digest.
    pub digests: Vec<String>,
    /// When it was built.
    pub created: Option<Timestamp>,
    /// Bytes on disk, layers shared with other images included.
    pub size: u64,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// `os/architecture`, where the engine says.
    pub platform: Option<String>,
}

/// Which images to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageFilter {
    /// Only those no reference points to (`Some(true)`), or only the others (`Some(false)`).
    pub dangling: Option<bool>,
    /// Labels it must have.
    pub labels: Vec<(String, Option<String>)>,
    /// A reference, `*` allowed.
    pub reference: Option<String>,
}

/// An image to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// `[registry/]name[:tag|@digest]`; the tag is `latest` where none is given.
    pub reference: String,
    /// `os/architecture`; the engine's own where `None`.
    pub platform: Option<String>,
    /// Who asks. See [`credentials`](super::credentials).
    pub credentials: Option<Credentials>,
}

impl PullRequest {
    /// Asks without credentials, for the engine's own platform.
    pub fn new(reference: impl Into<String>) -> Self {
        Self { reference: reference.into(), platform: None, credentials: None }
    }
}

/// Something that happened during a pull.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PullEvent {
    /// The layer it is about, where it is about one.
    pub layer: Option<String>,
    /// The engine's words, such as `Downloading` or `Pull complete`.
    pub status: String,
    /// Bytes done of this step.
    pub current: Option<u64>,
    /// Bytes in all of this step.
    pub total: Option<u64>,
}

/// What removing an image took away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RemovedImage {
    /// A reference no longer points to it.
    Untagged(String),
    /// The image, or a layer of it, is gone.
    Deleted(String),
}
