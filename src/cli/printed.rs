//! What containers print, on its way to our own standard output and error.

use std::io::{self, IsTerminal};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;

use crate::engine::StdStream;
use crate::logs::{SplitLine, Splitter};

use super::context::Context;
use super::output::{Drain, Rows, document};
use super::sift::Sieve;

/// At most so much is handed on at once.
const PART: usize = 64 * 1024;

/// A terminal of unknown width.
const USUAL_COLUMNS: usize = 80;

/// How it is to be printed.
#[derive(Debug, Default)]
pub(crate) struct Manner {
    /// To a terminal, too, as it came: it may act on it.
    pub(crate) raw: bool,
    /// When each line came stands before it.
    pub(crate) stamps: bool,
    /// A document for each line; only where lines are sifted.
    pub(crate) json: bool,
    /// Which lines are wanted, where not all are.
    pub(crate) sieve: Option<Sieve<Kept>>,
}

/// Prints what containers print: to a terminal cleaned, line by line, the unfinished one as it grows; elsewhere byte
/// for byte as it came.
///
/// Holds the unfinished line of each stream (at most 64 KiB, and as much again as it stands on the terminal), the
/// lines that are kept to be printed around others (at most 50), and what the [`Drain`] holds.
#[derive(Debug)]
pub(crate) struct Printer<'a> {
    drain: &'a Drain,
    manner: Manner,
    /// Whether our standard output and error are cleaned.
    cleaned: [bool; 2],
    streams: [Stream; 3],
    rows: Rows,
    /// What was written last, where it did not end in a newline: whose line it is, and which piece.
    within: Option<(StdStream, u64)>,
}

#[derive(Debug, Default)]
struct Stream {
    splitter: Splitter,
    /// How many lines, or pieces of lines, there were.
    pieces: u64,
    /// What is passed on as it came stands in the midst of a line.
    is_within: bool,
}

/// A line that may be printed.
#[derive(Debug)]
pub(crate) struct Kept {
    stream: StdStream,
    piece: u64,
    line: SplitLine<'static>,
}

impl<'a> Printer<'a> {
    /// To the process's own streams.
    pub(crate) fn of_process(drain: &'a Drain, context: &Context, manner: Manner) -> Self {
        let screen = &context.screen;
        let columns = || crossterm::terminal::size().map_or(0, |(columns, _)| usize::from(columns));
        let rows = Rows::new([screen.coloured, screen.err_coloured], move || match columns() {
            0 => USUAL_COLUMNS,
            columns => columns,
        });
        Self::to(drain, [io::stdout().is_terminal(), io::stderr().is_terminal()], rows, manner)
    }

    /// To streams of which these are terminals.
    fn to(drain: &'a Drain, terminals: [bool; 2], rows: Rows, manner: Manner) -> Self {
        let cleaned = terminals.map(|is_terminal| is_terminal && !manner.raw && !manner.json);
        Self { drain, manner, cleaned, streams: Default::default(), rows, within: None }
    }

    /// Whether everything goes out as it comes.
    pub(crate) fn changes_nothing(&self) -> bool {
        self.cleaned == [false; 2] && self.manner.sieve.is_none() && !self.manner.stamps
    }

    /// Takes what came.
    ///
    /// # Errors
    /// When nothing can be written any more.
    pub(crate) async fn push(
        &mut self,
        stream: StdStream,
        time: Option<Timestamp>,
        bytes: Bytes,
    ) -> io::Result<()> {
        if self.manner.sieve.is_none() && !self.is_cleaned(stream) {
            return self.pass(stream, time, bytes).await;
        }
        // Its own while lines of it are printed.
        let mut splitter = std::mem::take(&mut self.of(stream).splitter);
        let mut rest = &*bytes;
        let mut out = String::new();
        while let Some(line) = splitter.next(time, &mut rest) {
            if self.manner.sieve.is_some() {
                self.sift(stream, &line).await?;
                continue;
            }
            out.push_str(&self.rows.finish(stream, stamp(self.manner.stamps, line.time()), &line));
            if out.len() >= PART {
                self.write(stream, std::mem::take(&mut out)).await?;
            }
        }
        if self.manner.sieve.is_none()
            && let Some(line) = splitter.open()
        {
            out.push_str(&self.rows.grow(stream, stamp(self.manner.stamps, line.time()), &line));
        }
        self.of(stream).splitter = splitter;
        self.write(stream, out).await
    }

