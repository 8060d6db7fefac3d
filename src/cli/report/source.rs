//! A file as it was written, whether it is compressed or not.

use std::fmt;
use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;

/// What every gzip file begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

type Beginning = io::Chain<Cursor<Vec<u8>>, Box<dyn Read>>;

/// The bytes of a file, decompressed where it is gzip.
pub(super) enum Source {
    Plain(Beginning),
    Gzip(Box<MultiGzDecoder<Beginning>>),
}

impl Source {
    /// Looks at the first bytes of the input.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn new(mut input: Box<dyn Read>) -> io::Result<Self> {
        let mut first = Vec::new();
        input.by_ref().take(GZIP.len() as u64).read_to_end(&mut first)?;
        let is_gzip = first == GZIP;
        let whole = Cursor::new(first).chain(input);
        Ok(if is_gzip { Self::Gzip(Box::new(MultiGzDecoder::new(whole))) } else { Self::Plain(whole) })
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(input) => input.read(buffer),
            Self::Gzip(input) => input.read(buffer),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::Gzip(_) => "Gzip",
        })
    }
}
