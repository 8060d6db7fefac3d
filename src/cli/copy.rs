//! `cp`.

use std::ffi::OsStr;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::Args;
use tokio::sync::mpsc;

use crate::actions::{Aftermath, Patience, Verb};
use crate::engine::{ContainerId, EngineError, ErrorKind, ResultStream, StdStream};

use super::connect::Engine;
use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::find::engine_of_container;
use super::output::Drain;

/// From where to where.
///
/// One of the two is CONTAINER:PATH, the other a path here, or - for a tar stream. Out of a container, a
/// destination that is a directory receives the file or directory under its own name; else the copy gets the
/// name of the destination. Into a container the destination is a directory that is there.
#[derive(Debug, Args)]
pub(crate) struct CopyArgs {
    /// CONTAINER:PATH, a path here, or - for a tar stream on standard input
    source: String,
    /// CONTAINER:PATH, a path here, or - for a tar stream on standard output
    destination: String,
}

/// A place a copy begins or ends at.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    Container { container: &'a str, path: &'a str },
    Here(&'a str),
    Stream,
}

impl<'a> Place<'a> {
    /// A path here that has a colon in it begins with `/` or `./`.
    fn of(text: &'a str) -> Self {
        match text.split_once(':') {
            _ if text == "-" => Self::Stream,
            Some((container, path)) if !container.is_empty() && !container.contains(['/', '.']) => {
                Self::Container { container, path }
            }
            _ => Self::Here(text),
        }
    }
}

pub(crate) async fn run(args: &CopyArgs, context: &Context) -> Ended {
    match (Place::of(&args.source), Place::of(&args.destination)) {
        (Place::Container { container, path }, destination @ (Place::Here(_) | Place::Stream)) => {
            copy_out(context, container, path, &destination).await
        }
        (source @ (Place::Here(_) | Place::Stream), Place::Container { container, path }) => {
            copy_in(context, &source, container, path).await
        }
        _ => Err(Failure::Usage("one of source and destination must be CONTAINER:PATH, and only one".into())),
    }
}

/// Chunks on the way between the engine and a thread that reads or writes files.
pub(super) const WAITING: usize = 16;

async fn copy_out(context: &Context, container: &str, path: &str, to: &Place<'_>) -> Ended {
    let engine = engine_of_container(context, container).await?;
    if let Place::Here(destination) = to {
        let (chunks, waiting) = mpsc::channel(WAITING);
        let destination = PathBuf::from(destination);
        let name = Path::new(path).file_name().map(OsStr::to_owned);
        let unpacking = tokio::task::spawn_blocking(move || unpack(waiting, &destination, name.as_deref()));
        let each = async |chunk: Bytes| match chunks.send(chunk).await {
            Ok(()) => ControlFlow::Continue(()),
            // The other side has failed, and says why when it is waited for.
            Err(_) => ControlFlow::Break(()),
        };
        let copied = read_out(context, engine, container, path, each).await;
        drop(chunks);
        // What failed here is the cause where both did: it closed the channel.
        let unpacked = unpacking.await.unwrap_or_else(|panicked| Err(io::Error::other(panicked)));
        copied?;
        return match unpacked {
            Ok(()) => Ok(Exit::Done),
            Err(source) => Err(Failure::Here { doing: format!("unpack {path}"), source }),
        };
    }
    let drain = Drain::of_process().map_err(Failure::of_output)?;
    let each = async |chunk: Bytes| match drain.write(StdStream::Stdout, chunk).await {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    };
    let copied = read_out(context, engine, container, path, each).await;
    context.drained(drain).await?;
    copied.map(|()| Exit::Done)
}

