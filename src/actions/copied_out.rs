//! The bytes of one file of a container that need not run.

use bytes::Bytes;
use futures_util::StreamExt;

use crate::engine::{
    ContainerId, ContainerManager, EngineError, ErrorKind, ObjectKind, Result, ResultStream,
};

use super::one_file::{OneFile, Unpacked};

/// How a copy begins.
#[derive(Debug)]
pub enum Begun {
    /// A file of this size.
    File(u64),
    /// A link.
    Link(String),
}

/// A file on its way out of a container. Whoever uses it gives it a time limit.
pub struct CopiedOut {
    id: ContainerId,
    path: String,
    stream: ResultStream<Bytes>,
    file: OneFile,
    told: std::vec::IntoIter<Unpacked>,
    /// So many of its bytes are not wanted.
    skip: u64,
}

impl CopiedOut {
    /// Without its first `skip` bytes, which travel all the same.
    #[must_use]
    pub fn open(engine: &dyn ContainerManager, id: &ContainerId, path: &str, skip: u64) -> Self {
        let stream = engine.copy_out(id, path);
        let file = OneFile::default();
        Self { id: id.clone(), path: path.to_owned(), stream, file, told: Vec::new().into_iter(), skip }
    }

    /// What it is.
    ///
    /// # Errors
    /// Where there is nothing of that path, or the copy fails.
    pub async fn begin(&mut self) -> Result<Begun> {
        match self.unpacked().await? {
            Some(Unpacked::Begins(size)) => Ok(Begun::File(size)),
            Some(Unpacked::Link(target)) => Ok(Begun::Link(target)),
            _ => Err(self.failed(ErrorKind::Invalid).saying("it is no file")),
        }
    }

    /// The next bytes. `None` at the end.
    ///
    /// # Errors
    /// Where the copy fails, or ends before the file does.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            match self.unpacked().await? {
                Some(Unpacked::Bytes(mut piece)) => {
                    let skipped = piece.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
                    self.skip = self.skip.saturating_sub(skipped as u64);
                    let rest = piece.split_off(skipped);
                    if !rest.is_empty() {
                        return Ok(Some(rest));
                    }
                }
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }

    async fn unpacked(&mut self) -> Result<Option<Unpacked>> {
        loop {
            if let Some(told) = self.told.next() {
                return Ok(Some(told));
            }
            if self.file.is_done() {
                return Ok(None);
            }
            let Some(piece) = self.stream.next().await else {
                return Err(self.failed(ErrorKind::BrokenStream));
            };
            let told = self.file.feed(&piece?);
            let told = told.map_err(|error| self.failed(ErrorKind::BadAnswer).because(error))?;
            self.told = told.into_iter();
        }
    }

    fn failed(&self, kind: ErrorKind) -> EngineError {
        let object = format_args!("{}:{}", self.id, self.path);
        EngineError::new("read a file of", kind).on(ObjectKind::Path, object)
    }
}

impl std::fmt::Debug for CopiedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CopiedOut").field("id", &self.id).field("path", &self.path).finish_non_exhaustive()
    }
}
