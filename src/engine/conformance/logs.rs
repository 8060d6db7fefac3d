//! A container's own log.

use futures_util::StreamExt;

use super::bench::{Bench, eventually};
use super::scripts;
use super::streams::{all, numbers, text_of};
use crate::engine::{
    ContainerId, ContainerState, LogChunk, LogStreams, LogsRequest, Signal, StdStream, StopOptions, WaitFor,
};

/// Every entry with its time.
async fn stamped(bench: &Bench, id: &ContainerId, mut request: LogsRequest) -> Vec<LogChunk> {
    request.timestamps = true;
    let chunks = all(bench.engine.logs(id, &request)).await;
    assert!(chunks.iter().all(|chunk| chunk.time.is_some()), "an entry without a time: {chunks:?}");
    chunks
}

pub(super) async fn a_log_is_complete(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::LINES).await;
    assert_eq!(bench.log(&id, LogStreams::Both).await, numbers(200));
    let entries = stamped(bench, &id, LogsRequest::default()).await;
    assert_eq!(entries.len(), 200, "an entry a line");
    assert_eq!(text_of(&entries), numbers(200), "no stamp is left in the text");
}

pub(super) async fn streams_come_apart(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::BOTH_STREAMS).await;
    assert_eq!(bench.log(&id, LogStreams::Stdout).await, "out\n");
    assert_eq!(bench.log(&id, LogStreams::Stderr).await, "err\n");
    let both = all(bench.engine.logs(&id, &LogsRequest::default())).await;
    let of = |stream| both.iter().filter(|chunk| chunk.stream == stream).cloned().collect::<Vec<_>>();
    assert_eq!(text_of(&of(StdStream::Stdout)), "out\n");
    assert_eq!(text_of(&of(StdStream::Stderr)), "err\n");
}

pub(super) async fn tail_gives_the_last_entries(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::LINES).await;
    let tail =
        |tail| all(bench.engine.logs(&id, &LogsRequest { tail: Some(tail), ..LogsRequest::default() }));
    assert_eq!(text_of(&tail(3).await), "198\n199\n200\n");
    assert_eq!(text_of(&tail(1000).await), numbers(200));
    assert_eq!(text_of(&tail(0).await), "");
}

pub(super) async fn since_is_exact(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::LINES).await;
    let entries = stamped(bench, &id, LogsRequest::default()).await;
    for at in [0, 77, 150, 199] {
        let since = entries[at].time;
        let later = stamped(bench, &id, LogsRequest { since, ..LogsRequest::default() }).await;
        let expected: Vec<_> = entries.iter().filter(|entry| entry.time >= since).cloned().collect();
        assert_eq!(later, expected, "since entry {at}");
    }
}

pub(super) async fn until_is_exact(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::LINES).await;
    let entries = stamped(bench, &id, LogsRequest::default()).await;
    let until = entries[120].time;
    let earlier = stamped(bench, &id, LogsRequest { until, ..LogsRequest::default() }).await;
    let expected: Vec<_> = entries.iter().filter(|entry| entry.time < until).cloned().collect();
    assert_eq!(earlier, expected);
}

/// Reads on where `got` ends until nothing new comes, at most so many entries at a time: from the last stamp seen,
/// without the entries that already carried it. Stops at the first entry too many.
async fn read_on(bench: &Bench, id: &ContainerId, got: &mut Vec<LogChunk>, piece: usize, entries: usize) {
    loop {
        let since = got.last().and_then(|entry| entry.time);
        let known = got.iter().rev().take_while(|entry| entry.time == since).count();
        let request = LogsRequest { since, follow: true, timestamps: true, ..LogsRequest::default() };
        let fresh = bench.engine.logs(id, &request).skip(known).take(piece);
        let fresh: Vec<_> = fresh.map(Result::unwrap).collect().await;
        if fresh.is_empty() {
            return;
        }
        got.extend(fresh);
        assert!(got.len() <= entries, "{} entries of {entries}: some came twice", got.len());
    }
}

pub(super) async fn resuming_loses_and_doubles_nothing(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::LINES).await;
    let mut got = Vec::new();
    read_on(bench, &id, &mut got, 23, 200).await;
    assert_eq!(text_of(&got), numbers(200));
}

