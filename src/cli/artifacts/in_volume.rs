//! Artifacts in a volume: looked for, and read, through a container that mounts it. It need not run.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::actions::{Begun, CopiedOut, Verb};
use crate::engine::{ContainerId, EngineError, PathStat, chain};
use crate::workspace::{Artifact, WantedArtifacts, Workspace};

use super::super::connect::Engine;
use super::super::context::Context;
use super::super::copy::{Incoming, WAITING, read_out};
use super::super::failure::{Ended, Failure};

/// So many entries are looked at; an image has some hundreds.
const MOST_ENTRIES: usize = 100_000;
/// So many links are followed from one to the next.
const LINKS: usize = 8;
/// How long a container may be silent while a file is read out of it.
const SILENCE: Duration = Duration::from_secs(60);

/// A container that mounts what is built.
pub(super) struct Source {
    engine: Engine,
    container: ContainerId,
    name: String,
}

impl Source {
    /// The work container of the workspace, or that of its last build. `None` where there is neither.
    pub(super) async fn of(workspace: &Workspace, context: &Context) -> Ended<Option<Self>> {
        let engine = context.first_engine().await?;
        for name in [workspace.work_name(), workspace.build_name()] {
            let id = ContainerId::from(name.as_str());
            let call = context.call(Verb::Inspect, &name);
            let look = engine.supervised.read(&call, Verb::Inspect, &name, async |engine| {
                match engine.inspect(&id).await {
                    Ok(found) => Ok(Some(found.id)),
                    Err(error) if error.is_not_found() => Ok(None),
                    Err(error) => Err(error),
                }
            });
            if let Some(container) = look.await.into_result()? {
                return Ok(Some(Self { engine: engine.clone(), container, name }));
            }
        }
        Ok(None)
    }

    /// What is wanted of the one of these directories that was written to last, by name. `None` where none is there.
    pub(super) async fn find(
        &self,
        directories: &[String],
        wanted: WantedArtifacts,
        context: &Context,
    ) -> Ended<Option<Vec<Artifact>>> {
        let mut there = Vec::new();
        for directory in directories {
            if let Some(stat) = self.stat(directory, context).await? {
                there.push((stat.modified, directory));
            }
        }
        let Some((_, directory)) = there.into_iter().max() else { return Ok(None) };
        let (chunks, waiting) = mpsc::channel(WAITING);
        let within = PathBuf::from(directory);
        let reading = tokio::task::spawn_blocking(move || listed(waiting, &within, &wanted));
        let each = async |chunk: Bytes| match chunks.send(chunk).await {
            Ok(()) => ControlFlow::Continue(()),
            // The other side has failed, and says why when it is waited for.
            Err(_) => ControlFlow::Break(()),
        };
        let read = read_out(context, &self.engine, &self.name, directory, each).await;
        drop(chunks);
        let found = reading.await.unwrap_or_else(|panicked| Err(io::Error::other(panicked)));
        read?;
        let doing = || format!("look at {}:{directory}", self.name);
        found.map(Some).map_err(|source| Failure::Here { doing: doing(), source })
    }

    async fn stat(&self, path: &str, context: &Context) -> Ended<Option<PathStat>> {
        let call = context.call(Verb::Inspect, &self.name);
        let look = self.engine.supervised.read(&call, Verb::Inspect, &self.name, async |engine| match engine
            .stat(&self.container, path)
            .await
        {
            Ok(stat) => Ok(Some(stat)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        });
        Ok(look.await.into_result()?)
    }

    /// The bytes of one, for a thread that may block. Must be called within a runtime; ends with it, or a cancel.
    pub(super) fn open(&self, artifact: &Artifact, cancel: &CancellationToken) -> Box<dyn Read + Send> {
        let (chunks, waiting) = mpsc::channel(WAITING);
        let (failing, failed) = std::sync::mpsc::channel();
        let (engine, container) = (self.engine.supervised.engine.clone(), self.container.clone());
        let (path, cancel) = (artifact.path.clone(), cancel.clone());
        tokio::spawn(async move {
            let reading = async {
                let mut path = path;
                for _ in 0..LINKS {
                    let mut copy = CopiedOut::open(&*engine, &container, &path.to_string_lossy(), 0);
                    match in_time(copy.begin()).await? {
                        Begun::Link(target) => path = path.with_file_name(target),
                        Begun::File(_) => {
                            while let Some(bytes) = in_time(copy.next()).await? {
                                if chunks.send(bytes).await.is_err() {
                                    break;
                                }
                            }
                            return Ok(());
                        }
                    }
                }
                Err(io::Error::other("its links lead nowhere"))
            };
            tokio::select! {
                () = cancel.cancelled() => {}
                read = reading => {
                    if let Err(error) = read {
                        let _ = failing.send(error);
                    }
                }
            }
        });
        Box::new(Checked { bytes: Incoming::new(waiting), failed })
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, EngineError>>) -> io::Result<T> {
    match tokio::time::timeout(SILENCE, work).await {
        Ok(done) => done.map_err(|error| io::Error::other(chain(&error))),
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the engine does not answer")),
    }
}

/// Bytes whose end may be a failure.
struct Checked {
    bytes: Incoming,
    failed: std::sync::mpsc::Receiver<io::Error>,
}

impl Read for Checked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.bytes.read(into)? {
            // What failed was told before the end was.
            0 => self.failed.try_recv().map_or(Ok(0), Err),
            count => Ok(count),
        }
    }
}

/// What is wanted of an archive of this directory.
fn listed(
    chunks: mpsc::Receiver<Bytes>,
    directory: &Path,
    wanted: &WantedArtifacts,
) -> io::Result<Vec<Artifact>> {
    let mut archive = tar::Archive::new(Incoming::new(chunks));
    let (mut files, mut links) = (Vec::new(), Vec::new());
    for (count, entry) in archive.entries()?.enumerate() {
        if count >= MOST_ENTRIES {
            return Err(io::Error::other(format!("it has more than {MOST_ENTRIES} entries")));
        }
        let entry = entry?;
        let path = entry.path()?.into_owned();
        // The first part is the directory itself.
        let name: PathBuf = path.components().skip(1).collect();
        let kind = entry.header().entry_type();
        let modified = entry.header().mtime().ok();
        let modified = modified.map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        let link = kind.is_symlink().then(|| entry.link_name().ok().flatten()).flatten();
        let link = link.map(std::borrow::Cow::into_owned);
        let artifact = Artifact {
            path: directory.join(&name),
            name: name.to_string_lossy().into_owned(),
            size: entry.size(),
            modified,
            link,
        };
        match kind {
            tar::EntryType::Regular | tar::EntryType::GNUSparse => files.push(artifact),
            tar::EntryType::Symlink => links.push(artifact),
            _ => {}
        }
    }
    // A link has the size of what it leads to; one that leads out of here is none of ours.
    for mut link in links {
        let target = link.link.as_ref().map(|target| link.path.with_file_name(target));
        if let Some(found) = files.iter().find(|file| Some(&file.path) == target.as_ref()) {
            link.size = found.size;
            files.push(link);
        }
    }
    files.retain(|one| wanted.has(&one.name));
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}
