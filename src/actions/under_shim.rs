//! Making a container whose first process is the shim.

use bytes::Bytes;
use futures_util::stream;

use crate::engine::{
    Change, ContainerId, ContainerSpec, Created, EngineError, ErrorKind, RemoveOptions, Result, ResultStream,
    chain,
};

use super::exec::put_shim;
use super::{Aftermath, Call, Outcome, Report, Supervised, Verb};

/// Directories of a container that are to belong to the user it runs as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owned {
    /// Absolute paths, each after those it is in; made where they are missing, and nothing in them is touched.
    pub directories: Vec<String>,
    /// Whose they are, and whose group's.
    pub user: u64,
}

impl Supervised {
    /// Makes a container and puts the shim into it, for an entry point that begins with
    /// [`shim_path_in_container`](super::exec::shim_path_in_container). Again it finds the container that is there.
    ///
    /// A new volume belongs to root: what is in `owned` is given to the user the container runs as.
    ///
    /// Where the shim cannot be put into a container that was made just now, that is removed again. Killed in between it
    /// leaves a container that was never started and may have no shim: called again it puts that right.
    pub async fn create_under_shim(
        &self,
        call: &Call,
        spec: &ContainerSpec,
        owned: &Owned,
    ) -> Report<Created> {
        let made = self.create(call, spec).await;
        let Outcome::Done(created) = &made.outcome else { return made };
        let created = created.clone();
        let undo = || self.undo(&created.id, created.change);
        let put = || async {
            put_shim(&*self.engine, &created.id).await?;
            if owned.directories.is_empty() || created.change == Change::AlreadySo {
                return Ok(());
            }
            self.engine.copy_in(&created.id, "/", owned.archive()?).await
        };
        let mut put = self.supervisor.run(call, Verb::CopyIn, &spec.name, put, |_| undo()).await;
        if matches!(put.outcome, Outcome::Failed(_)) {
            put.aftermath = undo().await;
        }
        put.map(|()| created.clone())
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

impl Owned {
    /// Directories alone: an engine gives one that is there already the owner that is named here.
    fn archive(&self) -> Result<ResultStream<Bytes>> {
        let failed =
            |error: std::io::Error| EngineError::new("pack directories", ErrorKind::Invalid).because(error);
        let mut archive = tar::Builder::new(Vec::new());
        for directory in &self.directories {
            let mut header = tar::Header::new_ustar();
            header.set_entry_type(tar::EntryType::Directory);
            header.set_mode(0o755);
            header.set_uid(self.user);
            header.set_gid(self.user);
            header.set_size(0);
            let name = format!("{}/", directory.trim_matches('/'));
            archive.append_data(&mut header, name, std::io::empty()).map_err(failed)?;
        }
        let bytes = archive.into_inner().map_err(failed)?;
        Ok(Box::pin(stream::iter([Ok(Bytes::from(bytes))])))
    }
}
