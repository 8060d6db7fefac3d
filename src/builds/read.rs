//! Reading a file of a container, whether it runs or not.

use std::time::Duration;

use bytes::Bytes;

use crate::actions::{Begun, Call, CopiedOut, Limits, Report, Supervised, Verb};
use crate::engine::{ContainerId, ContainerManager, EngineError, ErrorKind, ObjectKind, Result};

/// How many links are followed, one to the next.
const MOST_LINKS: usize = 4;
/// How long it may take where the call has no limits of its own.
const LONGEST: Duration = Duration::from_secs(60);

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    /// Its beginning: all of it, where it is not larger than was asked for.
    pub bytes: Bytes,
    /// How large it is.
    pub size: u64,
    /// Which file it is in the end, links followed.
    pub path: String,
}

impl FileRead {
    /// Whether there is more of it than was read.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        (self.bytes.len() as u64) < self.size
    }
}

/// Reads the beginning of a file, at most `limit` bytes, in a container that may have stopped. A link is followed, and
/// up to three more.
///
/// A path that is not there, is on a temporary file system of a running container, or is no file, is
/// [`ErrorKind::NotFound`] or [`ErrorKind::Invalid`].
pub async fn read_file(
    on: &Supervised,
    call: &Call,
    container: &ContainerId,
    path: &str,
    limit: usize,
) -> Report<FileRead> {
    let limits = call.limits.unwrap_or(Limits { deadline: Some(LONGEST), ..Limits::default() });
    let call = call.clone().with_limits(limits);
    let object = format!("{container}:{path}");
    let read = || read(&*on.engine, container, path, limit);
    on.supervisor.read(&call, Verb::CopyOut, object, read).await
}

async fn read(engine: &dyn ContainerManager, id: &ContainerId, path: &str, limit: usize) -> Result<FileRead> {
    let mut path = path.to_owned();
    for _ in 0..=MOST_LINKS {
        let mut file = CopiedOut::open(engine, id, &path, 0);
        match file.begin().await? {
            Begun::Link(target) => path = beside(&path, &target),
            Begun::File(size) => {
                let mut bytes = Vec::new();
                while bytes.len() < limit {
                    let Some(piece) = file.next().await? else { break };
                    let room = limit.saturating_sub(bytes.len());
                    bytes.extend_from_slice(piece.get(..room).unwrap_or(&piece));
                }
                return Ok(FileRead { bytes: bytes.into(), size, path });
            }
        }
    }
    Err(failed(id, &path, "links lead to links"))
}

/// Where a link beside a path leads.
fn beside(path: &str, target: &str) -> String {
    match path.rsplit_once('/') {
        Some((directory, _)) if !target.starts_with('/') => format!("{directory}/{target}"),
        _ => target.to_owned(),
    }
}

fn failed(id: &ContainerId, path: &str, words: &str) -> EngineError {
    EngineError::new("read a file of", ErrorKind::Invalid)
        .on(ObjectKind::Path, format_args!("{id}:{path}"))
        .saying(words)
}
