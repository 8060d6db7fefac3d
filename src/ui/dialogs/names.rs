//! Whether a name can be given to a container or a volume.

use crate::engine::is_object_name;
use crate::ui::{EngineId, Model, VolumeKey};

/// What is wrong with a name by itself.
pub(crate) fn wrong_name(name: &str) -> Option<String> {
    if is_object_name(name) {
        return None;
    }
    let starts_well = name.chars().next().is_some_and(|first| first.is_ascii_alphanumeric());
    Some(match name.chars().count() {
        0 => "a name is needed".into(),
        _ if !starts_well => "it must begin with a letter or a digit".into(),
        1 => "it must have two characters at least".into(),
        _ => "letters, digits, _ . and - only".into(),
    })
}

/// What is wrong with it for a container of this engine.
pub(crate) fn wrong_container_name(model: &Model, engine: EngineId, name: &str) -> Option<String> {
    let is_taken =
        || model.containers.named(engine, name).map(|_| format!("there is a container {name} already"));
    wrong_name(name).or_else(is_taken)
}

/// What is wrong with it for a volume of this engine.
pub(crate) fn wrong_volume_name(model: &Model, engine: EngineId, name: &str) -> Option<String> {
    let key = VolumeKey { engine, name: name.to_owned() };
    wrong_name(name).or_else(|| model.volumes.get(&key).map(|_| format!("there is a volume {name} already")))
}
