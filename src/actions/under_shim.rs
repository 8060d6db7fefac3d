//! Making a container whose first process is the shim.

use crate::engine::{Change, ContainerId, ContainerSpec, Created, RemoveOptions, chain};

use super::exec::put_shim;
use super::{Aftermath, Call, Outcome, Report, Supervised, Verb};

impl Supervised {
    /// Makes a container and puts the shim into it, for an entry point that begins with
    /// [`shim_path_in_container`](super::exec::shim_path_in_container). Again it finds the container that is there.
    ///
    /// Where the shim cannot be put into a container that was made just now, that is removed again. Killed in between it
    /// leaves a container that was never started and may have no shim: called again it puts that right.
    pub async fn create_under_shim(&self, call: &Call, spec: &ContainerSpec) -> Report<Created> {
        let made = self.create(call, spec).await;
        let Outcome::Done(created) = &made.outcome else { return made };
        let created = created.clone();
        let undo = || self.undo(&created.id, created.change);
        let put = || put_shim(&*self.engine, &created.id);
        let mut put = self.supervisor.run(call, Verb::CopyIn, &spec.name, put, |_| undo()).await;
        if matches!(put.outcome, Outcome::Failed(_)) {
            put.aftermath = undo().await;
        }
        put.map(|_| created.clone())
    }

    async fn undo(&self, id: &ContainerId, change: Change) -> Aftermath {
        if change == Change::AlreadySo {
            return Aftermath::Happened("the container was there before, and still is".into());
        }
        match self.engine.remove(id, RemoveOptions { force: true, volumes: true }).await {
            Ok(_) => Aftermath::Undone("the container that was made was removed again".into()),
            Err(error) => {
                Aftermath::Happened(format!("the container is there and was not started: {}", chain(&error)))
            }
        }
    }
}
