//! Small things most tests against an engine need.

use std::sync::Arc;

use smidr_console::actions::{Supervised, Supervisor};
use smidr_console::engine::discovery::{Environment, candidates};
use smidr_console::engine::{
    ContainerId, ContainerManager, ContainerManagerExt, ContainerSpec, ExecRequest, RemoveOptions, docker,
};

use crate::support::{Bench, unique};

/// An engine by its URI.
pub(crate) async fn connect(uri: &str) -> Arc<dyn ContainerManager> {
    let endpoint = candidates(&[uri.to_owned()], &Environment::default()).remove(0).endpoint.unwrap();
    docker::connect(&endpoint).await.unwrap()
}

/// The bench's Docker under a supervisor of this test's own.
pub(crate) async fn supervised() -> Supervised {
    Supervised::new(connect(&Bench::get().docker).await, Supervisor::new())
}

/// A running container that does nothing; removed by [`Running::remove`], or by the bench.
pub(crate) struct Running {
    pub(crate) engine: Arc<dyn ContainerManager>,
    pub(crate) id: ContainerId,
}

impl Running {
    pub(crate) async fn start(engine: &Arc<dyn ContainerManager>, image: &str) -> Self {
        Self::start_with(engine, image, |_| ()).await
    }

    pub(crate) async fn start_with(
        engine: &Arc<dyn ContainerManager>,
        image: &str,
        change: impl FnOnce(&mut ContainerSpec),
    ) -> Self {
        let mut spec = ContainerSpec::new(unique("exec"), image);
        spec.entrypoint = Some(vec!["sleep".into()]);
        spec.command = vec!["100000".into()];
        spec.init = true;
        change(&mut spec);
        let id = engine.create(&spec).await.unwrap().id;
        engine.start(&id).await.unwrap();
        Self { engine: engine.clone(), id }
    }

    /// What runs in it besides its main process and the engine's init, by the engine's own word.
    pub(crate) async fn processes(&self) -> Vec<String> {
        let table = self.engine.top(&self.id).await.unwrap();
        let is_its_own = |command: &&str| !command.ends_with("sleep 100000");
        let own = table.column("CMD").chain(table.column("COMMAND")).filter(is_its_own);
        own.map(str::to_owned).collect()
    }

    /// Runs a command by the engine alone, without the shim.
    pub(crate) async fn run(&self, command: &[&str]) -> String {
        let output =
            self.engine.exec_collect(&self.id, &ExecRequest::new(command.to_vec()), 1 << 20).await.unwrap();
        output.stdout_text()
    }

    pub(crate) async fn remove(self) {
        let force = RemoveOptions { force: true, volumes: true };
        self.engine.remove(&self.id, force).await.unwrap();
    }
}
