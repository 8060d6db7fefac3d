//! The scene of the demo, as this program carries it: `assets/demo/scene.yaml` and the recordings it replays.

use super::Scene;

const SCENE: &str = include_str!("../../../assets/demo/scene.yaml");

macro_rules! recordings {
    ($($name:literal),*) => {
        &[$(($name, include_bytes!(concat!("../../../assets/demo/", $name)))),*]
    };
}

/// Each by the name the scene gives it.
const RECORDINGS: &[(&str, &[u8])] = recordings![
    "build.raw",
    "build.times",
    "build-terminal.raw",
    "build-terminal.times",
    "core-image-minimal.raw",
    "core-image-minimal.times",
    "failures.raw",
    "failures.times",
    "scarthgap-failures.raw",
    "scarthgap-failures.times",
    "setscene.raw",
    "setscene.times"
];

fn recording(name: &str) -> std::io::Result<Vec<u8>> {
    let found = RECORDINGS.iter().find(|(known, _)| *known == name);
    found.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| std::io::ErrorKind::NotFound.into())
}

/// A shared build server on a busy day: several builds at work, other containers beside them, volumes and images.
#[must_use]
pub fn demo_scene() -> Scene {
    // A test makes sure that it can be read.
    Scene::parse(SCENE, &recording).unwrap_or_default()
}

#[cfg(test)]
mod tests;
