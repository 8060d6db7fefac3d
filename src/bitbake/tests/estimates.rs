//! What was said to remain beside what did: real builds replayed with their timing, and simulated ones.
//!
//! `cargo test --lib bitbake::tests::estimates -- --nocapture` prints the figures.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::simulated::{Simulated, simulate};
use super::*;

const BEGAN: &str = "2025-03-01T12:00:00Z";

/// A build with its timing: seconds since it began, the stream and the bytes.
pub(super) struct Replay {
    pub(super) name: String,
    pub(super) chunks: Vec<(f64, Stream, Vec<u8>)>,
}

impl Replay {
    fn of(name: &str) -> Self {
        let directory =
            Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("tests/fixtures/bitbake");
        let file = |ending: &str| directory.join(format!("{name}.{ending}"));
        let (raw, times) = (contents(&file("raw")), contents(&file("times")));
        let mut rest = raw.as_slice();
        let mut chunks = Vec::new();
        for line in String::from_utf8(times).unwrap().lines() {
            let fields: Vec<&str> = line.split(' ').collect();
            let (bytes, after) = rest.split_at(fields[2].parse().unwrap());
            let stream = if fields[1] == "1" { Stream::Output } else { Stream::Errors };
            chunks.push((fields[0].parse().unwrap(), stream, bytes.to_vec()));
            rest = after;
        }
        assert!(rest.is_empty() && !chunks.is_empty());
        Self { name: name.to_owned(), chunks }
    }

    fn duration(&self) -> f64 {
        self.chunks.last().unwrap().0
    }

    /// What it tells when it is over.
    pub(super) fn history(&self) -> TaskHistory {
        let mut reader = BuildReader::new(Output::Apart);
        for (at, stream, bytes) in &self.chunks {
            reader.feed(*stream, Some(instant(*at)), bytes);
        }
        reader.finish();
        TaskHistory::of(reader.build()).unwrap_or_default()
    }

    /// What is said each half second, or 400 times where that is fewer.
    fn said(&self, history: &TaskHistory) -> Vec<(f64, Option<Remaining>)> {
        let mut reader = BuildReader::new(Output::Apart);
        let mut estimator = Estimator::new(history.clone());
        let mut chunks = self.chunks.iter().peekable();
        let step = (self.duration() / 400.0).max(0.5);
        let mut said = Vec::new();
        let mut now = 0.0;
        while now < self.duration() {
            while let Some((at, stream, bytes)) = chunks.next_if(|(at, ..)| *at <= now) {
                reader.feed(*stream, Some(instant(*at)), bytes);
            }
            said.push((now, estimator.remaining(reader.build(), instant(now))));
            now += step;
        }
        said
    }
}

/// The file, or the same compressed.
fn contents(file: &Path) -> Vec<u8> {
    if file.exists() {
        return std::fs::read(file).unwrap();
    }
    let compressed = std::fs::File::open(PathBuf::from(format!("{}.gz", file.display()))).unwrap();
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(compressed).read_to_end(&mut bytes).unwrap();
    bytes
}

fn instant(seconds: f64) -> Timestamp {
    BEGAN.parse::<Timestamp>().unwrap() + SignedDuration::from_secs_f64(seconds)
}

/// What was said when a share of a build's time was over.
#[derive(Debug, Clone, Copy)]
struct Point {
    truth: f64,
    said: Option<Remaining>,
    whole: f64,
}

impl Point {
    /// By what share of the whole build it was wrong.
    fn error(&self) -> Option<f64> {
        Some((self.said?.likely.as_secs_f64() - self.truth) / self.whole)
    }

    fn holds(&self) -> bool {
        self.said
            .is_some_and(|said| (said.least.as_secs_f64()..=said.most.as_secs_f64()).contains(&self.truth))
    }
}

/// The points of a replay, and what share of all that was said held the truth; printed as a row.
fn report(replay: &Replay, with: &str, history: &TaskHistory) -> ([Point; 3], f64) {
    let said = replay.said(history);
    let whole = replay.duration();
    let point = |share: f64| {
        let (at, said) = said.iter().rev().find(|(at, _)| *at <= whole * share).unwrap();
        Point { truth: whole - at, said: *said, whole }
    };
    let points = [0.25, 0.5, 0.75].map(point);
    let all: Vec<Point> =
        said.iter().map(|(at, said)| Point { truth: whole - at, said: *said, whole }).collect();
    let told = all.iter().filter(|point| point.said.is_some()).count();
    let holding = all.iter().filter(|point| point.holds()).count();
    let share = if told > 0 { holding as f64 / told as f64 } else { 1.0 };
    let cells: Vec<String> = points
        .iter()
        .map(|point| match point.said {
            None => format!("{:>34}", "-"),
            Some(said) => format!(
                "{:6.0} of {:6.0} {:+4.0}% {:5.0}-{:<5.0}{}",
                said.likely.as_secs_f64(),
                point.truth,
                point.error().unwrap() * 100.0,
                said.least.as_secs_f64(),
                said.most.as_secs_f64(),
                if point.holds() { ' ' } else { '!' },
            ),
        })
        .collect();
    println!("{:<28} {with:<12} {whole:6.0} {} {:3.0}%", replay.name, cells.join(" | "), share * 100.0);
    for (earlier, later) in said.iter().zip(said.iter().skip(1)) {
        if let (Some(a), Some(b)) = (earlier.1, later.1) {
            assert!(b.least <= b.likely && b.likely <= b.most, "{b:?}");
            let _ = a;
        }
    }
    (points, share)
}

#[test]
fn real_builds_end_about_when_it_is_said() {
    let names = [
        "a-nontty-success",
        "a2-nontty-setscene",
        "b-nontty-failure-k",
        "c-tty80-success",
        "u2-unbuffered-merged",
        "v-bb2.8-nontty-failure-k",
        "x-multiconfig",
        "h-dryrun-core-image-minimal",
    ];
    let replays: Vec<Replay> = names.iter().map(|name| Replay::of(name)).collect();
    let [a, a2, b, c, ..] = replays.as_slice() else { panic!() };
    let from = |replay: &Replay| replay.history();
    for (replay, with, history) in [
        (c, "a", from(a)),
        (a, "c", from(c)),
        (a2, "a", from(a)),
        (a2, "c", from(c)),
        (a, "a2", from(a2)),
        (a, "b", from(b)),
        (b, "b", from(b)),
        (b, "v", from(&replays[5])),
        (&replays[5], "b", from(b)),
        (&replays[4], "b", from(b)),
        (&replays[6], "a", from(a)),
    ] {
        report(replay, with, &history);
    }
    for replay in &replays {
        report(replay, "nothing", &TaskHistory::default());
    }
}

#[test]
fn simulated_builds_end_about_when_it_is_said() {
    for seed in 1..=3 {
        let full = Simulated { seed, threads: 8, ..Simulated::default() };
        let earlier = simulate("earlier", &Simulated { noise: 0.25, run: 100, ..full }).history();
        for (name, simulated) in [
            ("all is built", full),
            ("a third is skipped", Simulated { skipped: 0.35, ..full }),
            ("most is skipped", Simulated { skipped: 0.92, ..full }),
            ("a slower machine", Simulated { slower: 1.6, ..full }),
            ("fewer at once", Simulated { threads: 4, ..full }),
        ] {
            let build = simulate(&format!("{name} {seed}"), &simulated);
            report(&build, "earlier", &earlier);
            report(&build, "nothing", &TaskHistory::default());
        }
    }
}
