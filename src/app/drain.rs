//! Bytes to our own standard output and error, as they are.
//!
//! A thread of its own writes them, in the order they came: a reader of ours that stops reading blocks that
//! thread and, once the queue is full, whoever feeds it, but never the runtime, so `^C` is still heard. Chunks
//! are passed on without a copy, and those that wait together go out in one call.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd};
use std::thread;

use bytes::{Buf, Bytes};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, writev};
use tokio::sync::{mpsc, oneshot};

use crate::engine::{Output, StdStream};

/// How many chunks may wait. Engines send at most 64 KiB in one, so this is at most 2 MiB.
const WAITING: usize = 32;

/// The way to our own standard output and error.
#[derive(Debug)]
pub(crate) struct Drain {
    chunks: mpsc::Sender<Output>,
    ended: oneshot::Receiver<io::Result<()>>,
}

impl Drain {
    /// To the process's own streams; a terminal's output goes to standard output.
    pub(crate) fn of_process() -> io::Result<Self> {
        Self::to(|stream, chunks| match stream {
            StdStream::Stdout | StdStream::Tty => write_all(io::stdout().as_fd(), chunks),
            StdStream::Stderr => write_all(io::stderr().as_fd(), chunks),
        })
    }

    /// To a function that writes chunks of one stream.
    pub(crate) fn to(
        mut write: impl FnMut(StdStream, &mut [Bytes]) -> io::Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        let (chunks, mut waiting) = mpsc::channel::<Output>(WAITING);
        let (end, ended) = oneshot::channel();
        let body = move || {
            let mut run = || {
                let mut next = waiting.blocking_recv();
                while let Some(Output { stream, bytes }) = next.take() {
                    let mut together = vec![bytes];
                    while let Ok(output) = waiting.try_recv() {
                        if output.stream != stream {
                            next = Some(output);
                            break;
                        }
                        together.push(output.bytes);
                    }
                    write(stream, &mut together)?;
                    if next.is_none() {
                        next = waiting.blocking_recv();
                    }
                }
                Ok(())
            };
            let result = run();
            // From here on whoever feeds us sees a closed queue.
            drop(waiting);
            let _ = end.send(result);
        };
        thread::Builder::new().name("output".into()).spawn(body)?;
        Ok(Self { chunks, ended })
    }

    /// A way of its own into the queue. [`Drain::finish`] waits until it is dropped.
    pub(crate) fn sender(&self) -> mpsc::Sender<Output> {
        self.chunks.clone()
    }

    /// Passes a chunk on. Waits while too much waits already.
    ///
    /// # Errors
    /// When nothing can be written any more; [`Drain::finish`] says why.
    pub(crate) async fn write(&self, stream: StdStream, bytes: Bytes) -> io::Result<()> {
        self.chunks.send(Output { stream, bytes }).await.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    /// Waits until all is written.
    ///
    /// # Errors
    /// What ended the writing; `BrokenPipe` when our reader has gone.
    pub(crate) async fn finish(self) -> io::Result<()> {
        drop(self.chunks);
        self.ended.await.unwrap_or(Err(io::ErrorKind::BrokenPipe.into()))
    }
}

fn write_all(fd: BorrowedFd<'_>, chunks: &mut [Bytes]) -> io::Result<()> {
    let mut left = chunks;
    loop {
        while left.first().is_some_and(Bytes::is_empty) {
            left = left.split_first_mut().map_or(&mut [], |(_, rest)| rest);
        }
        if left.is_empty() {
            return Ok(());
        }
        let slices: Vec<IoSlice<'_>> = left.iter().map(|chunk| IoSlice::new(chunk)).collect();
        let mut written = match writev(fd, &slices) {
            Ok(written) => written,
            Err(Errno::INTR) => continue,
            // Another program that shares our terminal has made it non-blocking.
            Err(Errno::AGAIN) => match poll(&mut [PollFd::new(&fd, PollFlags::OUT)], None) {
                Ok(_) | Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            },
            Err(error) => return Err(error.into()),
        };
        for chunk in left.iter_mut() {
            let part = written.min(chunk.len());
            chunk.advance(part);
            written -= part;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::fd::OwnedFd;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn the_order_is_kept_across_both_streams() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = seen.clone();
        let drain = Drain::to(move |stream, chunks| {
            let mut sink = sink.lock().unwrap();
            sink.extend(chunks.iter().map(|chunk| (stream, chunk.clone())));
            Ok(())
        })
        .unwrap();
        let mut sent = Vec::new();
        for number in 0..500_u32 {
            let stream = if number % 3 == 0 { StdStream::Stderr } else { StdStream::Stdout };
            let chunk = Bytes::from(number.to_string());
            sent.push((stream, chunk.clone()));
            drain.write(stream, chunk).await.unwrap();
        }
        drain.finish().await.unwrap();
        assert_eq!(*seen.lock().unwrap(), sent);
    }

    #[tokio::test]
    async fn a_reader_that_has_gone_is_said() {
        let drain = Drain::to(|_, _| Err(io::ErrorKind::BrokenPipe.into())).unwrap();
        let mut refused = false;
        for _ in 0..10 * WAITING {
            if drain.write(StdStream::Stdout, Bytes::from_static(b"x")).await.is_err() {
                refused = true;
                break;
            }
        }
        assert!(refused, "the queue never closed");
        assert_eq!(drain.finish().await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn every_byte_is_written_though_the_pipe_takes_only_parts() {
        let (read, write) = io::pipe().unwrap();
        let fd = OwnedFd::from(write);
        let flags = rustix::fs::fcntl_getfl(&fd).unwrap();
        rustix::fs::fcntl_setfl(&fd, flags | rustix::fs::OFlags::NONBLOCK).unwrap();
        let mut chunks: Vec<Bytes> =
            (0..40_u8).map(|number| Bytes::from(vec![number; 30_000])).chain([Bytes::new()]).collect();
        let wanted: Vec<u8> = chunks.concat();
        let reader = thread::spawn(move || {
            let mut all = Vec::new();
            let mut read = read;
            read.read_to_end(&mut all).unwrap();
            all
        });
        write_all(fd.as_fd(), &mut chunks).unwrap();
        drop(fd);
        assert!(reader.join().unwrap() == wanted);
    }
}