pub(super) async fn read_out(
    context: &Context,
    engine: &Engine,
    container: &str,
    path: &str,
    each: impl AsyncFnMut(Bytes) -> ControlFlow<()>,
) -> Ended<()> {
    let id = ContainerId::from(container);
    let call = context.call(Verb::CopyOut, container);
    let open = |engine: &dyn crate::engine::ContainerManager| engine.copy_out(&id, path);
    let object = format!("{container}:{path}");
    let watch = engine.supervised.watch(&call, Verb::CopyOut, object, Patience::UntilHung, open, each);
    Ok(watch.await.into_result()?)
}

/// Reads chunks from a channel, on a thread that may block.
pub(super) struct Incoming {
    chunks: mpsc::Receiver<Bytes>,
    rest: Bytes,
}

impl Incoming {
    /// Those that come through this channel.
    pub(super) fn new(chunks: mpsc::Receiver<Bytes>) -> Self {
        Self { chunks, rest: Bytes::new() }
    }
}

impl io::Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.chunks.blocking_recv() {
                Some(chunk) => self.rest = chunk,
                None => return Ok(0),
            }
        }
        let part = self.rest.split_to(into.len().min(self.rest.len()));
        let (head, _) = into.split_at_mut(part.len());
        head.copy_from_slice(&part);
        Ok(part.len())
    }
}

/// Unpacks what a container sent, which is not trusted: nothing of it is written outside the destination.
fn unpack(chunks: mpsc::Receiver<Bytes>, destination: &Path, name: Option<&OsStr>) -> io::Result<()> {
    let mut archive = tar::Archive::new(Incoming::new(chunks));
    archive.set_preserve_mtime(true);
    if destination.is_dir() {
        return archive.unpack(destination);
    }
    let parent = match destination.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    // Unpacked beside its place and then moved, so that the names inside need no rewriting.
    let beside = tempfile::Builder::new().prefix(".smidr-copy-").tempdir_in(parent)?;
    archive.unpack(beside.path())?;
    let name = name.ok_or_else(|| io::Error::other("it has no name; copy it into a directory"))?;
    std::fs::rename(beside.path().join(name), destination)
}

async fn copy_in(context: &Context, from: &Place<'_>, container: &str, path: &str) -> Ended {
    let engine = engine_of_container(context, container).await?;
    let mut archive = Some(match from {
        Place::Here(source) => archive_of(Path::new(source))?,
        _ => standard_input(),
    });
    let id = ContainerId::from(container);
    let call = context.call(Verb::CopyIn, container);
    let work = || {
        let archive = archive.take();
        let (engine, id) = (&engine.supervised.engine, &id);
        async move {
            match archive {
                Some(archive) => engine.copy_in(id, path, archive).await,
                None => Err(EngineError::new(Verb::CopyIn.as_str(), ErrorKind::BrokenStream)),
            }
        }
    };
    let settle = |_| async { Aftermath::Unknown("part of it may have been unpacked there".into()) };
    let object = format!("{container}:{path}");
    context.supervisor.run(&call, Verb::CopyIn, object, work, settle).await.into_result()?;
    Ok(Exit::Done)
}

fn failed(source: io::Error) -> EngineError {
    EngineError::new("read what is to be copied", ErrorKind::BrokenStream).because(source)
}

fn standard_input() -> ResultStream<Bytes> {
    let chunks = tokio_util::io::ReaderStream::with_capacity(tokio::io::stdin(), 64 * 1024);
    Box::pin(futures_util::StreamExt::map(chunks, |chunk| chunk.map_err(failed)))
}

/// Sends what is written to it through a channel, from a thread that may block.
struct Outgoing(mpsc::Sender<Result<Bytes, EngineError>>);

impl io::Write for Outgoing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let chunk = Bytes::copy_from_slice(bytes);
        self.0.blocking_send(Ok(chunk)).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A tar stream of a file or directory under its own name. Links stay links.
