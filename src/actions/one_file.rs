//! One file out of a tar stream, in pieces.

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use tar::{EntryType, Header};

/// What a tar stream is made of, in bytes.
const BLOCK: usize = 512;
/// What stands before the file, such as long names; more is no archive of one file.
const MOST_BEFORE: u64 = 1024 * 1024;

/// What a piece of the stream tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unpacked {
    /// A file of so many bytes begins.
    Begins(u64),
    /// The file goes on.
    Bytes(Bytes),
    /// It is a link to this, and no file.
    Link(String),
    /// It is neither.
    Other,
}

/// Reads a tar stream up to the end of its first file.
#[derive(Debug, Default)]
pub(super) struct OneFile {
    waiting: BytesMut,
    state: State,
    before: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Header,
    /// So many bytes of no interest come first.
    Skipping(u64),
    /// So many bytes of the file are still to come.
    Inside(u64),
    Done,
}

impl OneFile {
    /// Whether all of it has come.
    pub(super) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes the next bytes of the stream.
    ///
    /// # Errors
    /// When they are no archive.
    pub(super) fn feed(&mut self, bytes: &Bytes) -> io::Result<Vec<Unpacked>> {
        let mut told = Vec::new();
        if self.state == State::Done {
            return Ok(told);
        }
        if let State::Inside(left) = self.state {
            // The bulk of it is passed on as it came.
            let piece = bytes.slice(..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
            self.inside(left, piece, &mut told);
            return Ok(told);
        }
        self.waiting.extend_from_slice(bytes);
        loop {
            match self.state {
                State::Skipping(left) => {
                    let now = self.waiting.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    self.waiting.advance(now);
                    let left = left.saturating_sub(now as u64);
                    self.state = if left == 0 { State::Header } else { State::Skipping(left) };
                    if left > 0 {
                        return Ok(told);
                    }
                }
                State::Header => {
                    if self.waiting.len() < BLOCK {
                        return Ok(told);
                    }
                    let block = self.waiting.split_to(BLOCK);
                    self.header(Header::from_byte_slice(&block), &mut told)?;
                }
                State::Inside(left) => {
                    let length = self.waiting.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    let piece = self.waiting.split_to(length).freeze();
                    self.inside(left, piece, &mut told);
                    return Ok(told);
                }
                State::Done => return Ok(told),
            }
        }
    }

    fn header(&mut self, header: &Header, told: &mut Vec<Unpacked>) -> io::Result<()> {
        let size = header.entry_size()?;
        match header.entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                told.push(Unpacked::Begins(size));
                self.state = if size == 0 { State::Done } else { State::Inside(size) };
            }
            EntryType::XHeader
            | EntryType::XGlobalHeader
            | EntryType::GNULongName
            | EntryType::GNULongLink => {
                self.before = self.before.saturating_add(size);
                if self.before > MOST_BEFORE {
                    return Err(io::Error::other("what stands before the file has no end"));
                }
                self.state = State::Skipping(size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64));
            }
            EntryType::Symlink => {
                let target = header.link_name_bytes().unwrap_or_default();
                told.push(Unpacked::Link(String::from_utf8_lossy(&target).into_owned()));
                self.state = State::Done;
            }
            _ => {
                told.push(Unpacked::Other);
                self.state = State::Done;
            }
        }
        Ok(())
    }

    fn inside(&mut self, left: u64, piece: Bytes, told: &mut Vec<Unpacked>) {
        let left = left.saturating_sub(piece.len() as u64);
        self.state = if left == 0 { State::Done } else { State::Inside(left) };
        if !piece.is_empty() {
            told.push(Unpacked::Bytes(piece));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn archive(name: &str, content: &[u8]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, content).unwrap();
        archive.into_inner().unwrap()
    }

    fn unpacked(archive: &[u8], piece: usize) -> Vec<u8> {
        let mut file = OneFile::default();
        let mut content = Vec::new();
        for piece in archive.chunks(piece) {
            for told in file.feed(&Bytes::copy_from_slice(piece)).unwrap() {
                if let Unpacked::Bytes(bytes) = told {
                    content.extend_from_slice(&bytes);
                }
            }
        }
        assert!(file.is_done());
        content
    }

    #[test]
    fn a_file_comes_out_whole_whatever_the_pieces_and_its_name() {
        let content: Vec<u8> = (0..3000_u32).map(|n| n.to_le_bytes()[0]).collect();
        for name in ["log.do_compile".to_owned(), "long".repeat(60)] {
            let archive = archive(&name, &content);
            for piece in [1, 7, 511, 512, 513, 100_000] {
                assert!(unpacked(&archive, piece) == content, "{name} by {piece}");
            }
        }
        assert_eq!(unpacked(&archive("empty", b""), 512), b"");
    }

    #[test]
    fn a_link_says_where_it_leads() {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, "log.do_compile", "log.do_compile.7").unwrap();
        let bytes = builder.into_inner().unwrap();
        let told = OneFile::default().feed(&bytes.into()).unwrap();
        assert_eq!(told, [Unpacked::Link("log.do_compile.7".into())]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in proptest::collection::vec(any::<u8>(), 0..2000), piece in 1_usize..700) {
            let mut file = OneFile::default();
            for piece in bytes.chunks(piece) {
                if file.feed(&Bytes::copy_from_slice(piece)).is_err() {
                    break;
                }
            }
        }
    }
}
