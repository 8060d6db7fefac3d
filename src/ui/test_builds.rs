//! Builds for tests of the screen, read from what real ones have printed.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::bitbake::{Build, BuildReader, Output, Remaining, Stream};
use crate::builds::{BuildId, Disk, Sighting, TaskProcess, WatchedBuild};

use super::test_support::{Stage, key, noon};
use super::{ContainerNews, Message};

/// What a capture has printed.
pub(crate) fn capture(name: &str) -> Vec<u8> {
    let directory = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let path = Path::new(&directory).join("tests/fixtures/bitbake").join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()));
    if name.strip_suffix(".gz").is_none() {
        return bytes;
    }
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
    plain
}

/// The build that a capture tells of, all of it.
pub(crate) fn whole(name: &str) -> Build {
    let mut reader = BuildReader::new(Output::Mixed);
    reader.feed(Stream::Output, None, &capture(name));
    reader.finish();
    reader.build().clone()
}

/// The build that a capture tells of until behind the first place with this text; its lines came two seconds apart, the
/// last at [`noon`].
pub(crate) fn until(name: &str, text: &str) -> Build {
    let bytes = capture(name);
    let at = bytes.windows(text.len()).position(|window| window == text.as_bytes());
    let at = at.unwrap_or_else(|| panic!("{name} has no {text:?}"));
    let mut reader = BuildReader::new(Output::Mixed);
    let lines: Vec<&[u8]> = bytes[..at + text.len()].split_inclusive(|byte| *byte == b'\n').collect();
    for (line, before) in lines.iter().zip((0..i64::try_from(lines.len()).unwrap()).rev()) {
        reader.feed(Stream::Output, Some(noon() - SignedDuration::from_secs(2 * before)), line);
    }
    reader.feed(Stream::Output, Some(noon()), b"\n");
    reader.build().clone()
}

/// When the build in a directory began.
fn began() -> Timestamp {
    noon() - SignedDuration::from_mins(83)
}

/// The build of a directory: it began 83 minutes before [`noon`].
pub(crate) fn id(directory: &str) -> BuildId {
    BuildId { directory: directory.into(), began: began() }
}

/// A build that goes on.
pub(crate) fn watched(build: Build) -> WatchedBuild {
    let name = |name: &str, process, log: Option<&str>| TaskProcess {
        process,
        name: name.into(),
        elapsed: Duration::from_secs(u64::from(process)),
        log: log.map(ToOwned::to_owned),
    };
    WatchedBuild {
        seen: Sighting {
            id: id("/work/build"),
            user: "1000".into(),
            client: Some(11),
            server: Some(12),
            words: vec!["-k".into(), "tiny-image".into()],
            is_parsing: false,
            console_log: Some("/work/build/tmp/log/cooker/qemux86-64/20250301103700.log".into()),
            event_log: None,
            tasks: vec![
                name("busybox:compile", 41, None),
                name(
                    "util-linux:comp",
                    751,
                    Some("/work/build/tmp/work/x/util-linux/2.39.3/temp/log.do_compile.751"),
                ),
            ],
            disk: Some(Disk { free: 212 << 30, total: 900 << 30, free_inodes: Some(12_345_678) }),
        },
        build,
        remaining: None,
        usual: Vec::new(),
        per_minute: (0..83).map(|minute| minute * 7 % 41).collect(),
        last_sign: noon(),
        ended: None,
    }
}

/// The same with so many minutes left, give or take a fifth.
pub(crate) fn left(build: WatchedBuild, minutes: u64) -> WatchedBuild {
    let of = |minutes| Duration::from_secs(60 * minutes);
    let remaining = Remaining { least: of(minutes * 4 / 5), likely: of(minutes), most: of(minutes * 6 / 5) };
    WatchedBuild { remaining: Some(remaining), ..build }
}

/// A build that has ended three minutes before [`noon`].
pub(crate) fn ended(build: Build) -> WatchedBuild {
    let ended = Some(noon() - SignedDuration::from_mins(3));
    let mut build = WatchedBuild { ended, ..watched(build) };
    build.seen.tasks.clear();
    build
}

/// It is told of a container.
pub(crate) fn tell(stage: &mut Stage, container: &str, build: WatchedBuild) {
    stage.tell(Message::Container(key(container), ContainerNews::Build(Arc::new(build))));
}
