//! Builds for the tests of `watch`, read from what real ones have printed.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::bitbake::{Build, BuildReader, Output, Remaining, Stream};
use crate::builds::{BuildId, Sighting, WatchedBuild};

/// When it is looked at.
pub(super) fn noon() -> Timestamp {
    "2025-03-01T12:00:00Z".parse().unwrap()
}

/// What a capture has printed.
pub(super) fn capture(name: &str) -> Vec<u8> {
    let directory = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    std::fs::read(Path::new(&directory).join("tests/fixtures/bitbake").join(name)).unwrap()
}

/// The build a capture tells of, all of it.
pub(super) fn whole(name: &str) -> Build {
    let mut reader = BuildReader::new(Output::Mixed);
    reader.feed(Stream::Output, None, &capture(name));
    reader.finish();
    reader.build().clone()
}

/// The same until behind the first line with this text, which came at [`noon`], and all before it 41 seconds earlier.
pub(super) fn until(name: &str, text: &str) -> Build {
    let bytes = capture(name);
    let at = bytes.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
    let end = at + bytes[at..].iter().position(|byte| *byte == b'\n').unwrap();
    let mut reader = BuildReader::new(Output::Mixed);
    reader.feed(Stream::Output, Some(noon() - SignedDuration::from_secs(41)), &bytes[..at]);
    reader.feed(Stream::Output, Some(noon()), &bytes[at..=end]);
    reader.build().clone()
}

/// A build that began 31 minutes before [`noon`], and goes on or has just ended.
pub(super) fn watched(build: Build, ended: bool) -> WatchedBuild {
    let began = noon() - SignedDuration::from_mins(31);
    WatchedBuild {
        seen: Sighting {
            id: BuildId { directory: "/work/build".into(), began },
            user: "1000".into(),
            client: Some(11),
            server: Some(12),
            words: vec!["-k".into(), "tiny-image".into()],
            is_parsing: false,
            console_log: Some("/work/build/tmp/log/cooker/qemux86-64/20250301112900.log".into()),
            event_log: None,
            tasks: Vec::new(),
            disk: None,
        },
        build,
        remaining: None,
        usual: Vec::new(),
        per_minute: Vec::new(),
        last_sign: noon(),
        ended: ended.then(noon),
    }
}

/// The same with 12 to 18 minutes left.
pub(super) fn left(build: WatchedBuild) -> WatchedBuild {
    let of = |minutes: u64| Duration::from_secs(60 * minutes);
    WatchedBuild { remaining: Some(Remaining { least: of(12), likely: of(15), most: of(18) }), ..build }
}
