//! The scene: everything a simulated engine is told, as its YAML file says it.

mod error;
mod fault;
mod objects;
mod program;
mod units;

pub use error::SceneError;
pub use fault::{Fault, Operation, Refusal};
pub use objects::{
    SceneContainer, SceneEngine, SceneImage, SceneLayer, SceneMount, SceneRegistryImage, SceneState,
    SceneVolume, Usage,
};
pub use program::{Exit, OutputItem, Program, Reaction, Replay, Stdin};
pub use units::{Amount, Span};

use std::path::Path;

use serde::Deserialize;

/// A whole scene. Every part may be left out; names nobody knows are refused.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scene {
    /// What the engine says of itself.
    pub engine: SceneEngine,
    /// Images that are there.
    pub images: Vec<SceneImage>,
    /// Images that can be pulled.
    pub registry: Vec<SceneRegistryImage>,
    /// Volumes.
    pub volumes: Vec<SceneVolume>,
    /// Containers.
    pub containers: Vec<SceneContainer>,
    /// Whether its containers have the built-in shell: `sh`, `bash` and some everyday commands, for what `programs`
    /// do not know.
    pub shell: bool,
    /// What command lines do, in containers' main processes and in execs. The first that matches counts.
    pub programs: Vec<Program>,
    /// What goes wrong. The first that matches counts.
    pub faults: Vec<Fault>,
}

impl Scene {
    /// Reads a scene from text. Recordings it replays are asked of `recording`, by the name the scene gives.
    ///
    /// # Errors
    /// What is wrong and, where the text is to blame, at which line and column.
    pub fn parse(
        text: &str,
        recording: &dyn Fn(&str) -> std::io::Result<Vec<u8>>,
    ) -> Result<Self, SceneError> {
        let mut scene: Self = serde_yaml::from_str(text).map_err(SceneError::from_yaml)?;
        let inline = scene
            .containers
            .iter_mut()
            .flat_map(|container| container.process.iter_mut().chain(&mut container.programs));
        for program in scene.programs.iter_mut().chain(inline) {
            for item in program.output.iter_mut().chain(&mut program.on_terminal) {
                item.load(recording)?;
            }
        }
        scene.check()?;
        Ok(scene)
    }

    /// Reads a scene from a file; recordings are beside it.
    ///
    /// # Errors
    /// What cannot be read, or what is wrong in it and where.
    pub fn from_file(path: &Path) -> Result<Self, SceneError> {
        let text = std::fs::read_to_string(path).map_err(|cause| SceneError::unreadable(path, cause))?;
        let beside = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, &|name| std::fs::read(beside.join(name))).map_err(|error| error.of_file(path))
    }

    /// What no single value can be blamed for: names that lead nowhere, names given twice.
    fn check(&self) -> Result<(), SceneError> {
        let mut names = std::collections::BTreeSet::new();
        for container in &self.containers {
            if !names.insert(&container.name) {
                return Err(SceneError::saying(format!("two containers are called {}", container.name)));
            }
            if !self.images.iter().any(|image| image.reference == container.image) {
                let (name, image) = (&container.name, &container.image);
                return Err(SceneError::saying(format!("container {name}: there is no image {image}")));
            }
        }
        Ok(())
    }
}
