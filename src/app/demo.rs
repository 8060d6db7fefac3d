//! The built-in engine.

use std::sync::Arc;

use crate::engine::discovery::{Candidate, Found};
use crate::engine::simulated::{Scene, Simulated};
use crate::engine::{ContainerManager, Endpoint, EngineError, ErrorKind, Result, Transport};

/// Its endpoint.
pub(crate) fn candidate() -> Candidate {
    let named_by = "--demo".to_owned();
    let endpoint = Endpoint { transport: Transport::Simulated, named_by: named_by.clone() };
    Candidate { named_by, endpoint: Ok(endpoint) }
}

/// Opens it, at the beginning of its scene.
pub(crate) async fn open(endpoint: Endpoint) -> Result<Found> {
    let scene = scene()?;
    let manager = Arc::new(Simulated::new(scene, endpoint.named_by));
    let identity = manager.identify().await?;
    Ok(Found { manager, identity })
}

fn scene() -> Result<Scene> {
    let none = |name: &str| Err(std::io::Error::other(name.to_owned()));
    Scene::parse(SCENE, &none)
        .map_err(|error| EngineError::new("open the built-in engine", ErrorKind::Invalid).because(error))
}

const SCENE: &str = r#"
images: [{reference: "yocto:kirkstone", size: 1.2GiB, created_ago: 20d}]
volumes:
  - {name: sstate-cache, size: 41 GiB, created_ago: 30d}
  - {name: downloads, size: 12 GiB, created_ago: 30d}
containers:
  - name: yocto-a
    image: yocto:kirkstone
    state: running
    created_ago: 2h
    started_ago: 10m
    mounts: [{source: sstate-cache, target: /sstate}, {source: downloads, target: /downloads}]
    usage: {cpu: [320, 610, 480], memory: [2 GiB, 5 GiB, 3 GiB], pids: 42, received: 1 MiB, written: 9 MiB}
    process:
      output: [{stdout: "NOTE: Running task {n} of 2400\n", repeat: 2400, every: 1s}]
      exit: {never: true}
  - name: yocto-old
    image: yocto:kirkstone
    state: exited
    created_ago: 3d
    started_ago: 3d
    ended_ago: 2d
    process: {output: [{stdout: "done\n"}], exit: {code: 1}}
programs:
  - {command: "sleep *", exit: {after: 1h}}
  - {command: "*", output: [{stdout: "{args}\n"}]}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scene_is_one() {
        assert!(scene().is_ok());
    }
}
