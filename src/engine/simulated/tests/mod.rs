//! The simulated engine under test.

mod conformance;
mod faults;
mod scenes;

use super::{Scene, Simulated};

/// An engine from a scene's text, without recordings.
fn engine(scene: &str) -> Simulated {
    Simulated::new(parsed(scene).unwrap(), "test")
}

fn parsed(scene: &str) -> Result<Scene, super::SceneError> {
    Scene::parse(scene, &|name| Err(std::io::Error::other(format!("there is no recording {name}"))))
}
