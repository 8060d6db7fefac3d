//! Logs: appending, looking at a window, searching, filtering, cleaning up. `cargo bench --bench logs`.

#![expect(clippy::unwrap_used, reason = "a bench may fail")]

#[path = "support/build_output.rs"]
mod build_output;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use smidr_console::logs::{
    Findings, Level, LineNumber, Log, LogReader, LogWriter, Pattern, Query, Search, Stream, clean, level,
};

const LINES: u64 = 200_000;
const LIMIT: u64 = 4 << 30;

fn text() -> String {
    let mut text = String::new();
    (1..=LINES).for_each(|number| build_output::line(number, &mut text));
    text
}

fn filled() -> (LogWriter, LogReader) {
    let (mut writer, reader) = Log::temporary(&std::env::temp_dir(), LIMIT);
    writer.append(Stream::Stdout, None, text().as_bytes());
    writer.flush().unwrap();
    (writer, reader)
}

fn search(reader: &LogReader, query: &Query) -> Findings {
    let middle = LineNumber::new(LINES / 2);
    let mut findings = Findings::beginning_at(middle, &reader.extent());
    let mut search = Search::new(reader.clone(), query.clone(), middle..middle);
    while let Some(found) = search.step() {
        findings.add(&found);
    }
    findings
}

fn append(criterion: &mut Criterion) {
    let text = text();
    let mut group = criterion.benchmark_group("append");
    group.throughput(Throughput::Elements(LINES)).sample_size(20);
    let log = || Log::temporary(&std::env::temp_dir(), LIMIT);
    group.bench_function("in chunks of 64 KiB", |bench| {
        bench.iter_batched(
            log,
            |(mut writer, reader)| {
                text.as_bytes().chunks(65_536).for_each(|chunk| writer.append(Stream::Stdout, None, chunk));
                reader
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("a line at a time, with its time", |bench| {
        let time = Some("2026-03-01T10:00:00.123456789Z".parse().unwrap());
        bench.iter_batched(
            log,
            |(mut writer, reader)| {
                for line in text.as_bytes().split_inclusive(|byte| *byte == b'\n') {
                    writer.append(Stream::Stdout, time, line);
                }
                reader
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn window(criterion: &mut Criterion) {
    let (_writer, reader) = filled();
    let mut group = criterion.benchmark_group("window of 50 lines");
    group.bench_function("where it was looked before", |bench| {
        bench.iter(|| reader.window(black_box(LineNumber::new(LINES / 2)), 50));
    });
    let mut at = 0;
    group.bench_function("anywhere", |bench| {
        bench.iter(|| {
            at = (at + 77_773) % LINES;
            reader.window(LineNumber::new(at), 50)
        });
    });
    group.finish();
}

fn searches(criterion: &mut Criterion) {
    let (_writer, reader) = filled();
    let mut group = criterion.benchmark_group("search");
    group.throughput(Throughput::Bytes(reader.extent().bytes)).sample_size(20);
    for typed in ["oe_runmake failed", "GNU_HASH", r"task \d+ of 4980 .*systemd.*line \d*77$", "note"] {
        let query = Query::Matching(Pattern::new(typed).unwrap());
        group.bench_function(typed, |bench| bench.iter(|| search(&reader, &query)));
    }
    group.finish();
}

fn filter(criterion: &mut Criterion) {
    let (_writer, reader) = filled();
    let mut group = criterion.benchmark_group("filter");
    group.throughput(Throughput::Elements(LINES)).sample_size(20);
    let pattern = Pattern::new("NOTE").unwrap();
    for (name, query) in [
        ("all but a few", Query::Matching(pattern.clone())),
        ("those without", Query::Lacking(pattern)),
        ("warnings and errors", Query::Level(Level::Warning)),
    ] {
        group.bench_function(name, |bench| bench.iter(|| search(&reader, &query)));
    }
    let extent = reader.extent();
    let mut findings = search(&reader, &Query::Level(Level::Warning));
    findings.set_context(3);
    group.bench_function("a page of what is shown", |bench| {
        bench.iter(|| {
            let mut line = LineNumber::new(LINES / 2);
            for _ in 0..50 {
                line = findings.next(line, &extent).unwrap_or(line);
            }
            line
        });
    });
    group.finish();
}

fn sanitise(criterion: &mut Criterion) {
    let lines = [
        (
            "plain",
            "NOTE: Running task 17 of 4980 (/build/poky/meta/recipes-core/busybox.bb:do_compile)".to_owned(),
        ),
        (
            "coloured",
            "\x1b[33mWARNING: busybox do_compile: QA Issue: \x1b[1msomething\x1b[0m is wrong".to_owned(),
        ),
        (
            "redrawn",
            "\rreceiving objects:  10%\rreceiving objects:  55%\rreceiving objects: 100%, done".to_owned(),
        ),
        (
            "not ASCII",
            "fs-util.c:17:3: note: in expansion of macro \u{2018}IN_SET\u{2019} \u{65e5}\u{672c}".to_owned(),
        ),
        ("hostile", "\x1b]52;c;AAAA\x07\x1b[2J\x1b[?1049h\x1bP1;2|x\x1b\\text\x07\u{202e}".to_owned()),
    ];
    let mut group = criterion.benchmark_group("sanitise");
    for (name, line) in &lines {
        group.throughput(Throughput::Bytes(line.len() as u64));
        group.bench_function(*name, |bench| bench.iter(|| clean(black_box(line.as_bytes()))));
    }
    for (name, line) in &lines {
        group.bench_function(format!("level of {name}"), |bench| {
            bench.iter(|| level(black_box(line.as_bytes())));
        });
    }
    group.finish();
}

criterion_group!(benches, append, window, searches, filter, sanitise);
criterion_main!(benches);
