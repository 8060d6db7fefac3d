//! Short ways to make the things that tests are about.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::engine::{Container, ContainerState, Image, ImageId, MountPoint, Volume, labels};

/// When the tests take place: their clock's zero.
pub(crate) fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * 365)
}

/// So many days before that.
pub(crate) fn days_ago(days: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_hours(24 * days)
}

/// A foreign container that has ended, made ten days ago; its id is `id-` and its name.
pub(crate) fn container(name: &str) -> Container {
    Container {
        id: format!("id-{name}").into(),
        name: name.into(),
        image: "image:1".into(),
        image_id: None,
        command: "true".into(),
        state: ContainerState::Exited,
        status: String::new(),
        created: Some(days_ago(10)),
        labels: BTreeMap::new(),
        mounts: Vec::new(),
    }
}

/// The same with our label.
pub(crate) fn managed(name: &str) -> Container {
    let mut container = container(name);
    container.labels.insert(labels::MANAGED.into(), "true".into());
    container
}

/// A foreign volume, made ten days ago.
pub(crate) fn volume(name: &str) -> Volume {
    Volume {
        name: name.into(),
        driver: "local".into(),
        mountpoint: format!("/volumes/{name}/_data"),
        created: Some(days_ago(10)),
        labels: BTreeMap::new(),
        options: BTreeMap::new(),
    }
}

/// The same with our label.
pub(crate) fn managed_volume(name: &str) -> Volume {
    let mut volume = volume(name);
    volume.labels.insert(labels::MANAGED.into(), "true".into());
    volume
}

/// An image no tag points to.
pub(crate) fn untagged(id: &str) -> Image {
    Image {
        id: ImageId::new(id),
        tags: Vec::new(),
        digests: Vec::new(),
        created: Some(days_ago(10)),
        size: 100,
        labels: BTreeMap::new(),
        platform: None,
    }
}

/// The same container with a volume mounted.
pub(crate) fn mounting(mut container: Container, volume: &str) -> Container {
    let source = format!("/volumes/{volume}/_data");
    let target = format!("/{volume}");
    container.mounts.push(MountPoint { volume: Some(volume.into()), source, target, read_only: false });
    container
}

/// The same container in another state.
pub(crate) fn in_state(mut container: Container, state: ContainerState) -> Container {
    container.state = state;
    container
}
