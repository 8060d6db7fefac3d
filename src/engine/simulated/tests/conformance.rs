//! The rules every engine keeps.

use std::sync::Arc;

use std::future::{Ready, ready};

use futures_util::FutureExt;

use super::engine;
use crate::engine::conformance::Bench;

fn bench() -> Ready<Bench> {
    let engine = engine(include_str!("../conformance.yaml"));
    let image = "busybox-like:1".to_owned();
    let foreign = engine.clone();
    ready(Bench {
        engine: Arc::new(engine),
        image: image.clone(),
        prefix: "rule".to_owned(),
        foreign: Arc::new(move |name| {
            foreign.add_foreign(&name, "busybox-like:1");
            async {}.boxed()
        }),
    })
}

crate::conformance_tests!([#[tokio::test(start_paused = true)]] bench);
