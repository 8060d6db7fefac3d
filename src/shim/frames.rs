//! The shim's side of the protocol on standard input.
//!
//! Input is a sequence of frames: one byte of kind, the length of the payload in four bytes (big-endian), the
//! payload.
//!
//! | kind | payload | meaning |
//! |---|---|---|
//! | `D` | 1 to 65536 bytes | data for the command's standard input |
//! | `E` | none | the command's input is at its end |
//! | `S` | signal number, one byte | pass this signal on to the command, end nothing |
//! | `C` | grace in milliseconds, four bytes; signal number, one byte | end the tree |
//!
//! The bare end of the input means that the client is gone, whatever came before it. Anything else than the above
//! is a fault of the client and is treated the same way.

/// The most a data frame may hold.
pub const DATA_LIMIT: usize = 64 * 1024;
const HEADER: usize = 5;

/// One thing the client said. Data comes in the pieces it was read in.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// Data for the command.
    Data(&'a [u8]),
    /// No more data will come.
    EndOfInput,
    /// Pass this signal on.
    Signal(i32),
    /// End the tree.
    Cancel {
        /// The polite signal.
        signal: i32,
        /// The grace.
        grace_ms: u32,
    },
}

/// The input is not of this protocol.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken;

/// Keeps what of a frame has not come yet: at most a header and five bytes, never data.
#[derive(Debug, Default)]
pub struct Decoder {
    partial: Vec<u8>,
    data_left: usize,
}

impl Decoder {
    /// Takes the next piece of input, cut anywhere, and hands each frame in it to `take`.
    pub fn push(&mut self, mut input: &[u8], mut take: impl FnMut(Frame<'_>)) -> Result<(), Broken> {
        while let Some((first, rest)) = input.split_first() {
            if self.data_left > 0 {
                let (data, after) = input.split_at(self.data_left.min(input.len()));
                self.data_left -= data.len();
                take(Frame::Data(data));
                input = after;
                continue;
            }
            self.partial.push(*first);
            input = rest;
            self.complete(&mut take)?;
        }
        Ok(())
    }

    fn complete(&mut self, take: &mut impl FnMut(Frame<'_>)) -> Result<(), Broken> {
        let Some((&[kind, ref length @ ..], payload)) = self.partial.split_first_chunk::<HEADER>() else {
            return Ok(());
        };
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Broken)?;
        match (kind, length, payload) {
            (b'D', 1..=DATA_LIMIT, _) => self.data_left = length,
            (b'E', 0, _) => take(Frame::EndOfInput),
            (b'S', 1, []) => return Ok(()),
            (b'S', 1, [signal]) if is_signal(*signal) => take(Frame::Signal(i32::from(*signal))),
            (b'C', 5, _) => match payload.split_first_chunk::<4>() {
                Some((grace_ms, [signal])) if is_signal(*signal) => take(Frame::Cancel {
                    signal: i32::from(*signal),
                    grace_ms: u32::from_be_bytes(*grace_ms),
                }),
                Some((_, [_, ..])) => return Err(Broken),
                _ => return Ok(()),
            },
            _ => return Err(Broken),
        }
        self.partial.clear();
        Ok(())
    }
}

fn is_signal(number: u8) -> bool {
    (1..=64).contains(&number)
}