fn archive_of(source: &Path) -> Ended<ResultStream<Bytes>> {
    let here =
        |source_error| Failure::Here { doing: format!("read {}", source.display()), source: source_error };
    let metadata = source.symlink_metadata().map_err(here)?;
    let whole = std::path::absolute(source).map_err(here)?;
    let name = whole.file_name().map_or_else(|| PathBuf::from("."), PathBuf::from);
    let (chunks, mut waiting) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let mut builder =
            tar::Builder::new(io::BufWriter::with_capacity(64 * 1024, Outgoing(chunks.clone())));
        builder.follow_symlinks(false);
        let written = if metadata.is_dir() {
            builder.append_dir_all(&name, &whole)
        } else {
            builder.append_path_with_name(&whole, &name)
        };
        let finished =
            written.and_then(|()| builder.into_inner()).and_then(|mut rest| io::Write::flush(&mut rest));
        if let Err(error) = finished {
            // Nobody listens any more where the copy itself has ended.
            let _ = chunks.blocking_send(Err(failed(error)));
        }
    });
    Ok(Box::pin(futures_util::stream::poll_fn(move |cx| waiting.poll_recv(cx))))
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    #[test]
    fn a_container_is_told_from_a_path_by_its_colon() {
        assert_eq!(Place::of("yocto-a:/work"), Place::Container { container: "yocto-a", path: "/work" });
        assert_eq!(Place::of("./a:b"), Place::Here("./a:b"));
        assert_eq!(Place::of("/srv/a:b"), Place::Here("/srv/a:b"));
        assert_eq!(Place::of("file"), Place::Here("file"));
        assert_eq!(Place::of("-"), Place::Stream);
    }

    async fn through(source: &Path, destination: PathBuf, name: &'static str) -> io::Result<()> {
        let archive: Vec<Bytes> = archive_of(source).unwrap().try_collect().await.unwrap();
        let (chunks, waiting) = mpsc::channel(WAITING);
        let unpacking =
            tokio::task::spawn_blocking(move || unpack(waiting, &destination, Some(OsStr::new(name))));
        for chunk in archive {
            let _ = chunks.send(chunk).await;
        }
        drop(chunks);
        unpacking.await.unwrap()
    }

    #[tokio::test]
    async fn a_directory_comes_out_as_it_went_in() {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().join("conf");
        std::fs::create_dir(&source).unwrap();
        std::fs::write(source.join("local.conf"), "MACHINE = \"qemux86-64\"\n").unwrap();
        std::os::unix::fs::symlink("local.conf", source.join("link")).unwrap();
        let into = dir.path().join("into");
        std::fs::create_dir(&into).unwrap();
        through(&source, into.clone(), "conf").await.unwrap();
        let link = std::fs::read_link(into.join("conf/link")).unwrap();
        assert_eq!(
            std::fs::read_to_string(into.join("conf").join(link)).unwrap(),
            "MACHINE = \"qemux86-64\"\n"
        );
        through(&source, dir.path().join("renamed"), "conf").await.unwrap();
        assert!(dir.path().join("renamed/local.conf").is_file());
        let left = std::fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(left, 3, "nothing is left beside the copy");
    }

    #[tokio::test]
    async fn nothing_is_written_outside_the_destination() {
        let dir = tempfile::tempdir().unwrap();
        let into = dir.path().join("into");
        std::fs::create_dir(&into).unwrap();
        let mut builder = tar::Builder::new(Vec::new());
        let mut link = tar::Header::new_gnu();
        link.set_entry_type(tar::EntryType::Symlink);
        link.set_size(0);
        builder.append_link(&mut link, "out", "..").unwrap();
        let mut file = tar::Header::new_gnu();
        file.set_size(1);
        builder.append_data(&mut file, "out/escaped", &b"x"[..]).unwrap();
        let archive = Bytes::from(builder.into_inner().unwrap());
        let (chunks, waiting) = mpsc::channel(WAITING);
        chunks.try_send(archive).unwrap();
        drop(chunks);
        let unpacked = tokio::task::spawn_blocking(move || unpack(waiting, &into, None)).await.unwrap();
        assert!(unpacked.is_err());
        assert!(!dir.path().join("escaped").exists());
    }
}
