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

    /// What is said each half second, or 200 times where that is fewer.
    fn said(&self, history: &TaskHistory) -> Vec<Point> {
        let mut reader = BuildReader::new(Output::Apart);
        let mut estimator = Estimator::new(history.clone());
        let mut chunks = self.chunks.iter().peekable();
        let step = (self.duration() / 200.0).max(0.5);
        let mut said = Vec::new();
        let mut now = 0.0;
        while now < self.duration() {
            while let Some((at, stream, bytes)) = chunks.next_if(|(at, ..)| *at <= now) {
                reader.feed(*stream, Some(instant(*at)), bytes);
            }
            let remaining = estimator.remaining(reader.build(), instant(now));
            if let Some(remaining) = remaining {
                assert!(
                    remaining.least <= remaining.likely && remaining.likely <= remaining.most,
                    "{remaining:?}"
                );
            }
            let tasks = reader.build().tasks();
            let left = tasks.total.map(|total| count(total) / count(tasks.reached).max(1.0) - 1.0);
            let whole = self.duration();
            said.push(Point {
                truth: whole - now,
                said: remaining,
                by_number: left.map(|left| now * left),
                whole,
            });
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

fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

fn instant(seconds: f64) -> Timestamp {
    BEGAN.parse::<Timestamp>().unwrap() + SignedDuration::from_secs_f64(seconds)
}

/// What was said at an instant.
#[derive(Debug, Clone, Copy)]
struct Point {
    truth: f64,
    said: Option<Remaining>,
    /// What the number of the tasks alone would say.
    by_number: Option<f64>,
    whole: f64,
}

impl Point {
    /// By what share of the whole build it was wrong.
    fn error(&self) -> Option<f64> {
        Some((self.said?.likely.as_secs_f64() - self.truth) / self.whole)
    }

    fn error_by_number(&self) -> Option<f64> {
        Some((self.by_number? - self.truth) / self.whole)
    }

    fn holds(&self) -> bool {
        self.said
            .is_some_and(|said| (said.least.as_secs_f64()..=said.most.as_secs_f64()).contains(&self.truth))
    }

    fn row(&self) -> String {
        let Some(said) = self.said else { return format!("{:>40}", "-") };
        format!(
            "{:6.0} of {:5.0} {:+4.0}% ({:>5}) {:5.0}-{:<5.0}{}",
            said.likely.as_secs_f64(),
            self.truth,
            self.error().unwrap() * 100.0,
            self.error_by_number().map_or("-".to_owned(), |error| format!("{:+.0}%", error * 100.0)),
            said.least.as_secs_f64(),
            said.most.as_secs_f64(),
            if self.holds() { ' ' } else { '!' },
        )
    }
}

/// How what was said of a build was.
struct Report {
    name: String,
    /// When 25, 50 and 75 % of its time were over.
    points: [Point; 3],
    /// Of all that was said, how much held the truth.
    holding: f64,
    /// By how much of the whole build the end moved at most from one to the next.
    leap: f64,
}

impl Report {
    fn of(replay: &Replay, with: &str, history: &TaskHistory) -> Self {
        let (said, whole) = (replay.said(history), replay.duration());
        let points = [0.25, 0.5, 0.75].map(|share| {
            said.iter().rev().find(|point| whole - point.truth <= whole * share).copied().unwrap()
        });
        let told: Vec<&Point> = said.iter().filter(|point| point.said.is_some()).collect();
        let holding = told.iter().filter(|point| point.holds()).count();
        let holding = count(holding as u64) / count(told.len() as u64).max(1.0);
        let moved = |pair: &[&Point]| (pair[1].error().unwrap() - pair[0].error().unwrap()).abs();
        let leap = told.windows(2).map(moved).fold(0.0, f64::max);
        println!(
            "{:<28} {with:<8} {whole:5.0} {} {:3.0}% {:2.0}%",
            replay.name,
            points.map(|point| point.row()).join(" | "),
            holding * 100.0,
            leap * 100.0
        );
        Self { name: format!("{} with {with}", replay.name), points, holding, leap }
    }

    /// Fails where it was wrong by more than these shares of the whole build, or held the truth less often than this.
    #[track_caller]
    fn within(&self, errors: [f64; 3], holding: f64) {
        for (point, most) in self.points.iter().zip(errors) {
            if let Some(error) = point.error() {
                assert!(
                    error.abs() <= most,
                    "{}: wrong by {error:.2}, more than {most}: {point:?}",
                    self.name
                );
            }
        }
        assert!(self.points[2].said.is_some(), "{}: nothing was said late", self.name);
        assert!(self.holding >= holding, "{}: {:.2} held the truth", self.name, self.holding);
        assert!(self.leap <= 0.2, "{}: the end leapt by {:.2}", self.name, self.leap);
    }
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
    let [all, skipped, failing, drawn, merged, older, multi, dry] = replays.as_slice() else {
        panic!("{}", replays.len())
    };
    let report = |replay: &Replay, with: &Replay| {
        Report::of(replay, with.name.split('-').next().unwrap(), &with.history())
    };
    println!(
        "{:<28} {:<8} whole at 25, 50 and 75 %: said, truth, error (by n of m alone), range",
        "build", "history"
    );
    report(drawn, all).within([0.15, 0.1, 0.1], 0.9);
    report(all, drawn).within([0.3, 0.2, 0.2], 0.9);
    // Of what comes from the shared state the history knows nothing.
    report(skipped, all).within([0.45, 0.25, 0.2], 0.7);
    report(skipped, drawn).within([0.45, 0.25, 0.2], 0.7);
    report(failing, failing).within([0.3, 0.2, 0.2], 0.9);
    // Histories of other targets: hardly of use, but not worse than none.
    report(all, skipped).within([0.45, 0.4, 0.2], 0.5);
    report(all, failing).within([0.45, 0.3, 0.2], 0.6);
    report(older, failing).within([0.5, 0.4, 0.2], 0.6);
    for (replay, with) in [(failing, older), (merged, failing), (multi, all)] {
        report(replay, with);
    }
    let without = |replay: &Replay| Report::of(replay, "none", &TaskHistory::default());
    without(all).within([0.3, 0.2, 0.2], 0.9);
    without(drawn).within([0.4, 0.3, 0.2], 0.9);
    without(skipped).within([0.5, 0.45, 0.25], 0.5);
    without(older).within([0.4, 0.3, 0.3], 0.9);
    without(dry).within([0.1, 0.2, 0.1], 0.9);
    for replay in [failing, merged, multi] {
        without(replay);
    }
}

#[test]
fn simulated_builds_end_about_when_it_is_said() {
    let (mut wrong, mut wrong_by_number) = (0.0, 0.0);
    for seed in 1..=3 {
        let full = Simulated { seed, ..Simulated::default() };
        let earlier = simulate("earlier", &Simulated { noise: 0.25, run: 100, ..full }).history();
        for (name, simulated, errors, holding) in [
            ("all is built", full, [0.12, 0.12, 0.12], 0.9),
            ("a third is skipped", Simulated { skipped: 0.35, ..full }, [0.12, 0.12, 0.12], 0.9),
            ("most is skipped", Simulated { skipped: 0.92, ..full }, [0.8, 0.2, 0.12], 0.6),
            ("a slower machine", Simulated { slower: 1.6, ..full }, [0.12, 0.12, 0.12], 0.85),
            ("fewer at once", Simulated { threads: 4, ..full }, [0.12, 0.12, 0.15], 0.85),
        ] {
            let build = simulate(&format!("{name} {seed}"), &simulated);
            let with = Report::of(&build, "earlier", &earlier);
            with.within(errors, holding);
            for point in with.points {
                wrong += point.error().map_or(1.0, f64::abs);
                wrong_by_number += point.error_by_number().map_or(1.0, f64::abs);
            }
            let without = Report::of(&build, "none", &TaskHistory::default());
            if name != "most is skipped" {
                without.within([0.35, 0.3, 0.25], 0.8);
            }
        }
    }
    println!("mean error {:.3}, by n of m alone {:.3}", wrong / 45.0, wrong_by_number / 45.0);
    assert!(wrong < 0.6 * wrong_by_number, "{wrong} beside {wrong_by_number}");
}

#[test]
fn nothing_is_said_where_it_would_be_a_guess() {
    let build = simulate("build", &Simulated::default());
    let history = build.history();
    let said = build.said(&TaskHistory::default());
    let first = said.iter().find(|point| point.said.is_some()).unwrap();
    assert!((0.02..0.2).contains(&(1.0 - first.truth / first.whole)), "{first:?}");
    let parsing = |point: &&Point| point.whole - point.truth < 19.0;
    assert!(build.said(&history).iter().filter(parsing).all(|point| point.said.is_none()));

    let mut reader = BuildReader::new(Output::Apart);
    let mut estimator = Estimator::new(history);
    for (at, stream, bytes) in build.chunks.iter().take_while(|(at, ..)| *at < 500.0) {
        reader.feed(*stream, Some(instant(*at)), bytes);
    }
    assert!(estimator.remaining(reader.build(), instant(500.0)).is_some());
    let mut failed = reader.build().running()[0].clone();
    let mut tell = |line: &str| reader.feed(Stream::Output, Some(instant(501.0)), line.as_bytes());
    tell(&format!("NOTE: recipe {}: task {}: Failed\n", failed.pf, failed.task));
    assert_eq!(estimator.remaining(reader.build(), instant(501.0)), None, "nothing new is started");
    failed.pf = "r419-1.0-r0".to_owned();
    let mut tell = |line: &str| reader.feed(Stream::Output, Some(instant(502.0)), line.as_bytes());
    tell(&format!("NOTE: recipe {}: task {}: Started\n", failed.pf, failed.task));
    assert!(estimator.remaining(reader.build(), instant(502.0)).is_some(), "it goes on after failures");
    reader.feed(Stream::Output, Some(instant(503.0)), b"\nKeyboard Interrupt, closing down...\n");
    assert_eq!(estimator.remaining(reader.build(), instant(503.0)), None);
    reader.finish();
    assert_eq!(estimator.remaining(reader.build(), instant(504.0)), None);
    assert_eq!(estimator.remaining(&Build::default(), instant(0.0)), None, "of a new build");
}
