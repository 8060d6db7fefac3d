//! How fast it is.

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;

use super::*;
use crate::app::tests::{engine, wires};
use crate::engine::StdStream;
use crate::ui::EngineId;

/// Prints how many lines a second are taken. See it with `--nocapture`, in an optimised build.
#[tokio::test]
#[ignore = "prints a figure"]
async fn lines_a_second() {
    const LINES: u32 = 2_000_000;
    let (wires, _inbox) = wires(&engine("images: []"));
    let (writer, reader) = wires.new_log();
    let key = ContainerKey { engine: EngineId(0), id: "any".into() };
    let mut follower = Follower::of(wires, Arc::new(Link::new(EngineId(0))), key, writer);
    let begun = Timestamp::from_second(1_700_000_000).unwrap();
    let entries = (0..LINES).map(move |number| {
        let time = begun + SignedDuration::from_micros(i64::from(number) * 5);
        let bytes =
            Bytes::from(format!("NOTE: recipe busybox-1.36.1-r0: task do_compile: line {number:>9} of it\n"));
        Ok(LogChunk { stream: StdStream::Stdout, time: Some(time), bytes })
    });
    let made: Vec<_> = entries.collect();
    let started = std::time::Instant::now();
    let end = follower.read_all(0, Pieces::of(stream::iter(made).boxed()), None).await;
    let took = started.elapsed();
    assert!(matches!(end, End::Ended), "{end:?}");
    assert_eq!(reader.extent().end.get(), u64::from(LINES) + 1);
    println!("{:.0} lines a second", f64::from(LINES) / took.as_secs_f64());
}
