//! Reading the port's streams to their end, and making the archives it takes.

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::engine::{LogChunk, Output, ResultStream, StdStream};

/// All items of a stream that must not fail.
pub(super) async fn all<T>(stream: ResultStream<T>) -> Vec<T> {
    stream.try_collect().await.unwrap()
}

/// What came on one stream of a command.
pub(super) fn bytes_of(output: &[Output], stream: StdStream) -> Vec<u8> {
    let of_it = output.iter().filter(|piece| piece.stream == stream);
    of_it.flat_map(|piece| piece.bytes.iter().copied()).collect()
}

/// The bytes of log chunks, joined.
pub(super) fn text_of(chunks: &[LogChunk]) -> String {
    String::from_utf8(chunks.iter().flat_map(|chunk| chunk.bytes.iter().copied()).collect()).unwrap()
}

/// The lines of `seq 1 last`.
pub(super) fn numbers(last: u32) -> String {
    use std::fmt::Write;
    (1..=last).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{number}");
        text
    })
}

/// A tar archive of files, as a stream in small pieces.
pub(super) fn archive(files: &[(&str, &[u8])]) -> ResultStream<Bytes> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o640);
        builder.append_data(&mut header, path, *content).unwrap();
    }
    let bytes = Bytes::from(builder.into_inner().unwrap());
    let pieces: Vec<_> = bytes.chunks(1000).map(|piece| Ok(bytes.slice_ref(piece))).collect();
    stream::iter(pieces).boxed()
}

/// The regular files of a tar stream: path, mode, content.
pub(super) async fn unpacked(stream: ResultStream<Bytes>) -> Vec<(String, u32, Vec<u8>)> {
    use std::io::Read;
    let bytes: Vec<u8> = all(stream).await.concat();
    let mut archive = tar::Archive::new(bytes.as_slice());
    let mut files = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file() {
            let path = entry.path().unwrap().display().to_string();
            let mode = entry.header().mode().unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            files.push((path, mode, content));
        }
    }
    files
}
