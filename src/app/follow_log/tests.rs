//! Who has the turn, and how fast it is.

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;

use super::*;
use crate::actions::{Supervised, Supervisor};
use crate::app::tests::{engine, key, wires};
use crate::engine::{ContainerManager, StdStream};
use crate::logs::LogReader;

const SCENE: &str = r#"
images: [{reference: any}]
containers:
  - name: yocto-a
    image: any
    state: running
    process: {output: [{stdout: "early {n}\n", repeat: 5000}], exit: {never: true}}
"#;

/// Follows the scene's container; its engine is open.
async fn follower() -> (Follower, LogReader) {
    let engine = engine(SCENE);
    let (wires, inbox) = wires(&engine);
    // Nobody reads it: what is told of moves is not waited for.
    std::mem::forget(inbox);
    let (writer, reader) = wires.new_log();
    let key = key(&engine, "yocto-a").await;
    let link = Arc::new(Link::new(key.engine));
    let identity = Arc::new(engine.identify().await.unwrap());
    let on = Supervised::new(Arc::new(engine), Supervisor::new());
    link.open.send_replace(Some(Open { on, identity, number: 1 }));
    (Follower::of(wires, link, key, writer), reader)
}

/// So many entries, all of them there at once, from tomorrow on.
fn flood(entries: u32) -> Pieces {
    let begun = Timestamp::now() + SignedDuration::from_hours(24);
    let entries = (0..entries).map(move |number| {
        let time = begun + SignedDuration::from_micros(i64::from(number) * 50);
        let line = format!("NOTE: recipe busybox-1.36.1-r0: task do_compile: line {number:>9} of it\n");
        Ok(LogChunk { stream: StdStream::Stdout, time: Some(time), bytes: Bytes::from(line) })
    });
    Pieces::of(stream::iter(entries.collect::<Vec<_>>()).boxed())
}

#[tokio::test]
async fn a_flood_does_not_keep_the_history_from_being_read() {
    let (mut follower, reader) = follower().await;
    let end = follower.read_all(1, flood(40_000), None).await;
    assert!(matches!(end, End::Ended), "{end:?}");
    assert!(follower.earlier.is_none(), "it is not read yet");
    assert_eq!((reader.extent().shifted, reader.extent().lines()), (5000, 45_000));
}

/// Prints how many lines a second are taken. See it with `--nocapture`, in an optimised build.
#[tokio::test]
#[ignore = "prints a figure"]
async fn lines_a_second() {
    const LINES: u32 = 2_000_000;
    let (mut follower, reader) = follower().await;
    let flood = flood(LINES);
    let started = std::time::Instant::now();
    let end = follower.read_all(1, flood, None).await;
    let took = started.elapsed();
    assert!(matches!(end, End::Ended), "{end:?}");
    // More than are kept.
    assert_eq!(reader.extent().end.get() - 1, u64::from(LINES) + 5000);
    println!("{:.0} lines a second", f64::from(LINES) / took.as_secs_f64());
}
