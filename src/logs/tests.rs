//! Recorded builds replayed, chunk by chunk as they came.

use std::fmt::Write as _;
use std::path::Path;

use super::clean::tests::marked;
use super::{LineKind, LineNumber, Log, LogReader, Stream};

/// The log of a capture; without a terminal stream 1 is standard output.
pub(super) fn replay(name: &str, first: Stream) -> LogReader {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let file = |end: &str| Path::new(&root).join("tests/fixtures/bitbake").join(format!("{name}.{end}"));
    let raw = std::fs::read(file("raw")).unwrap();
    let times = std::fs::read_to_string(file("times")).unwrap();
    let (mut writer, reader) = Log::new(8 << 20);
    let mut rest = raw.as_slice();
    for chunk in times.lines() {
        let [_, stream, bytes] = chunk.split(' ').collect::<Vec<_>>()[..] else { panic!("{chunk}") };
        let (now, later) = rest.split_at(bytes.parse().unwrap());
        writer.append(if stream == "2" { Stream::Stderr } else { first }, None, now);
        rest = later;
    }
    assert_eq!(rest, b"", "the times cover the bytes");
    reader
}

fn shown(reader: &LogReader, from: u64, count: usize) -> String {
    let mut out = String::new();
    for line in reader.window(LineNumber::new(from), count) {
        let stream = match (line.kind, line.stream) {
            (LineKind::Output, Some(Stream::Stdout)) => "out",
            (LineKind::Output, Some(Stream::Stderr)) => "err",
            (LineKind::Output, Some(Stream::Terminal)) => "tty",
            other => panic!("{other:?}"),
        };
        let open = if line.is_open { " (open)" } else { "" };
        writeln!(out, "{:>4} {stream}{open} |{}", line.number, marked(&line.text)).unwrap();
    }
    out
}

#[test]
fn a_build_without_a_terminal() {
    let reader = replay("b-nontty-failure-k", Stream::Stdout);
    insta::assert_snapshot!("nontty_beginning", shown(&reader, 1, 24));
    insta::assert_snapshot!("nontty_end", shown(&reader, reader.extent().end.minus(40).get(), 40));
}

#[test]
fn a_build_in_a_terminal_repeats_its_footer() {
    let reader = replay("c-tty80-success", Stream::Terminal);
    insta::assert_snapshot!("tty_beginning", shown(&reader, 1, 40));
    insta::assert_snapshot!("tty_footers", shown(&reader, 1200, 30));
    insta::assert_snapshot!("tty_end", shown(&reader, reader.extent().end.minus(20).get(), 20));
}

#[test]
fn an_error_in_the_midst_of_a_bar() {
    let reader = replay("f2-tty80-parse-error", Stream::Terminal);
    insta::assert_snapshot!("parse_error", shown(&reader, 1, 99));
}

#[test]
fn a_warning_of_many_lines_keeps_its_colour() {
    let reader = replay("x-quiet-tty80", Stream::Terminal);
    let end = reader.extent().end;
    insta::assert_snapshot!("quiet_end", shown(&reader, end.minus(16).get(), 16));
    let from_the_midst = shown(&reader, end.minus(10).get(), 3);
    assert!(shown(&reader, 1, 4096).contains(&from_the_midst));
}

#[test]
fn no_byte_of_any_capture_reaches_the_screen_as_a_control() {
    for name in ["b-nontty-failure-k", "c-tty80-success", "f2-tty80-parse-error", "x-quiet-tty80"] {
        for line in replay(name, Stream::Terminal).window(LineNumber::FIRST, 4096) {
            assert!(!line.text.plain().contains(char::is_control), "{line:?}");
        }
    }
}
