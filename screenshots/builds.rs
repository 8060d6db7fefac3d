//! The builds of the demo's containers, as they are known some time after it was opened: read from the same recordings,
//! at the same pace.

use std::time::Duration;

use jiff::Timestamp;
use smidr_console::actions::{Outcome, Supervised, Supervisor};
use smidr_console::bitbake::{BuildReader, Estimator, Output, Stream, TaskHistory};
use smidr_console::builds::{Sighting, WatchedBuild, look_once};
use smidr_console::engine::simulated::Simulated;

/// How often it is asked what remains.
const ASKED: Duration = Duration::from_secs(5);

/// A container, what its build prints and when, and how much faster than it did; nothing where it only parses.
type Recorded = (&'static str, &'static [u8], &'static str, f64);

macro_rules! recorded {
    ($container:literal, $name:literal, $speed:literal) => {
        (
            $container,
            include_bytes!(concat!("../assets/demo/", $name, ".raw")),
            include_str!(concat!("../assets/demo/", $name, ".times")),
            $speed,
        )
    };
}

const RECORDED: [Recorded; 5] = [
    recorded!("yocto-a", "core-image-minimal", 0.1),
    ("yocto-b", b"", "", 1.0),
    recorded!("tiny-setscene", "setscene", 0.0095),
    recorded!("nightly", "failures", 0.0042),
    recorded!("workbench", "build", 0.02),
];

/// Each by the name of its container, as it was at this time.
pub(crate) async fn builds(engine: &Simulated, now: Timestamp) -> Vec<(&'static str, WatchedBuild)> {
    let on = Supervised::new(std::sync::Arc::new(engine.clone()), Supervisor::new());
    let mut builds = Vec::new();
    for recorded in RECORDED {
        let report = look_once(&on, &on.supervisor.call(), &recorded.0.into()).await;
        let Outcome::Done(seen) = report.outcome else { continue };
        if let Some(seen) = seen.into_iter().next() {
            builds.push((recorded.0, read(seen, recorded, now)));
        }
    }
    builds
}

fn read(seen: Sighting, (_, mut bytes, times, speed): Recorded, now: Timestamp) -> WatchedBuild {
    let mut reader = BuildReader::new(Output::Mixed);
    if seen.is_parsing {
        reader.is_seen_parsing();
    }
    let mut estimator = Estimator::new(TaskHistory::default());
    let mut asked = seen.id.began;
    for line in times.lines() {
        let mut words = line.split(' ');
        let seconds = words.next().and_then(|word| word.parse::<f64>().ok()).unwrap_or_default();
        let length = words.nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        let at = seen.id.began + Duration::from_secs_f64(seconds / speed);
        if at > now {
            break;
        }
        let (piece, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
        bytes = rest;
        reader.feed(Stream::Output, Some(at), piece);
        while asked < at {
            asked += ASKED;
            estimator.remaining(reader.build(), asked);
        }
    }
    let build = reader.build().clone();
    WatchedBuild {
        remaining: estimator.remaining(&build, now),
        usual: Vec::new(),
        per_minute: build.rate().per_minute(now),
        last_sign: now,
        ended: None,
        build,
        seen,
    }
}
