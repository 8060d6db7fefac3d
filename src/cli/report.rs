//! `report`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::bitbake::{BuildReader, Output};

use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};

mod frames;
mod json;
mod page;
mod source;

use source::Source;

/// Which log, and how it was saved.
///
/// Reads what BitBake printed, with or without a terminal, or its own console log. Of several builds in one file the
/// last is told, and the others named. It ends well when the log could be read, whatever became of the build.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The saved log, also compressed with gzip; - reads standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// The file is an engine's stream, both streams in frames of their own
    ///
    /// Each frame has a head of 8 bytes: the stream, three zeros, and the length. So engines send the output of
    /// what has no terminal.
    #[arg(long)]
    frames: bool,
}

/// # Errors
/// When the file cannot be read, or nothing in it is of BitBake. A file that ends in the midst is told as far as it
/// goes, and is an error then.
pub(crate) async fn run(args: &ReportArgs, context: &Context) -> Ended {
    let (file, frames) = (args.file.clone(), args.frames);
    let cancel = context.supervisor.call().cancel;
    let is_cancelled = cancel.clone();
    let reading = tokio::task::spawn_blocking(move || read(&file, frames, &|| is_cancelled.is_cancelled()));
    let (reader, mistake) = tokio::select! {
        biased;
        read = reading => read.map_err(io::Error::other).and_then(|read| read).map_err(|error| cannot_read(args, error))?,
        () = cancel.cancelled() => return Err(Failure::Cancelled),
    };
    if reader.build().has_begun() {
        print(&reader, context)?;
    }
    match mistake {
        Some(error) => Err(cannot_read(args, error)),
        None if reader.build().has_begun() => Ok(Exit::Done),
        None => {
            let hint = if args.frames { "" } else { "; if it is an engine's stream, --frames reads it" };
            let why = io::Error::other(format!("there is nothing of BitBake in it{hint}"));
            Err(cannot_read(args, why))
        }
    }
}

fn print(reader: &BuildReader, context: &Context) -> Ended<()> {
    if context.global.json {
        return context.print_json(&json::of_log(reader));
    }
    if context.global.quiet {
        return Ok(());
    }
    for build in reader.earlier() {
        context
            .note(&format!("an earlier build in it: {}", page::headline(build, context.screen.err_coloured)));
    }
    context.print(&page::page(reader.build(), context.screen.coloured))
}

fn cannot_read(args: &ReportArgs, source: io::Error) -> Failure {
    Failure::Here { doing: format!("report on {}", args.file.display()), source }
}

/// How much is read at a time.
const CHUNK: usize = 64 << 10;

/// Reads a whole log: the builds, and what went wrong after some of it was read.
fn read(
    file: &Path,
    frames: bool,
    is_cancelled: &dyn Fn() -> bool,
) -> io::Result<(BuildReader, Option<io::Error>)> {
    let input: Box<dyn Read> =
        if file == Path::new("-") { Box::new(io::stdin()) } else { Box::new(File::open(file)?) };
    let mut source = Source::new(input)?;
    let mut reader = BuildReader::new(if frames { Output::Apart } else { Output::Mixed });
    let mut demux = frames::Frames::default();
    let mut buffer = vec![0; CHUNK];
    let mistake = loop {
        if is_cancelled() {
            break Some(io::Error::from(io::ErrorKind::Interrupted));
        }
        let bytes = match source.read(&mut buffer) {
            Ok(0) => break frames.then(|| demux.finish()).and_then(Result::err),
            Ok(count) => buffer.get(..count).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => break Some(error),
        };
        if frames {
            if let Err(error) = demux.feed(bytes, &mut |stream, bytes| reader.feed(stream, None, bytes)) {
                break Some(error);
            }
        } else {
            reader.feed(crate::bitbake::Stream::Output, None, bytes);
        }
    };
    reader.finish();
    Ok((reader, mistake))
}

#[cfg(test)]
mod tests;