    /// Nothing more comes: an unfinished line counts as a line.
    ///
    /// # Errors
    /// When nothing can be written any more.
    pub(crate) async fn end(&mut self) -> io::Result<()> {
        for stream in [StdStream::Stdout, StdStream::Stderr, StdStream::Tty] {
            if let Some(line) = self.of(stream).splitter.end() {
                self.sift(stream, &line).await?;
            }
        }
        Ok(())
    }

    /// Says something of our own on standard error, in its place.
    ///
    /// # Errors
    /// When nothing can be written any more.
    pub(crate) async fn remark(&mut self, words: &str) -> io::Result<()> {
        let mut out = self.rows.leave().to_owned();
        out.push_str(words);
        out.push('\n');
        self.write(StdStream::Stderr, out).await
    }

    /// As it came, but for the stamp.
    async fn pass(&mut self, stream: StdStream, time: Option<Timestamp>, bytes: Bytes) -> io::Result<()> {
        let place = self.of(stream);
        // An entry that does not end in a newline is a piece of a longer line: what follows it gets no stamp.
        let continues = std::mem::replace(&mut place.is_within, !bytes.ends_with(b"\n"));
        if !continues && self.manner.stamps && time.is_some() {
            let mut stamped = stamp(true, time).into_bytes();
            stamped.extend_from_slice(&bytes);
            return self.drain.write(stream, stamped.into()).await;
        }
        self.drain.write(stream, bytes).await
    }

    /// Prints a line if it is wanted, or what waited for it.
    async fn sift(&mut self, stream: StdStream, line: &SplitLine<'_>) -> io::Result<()> {
        let place = self.of(stream);
        place.pieces += 1;
        let piece = place.pieces;
        let Some(sieve) = &mut self.manner.sieve else { return Ok(()) };
        let taken = sieve.take(line, || Kept { stream, piece, line: line.clone().into_owned() });
        let mut has_gap = taken.has_gap && !self.manner.json;
        for kept in taken.lines {
            if std::mem::take(&mut has_gap) {
                self.apart(kept.stream).await?;
                self.write(kept.stream, "--\n".into()).await?;
            }
            self.print(kept).await?;
        }
        Ok(())
    }

    async fn print(&mut self, kept: Kept) -> io::Result<()> {
        let Kept { stream, piece, line } = kept;
        if self.manner.json {
            let text = String::from_utf8_lossy(line.bytes());
            let document = document(&json!({ "time": line.time(), "stream": stream, "text": text }));
            return self.write(StdStream::Stdout, document).await;
        }
        if self.is_cleaned(stream) {
            let stamp = stamp(self.manner.stamps, line.time());
            let mut out = self.rows.finish(stream, stamp, &line);
            out.push_str(self.rows.leave());
            return self.write(stream, out).await;
        }
        let goes_on = line.is_continuation() && self.within == Some((stream, piece - 1));
        let mut out = Vec::new();
        if !goes_on {
            self.apart(stream).await?;
            out.extend_from_slice(stamp(self.manner.stamps, line.time()).as_bytes());
        }
        out.extend_from_slice(line.bytes());
        self.within = (!line.is_ended()).then_some((stream, piece));
        self.drain.write(stream, out.into()).await
    }

    /// Ends what was written of a piece whose line goes on somewhere else.
    async fn apart(&mut self, stream: StdStream) -> io::Result<()> {
        match self.within.take_if(|(of, _)| is_error(*of) == is_error(stream)) {
            Some((of, _)) => self.write(of, "\n".into()).await,
            None => Ok(()),
        }
    }

    async fn write(&self, stream: StdStream, text: String) -> io::Result<()> {
        let mut bytes = Bytes::from(text);
        while !bytes.is_empty() {
            let part = bytes.split_to(bytes.len().min(PART));
            self.drain.write(stream, part).await?;
        }
        Ok(())
    }

    fn of(&mut self, stream: StdStream) -> &mut Stream {
        let [out, err, tty] = &mut self.streams;
        match stream {
            StdStream::Stdout => out,
            StdStream::Stderr => err,
            StdStream::Tty => tty,
        }
    }

    fn is_cleaned(&self, stream: StdStream) -> bool {
        let [out, err] = self.cleaned;
        if is_error(stream) { err } else { out }
    }
}

fn is_error(stream: StdStream) -> bool {
    stream == StdStream::Stderr
}

/// What stands before a line that came then, where anything does. Nine decimals always, so that the lines stand
/// straight.
fn stamp(is_wanted: bool, time: Option<Timestamp>) -> String {
    let time = time.filter(|_| is_wanted);
    time.map(|time| time.strftime("%Y-%m-%dT%H:%M:%S.%9fZ ").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
