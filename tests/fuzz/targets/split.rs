//! Any bytes on any streams, cut anywhere: the lines are the same, nothing is lost, and each is safe to draw.
#![no_main]
#![allow(dead_code, unused_imports, unreachable_pub, unfulfilled_lint_expectations, reason = "a room, compiled apart")]

#[path = "../../../src/logs/mod.rs"]
mod logs;

use arbitrary::Arbitrary;
use logs::{LineNumber, Log, LogReader, Pattern, Query, RawLine, Search, Stream};

#[derive(Debug, Arbitrary)]
struct Input {
    pieces: Vec<(Kind, Vec<u8>)>,
    cuts: Vec<u8>,
    /// Some repetition, so that lines get too long.
    times: u16,
    searched: String,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Kind {
    Stdout,
    Stderr,
    Terminal,
    Remark,
    End,
}

libfuzzer_sys::fuzz_target!(|input: Input| {
    let whole = played(&input, |length| length);
    let mut cuts = input.cuts.iter().cycle();
    let cut = played(&input, |_| cuts.next().map_or(1, |cut| usize::from(*cut).max(1)));
    assert_eq!(all(&whole), all(&cut));
    assert_eq!(whole.extent(), cut.extent());
    let mut from = LineNumber::FIRST;
    let mut lines = Vec::new();
    while from < whole.extent().end {
        let window = whole.window(from, 500);
        from = from.plus(window.len() as u64);
        lines.extend(window);
    }
    assert!(lines.iter().all(|line| !line.text.plain().chars().any(char::is_control)));
    if let Some(pattern) = Pattern::new(&input.searched) {
        let first = LineNumber::FIRST;
        let mut search = Search::new(whole, Query::Matching(pattern.clone()), first..first);
        let mut found = Vec::new();
        while let Some(more) = search.step() {
            found.extend(more.lines);
        }
        let one_by_one = lines.iter().filter(|line| !line.is_open && pattern.is_in(&line.text.plain()));
        let stored = search_end(&lines);
        let expected: Vec<u64> = one_by_one.map(|line| line.number.get()).filter(|line| *line < stored).collect();
        assert_eq!(found, expected);
    }
});

/// Lines from the first unfinished one on are not searched yet.
fn search_end(lines: &[logs::Line]) -> u64 {
    lines.iter().find(|line| line.is_open).map_or(u64::MAX, |line| line.number.get())
}

fn played(input: &Input, mut cut: impl FnMut(usize) -> usize) -> LogReader {
    let (mut writer, reader) = Log::new(64 << 20);
    for (kind, bytes) in &input.pieces {
        let stream = match kind {
            Kind::Stdout => Stream::Stdout,
            Kind::Stderr => Stream::Stderr,
            Kind::Terminal => Stream::Terminal,
            Kind::Remark => {
                writer.remark(None, &String::from_utf8_lossy(bytes));
                continue;
            }
            Kind::End => {
                writer.end();
                continue;
            }
        };
        let bytes = bytes.repeat(usize::from(input.times).clamp(1, 300));
        let mut rest = bytes.get(..200_000).unwrap_or(&bytes);
        while !rest.is_empty() {
            let (now, later) = rest.split_at(cut(rest.len()).min(rest.len()));
            writer.append(stream, None, now);
            rest = later;
        }
    }
    reader
}

fn all(reader: &LogReader) -> Vec<RawLine> {
    let extent = reader.extent();
    let mut lines: Vec<RawLine> = Vec::new();
    while (lines.len() as u64) < extent.lines() {
        lines.extend(reader.raw_window(extent.first.plus(lines.len() as u64), 500));
    }
    lines
}
