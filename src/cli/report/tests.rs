//! Recorded builds told as JSON against what is in them, and the page for people.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::*;
use crate::bitbake::Stream;
use crate::cli::tests::call_words;

/// What no bytes tell.
const NEVER_TOLD: &[&str] =
    &["exit_code", "warnings_in_event_log", "errors_in_event_log", "duration_seconds"];

/// What a terminal hides: tasks that were over before the next footer.
const HIDDEN_BY_A_TERMINAL: &[&str] = &["tasks_noexec", "task_processes_started", "task_processes_succeeded"];

/// What `-q` leaves out.
const HIDDEN_BY_QUIET: &[&str] =
    &["parse", "setscene_started", "tasks_started", "tasks_skipped", "max_parallel", "recipes_seen"];

fn fixture(name: &str) -> PathBuf {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    PathBuf::from(root).join("tests/fixtures/bitbake").join(name)
}

/// A capture: its bytes, and which of them came on which stream.
struct Capture {
    name: String,
    expected: Map<String, Value>,
    hidden: BTreeSet<&'static str>,
    raw: Vec<u8>,
    chunks: Option<Vec<(Stream, usize)>>,
}

impl Capture {
    fn all() -> Vec<Self> {
        let truth = std::fs::read_to_string(fixture("truth.yaml")).unwrap();
        let truth: Value = serde_yaml::from_str(&truth).unwrap();
        truth["captures"].as_array().unwrap().iter().map(Self::read).collect()
    }

    fn read(entry: &Value) -> Self {
        let name = entry["name"].as_str().unwrap().to_owned();
        let (plain, packed) = (fixture(&format!("{name}.raw")), fixture(&format!("{name}.raw.gz")));
        let file = if plain.exists() { plain } else { packed };
        let mut raw = Vec::new();
        Source::new(Box::new(File::open(file).unwrap())).unwrap().read_to_end(&mut raw).unwrap();
        let is_terminal = !entry["terminal"].is_null();
        let times = std::fs::read_to_string(fixture(&format!("{name}.times")));
        let chunks = times.ok().filter(|_| !is_terminal).map(|times| {
            let chunk = |line: &str| {
                let [_, stream, bytes] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
                (if stream == "2" { Stream::Errors } else { Stream::Output }, bytes.parse().unwrap())
            };
            times.lines().map(chunk).collect()
        });
        let mut expected = entry["expect"].as_object().unwrap().clone();
        expected.retain(|key, _| !NEVER_TOLD.contains(&key.as_str()));
        let mut hidden = BTreeSet::new();
        if is_terminal && expected["tasks_total"].is_number() {
            hidden.extend(HIDDEN_BY_A_TERMINAL);
        }
        if expected["summary_printed"] == false {
            hidden.extend(HIDDEN_BY_QUIET);
        }
        Self { name, expected, hidden, raw, chunks }
    }

    /// The engine's stream it came in.
    fn frames(&self) -> Option<Vec<u8>> {
        let mut rest = self.raw.as_slice();
        let mut bytes = Vec::new();
        for (stream, length) in self.chunks.as_ref()? {
            let (now, later) = rest.split_at(*length);
            bytes.extend([if *stream == Stream::Errors { 2 } else { 1 }, 0, 0, 0]);
            bytes.extend(u32::try_from(*length).unwrap().to_be_bytes());
            bytes.extend(now);
            rest = later;
        }
        assert_eq!(rest, b"", "the times cover the bytes");
        Some(bytes)
    }

    #[track_caller]
    fn holds(&self, how: &str, found: &Value) {
        let mut expected = self.expected.clone();
        expected.retain(|key, _| !self.hidden.contains(key.as_str()));
        let found = found.as_object().unwrap();
        let keys: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
        let wrong: Vec<String> = keys
            .into_iter()
            .filter(|key| expected.get(*key) != found.get(*key))
            .map(|key| format!("{key}: {:?} instead of {:?}", found.get(key), expected.get(key)))
            .collect();
        assert!(wrong.is_empty(), "{} {how}:\n{}", self.name, wrong.join("\n"));
    }
}

fn told(chunks: &[&[u8]]) -> Value {
    let mut reader = BuildReader::new(Output::Mixed);
    for chunk in chunks {
        reader.feed(Stream::Output, None, chunk);
    }
    reader.finish();
    json::of_log(&reader)
}

fn told_of_frames(chunks: &[&[u8]]) -> Value {
    let mut reader = BuildReader::new(Output::Apart);
    let mut demux = frames::Frames::default();
    for chunk in chunks {
        demux.feed(chunk, &mut |stream, bytes| reader.feed(stream, None, bytes)).unwrap();
    }
    reader.finish();
    json::of_log(&reader)
}

