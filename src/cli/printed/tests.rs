use std::sync::{Arc, Mutex};

use clap::Parser;

use super::*;
use crate::cli::args::{Cli, Command};
use crate::cli::sift::SiftArgs;

fn sifted(line: &str) -> SiftArgs {
    let all = ["smidr-console", "logs", "yocto-a"].into_iter().chain(line.split_whitespace());
    match Cli::try_parse_from(all).unwrap().verb {
        Some(Command::Logs(args)) => args.sift,
        other => panic!("{other:?}"),
    }
}

/// What comes to standard output and error of these chunks.
async fn printed(terminals: [bool; 2], manner: Manner, chunks: &[(StdStream, &'static str)]) -> [String; 2] {
    let seen: Arc<Mutex<[Vec<u8>; 2]>> = Arc::default();
    let sink = seen.clone();
    let drain = Drain::to(move |stream, chunks| {
        let mut sink = sink.lock().unwrap();
        for chunk in chunks {
            sink[usize::from(is_error(stream))].extend_from_slice(chunk);
        }
        Ok(())
    })
    .unwrap();
    let mut printer = Printer::to(&drain, terminals, Rows::new([true; 2], || 80), manner);
    let time: Timestamp = "2025-03-01T12:00:00.5Z".parse().unwrap();
    for (stream, text) in chunks {
        printer.push(*stream, Some(time), Bytes::from_static(text.as_bytes())).await.unwrap();
    }
    printer.end().await.unwrap();
    drain.finish().await.unwrap();
    let seen = seen.lock().unwrap();
    seen.clone().map(|bytes| String::from_utf8(bytes).unwrap())
}

const OUT: StdStream = StdStream::Stdout;
const ERR: StdStream = StdStream::Stderr;
const STAMP: &str = "2025-03-01T12:00:00.500000000Z ";
const LINES: [(StdStream, &str); 4] = [
    (OUT, "one\nNOTE: two\nthr"),
    (ERR, "ERROR: oops\n"),
    (OUT, "ee\n\x1b[31mtwo\x1b[0m\r\nfive\n"),
    (OUT, "two at the end"),
];

#[tokio::test]
async fn into_a_pipe_bytes_go_as_they_came() {
    let hostile = "a\x1b]0;title\x07\r\nb\x1b[2J";
    let [out, err] = printed([false; 2], Manner::default(), &[(OUT, hostile), (ERR, hostile)]).await;
    assert_eq!([out.as_str(), &err], [hostile; 2]);
    let [out, err] = printed([false, true], Manner::default(), &[(OUT, hostile), (ERR, hostile)]).await;
    assert_eq!([out.as_str(), &err], [hostile, "a\nb"], "each stream by itself");
    let raw = Manner { raw: true, ..Manner::default() };
    assert_eq!(printed([true; 2], raw, &[(OUT, hostile)]).await[0], hostile);
}

#[tokio::test]
async fn lines_in_pieces_are_stamped_once() {
    let chunks = [(OUT, "one\n"), (OUT, "long "), (ERR, "oops\n"), (OUT, "line\n"), (OUT, "two\n")];
    let stamps = || Manner { stamps: true, ..Manner::default() };
    let [out, err] = printed([false; 2], stamps(), &chunks).await;
    assert_eq!(out, format!("{STAMP}one\n{STAMP}long line\n{STAMP}two\n"));
    assert_eq!(err, format!("{STAMP}oops\n"));
    let [out, _] = printed([true; 2], stamps(), &[(OUT, "one\n"), (OUT, "a bar\r"), (OUT, "A bar\n")]).await;
    assert_eq!(out, format!("{STAMP}one\n{STAMP}a bar\r{STAMP}A bar\n"), "drawn over, the stamp stays");
}

#[tokio::test]
async fn only_the_lines_that_are_wanted_come_as_they_came() {
    for (line, out, err) in [
        ("--grep two", "NOTE: two\n\x1b[31mtwo\x1b[0m\r\ntwo at the end", ""),
        ("--grep two --not", "one\nthree\nfive\n", "ERROR: oops\n"),
        ("--grep Two", "", ""),
        ("--level note", "NOTE: two\n", "ERROR: oops\n"),
        ("--level error", "", "ERROR: oops\n"),
        ("--level note --grep two", "NOTE: two\n", ""),
        ("--grep five -C1", "\x1b[31mtwo\x1b[0m\r\nfive\ntwo at the end", ""),
        ("--grep one|five --context 1", "one\nNOTE: two\n--\n\x1b[31mtwo\x1b[0m\r\nfive\ntwo at the end", ""),
    ] {
        let manner = Manner { sieve: sifted(line).sieve(), ..Manner::default() };
        assert_eq!(printed([false; 2], manner, &LINES).await, [out, err], "{line}");
    }
    let manner = Manner { sieve: sifted("--grep two").sieve(), ..Manner::default() };
    let [out, _] = printed([true; 2], manner, &LINES).await;
    assert_eq!(out, "NOTE: two\n\x1b[31mtwo\x1b[0m\ntwo at the end\n", "on a terminal cleaned");
}

#[tokio::test]
async fn pieces_of_a_long_line_are_joined_where_both_are_wanted() {
    let long: &'static str = Box::leak(format!("x{}y\n", "-".repeat(70_000)).into_boxed_str());
    let chunks = [(OUT, long), (OUT, "x next\n")];
    for (line, wanted) in
        [("--grep -", long[..].to_owned()), ("--grep x", format!("{}\nx next\n", &long[..64 * 1024]))]
    {
        let manner = Manner { sieve: sifted(line).sieve(), ..Manner::default() };
        let [out, _] = printed([false; 2], manner, &chunks).await;
        assert!(out == wanted, "{line}: {} bytes", out.len());
    }
}

#[tokio::test]
async fn a_document_for_each_line_that_is_wanted() {
    let manner = Manner { json: true, sieve: sifted("--level error").sieve(), ..Manner::default() };
    let [out, err] = printed([true; 2], manner, &LINES).await;
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let wanted = json!({"time": "2025-03-01T12:00:00.5Z", "stream": "stderr", "text": "ERROR: oops\n"});
    assert_eq!((document, err.as_str()), (wanted, ""));
}

#[test]
fn what_makes_no_sense_is_refused() {
    for line in ["--not", "-C 3", "--grep x -C 51", "--level bad", "--grep="] {
        let all = ["smidr-console", "logs", "yocto-a"].into_iter().chain(line.split_whitespace());
        assert!(Cli::try_parse_from(all).is_err(), "{line}");
    }
    assert!(sifted("--follow").queries().is_none());
}
