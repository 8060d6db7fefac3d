//! A log of ten million lines: what it takes to append, hold, look at and search, beside ripgrep on the same bytes.
//! `cargo bench --bench ten_million [-- LINES]`; the directory is that of temporary files (`$TMPDIR`).

#![expect(clippy::unwrap_used, reason = "a bench may fail")]

#[path = "support/build_output.rs"]
mod build_output;

use std::fs::{self, File};
use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::fs::{Advice, fadvise};
use smidr_console::logs::{Findings, LineNumber, Log, LogReader, Pattern, Query, Search, Stream};

const STEP: u64 = 10_000;
const WINDOWS: u64 = 500;

fn main() {
    let lines = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(10_000_000);
    let directory = tempfile::tempdir().unwrap();
    let before = resident();
    let (mut writer, reader) = Log::lasting(directory.path(), 64 << 30).unwrap();
    let (mut appending, mut text) = (Duration::ZERO, String::new());
    for from in (1..=lines).step_by(usize::try_from(STEP).unwrap()) {
        text.clear();
        (from..(from + STEP).min(lines + 1)).for_each(|number| build_output::line(number, &mut text));
        let begun = Instant::now();
        text.as_bytes().chunks(65_536).for_each(|chunk| writer.append(Stream::Stdout, None, chunk));
        appending += begun.elapsed();
    }
    let begun = Instant::now();
    writer.flush().unwrap();
    appending += begun.elapsed();
    drop(text);
    let extent = reader.extent();
    assert_eq!(extent.lines(), lines);
    println!("{lines} lines, {} MB; appended in {:.2} s", extent.bytes / 1_000_000, appending.as_secs_f64());
    println!("resident: {before} MB before, {} MB after", resident());

    let places = (0..WINDOWS).map(|place| place * 7919 % WINDOWS * (lines / WINDOWS)).collect::<Vec<_>>();
    windows("warm windows of 50 lines", &reader, &places, || ());
    let files = files(directory.path(), "lines").chain(files(directory.path(), "facts")).collect::<Vec<_>>();
    for file in &files {
        file.sync_all().unwrap();
    }
    let forget = || files.iter().for_each(|file| fadvise(file, 0, None, Advice::DontNeed).unwrap());
    windows("cold windows of 50 lines", &reader, places.get(..50).unwrap(), forget);

    for typed in ["oe_runmake failed", "GNU_HASH", r"task \d+ of 4980 .*systemd.*line \d*77$", "note"] {
        let ours = best(|| search(&reader, typed));
        print!("search {typed:?}: {} lines in {:.3} s", ours.0, ours.1.as_secs_f64());
        match best_ripgrep(typed, directory.path()) {
            Some((count, took)) => println!(
                "; rg -c: {count} in {:.3} s; ratio {:.2}",
                took.as_secs_f64(),
                ours.1.as_secs_f64() / took.as_secs_f64()
            ),
            None => println!("; rg is not there to compare with"),
        }
    }
    println!("resident: {} MB at the end", resident());
    std::io::stdout().flush().unwrap();
}

fn windows(what: &str, reader: &LogReader, places: &[u64], before_each: impl Fn()) {
    let mut took: Vec<Duration> = Vec::new();
    for place in places {
        before_each();
        let begun = Instant::now();
        let lines = reader.window(LineNumber::new(place + 1), 50);
        took.push(begun.elapsed());
        assert_eq!(lines.first().unwrap().number.get(), place + 1);
    }
    took.sort();
    let at = |share: usize| took.get((took.len() - 1) * share / 100).unwrap().as_secs_f64() * 1000.0;
    println!("{what}: median {:.3} ms, 99th percentile {:.3} ms, most {:.3} ms", at(50), at(99), at(100));
}

fn search(reader: &LogReader, typed: &str) -> u64 {
    let extent = reader.extent();
    let from = extent.end.minus(1);
    let mut findings = Findings::beginning_at(from, &extent);
    let mut search = Search::new(reader.clone(), Query::Matching(Pattern::new(typed).unwrap()), from..from);
    while let Some(found) = search.step() {
        findings.add(&found);
    }
    findings.count(&extent)
}

/// The best of five.
fn best<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let runs = (0..5).map(|_| {
        let begun = Instant::now();
        (work(), begun.elapsed())
    });
    runs.min_by_key(|(_, took)| *took).unwrap()
}

/// The same lines in the same files, capitals taken as the console does.
fn best_ripgrep(typed: &str, directory: &std::path::Path) -> Option<(u64, Duration)> {
    let count = || {
        let output = Command::new("rg")
            .args([
                "-c",
                "--no-filename",
                "--smart-case",
                "--no-config",
                "-j1",
                "-a",
                "-g",
                "*.lines",
                "-e",
                typed,
            ])
            .arg(directory)
            .output()
            .ok()?;
        let counts = String::from_utf8_lossy(&output.stdout);
        Some(counts.lines().filter_map(|line| line.parse::<u64>().ok()).sum())
    };
    let (count, took) = best(count);
    Some((count?, took))
}

fn files(directory: &std::path::Path, ending: &'static str) -> impl Iterator<Item = File> {
    let paths = fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    paths
        .filter(move |path| path.extension().is_some_and(|of| of == ending))
        .map(|path| File::open(path).unwrap())
}

/// The resident memory of this process, in MB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}
