//! Builds: what a line of BitBake's output, of its event log, and of a task's log costs; what remains; and how much memory
//! ten million lines take. `cargo bench --bench bitbake`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may fail, and tells its figures")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Read as _;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use smidr_console::bitbake::{
    BuildReader, CauseReader, Estimator, EventLogReader, Output, Stream, TaskHistory,
};

/// As much as engines send at once.
const CHUNK: usize = 32 << 10;

fn capture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/bitbake/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    if name.strip_suffix(".gz").is_none() {
        return bytes;
    }
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).unwrap();
    plain
}

fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

fn read(bytes: &[u8]) -> BuildReader {
    let mut reader = BuildReader::new(Output::Mixed);
    for chunk in bytes.chunks(CHUNK) {
        reader.feed(Stream::Output, None, chunk);
    }
    reader
}

fn output(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a line of the output");
    for name in [
        "a-nontty-success.raw",
        "b-nontty-failure-k.raw",
        "c-tty80-success.raw",
        "h-dryrun-core-image-minimal.raw.gz",
        "x-multiconfig.raw",
    ] {
        let bytes = capture(name);
        group.throughput(Throughput::Elements(lines(&bytes)));
        group.bench_function(name, |bench| bench.iter(|| read(black_box(&bytes))));
    }
}

fn event_log(criterion: &mut Criterion) {
    let bytes = capture("event-log/small.json");
    let mut group = criterion.benchmark_group("a line of the event log");
    group.throughput(Throughput::Elements(lines(&bytes)));
    group.bench_function("all kinds", |bench| {
        bench.iter(|| {
            let mut events = 0_u64;
            EventLogReader::new().feed(black_box(&bytes), &mut |_| events += 1);
            events
        });
    });
}

fn causes(criterion: &mut Criterion) {
    let bytes = capture("a-nontty-success.raw");
    let mut group = criterion.benchmark_group("a line of a task's log");
    group.throughput(Throughput::Elements(lines(&bytes)));
    group.bench_function("without a cause", |bench| {
        bench.iter(|| {
            let mut reader = CauseReader::new();
            reader.feed(black_box(&bytes));
            reader.causes().len()
        });
    });
}

/// Asked after every hundredth line of a build whose lines come half a second apart, against the history of another.
fn remaining(criterion: &mut Criterion) {
    let begun: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
    let timed = |bytes: &[u8], each: &mut dyn FnMut(&BuildReader, Timestamp)| {
        let mut reader = BuildReader::new(Output::Mixed);
        let mut now = begun;
        for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            now += SignedDuration::from_millis(500);
            reader.feed(Stream::Output, Some(now), line);
            if number % 100 == 0 {
                each(&reader, now);
            }
        }
        reader.finish();
        reader
    };
    let bytes = capture("a-nontty-success.raw");
    let history = TaskHistory::of(timed(&bytes, &mut |_, _| {}).build()).unwrap();
    let mut estimator = Estimator::new(history);
    let mut reader = None;
    timed(&bytes, &mut |build, now| {
        estimator.remaining(build.build(), now);
        reader = Some((build.build().clone(), now));
    });
    let (build, now) = reader.unwrap();
    criterion.bench_function("what remains", |bench| {
        let mut now = now;
        bench.iter(|| {
            now += SignedDuration::from_millis(500);
            estimator.remaining(black_box(&build), now)
        });
    });
}

/// A build with as many lines: what is kept of it is bounded.
fn ten_million_lines(_: &mut Criterion) {
    let resident = || {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
    };
    let before = resident();
    let mut reader = BuildReader::new(Output::Mixed);
    let mut text = String::new();
    for number in 0..2_500_000_u64 {
        let pf = format!("recipe{number}-1.{}-r0", number % 9);
        writeln!(text, "NOTE: recipe {pf}: task do_compile: Started").unwrap();
        writeln!(text, "WARNING: {pf} do_compile: something {number} is odd [check{number}]").unwrap();
        writeln!(text, "ERROR: {pf} do_compile: oe_runmake failed for the time {number}").unwrap();
        writeln!(text, "NOTE: recipe {pf}: task do_compile: Failed").unwrap();
        if text.len() > CHUNK {
            reader.feed(Stream::Output, None, text.as_bytes());
            text.clear();
        }
    }
    reader.feed(Stream::Output, None, text.as_bytes());
    assert_eq!(reader.lines(), 10_000_000);
    println!("ten million lines: {} MB more are resident", (resident() - before) / 1_000_000);
}

criterion_group!(benches, output, event_log, causes, remaining, ten_million_lines);
criterion_main!(benches);
