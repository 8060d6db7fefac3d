//! A build for tests.

use crate::bitbake::Build;

use super::{BuildId, Sighting, WatchedBuild};

/// One that began at noon and has told this.
pub(super) fn watched(build: Build) -> WatchedBuild {
    let began = "2025-03-01T12:00:00Z".parse().unwrap();
    WatchedBuild {
        seen: Sighting {
            id: BuildId { directory: "/work/build".into(), began },
            user: "1000".into(),
            client: Some(10),
            server: Some(11),
            words: vec!["core-image-minimal".into()],
            is_parsing: false,
            console_log: None,
            event_log: None,
            tasks: Vec::new(),
            disk: None,
        },
        build,
        remaining: None,
        usual: Vec::new(),
        per_minute: Vec::new(),
        last_sign: began,
        ended: None,
    }
}