#[test]
fn every_capture_is_told_as_it_was() {
    let captures = Capture::all();
    assert!(captures.len() >= 15);
    for capture in captures {
        capture.holds("as a file", &told(&[&capture.raw]));
        if let Some(frames) = capture.frames() {
            capture.holds("as frames", &told_of_frames(&[&frames]));
        }
    }
}

#[test]
fn it_is_told_the_same_however_it_is_cut() {
    for capture in Capture::all() {
        // Cut everywhere at once, and in two at every place of the small ones, at many of the large ones.
        let bytes: Vec<&[u8]> = capture.raw.chunks(1).collect();
        capture.holds("byte by byte", &told(&bytes));
        let places = if capture.raw.len() < 1500 { capture.raw.len() } else { 24 };
        for place in 0..places {
            let (left, right) = capture.raw.split_at(capture.raw.len() * place / places);
            capture.holds(&format!("cut at {}", left.len()), &told(&[left, right]));
        }
        if let Some(frames) = capture.frames() {
            capture.holds("frames byte by byte", &told_of_frames(&frames.chunks(1).collect::<Vec<_>>()));
            capture.holds("frames in pieces", &told_of_frames(&frames.chunks(13).collect::<Vec<_>>()));
        }
    }
}

#[test]
fn several_builds_in_one_file_are_told_apart() {
    let captures = Capture::all();
    let plain: Vec<&Capture> = captures.iter().filter(|capture| capture.chunks.is_some()).collect();
    for (first, second) in plain.iter().zip(plain.iter().cycle().skip(1)) {
        // A configuration that is refused says nothing that a build begins with.
        if second.name == "x-oe-sanity-failure" {
            continue;
        }
        let mut found = told(&[&first.raw, b"+ some other command\n", &second.raw]);
        let Value::Object(object) = &mut found else { panic!() };
        let earlier = object.remove("earlier");
        object.remove("lines");
        let mut expected = second.expected.clone();
        expected.remove("lines");
        let only = |name: &str| Capture {
            name: name.to_owned(),
            expected,
            hidden: BTreeSet::new(),
            raw: Vec::new(),
            chunks: None,
        };
        only(&format!("{} after {}", second.name, first.name)).holds("", &found);
        let earlier = earlier.unwrap_or_else(|| panic!("{} after {}", second.name, first.name));
        assert_eq!(earlier[0]["outcome"], first.expected["outcome"]);
        assert_eq!(earlier[0]["failed_task_ids"], first.expected["failed_task_ids"]);
    }
}

async fn report(words: &[&str]) -> (u8, String, String) {
    let called = call_words(words, |_| Vec::new()).await;
    (called.exit, called.out, called.err)
}

#[tokio::test]
async fn the_verb_reads_plain_packed_and_framed_files() {
    let capture = Capture::all().into_iter().find(|capture| capture.name == "b-nontty-failure-k").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&capture.raw).unwrap();
    let packed = packed.finish().unwrap();
    for (words, path) in [
        (&["report", "--json"][..], file("plain", &capture.raw)),
        (&["report", "--json"][..], file("packed", &packed)),
        (&["report", "--json", "--frames"][..], file("frames", &capture.frames().unwrap())),
    ] {
        let words: Vec<&str> = words.iter().copied().chain([path.as_str()]).collect();
        let (exit, out, err) = report(&words).await;
        assert_eq!((exit, err.as_str()), (0, ""), "{path}");
        capture.holds(&path, &serde_json::from_str(&out).unwrap());
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_what_was_read_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (exit, out, err) = report(&["report", &path("missing")]).await;
    assert_eq!((exit, out.as_str()), (1, ""));
    assert!(err.contains("missing"), "{err}");

    std::fs::write(path("other"), "not of bitbake\n").unwrap();
    let (exit, out, err) = report(&["report", &path("other")]).await;
    assert_eq!((exit, out.as_str()), (1, ""));
    assert!(err.contains("nothing of BitBake"), "{err}");

    let capture = Capture::all().into_iter().find(|capture| capture.name == "x-multiconfig").unwrap();
    let mut frames = capture.frames().unwrap();
    frames.extend([1, 0, 0, 0, 0, 0, 0, 9]);
    std::fs::write(path("cut"), &frames).unwrap();
    let (exit, out, err) = report(&["report", "--json", "--frames", &path("cut")]).await;
    assert_eq!(exit, 1);
    assert!(err.contains("ends within a frame"), "{err}");
    capture.holds("cut off", &serde_json::from_str(&out).unwrap());
}

#[test]
fn people_see_what_failed_and_why() {
    for name in ["b-nontty-failure-k", "a2-nontty-setscene", "x-oe-sanity-failure", "x-multiconfig"] {
        let capture = Capture::all().into_iter().find(|capture| capture.name == name).unwrap();
        let mut reader = BuildReader::new(Output::Mixed);
        reader.feed(Stream::Output, None, &capture.raw);
        reader.finish();
        insta::assert_snapshot!(name, page::page(reader.build(), false));
    }
}