pub(super) async fn follow_ends_with_the_container(bench: &Bench) {
    let id = bench.idle("a").await;
    let follow = LogsRequest { follow: true, ..LogsRequest::default() };
    let mut log = bench.engine.logs(&id, &follow);
    assert_eq!(&log.next().await.unwrap().unwrap().bytes[..], b"ready\n");
    bench.engine.kill(&id, &Signal::kill()).await.unwrap();
    assert_eq!(all(log).await, []);
    assert_eq!(
        text_of(&all(bench.engine.logs(&id, &follow)).await),
        "ready\n",
        "of an ended one: all, then the end"
    );
}

pub(super) async fn follow_shows_what_is_printed_later(bench: &Bench) {
    let id = bench.running("a", scripts::LAST_WORD).await;
    let follow = LogsRequest { follow: true, tail: Some(1), ..LogsRequest::default() };
    let mut log = bench.engine.logs(&id, &follow);
    assert_eq!(&log.next().await.unwrap().unwrap().bytes[..], b"ready\n");
    bench.engine.kill(&id, &Signal::term()).await.unwrap();
    assert_eq!(text_of(&all(log).await), "later\n");
}

pub(super) async fn times_never_go_back(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::LINES).await;
    let entries = stamped(bench, &id, LogsRequest::default()).await;
    assert!(entries.windows(2).all(|pair| pair[0].time <= pair[1].time));
    // Not compared with the container's end: engines stamp what they read, and may read it after that.
}

pub(super) async fn a_long_line_comes_in_pieces(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::LONG_LINE).await;
    let line = format!("{:>40960}\n", "x");
    assert_eq!(bench.log(&id, LogStreams::Both).await, line, "pieces join without anything between them");
    let pieces = stamped(bench, &id, LogsRequest::default()).await;
    assert!(pieces.iter().all(|piece| piece.bytes.len() <= 16 * 1024 + 1), "a piece is at most 16 KiB");
    assert_eq!(text_of(&pieces), line);
    let ends = pieces.iter().filter(|piece| piece.bytes.ends_with(b"\n")).count();
    assert_eq!(ends, 1, "only the last piece ends the line");
}

pub(super) async fn a_terminals_log_is_one_stream(bench: &Bench) {
    let mut spec = bench.spec("a", scripts::TWO_LINES);
    spec.tty = true;
    let (id, _) = bench.ended_from(&spec).await;
    let entries = stamped(bench, &id, LogsRequest::default()).await;
    assert!(entries.iter().all(|entry| entry.stream == StdStream::Tty), "{entries:?}");
    assert_eq!(text_of(&entries), "one\r\ntwo\r\n");
    assert_eq!(bench.log(&id, LogStreams::Both).await, "one\r\ntwo\r\n");
}

pub(super) async fn an_unread_follower_blocks_nothing(bench: &Bench) {
    let id = bench.created(&bench.spec("a", scripts::FLOOD)).await;
    bench.engine.start(&id).await.unwrap();
    let follow = LogsRequest { follow: true, timestamps: true, ..LogsRequest::default() };
    let mut log = bench.engine.logs(&id, &follow);
    let mut got = vec![log.next().await.unwrap().unwrap()];
    assert_eq!(bench.engine.wait(&id, WaitFor::NotRunning).await.unwrap().code, 0, "it ran to its end");
    got.extend(all(log).await);
    // Who is behind at the end may be cut off there, but not for good.
    read_on(bench, &id, &mut got, 200_000, 200_000).await;
    assert_eq!(got.len(), 200_000, "nothing is lost");
    assert!(text_of(&got) == numbers(200_000), "the lines are not those printed");
}

pub(super) async fn a_restarted_container_keeps_its_log(bench: &Bench) {
    let id = bench.idle("a").await;
    bench.engine.stop(&id, &StopOptions::default()).await.unwrap();
    bench.engine.start(&id).await.unwrap();
    eventually("both runs are in the log", async || {
        (bench.log(&id, LogStreams::Both).await == "ready\nready\n").then_some(())
    })
    .await;
    assert_eq!(bench.state(&id).await, ContainerState::Running);
}
